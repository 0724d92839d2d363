// The WebAssembly modules of the npm package: compiled, bound to JavaScript, and shrunk, each on its own.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, localCrates, locked } from './build.mjs';
import { fingerprint, forget, recall, remember } from './fingerprint.mjs';
import { nameInOrder, orderArgs } from './order-wasm.mjs';
import { stateDir, targetDir } from './paths.mjs';
import { runStep } from './run.mjs';
import { dropUnusedExports, featureArgs, shortenNames, shrinkArgs, silencePanics } from './slim-wasm.mjs';
import { split } from './split-wasm.mjs';
import { addressArgs, notTold, withoutRelocations } from './wasm-addresses.mjs';
import { place, placedArgs } from './wasm-places.mjs';

/** The modules and their bindings, as they came out last. */
const modules = join(stateDir, 'npm-modules');

export const WASM = 'wasm32-unknown-unknown';

/**
 * Which crate with which features, and the name of its files. `formats`: whether it makes texts of its own by format, so that only the
 * panics can go, and not all that formats. `stack`: how much it needs, in bytes, if less than the usual megabyte. `parts`: what is
 * fetched later, if at all.
 */
export const MODULES = [
  { name: 'passkeep', crate: 'passkeep-browser', features: ['standalone'], formats: false, stack: 65_536 },
  { name: 'inspect', crate: 'passkeep-inspect', features: ['js-inspect'], formats: true, stack: 262_144, parts: [
    { name: 'inspect-decode', entries: [/decode externref shim/] },
    { name: 'inspect-verify', entries: [/verification_verdict\b/, /verification_needs_attestation\b/, /verification_question\b/, /verification_answer\b/] },
    {
      name: 'inspect-attestation',
      after: 'inspect-verify',
      entries: [/passkeep_verify::attestation::Context::procedure\b/, /passkeep_verify::attestation::model::of_outcome\b/, /passkeep_inspect::verify::judge::anchors\b/],
    },
  ] },
  { name: 'inspect-algorithms', crate: 'passkeep-inspect', features: ['js-algorithms'], formats: true },
];

/** What the bindings of a module in parts can do besides: say how much memory it has, and begin anew with a new instance. */
const RENEWAL = `
export const memoryInBytes = () => wasm.memory.buffer.byteLength;

export async function beginAnew() {
    return __wbg_finalize_init(await WebAssembly.instantiate(wasmModule, __wbg_get_imports()), wasmModule);
}
`;

/** The folders of the crates that a module is made of. */
export const cratesOf = (crate) => localCrates(join('crates', crate.replace('passkeep-', '')));

/** Puts a module into one folder and its bindings into another. Compiling and shrinking one can take minutes. */
export async function provideModule(module, { env, versions }, folders) {
  const { name, crate, parts = [] } = module;
  const wasms = [name, ...parts.map((part) => part.name)].map((one) => `${one}.wasm`);
  const files = [`${name}.js`, ...wasms].map((file) => join(modules, file));
  const how = at('Cargo.toml', 'Cargo.lock', ...['wasm-modules', 'slim-wasm', 'split-wasm', 'wasm-addresses', 'wasm-places', 'wasm-text', 'order-wasm'].map((one) => `scripts/lib/${one}.mjs`));
  const inputs = fingerprint([...cratesOf(crate), ...how], { ...versions, module });
  const before = recall(`npm-${name}`);
  if (before?.inputs !== inputs || before.output !== fingerprint(files)) {
    forget(`npm-${name}`);
    await compile(module, env);
    remember(`npm-${name}`, { inputs, output: fingerprint(files) });
  }
  mkdirSync(folders.bindings, { recursive: true });
  cpSync(files[0], join(folders.bindings, `${name}.js`));
  for (const file of wasms) cpSync(join(modules, file), join(folders.wasm, file));
}

