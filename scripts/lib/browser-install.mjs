// Sees to it that there is a Chromium for the tests.

import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cachedChromium, chromiumCandidates } from './browser.mjs';
import { whileInstalling } from './cache.mjs';
import { isDebian, libraryFolders, providePackages } from './debian.mjs';
import { root } from './paths.mjs';
import { capture, runStep, stepDone } from './run.mjs';
import { Problem } from './say.mjs';
import { versionIn } from './versions.mjs';

const WHY = 'the wasm tests and the journeys run in a real browser.';
const PACKAGES = ['chromium', 'fonts-liberation'];
const HELP = [
  'Install Chromium or Chrome, or name one: PASSKEEP_CHROMIUM=/path/to/chrome npm test',
  'or let Playwright fetch one: npx playwright install --with-deps chromium',
].join('\n');

/** Resolves with the path of a browser that starts, after installing one if there is none. */
export async function provideBrowser(env) {
  const asked = process.env.PASSKEEP_CHROMIUM;
  let browser = await thatStarts();
  if (!browser && asked) throw new Problem(`PASSKEEP_CHROMIUM names ${asked}, which does not start`, { why: WHY, help: HELP });

  let reason;
  // Playwright's build needs libraries that a bare Debian lacks; Debian's brings them.
  for (const install of isDebian() ? [fromDebian, fromPlaywright] : [fromPlaywright]) {
    if (browser) break;
    await install(env).catch((error) => (reason ??= error));
    browser = await thatStarts();
  }
  if (!browser) throw reason ?? new Problem('No Chromium for the tests', { why: WHY, help: HELP });
  stepDone(`Chromium ${browser.version}`);
  return browser.path;
}

async function thatStarts() {
  for (const path of chromiumCandidates()) {
    const version = versionIn(await capture(path, ['--version', '--no-sandbox']));
    if (version) return { path, version };
  }
  return undefined;
}

async function fromPlaywright(env) {
  const cli = join(root, 'node_modules/@playwright/test/cli.js');
  const args = [cli, 'install', 'chromium'];
  const title = 'Chromium, fetched by Playwright';
  await runStep({ title, why: WHY, command: process.execPath, args, env, log: 'playwright-install', help: HELP });
}

async function fromDebian() {
  await whileInstalling(async () => {
    const prefix = await providePackages('chromium', async () => PACKAGES, { title: 'Chromium from Debian', why: WHY, otherwise: HELP });
    if (prefix !== '/') writeLauncher(prefix);
  });
}

/** An unpacked Chromium needs to be told where its libraries and fonts are. */
function writeLauncher(prefix) {
  const fontconfig = existsSync('/etc/fonts/fonts.conf') ? '' : `export FONTCONFIG_PATH="${join(prefix, 'etc/fonts')}"\n`;
  const text = `#!/bin/sh
# Written by Passkeep's scripts/lib/browser-install.mjs.
export LD_LIBRARY_PATH="${libraryFolders(prefix).join(delimiter)}"
export XDG_DATA_HOME="${join(prefix, 'usr/share')}"
${fontconfig}exec "${join(prefix, 'usr/lib/chromium/chromium')}" "$@"
`;
  writeFileSync(cachedChromium, text, { mode: 0o755 });
}
