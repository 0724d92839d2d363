// Decides whether a step has to run again: a hash over everything it reads, kept beside what it made.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, stateDir } from './paths.mjs';

const IGNORED = new Set(['node_modules', 'target', 'dist', '.git', '.DS_Store', 'test-results', 'playwright-report']);

/** All files at or below `path`, sorted, without built or downloaded folders. */
export function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !IGNORED.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesUnder(join(path, entry.name)));
}

/**
 * A hash over the names and contents of files (a missing one counts as such) and over further facts, such as
 * tool versions. Contents rather than times: a fresh checkout or a branch switched there and back changes times only.
 */
export function fingerprint(paths, facts = {}, base = root) {
  const hash = createHash('sha256').update(JSON.stringify(facts));
  for (const path of paths) {
    const files = filesUnder(path);
    if (files.length === 0) hash.update(`\0missing ${relative(base, path)}`);
    for (const file of files) {
      const content = readFileSync(file);
      hash.update(`\0${relative(base, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

const recordPath = (name) => join(stateDir, `${name}.json`);

/** What `remember` stored under this name, or undefined. */
export function recall(name) {
  try {
    return JSON.parse(readFileSync(recordPath(name), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Stores a record. Written beside and renamed, so an interrupted write cannot claim a step was done. */
export function remember(name, record) {
  mkdirSync(stateDir, { recursive: true });
  const path = recordPath(name);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
}

/** Forgets a record: the step is about to change what it describes. */
export const forget = (name) => rmSync(recordPath(name), { force: true });