async function compile({ name, crate, features, formats, stack, parts = [] }, env) {
  const file = `${crate.replaceAll('-', '_')}.wasm`;
  const built = join(targetDir, WASM, 'wasm-release', file);
  // A module has one name whatever its features, and cargo takes another's for the one it made.
  for (const old of [built, join(targetDir, WASM, 'wasm-release/deps', file)]) rmSync(old, { force: true });
  // The crates are libraries of other crates; what is made of one for them and for pages at once is not optimised as a whole.
  const build = ['-p', crate, '--lib', '--crate-type', 'cdylib', '--no-default-features', '--features', features.join(','), '--target', WASM, '--profile', 'wasm-release', ...locked];
  // A smaller stack gives data shorter addresses, and pages the memory.
  const link = [...(stack ? ['-C', `link-arg=-zstack-size=${stack}`] : []), ...(parts.length > 0 ? [...placedArgs, ...addressArgs] : [])];
  await runStep({ title: `${name}.wasm (cargo rustc)`, command: 'cargo', args: ['rustc', ...build, '--', ...link], env, log: `npm-${name}` });
  const kept = parts.length > 0 ? notTold(readFileSync(built)) : [];
  const bind = [built, '--target', 'web', '--omit-default-module-path', '--no-typescript', '--out-name', name, '--out-dir', modules];
  await runStep({ title: `${name}.js (wasm-bindgen)`, command: 'wasm-bindgen', args: bind, env, log: `npm-${name}-bindings` });
  const [bound, bindings] = [boundModule(name), join(modules, `${name}.js`)];
  const silent = silencePanics(withoutRelocations(readFileSync(bound)), { formats });
  const written = readFileSync(bindings, 'utf8') + (parts.length > 0 ? RENEWAL : '');
  const used = dropUnusedExports(silent, written, { keepClasses: true });
  const short = shortenNames(used.wasm, used.bindings);
  writeFileSync(bound, short.wasm);
  writeFileSync(bindings, short.bindings);
  if (parts.length > 0) await splitAndShrink({ name, parts, kept }, env);
  else await finish({ name, source: bound }, env);
}

// The lowest kilobyte is the end of the stack, where no data is.
const shrink = ({ title, args, source, small, log }, env) =>
  runStep({ title: `${title} (wasm-opt)`, command: 'wasm-opt', args: [...args, '--low-memory-unused', ...shrinkArgs, source, '-o', small], env, log });

/** Shrinks a module to what is packed. */
async function finish({ name, source }, env) {
  const small = join(modules, `${name}.wasm`);
  await shrink({ title: `${name}.wasm`, args: ['--strip-debug'], source, small, log: `npm-${name}-shrink` }, env);
  writeFileSync(small, nameInOrder(readFileSync(small)));
  await runStep({ title: `${name}.wasm in order (wasm-opt)`, command: 'wasm-opt', args: [...featureArgs, ...orderArgs, small, '-o', small], env, log: `npm-${name}-order`, quiet: true });
}

/** The module is shrunk as a whole before, so that its parts are the same code. */
async function splitAndShrink({ name, parts, kept }, env) {
  const [bound, whole, text] = [boundModule(name), namedModule(name), join(modules, `${name}.wat`)];
  const run = (title, command, args, log) => runStep({ title: `${name}.wasm ${title} (${command})`, command, args, env, log: `npm-${name}-${log}` });
  // Without what panics are told, nobody needs what they would say of it.
  await run('without arguments of panics', 'wasm-opt', ['--debuginfo', ...featureArgs, '--dae', '--vacuum', bound, '-o', whole], 'arguments');
  await run('as text', 'wasm-dis', [whole, '-o', text], 'places');
  const placed = place(readFileSync(text, 'utf8'), parts, kept);
  writeFileSync(text, placed.text);
  await run('without what nobody needs', 'wasm-opt', ['--debuginfo', ...featureArgs, text, '-o', bound], 'needed');
  // What a part begins with must not become a piece of what calls it. wasm-opt knows no patterns but with stars.
  const entries = parts.flatMap((part) => part.entries).map(({ source }) => `--no-inline=*${source.replace(/\\b$/, '')}*`);
  await shrink({ title: `${name}.wasm as a whole`, args: ['--debuginfo', ...entries], source: bound, small: whole, log: `npm-${name}-whole` }, env);
  await run('in parts', 'wasm-dis', [whole, '-o', text], 'text');
  const { rest, parts: texts } = split(readFileSync(text, 'utf8'), parts, placed.homes);
  for (const [index, written] of [rest, ...texts].entries()) {
    const one = index === 0 ? name : parts[index - 1].name;
    writeFileSync(text, written);
    await finish({ name: one, source: text }, env);
  }
}

const boundModule = (name) => join(modules, `${name}_bg.wasm`);

const namedModule = (name) => join(modules, `${name}-with-names.wasm`);

/** A module as it was compiled, with the names of its functions. */
export const compiled = ({ name }) => readFileSync(boundModule(name));

/** A module as it is packed, with all its parts, but with the names of its functions. */
export async function withNames({ name }, env) {
  const named = namedModule(name);
  await shrink({ title: `${name}.wasm with names`, args: ['--debuginfo'], source: boundModule(name), small: named, log: `npm-${name}-names` }, env);
  return readFileSync(named);
}
