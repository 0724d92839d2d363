// The WebAssembly module: where it comes from, and when.
//
// An entry of the package says where (`provide`). Loading begins when the entry is imported, ahead of the click, so that nothing
// but the ceremony happens between the click and the browser's dialog.

import { PasskeyError, endedBefore, wasmUnavailable } from './errors.js';

/** How long the module may take to come, in milliseconds. A request that has stalled never says so by itself. */
const PATIENCE = 20_000;

let source;
let loading;

/** Sets where the module comes from. The first entry that a page imports decides, or one that has it inside: it cannot fail. */
export function provide(load, isInside = false) {
  if (source && !isInside) return;
  source = load;
  loading = undefined;
}

/** Resolves with the module's exports. A load that failed is tried again at the next call. */
export function load() {
  loading ??= begin();
  return loading;
}

async function begin() {
  const from = source;
  const given = new AbortController();
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it did not come within ${PATIENCE / 1_000} seconds`));
      given.abort();
    }, PATIENCE);
  });
  try {
    return await Promise.race([from(given.signal), silence]);
  } catch (cause) {
    if (from !== source) return load();
    loading = undefined;
    throw wasmUnavailable(cause);
  } finally {
    clearTimeout(timer);
  }
}

/** Loads the module ahead of its use. It never rejects: whoever needs the module hears of a failure then. */
export async function preload() {
  // Entries that are imported together have their say first.
  await undefined;
  if (isSupported()) await load().catch(() => {});
}

/** Whether this page can use passkeys at all. Known at once, without the module. */
export function isSupported() {
  const { PublicKeyCredential, navigator } = globalThis;
  const credentials = navigator?.credentials;
  const all = [PublicKeyCredential, credentials?.create, credentials?.get];
  return all.every((it) => typeof it === 'function');
}

/** The module's exports, or the error that says why there is no use for them: this page cannot use them, or no longer wants to. */
export async function loadIfSupported(signal) {
  if (isSupported()) return unlessAborted(load(), signal);
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

/** As the promise, unless the page ends it first. */
function unlessAborted(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(endedBefore());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).then(() => signal.removeEventListener('abort', abort));
  });
}
