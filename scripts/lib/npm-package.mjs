// Builds the npm package `passkeep` into target/passkeep/npm, and packs it as `npm publish` would.
//
// Each WebAssembly module is made on its own; esbuild then joins the JavaScript of each entry. A size above its budget is an
// error: every byte is downloaded by a person.

import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { alone } from './alone.mjs';
import { fingerprint, forget, recall, remember } from './fingerprint.mjs';
import { at } from './build.mjs';
import { npmCommand } from './npm-packages.mjs';
import { checkBudgets, checkParts } from './package-sizes.mjs';
import { root, stateDir } from './paths.mjs';
import { runStep, stepDone } from './run.mjs';
import { Problem } from './say.mjs';
import { MODULES, compiled, cratesOf, provideModule } from './wasm-modules.mjs';

const sources = join(root, 'crates/browser/npm');
const staging = join(stateDir, 'npm-build');

/** The package as a folder. */
export const packageDir = join(stateDir, 'npm');

/** What `npm pack` makes of it. */
export const tarball = join(stateDir, `passkeep-${workspacePackage().version}.tgz`);

const SCRIPTS = ['npm-package', 'package-sizes', 'slim-wasm', 'split-wasm', 'order-wasm', 'wasm-addresses', 'wasm-modules', 'wasm-places', 'wasm-text'].map((name) => `scripts/lib/${name}.mjs`);

/** Builds what is out of date. */
export function buildNpmPackage(tools) {
  return alone('npm package', () => build(tools));
}

async function build({ env, versions }) {
  const texts = [sources, ...at('Cargo.toml', 'package-lock.json', 'LICENSE-MIT', 'LICENSE-APACHE', ...SCRIPTS)];
  const crates = MODULES.flatMap(({ crate }) => cratesOf(crate));
  const inputs = fingerprint([...new Set([...crates, ...texts, ...at('Cargo.lock')])], versions);
  const before = recall('npm-package');
  if (before?.inputs === inputs && before.output === fingerprint([tarball])) {
    stepDone('npm package', 0, 'unchanged');
    return;
  }
  forget('npm-package');
  for (const folder of [staging, packageDir]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(packageDir, { recursive: true });
  cpSync(sources, staging, { recursive: true });
  const folders = { wasm: packageDir, bindings: join(staging, 'src/bindings') };
  for (const module of MODULES) await provideModule(module, { env, versions }, folders);
  for (const module of MODULES) checkParts(module, compiled(module));
  await bundle();
  copyTexts();
  await checkBudgets(packageDir);
  await pack(env);
  remember('npm-package', { inputs, output: fingerprint([tarball]) });
}

async function bundle() {
  // Only now: the set-up has installed it, on a machine that had nothing.
  const esbuild = await import('esbuild');
  const common = {
    absWorkingDir: staging,
    outdir: packageDir,
    bundle: true,
    format: 'esm',
    target: ['chrome89', 'firefox89', 'safari15'],
    minify: true,
    legalComments: 'none',
    sourcemap: true,
    logLevel: 'silent',
  };
  const src = (...names) => names.map((name) => join(staging, 'src', `${name}.js`));
  // Entries that may be used together share one module, and with it one turn: the chunks between them are what they share.
  await esbuild.build({ ...common, entryPoints: src('index', 'inline', 'client', 'elements'), splitting: true, chunkNames: 'shared-[hash]', plugins: [wasmInside] });
  await esbuild.build({ ...common, entryPoints: src('server') });
  // What is required cannot have a file beside it whose address it knows, so it has the module inside.
  const required = { format: 'cjs', outExtension: { '.js': '.cjs' }, plugins: [wasmInside] };
  await esbuild.build({ ...common, ...required, entryPoints: src('server', 'inline') });
  await esbuild.build({ ...common, entryPoints: [join(staging, 'inspect.js')], plugins: [inspectBindings] });
}

/** `import bytes from 'passkeep.wasm'` becomes the bytes. */
const wasmInside = {
  name: 'wasm inside',
  setup(it) {
    it.onResolve({ filter: /^passkeep\.wasm$/ }, () => ({ path: join(packageDir, 'passkeep.wasm'), namespace: 'bytes' }));
    it.onLoad({ filter: /.*/, namespace: 'bytes' }, ({ path }) => ({ contents: readFileSync(path), loader: 'binary' }));
  },
};

/** The inspector's bindings, which its source expects beside itself. */
const inspectBindings = {
  name: 'bindings of the inspector',
  setup(it) {
    it.onResolve({ filter: /^\.\/inspect.*-bindings\.js$/ }, ({ path }) => ({ path: join(staging, 'src/bindings', basename(path).replace('-bindings', '')) }));
  },
};

function copyTexts() {
  const { version, license, repository } = workspacePackage();
  const manifest = JSON.parse(readFileSync(join(sources, 'package.json'), 'utf8'));
  const packed = { ...manifest, version, license, repository: { type: 'git', url: `git+${repository}.git` } };
  writeFileSync(join(packageDir, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`);
  for (const name of readdirSync(sources)) {
    // `testing.js` runs in Node, beside a Playwright of its user's.
    if (/\.(d\.ts|md)$|^testing\.js$/.test(name)) cpSync(join(sources, name), join(packageDir, name));
  }
  // The same types, for what is required.
  for (const name of ['index', 'start']) {
    const types = readFileSync(join(sources, `${name}.d.ts`), 'utf8');
    writeFileSync(join(packageDir, `${name}.d.cts`), types.replace(/ from '(\.\/\w+)\.js'/g, " from '$1.cjs'"));
  }
  for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) cpSync(join(root, name), join(packageDir, name));
}

/** What the crates say of themselves in Cargo.toml, which the package says too. */
function workspacePackage() {
  const manifest = readFileSync(join(root, 'Cargo.toml'), 'utf8');
  const value = (key) => manifest.match(new RegExp(`^${key} = "([^"]+)"`, 'm'))?.[1];
  return { version: value('version'), license: value('license'), repository: value('repository') };
}

async function pack(env) {
  const [command, first] = npmCommand();
  const args = [...first, 'pack', '--pack-destination', stateDir, '--ignore-scripts', packageDir];
  await runStep({ title: 'npm package (npm pack)', command, args, env, log: 'npm-pack' });
  if (!existsSync(tarball)) throw new Problem('npm pack left no tarball');
  stepDone('npm package', 0, `${Math.round(statSync(tarball).size / 1000)} kB packed`);
}
