// `npm test`: set-up, then every part below, in order. `npm test -- rust e2e` runs only these parts.
//
// A failing part does not stop the others. The last line counts tests over all of them.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './lib/build.mjs';
import { countCargo, countNode, countPlaywright } from './lib/counting.mjs';
import { buildExamples, exampleDir } from './lib/examples.mjs';
import { main } from './lib/main.mjs';
import { buildNpmPackage, tarball } from './lib/npm-package.mjs';
import { weighPasskeys } from './lib/passkeys-weight.mjs';
import { program, root, serverBinary, stateDir, targetDir } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { Problem, duration, explain, heading, say } from './lib/say.mjs';
import { listParts, runParts, summary } from './lib/test-parts.mjs';

const WASM = ['--target', 'wasm32-unknown-unknown'];
// The tests compare the two libraries of signatures with each other.
const BOTH_PROVIDERS = ['--features', 'passkeep-verify/portable'];
const crates = (...names) => names.flatMap((name) => ['-p', `passkeep-${name}`]);
const cargo = (...args) => ({ command: 'cargo', args });
const node = (...args) => ({ command: process.execPath, args });
const load = (what, ...args) => {
  const debug = (...path) => join(targetDir, 'debug', ...path);
  const command = debug('examples', program('load'));
  return { title: `load ${what}`, command, args: [what, '--server', debug(program('passkeep')), ...args] };
};
const module = (path) => join('node_modules', path);

const testsIn = (folder) => readdirSync(join(root, folder)).filter((file) => file.endsWith('.test.mjs')).map((file) => `${folder}/${file}`);
const nodeTests = (...folders) => ({ title: `node --test ${folders.join(' ')}`, ...node('--test', '--test-reporter=spec', ...folders.flatMap(testsIn)), count: countNode });
const e2eReport = join(stateDir, 'e2e.json');

/**
 * The parts. Each command counts as one check, unless `count` reads the number of tests out of its output.
 * `build` means that the release build of the site and the server comes first; `show` picks the lines to print.
 */
const PARTS = {
  scripts: {
    about: "unit tests of these scripts, and of the npm package's JavaScript",
    commands: [nodeTests('scripts/lib', 'crates/browser/npm/tests')],
  },
  fmt: {
    about: 'formatting (cargo fmt)',
    commands: [cargo('fmt', '--all', '--check')],
  },
  lint: {
    about: 'lints (clippy for the host and for wasm32), documentation (cargo doc) and the types of the journeys (tsc)',
    commands: [
      cargo('clippy', '--workspace', '--all-targets', ...BOTH_PROVIDERS, '--', '-D', 'warnings'),
      cargo('clippy', ...crates('protocol', 'browser', 'web', 'workbench'), ...WASM, '--', '-D', 'warnings'),
      cargo('clippy', ...crates('verify'), ...WASM, '--no-default-features', '--features', 'portable', '--', '-D', 'warnings'),
      cargo('clippy', ...crates('browser'), ...WASM, '--no-default-features', '--features', 'standalone', '--', '-D', 'warnings'),
      cargo('clippy', ...crates('inspect'), ...WASM, '--all-targets', '--features', 'js', '--', '-D', 'warnings'),
      cargo('clippy', ...crates('inspect'), ...WASM, '--features', 'js-inspect', '--', '-D', 'warnings'),
      // What is left of the two without their default features, each alone, so that no other crate switches one on.
      cargo('clippy', ...crates('protocol'), '--no-default-features', '--features', 'std', '--', '-D', 'warnings'),
      cargo('clippy', ...crates('verify'), '--no-default-features', '--', '-D', 'warnings'),
      { ...cargo('doc', '--workspace', '--no-deps', ...BOTH_PROVIDERS), env: { RUSTDOCFLAGS: '-D warnings' } },
      { title: 'tsc --noEmit -p playwright-tests', ...node(module('typescript/bin/tsc'), '--noEmit', '-p', 'playwright-tests') },
    ],
  },
  rust: {
    about: "the workspace's tests on this machine (cargo test)",
    commands: [{ ...cargo('test', '--workspace', ...BOTH_PROVIDERS, '--no-fail-fast'), count: countCargo, show: cargoTestLines }],
  },
  load: {
    about: 'real servers on both databases: a few hundred sign-ins, every question of the load test in short, and three kills under load',
    commands: [
      cargo('build', '--workspace', '--bin', 'passkeep', '--example', 'load', ...BOTH_PROVIDERS),
      load('measure', '--quick'),
      load('floor', '--quick'),
      load('scale', '--replicas', '1,2', '--credentials', '200', '--turns', '1'),
      load('start-up', '--quick', '--credentials', '200', '--starts', '1'),
      load('memory', '--quick', '--credentials', '200', '--seconds', '2', '--every', '1'),
      load('crash', '--kills', '3'),
    ],
  },
  peers: {
    about: 'the same ceremonies before two other implementations, every disagreement explained',
    commands: [
      cargo('build', '--workspace', '--bin', 'passkeep', '--example', 'peer_cases', ...BOTH_PROVIDERS),
      { title: 'node --test peers', ...node('--test', '--test-reporter=spec', 'peers/peers.test.mjs'), count: countNode },
    ],
  },
  api: {
    about: 'the running server held against its own description by a fuzzing client',
    commands: [
      cargo('build', '--workspace', '--bin', 'passkeep', '--example', 'sign_up', ...BOTH_PROVIDERS),
      { title: 'node --test api-tests', ...node('--test', '--test-reporter=spec', 'api-tests/api.test.mjs'), count: countNode },
    ],
  },
  wasm: {
    about: "the tests of the browser module and the inspector, as WebAssembly in Chromium",
    commands: [{ ...cargo('test', ...crates('browser', 'inspect'), ...WASM, '--no-fail-fast'), count: countCargo, show: cargoTestLines }],
  },
  site: {
    about: 'the release build of the site, the server, the npm package and the example in Leptos',
    build: true,
    commands: [],
  },
  e2e: {
    about: 'the journeys, and the npm package as its users have it: Playwright against the real server in Chromium, and the main ones in Firefox',
    build: true,
    commands: [
      // The inspector's cases, and the example in axum; where the peers were asked before, there is little to do.
      cargo('build', '--workspace', '--bin', 'passkeep', '--bin', 'axum-minimal', '--example', 'peer_cases', ...BOTH_PROVIDERS),
      {
        title: 'playwright test -c playwright-tests',
        ...node(module('@playwright/test/cli.js'), 'test', '-c', 'playwright-tests', '--reporter=list,json'),
        env: { PLAYWRIGHT_JSON_OUTPUT_NAME: e2eReport, PLAYWRIGHT_LIST_PRINT_STEPS: undefined },
        count: () => countPlaywright(JSON.parse(readFileSync(e2eReport, 'utf8'))),
        show: (line) => (line.trim() ? line : undefined),
        forget: e2eReport,
      },
    ],
  },
};

