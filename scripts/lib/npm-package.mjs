// Builds the npm package `passkeep` into target/passkeep/npm, and packs it as `npm publish` would.
//
// Each WebAssembly module is compiled, bound and shrunk on its own; esbuild then joins the JavaScript of each entry. A size
// above its budget is an error: every byte is downloaded by a person.

import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fingerprint, forget, recall, remember } from './fingerprint.mjs';
import { at, localCrates, locked } from './build.mjs';
import { npmCommand } from './npm-packages.mjs';
import { root, stateDir, targetDir } from './paths.mjs';
import { runStep, stepDone } from './run.mjs';
import { Problem, say } from './say.mjs';

const sources = join(root, 'crates/browser/npm');
const staging = join(stateDir, 'npm-build');
/** The modules and their bindings, as they came out last. */
const modules = join(stateDir, 'npm-modules');

/** The package as a folder. */
export const packageDir = join(stateDir, 'npm');

/** What `npm pack` makes of it. */
export const tarball = join(stateDir, `passkeep-${workspacePackage().version}.tgz`);

const WASM = 'wasm32-unknown-unknown';

/** The modules: which crate with which features, and the name of its files. */
const MODULES = [
  { name: 'passkeep', crate: 'passkeep-browser', features: ['standalone'] },
  { name: 'inspect-decode', crate: 'passkeep-inspect', features: ['js-decode'] },
  { name: 'inspect-verify', crate: 'passkeep-inspect', features: ['js-verify'] },
];

/** What the compiler uses by default, and every browser with passkeys has. */
const WASM_FEATURES = ['bulk-memory', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'];

/**
 * What each entry may weigh over the wire, in bytes of gzip -9, beyond what the plain client loads. They hold what has been
 * reached, not what is wanted: that is 25,000 for the plain client and 150,000 for the inspector.
 */
const BUDGETS = [
  { entry: 'passkeep', files: ['index.js', 'passkeep.wasm'], gzip: 46_000 },
  { entry: 'passkeep/client', files: ['client.js'], gzip: 3_000 },
  { entry: 'passkeep/elements', files: ['elements.js'], gzip: 6_000 },
  { entry: 'passkeep/inspect', files: ['inspect.js', 'inspect-decode.wasm', 'inspect-verify.wasm'], gzip: 500_000 },
];

/** Builds what is out of date. */
export async function buildNpmPackage({ env, versions }) {
  const texts = [sources, ...at('Cargo.toml', 'package-lock.json', 'LICENSE-MIT', 'LICENSE-APACHE', 'scripts/lib/npm-package.mjs')];
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
  for (const module of MODULES) await provide(module, { env, versions });
  await bundle();
  copyTexts();
  checkBudgets();
  await pack(env);
  remember('npm-package', { inputs, output: fingerprint([tarball]) });
}

const cratesOf = (crate) => localCrates(join('crates', crate.replace('passkeep-', '')));

/** Puts a module and its bindings where the bundle expects them. Compiling and shrinking one can take minutes. */
async function provide(module, { env, versions }) {
  const { name, crate } = module;
  const files = [`${name}.js`, `${name}.wasm`].map((file) => join(modules, file));
  const inputs = fingerprint([...cratesOf(crate), ...at('Cargo.toml', 'Cargo.lock', 'scripts/lib/npm-package.mjs')], { ...versions, module });
  const before = recall(`npm-${name}`);
  if (before?.inputs !== inputs || before.output !== fingerprint(files)) {
    forget(`npm-${name}`);
    await compile(module, env);
    remember(`npm-${name}`, { inputs, output: fingerprint(files) });
  }
  cpSync(files[0], join(staging, 'src/bindings', `${name}.js`));
  cpSync(files[1], join(packageDir, `${name}.wasm`));
}

async function compile({ name, crate, features }, env) {
  const build = ['--no-default-features', '--features', features.join(','), '--target', WASM, '--profile', 'wasm-release', ...locked];
  await runStep({ title: `${name}.wasm (cargo build)`, command: 'cargo', args: ['build', '-p', crate, '--lib', ...build], env, log: `npm-${name}` });
  const built = join(targetDir, WASM, 'wasm-release', `${crate.replaceAll('-', '_')}.wasm`);
  const bind = [built, '--target', 'web', '--omit-default-module-path', '--no-typescript', '--out-name', name, '--out-dir', modules];
  await runStep({ title: `${name}.js (wasm-bindgen)`, command: 'wasm-bindgen', args: bind, env, log: `npm-${name}-bindings` });
  const shrink = ['-Oz', '--converge', '--strip-debug', '--strip-producers', ...WASM_FEATURES.map((feature) => `--enable-${feature}`)];
  const files = [join(modules, `${name}_bg.wasm`), '-o', join(modules, `${name}.wasm`)];
  await runStep({ title: `${name}.wasm (wasm-opt)`, command: 'wasm-opt', args: [...shrink, ...files], env, log: `npm-${name}-shrink` });
}

async function bundle() {
  // Only now: the set-up has installed it, on a machine that had nothing.
  const { build } = await import('esbuild');
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
  await build({ ...common, entryPoints: src('index', 'inline', 'client', 'elements'), splitting: true, chunkNames: 'shared-[hash]', plugins: [wasmInside] });
  await build({ ...common, entryPoints: src('server') });
  await build({ ...common, entryPoints: [join(staging, 'inspect.js')], plugins: [inspectBindings] });
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
    it.onResolve({ filter: /^\.\/inspect-(decode|verify)\.js$/ }, ({ path }) => ({ path: join(staging, 'src/bindings', basename(path)) }));
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
  for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) cpSync(join(root, name), join(packageDir, name));
}

