// The environment the build's programs run in.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './paths.mjs';

/** The folder where rustup and `cargo install` put programs. */
export const cargoHomeBin = () => join(process.env.CARGO_HOME || join(homedir(), '.cargo'), 'bin');

/**
 * Our environment with `folders` first on PATH. Cargo's own folder comes last when it is not on PATH:
 * cargo looks for subcommands there before anywhere else unless PATH says otherwise.
 */
export function withPath(folders, env = process.env) {
  const path = [...folders, ...(env.PATH ?? '').split(delimiter), cargoHomeBin()].filter(Boolean);
  return { ...env, PATH: [...new Set(path)].join(delimiter) };
}

/** An environment without the variables that would change what a tool or the standard library is built like. */
export function withoutBuildSettings(env = process.env) {
  const settings = /^(RUSTFLAGS|RUSTC|RUSTDOC|RUSTC_\w+|CARGO_ENCODED_RUSTFLAGS|CARGO_TARGET_\w+|CARGO_BUILD_(?!JOBS)\w+|CARGO_PROFILE_\w+)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !settings.test(name)));
}

/** The first program of this name on PATH, or undefined. */
export function findOnPath(name, env = process.env) {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const suffix of suffixes) {
      const path = join(folder, name + suffix);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

/** Programs from npm packages, such as wasm-opt. */
export const npmBin = join(root, 'node_modules', '.bin');
