// The folder that outlives a clone, and the rule for writing to it: one installer at a time, whole results only.

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDir } from './paths.mjs';
import { Problem, say, shortPath } from './say.mjs';

const lockPath = () => join(cacheDir, 'setup.lock');
let held = false;

/** Runs `install` while no other set-up on this machine installs anything. */
export async function whileInstalling(install) {
  if (held) return install();
  await lock();
  held = true;
  try {
    return await install();
  } finally {
    held = false;
    release();
  }
}

function release() {
  rmSync(lockPath(), { force: true });
}

async function lock() {
  let told = false;
  while (!take()) {
    if (!told) say('  Another set-up is installing into the same cache; waiting for it to finish …');
    told = true;
    await sleep(1000);
  }
  process.once('exit', release);
}

/** Takes the lock file, or answers false when a living process holds it. */
function take() {
  try {
    mkdirSync(cacheDir, { recursive: true });
    writeFileSync(lockPath(), String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw cannotWrite(error);
  }
  if (holderLives()) return false;
  release();
  return take();
}

function holderLives() {
  try {
    const holder = readFileSync(lockPath(), 'utf8');
    // Empty: its process has made the file and is about to write its number.
    return holder === '' ? Date.now() - statSync(lockPath()).mtimeMs < 10_000 : isAlive(Number(holder));
  } catch {
    return true;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    return error.code === 'EPERM';
  }
}

function cannotWrite(error) {
  return new Problem(`The cache folder ${shortPath(cacheDir)} cannot be written (${error.code})`, {
    why: 'the tools that build the site are installed there, once for all clones on this machine.',
    help: 'Choose another folder: PASSKEEP_CACHE_DIR=/some/folder npm run setup',
  });
}
