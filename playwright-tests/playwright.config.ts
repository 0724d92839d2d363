import { defineConfig, devices } from '@playwright/test';
import { chromiumLaunchOptions } from '../scripts/lib/browser.mjs';

// The journeys run against the real server binary; each worker starts its own (fixtures/server.ts). `npm test -- e2e`
// builds it first and then calls this with a report file for the count.
export default defineConfig({
  testDir: '.',
  // The journeys are people's, on the site; `package` is what web developers install; `firefox` has the main of both there.
  testMatch: '{journeys,package,firefox,workbench}/**/*.spec.ts',
  outputDir: './test-results',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // A test that passes at the second try is a test that fails. None is tried again.
  retries: 0,
  workers: 2,
  // Ample: a machine may have other work, and tests that look at a page in every scheme and width take half a minute on a quiet one.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    launchOptions: chromiumLaunchOptions(),
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
});
