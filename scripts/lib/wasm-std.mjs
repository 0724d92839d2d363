// A Rust toolchain with a wasm32 standard library, made from a Debian rustc that comes without one.
//
// Nothing is written to /usr/lib: the toolchain is a folder in the cache whose bin/ holds one-line wrappers around
// Debian's programs and whose lib/ links to Debian's, with the wasm32 library beside. rustc would find such a folder
// by itself only when called by its full path, so the wrappers name it with --sysroot.

import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheDir } from './paths.mjs';
import { libraryFolders } from './debian.mjs';
import { withPath, withoutBuildSettings } from './environment.mjs';
import { capture, runStep } from './run.mjs';
import { Problem } from './say.mjs';

export const WASM = 'wasm32-unknown-unknown';

/** Rust of this prefix ('/' or an unpacked folder): its `rustc -vV`, or undefined when there is none. */
export function rustAt(prefix) {
  return capture(join(prefix, 'usr/bin/rustc'), ['-vV'], { env: withLibraries(prefix) });
}

function withLibraries(prefix) {
  const folders = libraryFolders(prefix);
  return folders.length ? { ...process.env, LD_LIBRARY_PATH: folders.join(delimiter) } : process.env;
}

/** Where the toolchain made from this `rustc -vV` is or will be: an upgrade of the package gets a new one. */
function toolchainFolder(verbose) {
  const release = verbose.match(/^release: (\S+)/m)[1];
  const key = createHash('sha256').update(verbose).digest('hex').slice(0, 10);
  return join(cacheDir, `toolchain-${release}-${key}`);
}

const marker = (folder) => join(folder, 'complete');

/** The finished toolchain made from this prefix, or undefined. */
export function finishedToolchain(verbose) {
  const folder = toolchainFolder(verbose);
  if (!existsSync(marker(folder))) return undefined;
  return { folder, stamp: readFileSync(marker(folder), 'utf8') };
}

/** Builds the toolchain from this prefix. */
export async function buildToolchain(prefix, verbose) {
  const folder = toolchainFolder(verbose);
  const host = verbose.match(/^host: (\S+)/m)[1];
  rmSync(folder, { recursive: true, force: true });
  linkDebianRust(prefix, folder, host);
  await buildStandardLibrary(folder);
  // Written last: without it the folder counts as not there. The random stamp tells two builds apart.
  writeFileSync(marker(folder), randomBytes(8).toString('hex'));
  return finishedToolchain(verbose);
}

function linkDebianRust(prefix, folder, host) {
  const bin = join(folder, 'bin');
  const rustlib = join(folder, 'lib/rustlib');
  const system = join(prefix, 'usr/lib/rustlib');
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(rustlib, host, 'bin'), { recursive: true });

  symlinkSync(join(system, host, 'lib'), join(rustlib, host, 'lib'));
  symlinkSync(join(system, 'src'), join(rustlib, 'src'));
  for (const tool of readdirSync(join(system, host, 'bin'))) {
    symlinkSync(join(system, host, 'bin', tool), join(rustlib, host, 'bin', tool));
  }
  // The wasm linker. rustc looks for it here first, which spares it from being on PATH.
  symlinkSync(join(prefix, 'usr/bin/rust-lld'), join(rustlib, host, 'bin/rust-lld'));

  const libraries = libraryFolders(prefix).join(delimiter);
  const environment = libraries ? `export LD_LIBRARY_PATH="${libraries}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\n` : '';
  const wrap = (name, command) => {
    const text = `#!/bin/sh\n# Written by Passkeep's scripts/lib/wasm-std.mjs.\n${environment}${command}\n`;
    writeFileSync(join(bin, name), text, { mode: 0o755 });
  };
  const real = (name) => `"${join(prefix, 'usr/bin', name)}"`;
  for (const name of ['rustc', 'rustdoc']) wrap(name, `exec ${real(name)} --sysroot "${folder}" "$@"`);
  wrap('rustfmt', `exec ${real('rustfmt')} "$@"`);
  // clippy-driver is rustc under another name, which learns its sysroot from this variable.
  for (const name of ['clippy-driver', 'cargo-clippy']) wrap(name, `SYSROOT="${folder}" exec ${real(name)} "$@"`);
  // Cargo has it too, whatever it runs: build scripts that watch the variable would run again at every change between
  // clippy and anything else, and all that depends on them would be compiled again.
  for (const name of ['cargo', 'cargo-fmt']) {
    wrap(name, `SYSROOT="${folder}" PATH="${bin}:$PATH" RUSTC="${bin}/rustc" RUSTDOC="${bin}/rustdoc" exec ${real(name)} "$@"`);
  }
}

async function buildStandardLibrary(folder) {
  const work = join(folder, 'build');
  mkdirSync(join(work, 'src'), { recursive: true });
  writeFileSync(join(work, 'Cargo.toml'), '[package]\nname = "std-for-wasm"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n');
  writeFileSync(join(work, 'src/lib.rs'), '#![no_std]\n');
  const env = {
    ...withPath([join(folder, 'bin')], withoutBuildSettings()),
    // Building the standard library is an unstable feature of cargo; this is the distribution's own way to it.
    RUSTC_BOOTSTRAP: '1',
    // Without bitcode a later build with link-time optimisation fails: "failed to get bitcode from object file".
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: '-Cembed-bitcode=yes',
  };
  const command = join(folder, 'bin/cargo');
  // `test` is the harness that `cargo test` links into test programs.
  const args = ['build', '--release', '-Zbuild-std=std,panic_abort,test', '--target', WASM];
  const title = 'wasm32 standard library, built from its Debian sources';
  const why = 'the site and the browser module are Rust compiled to WebAssembly.';
  await runStep({ title, why, command, args, env, cwd: work, log: 'wasm-std', help: RUSTUP_HELP });

  const built = join(work, 'target', WASM, 'release/deps');
  const libraries = join(folder, 'lib/rustlib', WASM, 'lib');
  mkdirSync(libraries, { recursive: true });
  const wanted = readdirSync(built).filter((file) => file.endsWith('.rlib') && !file.startsWith('libstd_for_wasm'));
  if (!wanted.some((file) => file.startsWith('libstd-'))) throw new Problem(`${title}: no library came out`, { why, help: RUSTUP_HELP });
  for (const file of wanted) cpSync(join(built, file), join(libraries, file));
  rmSync(work, { recursive: true });
}

/** What a person with a network and no distribution package does. */
export const RUSTUP_HELP = [
  'Install Rust with rustup (https://rustup.rs), then: rustup target add wasm32-unknown-unknown',
  'If rustup is there but may not download (RUSTUP_AUTO_INSTALL=0), unset that variable.',
].join('\n');
