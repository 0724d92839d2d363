// The WebAssembly modules of the npm package: compiled, bound to JavaScript, and shrunk, each on its own.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, localCrates, locked } from './build.mjs';
import { fingerprint, forget, recall, remember } from './fingerprint.mjs';
import { stateDir, targetDir } from './paths.mjs';
import { runStep } from './run.mjs';
import { shortenNames, shrinkArgs, silencePanics } from './slim-wasm.mjs';

/** The modules and their bindings, as they came out last. */
const modules = join(stateDir, 'npm-modules');

export const WASM = 'wasm32-unknown-unknown';

/**
 * Which crate with which features, and the name of its files. `formats`: whether it makes texts of its own by format, so that only the
 * panics can go, and not all that formats. `stack`: how much it needs, in bytes, if less than the usual megabyte.
 */
export const MODULES = [
  { name: 'passkeep', crate: 'passkeep-browser', features: ['standalone'], formats: false, stack: 65_536 },
  { name: 'inspect', crate: 'passkeep-inspect', features: ['js-inspect'], formats: true },
  { name: 'inspect-algorithms', crate: 'passkeep-inspect', features: ['js-algorithms'], formats: true },
];

/** The folders of the crates that a module is made of. */
export const cratesOf = (crate) => localCrates(join('crates', crate.replace('passkeep-', '')));

/** Puts a module into one folder and its bindings into another. Compiling and shrinking one can take minutes. */
export async function provideModule(module, { env, versions }, folders) {
  const { name, crate } = module;
  const files = [`${name}.js`, `${name}.wasm`].map((file) => join(modules, file));
  const how = at('Cargo.toml', 'Cargo.lock', 'scripts/lib/wasm-modules.mjs', 'scripts/lib/slim-wasm.mjs');
  const inputs = fingerprint([...cratesOf(crate), ...how], { ...versions, module });
  const before = recall(`npm-${name}`);
  if (before?.inputs !== inputs || before.output !== fingerprint(files)) {
    forget(`npm-${name}`);
    await compile(module, env);
    remember(`npm-${name}`, { inputs, output: fingerprint(files) });
  }
  mkdirSync(folders.bindings, { recursive: true });
  cpSync(files[0], join(folders.bindings, `${name}.js`));
  cpSync(files[1], join(folders.wasm, `${name}.wasm`));
}

async function compile({ name, crate, features, formats, stack }, env) {
  const file = `${crate.replaceAll('-', '_')}.wasm`;
  const built = join(targetDir, WASM, 'wasm-release', file);
  // A module has one name whatever its features, and cargo takes another's for the one it made.
  for (const old of [built, join(targetDir, WASM, 'wasm-release/deps', file)]) rmSync(old, { force: true });
  // The crates are libraries of other crates; what is made of one for them and for pages at once is not optimised as a whole.
  const build = ['-p', crate, '--lib', '--crate-type', 'cdylib', '--no-default-features', '--features', features.join(','), '--target', WASM, '--profile', 'wasm-release', ...locked];
  // A smaller stack gives data shorter addresses, and pages the memory.
  const link = stack ? ['--', '-C', `link-arg=-zstack-size=${stack}`] : [];
  await runStep({ title: `${name}.wasm (cargo rustc)`, command: 'cargo', args: ['rustc', ...build, ...link], env, log: `npm-${name}` });
  const bind = [built, '--target', 'web', '--omit-default-module-path', '--no-typescript', '--out-name', name, '--out-dir', modules];
  await runStep({ title: `${name}.js (wasm-bindgen)`, command: 'wasm-bindgen', args: bind, env, log: `npm-${name}-bindings` });
  const [bound, small, bindings] = [boundModule(name), join(modules, `${name}.wasm`), join(modules, `${name}.js`)];
  writeFileSync(bound, silencePanics(readFileSync(bound), { formats }));
  await runStep({ title: `${name}.wasm (wasm-opt)`, command: 'wasm-opt', args: [...shrinkArgs, '--strip-debug', bound, '-o', small], env, log: `npm-${name}-shrink` });
  const short = shortenNames(readFileSync(small), readFileSync(bindings, 'utf8'));
  writeFileSync(small, short.wasm);
  writeFileSync(bindings, short.bindings);
}

const boundModule = (name) => join(modules, `${name}_bg.wasm`);

/** A module as it is packed, but with the names of its functions. */
export async function withNames({ name }, env) {
  const named = join(modules, `${name}-with-names.wasm`);
  await runStep({ title: `${name}.wasm with names (wasm-opt)`, command: 'wasm-opt', args: [...shrinkArgs, '--debuginfo', boundModule(name), '-o', named], env, log: `npm-${name}-names` });
  return readFileSync(named);
}
