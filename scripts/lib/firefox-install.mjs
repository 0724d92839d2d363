// Sees to it that there is a Firefox for the tests, and geckodriver, through which they drive it.

import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { whileInstalling } from './cache.mjs';
import { isDebian, libraryFolders, providePackages } from './debian.mjs';
import { findOnPath } from './environment.mjs';
import { cacheDir } from './paths.mjs';
import { capture, stepDone } from './run.mjs';
import { Problem, say } from './say.mjs';
import { firefoxDriver } from './tools.mjs';
import { versionIn } from './versions.mjs';

const WHY = 'the package and the site are tested in it too.';
const HELP = 'Install Firefox, or name one: PASSKEEP_FIREFOX=/path/to/firefox npm test';
const MAC_APP = '/Applications/Firefox.app/Contents/MacOS/firefox';

/** The launcher of a Firefox that had to be unpacked into the cache. */
const cachedFirefox = join(cacheDir, 'debian', 'firefox', 'passkeep-firefox');

/**
 * Resolves with `{ firefox, driver }`, the paths of both, after installing what is missing; with nothing where no Firefox can be
 * had, which is then said.
 */
export async function provideFirefox(env) {
  try {
    return await firefoxAndDriver(env);
  } catch (error) {
    // For whoever has named one, a test that is left out unasked would be a surprise.
    if (process.env.PASSKEEP_FIREFOX) throw error;
    say(`  Firefox is left out: ${error.message}. Its tests will ${process.env.CI ? 'fail' : 'be skipped'}.`);
    return undefined;
  }
}

async function firefoxAndDriver(env) {
  const asked = process.env.PASSKEEP_FIREFOX;
  let firefox = await thatStarts();
  if (!firefox && asked) throw new Problem(`PASSKEEP_FIREFOX names ${asked}, which does not start`, { why: WHY, help: HELP });
  if (!firefox && isDebian()) {
    await fromDebian();
    firefox = await thatStarts();
    if (!firefox) throw new Problem('The Firefox from Debian does not start', { why: WHY, help: HELP });
  }
  if (!firefox) {
    say(`  Firefox is left out: there is none here. Its tests will ${process.env.CI ? 'fail' : 'be skipped'}. ${HELP}`);
    return undefined;
  }
  stepDone(`Firefox ${firefox.version}`);
  return { firefox: firefox.path, driver: await firefoxDriver(env) };
}

async function thatStarts() {
  const asked = process.env.PASSKEEP_FIREFOX;
  const candidates = asked ? [asked] : [...['firefox', 'firefox-esr'].map((name) => findOnPath(name)), MAC_APP, cachedFirefox];
  for (const path of candidates.filter((path) => path && existsSync(path))) {
    const version = versionIn(await capture(path, ['--version']));
    if (version) return { path, version };
  }
  return undefined;
}

async function fromDebian() {
  await whileInstalling(async () => {
    const prefix = await providePackages('firefox', async () => ['firefox-esr'], { title: 'Firefox from Debian', why: WHY, otherwise: HELP });
    if (prefix !== '/') writeLauncher(prefix);
  });
}

/** An unpacked Firefox needs to be told where its libraries are. */
function writeLauncher(prefix) {
  const text = `#!/bin/sh
# Written by Passkeep's scripts/lib/firefox-install.mjs.
export LD_LIBRARY_PATH="${libraryFolders(prefix).join(delimiter)}"
exec "${join(prefix, 'usr/lib/firefox-esr/firefox-esr')}" "$@"
`;
  writeFileSync(cachedFirefox, text, { mode: 0o755 });
}
