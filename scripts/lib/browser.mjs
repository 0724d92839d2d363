// Finds the Chromium that tests drive. Playwright's configuration, the wasm test runner and the set-up ask here.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findOnPath } from './environment.mjs';
import { cacheDir } from './paths.mjs';

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`);

/** Written by browser-install.mjs when Chromium had to be unpacked into the cache. */
export const cachedChromium = join(cacheDir, 'debian', 'chromium', 'passkeep-chromium');

/** Every Chromium there is, best first: the one asked for, Playwright's own, the system's, the cache's. */
export function chromiumCandidates() {
  const asked = process.env.PASSKEEP_CHROMIUM;
  if (asked) return [asked];
  const onPath = SYSTEM_NAMES.map((name) => findOnPath(name));
  return [playwrightChromium(), ...onPath, ...MAC_APPS, cachedChromium].filter((path) => path && existsSync(path));
}

/** The path of a Chromium, or undefined. The tests' scripts have checked that it starts and set PASSKEEP_CHROMIUM. */
export const findChromium = () => chromiumCandidates()[0];

/** Where Playwright keeps its own build, there or not; undefined before `npm ci`. */
function playwrightChromium() {
  try {
    return createRequire(import.meta.url)('@playwright/test').chromium.executablePath();
  } catch {
    return undefined;
  }
}

/** Launch options for Playwright: `use: { launchOptions: chromiumLaunchOptions() }`. */
export function chromiumLaunchOptions() {
  const quiet = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  // Chromium's sandbox refuses root, and needs kernel features that containers often lack.
  const sandbox = process.platform === 'linux' ? ['--no-sandbox'] : [];
  return { executablePath: findChromium(), args: [...sandbox, ...quiet] };
}
