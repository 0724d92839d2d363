// Deno, for the test that imports the npm package in it: the system's, or npm's, into the cache. The dependencies do without it, because
// it is as large as all of them.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { whileInstalling } from './cache.mjs';
import { findOnPath } from './environment.mjs';
import { npmCommand } from './npm-packages.mjs';
import { cacheDir, program } from './paths.mjs';
import { capture, runStep, stepDone } from './run.mjs';
import { say } from './say.mjs';
import { atLeast, versionIn } from './versions.mjs';

const VERSION = '2.9.6';
// The first that reads a node_modules folder that somebody else filled.
const OLDEST = '2.0.0';

/** Resolves with the program's path, or with nothing where there is none: its test is skipped then, and fails in CI. */
export async function provideDeno(env) {
  const onPath = findOnPath('deno');
  const version = onPath && versionIn(await capture(onPath, ['--version']));
  if (version && atLeast(version, OLDEST)) {
    stepDone(`Deno ${version}`);
    return onPath;
  }
  const folder = join(cacheDir, 'deno', VERSION);
  if (!programIn(folder)) await whileInstalling(() => programIn(folder) ?? install(folder, env));
  const found = programIn(folder);
  if (found) stepDone(`Deno ${VERSION}`);
  else say('  Deno is left out: npm could not install it (see target/passkeep/logs/npm-deno.log).');
  return found;
}

/** npm has a package for each platform, and installs that of this one. */
function programIn(folder) {
  const platforms = join(folder, 'node_modules', '@deno');
  if (!existsSync(platforms)) return undefined;
  return readdirSync(platforms).map((platform) => join(platforms, platform, program('deno'))).find(existsSync);
}

/** Installs beside the folder and renames, so that the folder is there only when it is whole. */
async function install(folder, env) {
  const temporary = `${folder}.tmp`;
  for (const old of [temporary, folder]) rmSync(old, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const [command, first] = npmCommand();
  const args = [...first, 'install', '--prefix', temporary, '--ignore-scripts', '--no-audit', '--no-fund', `deno@${VERSION}`];
  const { code } = await runStep({ title: `Deno ${VERSION} (npm install)`, command, args, env, log: 'npm-deno', mayFail: true });
  if (code === 0) renameSync(temporary, folder);
}
