// Where things are. Every other script asks here, so a folder is named once.

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const env = process.env;

/** The repository's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Tools and toolchains that outlive a clone: other clones on this machine share them. */
export const cacheDir = env.PASSKEEP_CACHE_DIR
  ? resolve(env.PASSKEEP_CACHE_DIR)
  : join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'passkeep');

/** Cargo's output folder. */
export const targetDir = env.CARGO_TARGET_DIR ? resolve(root, env.CARGO_TARGET_DIR) : join(root, 'target');

/** What the scripts remember about this clone: fingerprints, logs, test reports. */
export const stateDir = join(targetDir, 'passkeep');
export const logDir = join(stateDir, 'logs');

export const siteDir = join(root, 'dist');

const exe = process.platform === 'win32' ? '.exe' : '';

/** The release build of the server, which embeds the site. */
export const serverBinary = join(targetDir, 'release', `passkeep${exe}`);

/** Adds the platform's suffix for programs. */
export const program = (name) => name + exe;
