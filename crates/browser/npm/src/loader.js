// The WebAssembly module: where it comes from, and when.
//
// An entry of the package says where (`provide`), once. Loading begins when the entry is imported, ahead of the click, so
// that nothing but the ceremony happens between the click and the browser's dialog.

import { PasskeyError, wasmUnavailable } from './errors.js';

let source;
let loading;

/** Sets where the module comes from. The first entry that a page imports decides. */
export function provide(load) {
  source ??= load;
}

/** Resolves with the module's exports. A load that failed is tried again at the next call. */
export function load() {
  loading ??= source().catch((cause) => {
    loading = undefined;
    throw wasmUnavailable(cause);
  });
  return loading;
}

/** Loads the module ahead of its use. It never rejects: whoever needs the module hears of a failure then. */
export async function preload() {
  if (isSupported()) await load().catch(() => {});
}

/** Whether this page can use passkeys at all. Known at once, without the module. */
export function isSupported() {
  const { PublicKeyCredential, navigator } = globalThis;
  const credentials = navigator?.credentials;
  const all = [PublicKeyCredential, credentials?.create, credentials?.get];
  return all.every((it) => typeof it === 'function');
}

/** The module's exports, or the error that says why this page needs none of them. */
export async function loadIfSupported() {
  if (isSupported()) return load();
  const place = typeof document === 'undefined' ? 'this is not a page' : 'this browser has no `PublicKeyCredential`';
  const detail = globalThis.isSecureContext === false ? 'the page is served over plain http; passkeys need https or localhost' : place;
  throw new PasskeyError({
    code: 'not_supported',
    message: `this browser or page cannot use passkeys: ${detail}`,
    retry: false,
    userMessage: 'This browser cannot use passkeys here.',
    detail,
  });
}
