// Sees to it that the tests can start PostgreSQL servers of their own.

import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { whileInstalling } from './cache.mjs';
import { isDebian, libraryFolders, providePackages } from './debian.mjs';
import { findOnPath } from './environment.mjs';
import { cacheDir } from './paths.mjs';
import { capture, stepDone } from './run.mjs';
import { Problem } from './say.mjs';
import { majorIn } from './versions.mjs';

const OLDEST = 15;
const WHY = `the tests of the PostgreSQL store start servers of their own, of version ${OLDEST} or later.`;
const HELP = 'Install PostgreSQL, or name the folder of its programs: PASSKEEP_POSTGRES_BIN=/path/to/bin npm test';
const PROGRAMS = ['initdb', 'pg_ctl'];
const DEBIAN = 'usr/lib/postgresql';

/** Written here when PostgreSQL had to be unpacked into the cache. */
const launchers = join(cacheDir, 'debian', 'postgresql', 'passkeep-bin');

/** Resolves with the folder of PostgreSQL's server programs, after installing them if there are none. */
export async function providePostgres() {
  const asked = process.env.PASSKEEP_POSTGRES_BIN;
  let found = await thatRuns(asked ? [asked] : candidates());
  if (!found && asked) throw new Problem(`PASSKEEP_POSTGRES_BIN names ${asked}, where no PostgreSQL ${OLDEST} is`, { why: WHY, help: HELP });
  if (!found && isDebian()) {
    await fromDebian();
    found = await thatRuns(candidates());
  }
  if (!found) throw new Problem(`No PostgreSQL ${OLDEST} for the tests`, { why: WHY, help: HELP });
  stepDone(`PostgreSQL ${found.version}`);
  return found.folder;
}

/** The folders where its programs may be, best first. Debian keeps them off the path. */
function candidates() {
  const onPath = findOnPath('initdb');
  return [...versionFolders('/'), onPath && dirname(onPath), launchers].filter(Boolean);
}

/** Debian's folders under a prefix, the latest version first. */
function versionFolders(prefix) {
  const folder = join(prefix, DEBIAN);
  const versions = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : [];
  return versions.sort((a, b) => b - a).map((version) => join(folder, version, 'bin'));
}

async function thatRuns(folders) {
  for (const folder of folders) {
    if (!PROGRAMS.every((name) => existsSync(join(folder, name)))) continue;
    const version = majorIn(await capture(join(folder, 'initdb'), ['--version']));
    if (version >= OLDEST) return { folder, version };
  }
  return undefined;
}

async function fromDebian() {
  await whileInstalling(async () => {
    const prefix = await providePackages('postgresql', async () => ['postgresql'], { title: 'PostgreSQL from Debian', why: WHY, otherwise: HELP });
    if (prefix !== '/') writeLaunchers(prefix);
  });
}

/** Unpacked programs need to be told where their libraries are; those that they start inherit it. */
function writeLaunchers(prefix) {
  const [folder] = versionFolders(prefix);
  mkdirSync(launchers, { recursive: true });
  for (const name of PROGRAMS) {
    const text = `#!/bin/sh
# Written by Passkeep's scripts/lib/postgres-install.mjs.
export LD_LIBRARY_PATH="${libraryFolders(prefix).join(delimiter)}"
exec "${join(folder, name)}" "$@"
`;
    writeFileSync(join(launchers, name), text);
    chmodSync(join(launchers, name), 0o755);
  }
}
