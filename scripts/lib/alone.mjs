// Keeps commands that build into one folder apart: two at a time would take each other's files for their own.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stateDir } from './paths.mjs';

/** How often somebody who waits looks, in milliseconds. */
const LOOKS = 300;

/**
 * Does the work while no other process does work of that name. Whoever waits is told for whom. Of a process that has ended without
 * a word, the lock is worth nothing.
 */
export async function alone(name, work, folder = stateDir) {
  const lock = join(folder, `${name}.lock`);
  mkdirSync(folder, { recursive: true });
  let told = false;
  while (!taken(lock)) {
    const holder = holderOf(lock);
    if (!isRunning(holder)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) console.log(`  another command (process ${holder}) builds the ${name}: waiting for it …`);
    told = true;
    await sleep(LOOKS);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function taken(lock) {
  try {
    writeFileSync(lock, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** The process that has the lock; nothing if it has just gone. */
function holderOf(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

function isRunning(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one that runs.
    return error.code === 'EPERM';
  }
}
