// What the npm package weighs: each entry beside its budget, and what the module is made of.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { Problem, say } from './say.mjs';
import { functionSizes } from './slim-wasm.mjs';

/** What most apps use. */
const PLAIN = ['create', 'get', 'signal', 'getCapabilities', 'isSupported', 'isConditionalMediationAvailable', 'isPasskeyError', 'PasskeyError'];

/**
 * What may go over the wire, in bytes of gzip -9, a file at a time. `names` are what an app imports whose bundler drops the rest;
 * an entry without them is loaded whole, and weighs what comes on top of `passkeep`.
 */
const BUDGETS = [
  { entry: 'passkeep, the plain client in a bundle', names: PLAIN, files: ['passkeep.wasm'], gzip: 25_000 },
  { entry: 'passkeep, the plain client and autofill', names: [...PLAIN, 'startAutofill'], files: ['passkeep.wasm'], gzip: 25_400 },
  { entry: 'passkeep', files: ['index.js', 'passkeep.wasm'], gzip: 28_700 },
  { entry: 'passkeep/client', files: ['client.js'], gzip: 2_520 },
  { entry: 'passkeep/elements', files: ['elements.js'], gzip: 6_820 },
  { entry: 'passkeep/inspect, to decode', files: ['inspect.js', 'inspect.wasm', 'inspect-decode.wasm'], gzip: 87_200 },
  { entry: 'passkeep/inspect, to verify', files: ['inspect.js', 'inspect.wasm', 'inspect-verify.wasm'], gzip: 112_900 },
  { entry: 'passkeep/inspect, what it fetches for attestations', files: ['inspect-attestation.wasm'], gzip: 37_500 },
  { entry: 'passkeep/inspect, what it fetches for algorithms that a browser has not', files: ['inspect-algorithms.wasm'], gzip: 113_600 },
];

/** Functions of the browser module's crate, by where they are in it. */
const browser = (...places) => places.map((place) => new RegExp(`passkeep_browser::${place}\\b`));

const MEMORY = [/__rust_|__rdl_/, /raw_vec/, /__wbindgen_(malloc|realloc|free)/];
const BINDINGS = [/js_sys/, /wasm_bindgen/, /externref|wbg|wbindgen/];

/**
 * What a part of the module is for, by the source that its functions are from. A function that was inlined counts with its caller.
 * Each pattern has functions, which the build makes sure of: one that has none would have those of another name in another part.
 */
const PARTS = [
  ['errors', ...browser('error', 'explain', 'evidence', 'exports::to_js_error')],
  ['autofill', ...browser('autofill', 'exports::autofill', 'exports::tell', 'exports::report')],
  ['capabilities', ...browser('capabilities', 'exports::capabilities')],
  ['signals', ...browser('signal', 'exports::signal')],
  ['create() and get(): options, results, turns, the watchdog', ...browser('ceremony', 'options', 'result', 'turn', 'abort', 'exports::run'), /passkeep_protocol::/],
  ['reading of objects, listeners, waiting, the entry of all calls', ...browser('reflect', 'listener', 'wait', 'capability', 'exports')],
  ['promises and tasks', /js_sys::futures/],
  ['memory', /talc/, ...MEMORY],
  ['bindings of JavaScript', ...BINDINGS],
  ['the rest of Rust', /./],
];

/** The same for the inspector. What it does in one go, a verdict, is one function with most of the checks in it. */
const INSPECTOR_PARTS = [
  ['attestation statements, certificates, trust', /passkeep_verify::(attestation|certificate|trust|asn1|metadata|revocation)/],
  ['verdicts: the checks in their order, findings, the trace', /passkeep_verify::|passkeep_inspect::verify|^verification_/],
  ['the tree of fields', /passkeep_inspect::(decode|node|Inspection)|^decode /],
  ['reading what travels: CBOR, COSE, client data, extensions', /passkeep_protocol::/],
  ['JSON and typed values of it', /serde|zmij/],
  ['hashes, and points of Ed25519', /sha2|sha1|digest|curve25519|ed25519/],
  ['base64 and DER', /base64|(^|[<& ])der(\[|::)|const_oid|spki|x509/],
  ['memory', ...MEMORY],
  ['bindings of JavaScript', ...BINDINGS],
  ['the standard library', /./],
];

const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });

/** Bytes of files as they are, and compressed a file at a time. */
export function weigh(contents) {
  const sum = (compress) => contents.reduce((total, bytes) => total + compress(bytes).length, 0);
  return { raw: sum((bytes) => bytes), gzip: sum((bytes) => gzipSync(bytes, { level: 9 })), brotli: sum(brotli) };
}

/** The files named, and the chunks they import. */
function withChunks(folder, files) {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    if (!file.endsWith('.js')) return;
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, chunk] of text.matchAll(/(?:from|import) ?"\.\/([^"]+\.js)"/g)) visit(chunk);
  };
  files.forEach(visit);
  return [...found];
}

/** What is left of the package's JavaScript in an app that imports these names. */
async function bundled(folder, names) {
  const { build } = await import('esbuild');
  const app = { contents: `import { ${names.join(', ')} } from './index.js'; globalThis.app = { ${names.join(', ')} };`, resolveDir: folder };
  const { outputFiles } = await build({ stdin: app, bundle: true, format: 'esm', minify: true, target: 'es2022', write: false, logLevel: 'silent' });
  return outputFiles[0].contents;
}

/** What each entry weighs, and what it may. */
export async function sizes(folder) {
  const read = (file) => readFileSync(join(folder, file));
  const base = new Set(withChunks(folder, ['index.js', 'passkeep.wasm']));
  const found = [];
  for (const { entry, names, files, gzip: budget } of BUDGETS) {
    const contents = names
      ? [await bundled(folder, names), ...files.map(read)]
      : withChunks(folder, files).filter((file) => entry === 'passkeep' || !base.has(file)).map(read);
    found.push({ entry, budget, ...weigh(contents) });
  }
  return found;
}

/** Prints what each entry weighs, and throws if one weighs too much. */
export async function checkBudgets(folder) {
  const found = await sizes(folder);
  for (const { entry, raw, gzip, brotli, budget } of found) {
    say(`  ${entry}: ${raw} bytes, ${gzip} with gzip, ${brotli} with brotli (at most ${budget} with gzip)`);
  }
  for (const { entry, gzip, budget } of found) {
    if (gzip > budget) throw new Problem(`${entry} is ${gzip - budget} bytes above its budget of ${budget} bytes with gzip`);
  }
}

/** Which parts a module has; nothing for one that is not listed. */
const partsOf = ({ name }) => ({ passkeep: PARTS, inspect: INSPECTOR_PARTS })[name];

/** How many bytes of functions each part has, where each function is in the first part that it fits in. */
export function filed(parts, functions) {
  const found = parts.map(([part, ...patterns]) => ({ part, patterns, bytes: 0 }));
  for (const { name, size } of functions) {
    found.find(({ patterns }) => patterns.some((pattern) => pattern.test(name || '?'))).bytes += size;
  }
  return found.map(({ part, bytes }) => ({ part, bytes }));
}

/** Throws if a part names functions that are gone. */
export function checkNames(parts, functions) {
  const gone = parts.flatMap(([, ...patterns]) => patterns).filter((pattern) => !functions.some(({ name }) => pattern.test(name || '?')));
  if (gone.length > 0) throw new Problem(`no function of the module is called ${gone.join(' or ')}: see PARTS in scripts/lib/package-sizes.mjs`);
}

/** The same for a module that was built, if its parts are listed. */
export function checkParts(module, wasm) {
  const parts = partsOf(module);
  if (parts) checkNames(parts, functionSizes(wasm));
}

/** Prints what a module, with the names of its functions, is made of. */
export function listParts(module, wasm) {
  for (const { part, bytes } of filed(partsOf(module), functionSizes(wasm))) say(`  ${String(bytes).padStart(6)} bytes of code: ${part}`);
}