/** Of cargo test's output: which program runs, what failed, what came out. */
function cargoTestLines(line) {
  return /^\s*(Running|Doc-tests) |^test result:|^test .*(FAILED|failed)|panicked at|^error(\[|:)/.test(line) ? line.trim() : undefined;
}

/** What every command of the tests runs with, besides the tools. */
const TEST_ENVIRONMENT = {
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: `node ${join(root, 'scripts/wasm-test-runner.mjs')}`,
  PASSKEEP_BINARY: serverBinary,
  PASSKEEP_NPM_TARBALL: tarball,
  PASSKEEP_TEST_AXUM_EXAMPLE: join(targetDir, 'debug', program('axum-minimal')),
  PASSKEEP_TEST_LEPTOS_EXAMPLE: exampleDir('leptos'),
  // Nobody builds a second time in CI: records for incremental builds would only cost time and space there.
  ...(process.env.CI ? { CARGO_INCREMENTAL: '0', CARGO_PROFILE_DEV_DEBUG: '0' } : {}),
};

async function buildRelease(tools) {
  await buildAll(tools);
  await buildNpmPackage(tools);
  await buildExamples(tools);
  await weighPasskeys(tools);
}

function chosenParts(words) {
  const unknown = words.filter((word) => !(word in PARTS));
  if (unknown.length > 0) {
    throw new Problem(`No part is called ${unknown.join(' or ')}`, { help: listParts(PARTS) });
  }
  return Object.keys(PARTS).filter((name) => words.length === 0 || words.includes(name));
}

await main(async () => {
  const words = process.argv.slice(2);
  if (words.includes('--list')) {
    say(listParts(PARTS));
    return 0;
  }
  const began = Date.now();
  const names = chosenParts(words);
  const browser = names.some((name) => name === 'wasm' || name === 'e2e');
  // Both are for the journeys alone.
  const firefox = names.includes('e2e');
  const deno = firefox;
  const database = names.includes('rust') || names.includes('load');
  const peers = names.includes('peers');
  const api = names.includes('api');
  const tools = await prepare({ forTests: true, browser, firefox, deno, database, peers, api }).catch((error) => explain(error));
  if (!tools) {
    say(`\n${summary({ passed: 0, failed: 1 }, ['set-up'], duration(Date.now() - began))}`);
    return 1;
  }
  const env = { ...tools.env, ...TEST_ENVIRONMENT };

  const total = await runParts(PARTS, names, { env, build: () => buildRelease(tools) });
  heading('Result');
  say(summary(total, names, duration(Date.now() - began)));
  return total.failed === 0 ? 0 : 1;
});
