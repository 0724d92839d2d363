// The Rust programs that are compiled here: wasm-bindgen's command line and Trunk, which build the site, cargo-fuzz and
// geckodriver.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { whileInstalling } from './cache.mjs';
import { findOnPath, withoutBuildSettings } from './environment.mjs';
import { cacheDir, program } from './paths.mjs';
import { capture, runStep, stepDone } from './run.mjs';
import { atLeast, versionIn, wasmBindgenVersion } from './versions.mjs';

const TRUNK = '0.21.14';
const CARGO_FUZZ = '0.13.2';
const GECKODRIVER = '0.37.1';

// No program downloads anything here, so they are built without their TLS stacks; and all are compiled on every fresh
// machine but run for seconds, so they are compiled quickly rather than well.
const QUICK_BUILD = {
  CARGO_PROFILE_RELEASE_LTO: 'false',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_DEBUG: '0',
  CARGO_PROFILE_RELEASE_STRIP: 'true',
};

function forTheSite() {
  const bindgen = wasmBindgenVersion();
  return [
    {
      name: 'wasm-bindgen',
      version: bindgen,
      fits: (version) => version === bindgen,
      programs: ['wasm-bindgen', 'wasm-bindgen-test-runner'],
      why: `it writes the JavaScript side of the WebAssembly, and must match the wasm-bindgen ${bindgen} of Cargo.lock.`,
      // Without --locked: the lock file inside that package may name versions that are no longer offered.
      // It rewrites tens of megabytes of a test build, which takes too long with no optimisation at all.
      optimisation: '1',
      install: ['wasm-bindgen-cli', '--version', bindgen, '--no-default-features', '--bin', 'wasm-bindgen', '--bin', 'wasm-bindgen-test-runner'],
    },
    {
      name: 'trunk',
      version: TRUNK,
      fits: (version) => atLeast(version, TRUNK) && version.startsWith('0.21.'),
      programs: ['trunk'],
      why: 'it builds the site from index.html and web/.',
      // It only calls other programs and copies files.
      optimisation: '0',
      install: ['trunk', '--version', TRUNK, '--locked', '--no-default-features'],
    },
  ];
}

const FUZZER = {
  name: 'cargo-fuzz',
  version: CARGO_FUZZ,
  fits: (version) => atLeast(version, CARGO_FUZZ) && version.startsWith('0.13.'),
  programs: ['cargo-fuzz'],
  why: 'it builds the fuzz targets so that the fuzzer sees which branches an input takes.',
  // It only calls cargo and the targets.
  optimisation: '0',
  install: ['cargo-fuzz', '--version', CARGO_FUZZ, '--locked'],
};

const FIREFOX_DRIVER = {
  name: 'geckodriver',
  version: GECKODRIVER,
  // The first with virtual authenticators is 0.34.
  fits: (version) => atLeast(version, '0.34.0'),
  programs: ['geckodriver'],
  why: 'the tests drive Firefox through it.',
  // It only passes messages on.
  optimisation: '0',
  install: ['geckodriver', '--version', GECKODRIVER, '--locked'],
};

/** Resolves with each site tool's `{ folder, version }`, after installing what is missing. */
export const siteTools = (env) => provide(forTheSite(), env);

/** Resolves with the `{ folder, version }` of cargo-fuzz, after installing it if it is missing. */
export const fuzzer = async (env) => (await provide([FUZZER], env))[0];

/** Resolves with the path of geckodriver, after installing it if it is missing. */
export async function firefoxDriver(env) {
  const [{ folder }] = await provide([FIREFOX_DRIVER], env);
  return join(folder, program('geckodriver'));
}

async function provide(tools, env) {
  const found = await Promise.all(tools.map((tool) => find(tool, env)));
  tools.forEach((tool, i) => found[i] && stepDone(`${tool.name} ${found[i].version}`));

  const missing = tools.filter((_, i) => !found[i]);
  if (missing.length > 0) await whileInstalling(() => installAll(missing, env));
  return tools.map((tool, i) => found[i] ?? { folder: join(homeOf(tool), 'bin'), version: tool.version });
}

const homeOf = (tool) => join(cacheDir, 'tools', `${tool.name}-${tool.version}`);

async function find(tool, env) {
  const path = findOnPath(tool.name, env);
  return (await inFolder(tool, join(homeOf(tool), 'bin'))) ?? (path && inFolder(tool, dirname(path)));
}

async function inFolder(tool, folder) {
  if (!tool.programs.every((name) => existsSync(join(folder, program(name))))) return undefined;
  const version = versionIn(await capture(join(folder, program(tool.name)), ['--version']));
  return version && tool.fits(version) ? { folder, version } : undefined;
}

async function installAll(tools, env) {
  // They share many crates; one target folder compiles each of them once.
  const target = join(cacheDir, 'tools', 'build');
  mkdirSync(target, { recursive: true });
  try {
    for (const tool of tools) await install(tool, target, env);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

async function install(tool, target, env) {
  const home = homeOf(tool);
  // Another set-up may have done it while this one waited for its turn.
  if (await inFolder(tool, join(home, 'bin'))) return;
  const temporary = `${home}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  await runStep({
    title: `${tool.name} ${tool.version}, compiled by cargo`,
    why: tool.why,
    command: 'cargo',
    args: ['install', ...tool.install, '--root', temporary],
    env: {
      ...withoutBuildSettings(env),
      ...QUICK_BUILD,
      CARGO_PROFILE_RELEASE_OPT_LEVEL: tool.optimisation,
      CARGO_TARGET_DIR: target,
    },
    log: `install-${tool.name}`,
    help: `See that crates.io can be reached, then again: npm run setup\nor install it yourself: cargo install ${tool.install.join(' ')}`,
  });
  // Renamed in one go, so an interrupted install leaves nothing that looks finished.
  rmSync(home, { recursive: true, force: true });
  renameSync(temporary, home);
}
