import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { chromiumLaunchOptions } from '../../scripts/lib/browser.mjs';
import { expect, test } from '../fixtures/package.ts';

test("somebody's own tests run with `passkeep/testing` from the package, and call all that it has", async ({ createProject }) => {
  const project = createProject();
  // As if they had installed it themselves.
  const playwright = dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json'));
  mkdirSync(join(project.folder, 'node_modules/@playwright'));
  symlinkSync(playwright, join(project.folder, 'node_modules/@playwright/test'));
  copyFileSync(fileURLToPath(new URL('theirs.mjs', import.meta.url)), join(project.folder, 'theirs.mjs'));
  const config = { testMatch: 'theirs.mjs', workers: 1, reporter: 'line', use: { browserName: 'chromium', launchOptions: chromiumLaunchOptions() } };
  writeFileSync(join(project.folder, 'playwright.config.mjs'), `export default ${JSON.stringify(config)};`);
  let output: string;
  try {
    output = project.run(process.execPath, join(playwright, 'cli.js'), 'test');
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  const plain = stripVTControlCharacters(output);
  expect(plain).toMatch(/^ {2}7 passed /m);
  expect(plain).not.toMatch(/^ {2}\d+ (failed|flaky|skipped|did not run)/m);
});
