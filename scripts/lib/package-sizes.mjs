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
  { entry: 'passkeep/client', files: ['client.js'], gzip: 2_260 },
  { entry: 'passkeep/elements', files: ['elements.js'], gzip: 6_500 },
  { entry: 'passkeep/inspect, to decode', files: ['inspect.js', 'inspect.wasm', 'inspect-decode.wasm'], gzip: 87_200 },
  { entry: 'passkeep/inspect, to verify', files: ['inspect.js', 'inspect.wasm', 'inspect-verify.wasm'], gzip: 111_600 },
  { entry: 'passkeep/inspect, what it fetches for attestations', files: ['inspect-attestation.wasm'], gzip: 37_500 },
  { entry: 'passkeep/inspect, what it fetches for algorithms that a browser has not', files: ['inspect-algorithms.wasm'], gzip: 113_600 },
];

/** What a part of the module is for, by the source that its functions are from. A function that was inlined counts with its caller. */
const PARTS = [
  ['create() and get(): options, results, turns, the watchdog', /passkeep_browser::(ceremony|options|result|turn|abort|exports::(call|run|fresh|follow))|passkeep_protocol::/],
  ['errors', /passkeep_browser::(error|explain|evidence)/],
  ['autofill', /passkeep_browser::(autofill|exports::JsAutofill)|autofill_/],
  ['capabilities', /passkeep_browser::capabilit/],
  ['signals', /passkeep_browser::(signal|exports::signal)/],
  ['reading of objects, listeners, waiting', /passkeep_browser::/],
  ['promises and tasks', /js_sys::futures/],
  ['memory', /talc|__rust_|__rdl_|raw_vec|__wbindgen_(malloc|realloc|free)/],
  ['bindings of JavaScript', /js_sys|wasm_bindgen|externref|wbg|wbindgen/],
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
  ['memory', /talc|__rust_|__rdl_|raw_vec|__wbindgen_(malloc|realloc|free)/],
  ['bindings of JavaScript', /js_sys|wasm_bindgen|externref|wbg|wbindgen/],
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

/** Prints what a module, with the names of its functions, is made of. */
export function listParts({ name }, wasm) {
  const known = name === 'inspect' ? INSPECTOR_PARTS : PARTS;
  const parts = known.map(([part, pattern]) => ({ part, pattern, bytes: 0 }));
  for (const { name: part, size } of functionSizes(wasm)) parts.find(({ pattern }) => pattern.test(part || '?')).bytes += size;
  for (const { part, bytes } of parts) say(`  ${String(bytes).padStart(6)} bytes of code: ${part}`);
}
