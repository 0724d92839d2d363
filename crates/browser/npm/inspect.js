// passkeep/inspect: what is in a WebAuthn response, and how a relying party judges it.
//
// Each half is a wasm of its own, fetched when it is first asked for: the verifier, with every signature algorithm, is the larger by
// far, and nobody needs it who only looks into a response.

import initDecoder, { decode as decodeNow } from './inspect-decode.js';
import initVerifier, { verify as verifyNow } from './inspect-verify.js';

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

const decoder = once(() => initDecoder({ module_or_path: new URL('./inspect-decode.wasm', import.meta.url) }));
const verifier = once(() => initVerifier({ module_or_path: new URL('./inspect-verify.wasm', import.meta.url) }));

export async function load(what = ['decode', 'verify']) {
  await Promise.all([what.includes('decode') && decoder(), what.includes('verify') && verifier()]);
}

export async function decode(input) {
  await decoder();
  return decodeNow(input);
}

export async function verify(document) {
  await verifier();
  return verifyNow(document, Date.now());
}
