// A disk that is full fails builds in ways that do not say so: a compiler that crashes, a file that is cut short.

import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { targetDir } from './paths.mjs';
import { say, shortPath } from './say.mjs';

/** What a first build with all tests takes, and what another one does, in GB. */
const ROOM = { first: 15, again: 3 };

/** Says so when there is less room than builds take. */
export function warnOfLittleRoom() {
  const isFirst = !existsSync(targetDir);
  const folder = isFirst ? dirname(targetDir) : targetDir;
  if (!existsSync(folder)) return;
  const { bavail, bsize } = statfsSync(folder);
  const warning = littleRoom((bavail * bsize) / 1e9, isFirst);
  if (warning) say(`  ${shortPath(folder)}: ${warning}`);
}

/** What to say of so much free room, in GB, or nothing. */
export function littleRoom(free, isFirst) {
  const needed = isFirst ? ROOM.first : ROOM.again;
  if (free >= needed) return undefined;
  const takes = isFirst ? `a first build with all tests takes ${needed} GB` : `a build with all tests can take ${needed} GB more`;
  return `only ${free.toFixed(1)} GB are free, and ${takes}. To make room, delete old builds (cargo clean).`;
}
