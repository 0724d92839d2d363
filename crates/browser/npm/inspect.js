// passkeep/inspect: what is in a WebAuthn response, and how a relying party judges it.
//
// The inspector is one program in parts: what all of it needs, what decodes, what verifies, and what judges attestations, which is fetched
// with the first ceremony that has one.
//
// Signatures are the browser's to verify. What it cannot do (ES256K, Ed448, ML-DSA, and whatever an older one lacks) another wasm
// does, with every algorithm, which is fetched when it is first needed.

import initInspector, { Verification, beginAnew, decode as decodeNow, memoryInBytes } from './inspect-bindings.js';
import initAlgorithms, { answer as answerHere } from './inspect-algorithms-bindings.js';

/** One start for all calls; one that failed is forgotten, so that the next call may try again. */
function once(start) {
  let started;
  return () => {
    started ??= start().catch((error) => {
      started = undefined;
      throw error;
    });
    return started;
  };
}

const decoder = part(() => new URL('./inspect-decode.wasm', import.meta.url));
const verifier = part(() => new URL('./inspect-verify.wasm', import.meta.url));
const attestation = part(() => new URL('./inspect-attestation.wasm', import.meta.url), verifier);
const algorithms = once(() => initAlgorithms({ module_or_path: new URL('./inspect-algorithms.wasm', import.meta.url) }));

function part(url, ...before) {
  const compiled = once(async () => WebAssembly.compile(await (await fetch(url())).arrayBuffer()));
  return { compiled, before };
}

/** The program as it runs in one memory. A part lives in the memory of those before it, and calls what they have. */
function program(begin) {
  const core = once(begin);
  const joined = new Map();
  const join = (part) => {
    if (!joined.has(part)) joined.set(part, once(() => joining(part)));
    return joined.get(part)();
  };
  const joining = async ({ compiled, before }) => {
    const [module, ...exports] = await Promise.all([compiled(), core(), ...before.map(join)]);
    const instance = await WebAssembly.instantiate(module, { _: Object.assign({}, ...exports) });
    return instance.exports;
  };
  return join;
}

let join = program(() => initInspector({ module_or_path: new URL('./inspect.wasm', import.meta.url) }));

/** The program gives no memory back: once it has that much, and nothing is under way, another begins. */
const MUCH_MEMORY = 1 << 25;
let underWay = 0;

async function using(call) {
  underWay += 1;
  try {
    return await call();
  } finally {
    underWay -= 1;
    if (underWay === 0 && hasMuch()) join = program(beginAnew);
  }
}

function hasMuch() {
  try {
    return memoryInBytes() > MUCH_MEMORY;
  } catch {
    // It has not begun.
    return false;
  }
}

export function load(what = {}) {
  return using(() => Promise.all([join(decoder), join(attestation), what.algorithms && algorithms()]).then(() => undefined));
}

export function decode(input) {
  return using(async () => {
    await join(decoder);
    return decodeNow(input);
  });
}

export function verify(document) {
  return using(async () => {
    await join(verifier);
    const verification = new Verification(document, Date.now());
    try {
      if (verification.needs_attestation()) await join(attestation);
      for (;;) {
        const verdict = verification.verdict();
        if (verdict) return verdict;
        verification.answer(await answer(verification.question()));
      }
    } finally {
      verification.free();
    }
  });
}

async function answer(question) {
  const known = await askBrowser(question).catch(() => undefined);
  if (known !== undefined) return known;
  // It does not know the algorithm, or does not take the key for one, which may be its own limit.
  await algorithms();
  return answerHere(question);
}

const ASKED = ['ECDSA', 'Ed25519', 'RSASSA-PKCS1-v1_5', 'RSA-PSS'];

/** The browser's answer; `undefined` or a rejection if it has none. */
async function askBrowser({ name, curve, hash, key, exponent, message, fixed }) {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle || !ASKED.includes(name)) return undefined;
  // A salt as long as the hash.
  const algorithm = { name, namedCurve: curve, hash, saltLength: hash?.slice(4) / 8 };
  const form = exponent.length ? ['jwk', { kty: 'RSA', n: base64url(key), e: base64url(exponent) }] : ['raw', key];
  const imported = await subtle.importKey(...form, algorithm, false, ['verify']);
  return message ? subtle.verify(algorithm, imported, fixed, message) : true;
}

const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