/** What the crates say of themselves in Cargo.toml, which the package says too. */
function workspacePackage() {
  const manifest = readFileSync(join(root, 'Cargo.toml'), 'utf8');
  const value = (key) => manifest.match(new RegExp(`^${key} = "([^"]+)"`, 'm'))?.[1];
  return { version: value('version'), license: value('license'), repository: value('repository') };
}

/** Everything that an entry loads: the files named, and the chunks they import. */
function withChunks(files) {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    if (!file.endsWith('.js')) return;
    const text = readFileSync(join(packageDir, file), 'utf8');
    for (const [, chunk] of text.matchAll(/(?:from|import) ?"\.\/([^"]+\.js)"/g)) visit(chunk);
  };
  files.forEach(visit);
  return [...found];
}

/** What each entry weighs, in bytes. */
function sizes() {
  const weigh = (files, compress) => files.reduce((sum, file) => sum + compress(readFileSync(join(packageDir, file))).length, 0);
  const base = new Set(withChunks(['index.js', 'passkeep.wasm']));
  return BUDGETS.map(({ entry, files, gzip: budget }) => {
    // What comes on top of the plain client.
    const all = withChunks(files).filter((file) => entry === 'passkeep' || !base.has(file));
    return {
      entry,
      budget,
      raw: weigh(all, (bytes) => bytes),
      gzip: weigh(all, (bytes) => gzipSync(bytes, { level: 9 })),
      brotli: weigh(all, (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })),
    };
  });
}

function checkBudgets() {
  for (const { entry, raw, gzip, brotli, budget } of sizes()) {
    say(`  ${entry}: ${raw} bytes, ${gzip} with gzip, ${brotli} with brotli (at most ${budget} with gzip)`);
    if (gzip > budget) throw new Problem(`${entry} is ${gzip - budget} bytes above its budget of ${budget} bytes with gzip`);
  }
}

async function pack(env) {
  const [command, first] = npmCommand();
  const args = [...first, 'pack', '--pack-destination', stateDir, '--ignore-scripts', packageDir];
  await runStep({ title: 'npm package (npm pack)', command, args, env, log: 'npm-pack' });
  if (!existsSync(tarball)) throw new Problem('npm pack left no tarball');
  stepDone('npm package', 0, `${Math.round(statSync(tarball).size / 1000)} kB packed`);
}
