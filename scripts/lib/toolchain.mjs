// Finds or makes a Rust toolchain that builds for the host and for wasm32.
//
// In this order: the Rust in use when it has what is needed; one made here earlier; rustup, where it may download;
// Debian's packages, from which the wasm32 standard library is built once. One toolchain does both kinds of build,
// so that the target folder is not built twice.

import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { whileInstalling } from './cache.mjs';
import { areInstalled, isDebian, installCommand, providePackages } from './debian.mjs';
import { findOnPath, withPath } from './environment.mjs';
import { recall, remember } from './fingerprint.mjs';
import { cacheDir, program, root, targetDir } from './paths.mjs';
import { capture, runStep, stepDone } from './run.mjs';
import { Problem } from './say.mjs';
import { atLeast, requiredRust } from './versions.mjs';
import { RUSTUP_HELP, WASM, buildToolchain, finishedToolchain, rustAt } from './wasm-std.mjs';

const WHY = 'the server is written in Rust, and the site is Rust compiled to WebAssembly.';
const PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src', 'rust-web-llvm', 'rust-web-clippy', 'rustfmt-web'];
const unpacked = join(cacheDir, 'debian', 'rust');

/**
 * Resolves with `{ bin, env, version }`: the folder of the toolchain's programs, and the environment to run them in.
 * @param {{forTests: boolean}} need tests also need clippy and rustfmt
 */
export async function rustToolchain(need) {
  const minimum = requiredRust(readFileSync(join(root, 'Cargo.toml'), 'utf8')) ?? '1.0';
  const usable = await rustInUse(minimum, need);
  const toolchain = usable ?? (await madeEarlier(minimum)) ?? (await fromRustup(minimum, need)) ?? (await fromDebian(minimum));
  if (!toolchain) throw missing(minimum);
  dropStaleWasm(toolchain.stamp);
  stepDone(`Rust ${toolchain.version} with ${WASM}`, 0, toolchain.source);
  return toolchain;
}

const rustupMayDownload = () => Boolean(findOnPath('rustup')) && process.env.RUSTUP_AUTO_INSTALL !== '0';

/** The Rust on PATH, if it is new enough and has every part. With rustup, this call installs what rust-toolchain.toml names. */
async function rustInUse(minimum, { forTests }) {
  const { output, code } = await runStep({ title: 'Rust toolchain', command: 'rustc', args: ['-vV'], log: 'rustc', mayFail: true, quiet: true });
  const sysroot = code === 0 && (await capture('rustc', ['--print', 'sysroot']));
  const version = output.match(/^release: (\d+\.\d+\.\d+)/m)?.[1];
  if (!sysroot || !version || !atLeast(version, minimum)) return undefined;
  const library = join(sysroot, 'lib/rustlib', WASM, 'lib');
  if (!existsSync(library) || !readdirSync(library).some((file) => file.startsWith('libstd-'))) return undefined;
  const parts = forTests ? ['cargo-clippy', 'rustfmt'] : [];
  if (!parts.every((part) => existsSync(join(sysroot, 'bin', program(part))))) return undefined;
  // rustup's programs on PATH stand in for the real ones and look up the toolchain at every call; these are direct.
  return { bin: join(sysroot, 'bin'), env: process.env, version, source: 'the one in use', stamp: `${version} ${statSync(library).mtimeMs}` };
}

async function madeEarlier(minimum) {
  for (const prefix of [unpacked, '/']) {
    const verbose = await newEnough(prefix, minimum);
    const made = verbose && finishedToolchain(verbose);
    if (made) return described(made, verbose);
  }
  return undefined;
}

async function newEnough(prefix, minimum) {
  const verbose = await rustAt(prefix);
  return verbose && atLeast(releaseOf(verbose), minimum) ? verbose : undefined;
}

const releaseOf = (verbose) => verbose.match(/^release: (\d+\.\d+\.\d+)/m)[1];

function described({ folder, stamp }, verbose) {
  // A toolchain chosen by name would make rustup's programs ignore this one.
  const { RUSTUP_TOOLCHAIN: _, RUSTC: __, RUSTDOC: ___, ...env } = process.env;
  return { bin: join(folder, 'bin'), env, version: releaseOf(verbose), source: 'from Debian, kept in the cache', stamp };
}

async function fromRustup(minimum, need) {
  if (!rustupMayDownload()) return undefined;
  const rustup = (title, args, log) => runStep({ title, command: 'rustup', args, log, why: WHY, mayFail: true });
  const current = (await capture('rustc', ['--version']))?.match(/\d+\.\d+\.\d+/)?.[0];
  if (!current || !atLeast(current, minimum)) await rustup('Rust, updated by rustup', ['update', 'stable'], 'rustup-update');
  await rustup(`rustup target add ${WASM}`, ['target', 'add', WASM], 'rustup-target');
  if (need.forTests) await rustup('clippy and rustfmt', ['component', 'add', 'clippy', 'rustfmt'], 'rustup-component');
  return rustInUse(minimum, need);
}

async function fromDebian(minimum) {
  if (!isDebian()) return undefined;
  return whileInstalling(async () => {
    const complete = (await areInstalled(PACKAGES)) && existsSync('/usr/bin/rust-lld') && (await newEnough('/', minimum));
    const prefix = complete ? '/' : await providePackages('rust', rustPackages, { title: 'Rust from Debian', why: WHY, otherwise: RUSTUP_HELP });
    const verbose = await newEnough(prefix, minimum);
    if (!verbose) return undefined;
    return described(finishedToolchain(verbose) ?? (await buildToolchain(prefix, verbose)), verbose);
  });
}

/**
 * The environment for compiling programs of others: the Rust in use if it runs at all, else the chosen one.
 * They need no wasm32, and rustup's compiler is nearly twice as fast as Debian's.
 */
export async function environmentForInstalls({ bin, env }) {
  return (await capture('cargo', ['--version'])) ? process.env : withPath([bin], env);
}

/** The packages, with the linker of the LLVM that Debian's rust-lld stands for (or the newest, should it not say). */
async function rustPackages(aptOptions) {
  const names = await capture('apt-cache', [...aptOptions, 'search', '--names-only', '^lld-[0-9]+$']);
  const depends = await capture('apt-cache', [...aptOptions, 'depends', 'rust-web-llvm']);
  const available = [...(names ?? '').matchAll(/^lld-(\d+)/gm)].map((match) => Number(match[1]));
  const wanted = Number(depends?.match(/llvm-(\d+)/)?.[1]);
  const lld = available.includes(wanted) ? wanted : Math.max(...available);
  return available.length ? [...PACKAGES, `lld-${lld}`] : PACKAGES;
}

/** rustc cannot use crates compiled against another build of the standard library ("can't find crate"). */
function dropStaleWasm(stamp) {
  const before = recall('wasm-std')?.stamp;
  if (before === stamp) return;
  if (before) rmSync(join(targetDir, WASM), { recursive: true, force: true });
  remember('wasm-std', { stamp });
}

function missing(minimum) {
  const help = [RUSTUP_HELP];
  if (isDebian()) help.push(`Or from Debian: ${installCommand([...PACKAGES, 'lld-NN'])} (the newest NN), then npm run setup again.`);
  return new Problem(`No Rust ${minimum} or newer with the ${WASM} target`, { why: WHY, help: help.join('\n') });
}
