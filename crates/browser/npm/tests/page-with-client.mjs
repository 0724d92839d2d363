// A page for tests of what imports the package's entries: the module behind them is a function of the test's.

import { register } from 'node:module';

// Instead of what the build makes of the Rust sources.
const bindings = `export const Call = { Create: 'create', Get: 'get', Signal: 'signal', Capabilities: 'capabilities', Autofill: 'autofill' };
  export const call = (...about) => globalThis.testModule(...about);
  export const initSync = () => {};`;
const hooks = `export const resolve = (specifier, context, next) => specifier.endsWith('/bindings/passkeep.js')
  ? { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(bindings)}`)}, shortCircuit: true }
  : next(specifier, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** What the module does, by the name of the call: `(subject, settings)` to what it resolves with. */
export const module = {};

/** The signals that the browser was told. */
export const told = [];

Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { credentials: { create() {}, get() {} } } });
globalThis.PublicKeyCredential = class {
  static isConditionalMediationAvailable = async () => true;
};
globalThis.fetch = async () => new Response(EMPTY_MODULE);
globalThis.testModule = (call, subject, settings, resolve, reject) => {
  if (call === 'signal') told.push(subject);
  Promise.resolve(module[call]?.(subject, settings)).then(resolve, reject);
};

/** Something that a test lets happen when it wants to. */
export function later() {
  let happen;
  const promise = new Promise((resolve) => (happen = resolve));
  return { promise, happen };
}

/** Until everything that can go on has. */
export const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
