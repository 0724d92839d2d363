// Reads version numbers out of the files and programs that state them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { Problem } from './say.mjs';

/** The version Cargo.lock gives a package, or undefined. */
export function lockedVersion(lockText, name) {
  for (const block of lockText.split('[[package]]')) {
    const field = (key) => block.match(new RegExp(`^${key} = "([^"]+)"`, 'm'))?.[1];
    if (field('name') === name) return field('version');
  }
  return undefined;
}

/** The oldest Rust the workspace accepts, from its Cargo.toml. */
export const requiredRust = (manifest) => manifest.match(/^rust-version\s*=\s*"([^"]+)"/m)?.[1];

/** The first version number in a program's `--version` output. */
export const versionIn = (text) => text?.match(/\d+\.\d+\.\d+/)?.[0];

/** The number before the first point in a program's `--version` output, for programs that count so: 0 if there is none. */
export const majorIn = (text) => Number(text?.match(/\d+/)?.[0] ?? 0);

/** Whether version `a` is at least `b`, comparing numbers. */
export function atLeast(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** The wasm-bindgen that Cargo.lock asks for; its command-line tool must be of exactly this version. */
export function wasmBindgenVersion() {
  let lock;
  try {
    lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  } catch {
    throw new Problem('Cargo.lock is missing', {
      why: 'it names the wasm-bindgen version that the command-line tool must match.',
      help: 'git checkout Cargo.lock',
    });
  }
  const version = lockedVersion(lock, 'wasm-bindgen');
  if (!version) throw new Problem('Cargo.lock names no wasm-bindgen', { help: 'git checkout Cargo.lock' });
  return version;
}
