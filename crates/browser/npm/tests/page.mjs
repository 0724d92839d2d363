// A page for tests that run in Node: what the package looks for in a browser, and a module that answers as the test says.

import { provide } from '../src/loader.js';

/** What the module does, by the name of the call. It is given the subject and the settings. */
export const answers = {};

/** What was asked of the module. */
export const asked = [];

/** What was said on the console. */
export const warnings = [];

/** Makes the globals of a page with a field for autofill, and gives the package a module of `answers`. */
export function openPage() {
  const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  define('PublicKeyCredential', class PublicKeyCredential {});
  define('navigator', { credentials: { create() {}, get() {} } });
  define('location', { hostname: 'example.org' });
  const field = { getAttribute: () => 'username webauthn' };
  define('document', { querySelectorAll: (selector) => (selector.startsWith('input') ? [field] : []) });
  console.warn = (text) => warnings.push(text);
  const names = ['Create', 'Get', 'Signal', 'Capabilities', 'Autofill'];
  const call = (name, subject, settings, resolve, reject) => {
    asked.push({ name, subject, settings });
    Promise.resolve().then(() => answers[name](subject, settings)).then(resolve, reject);
  };
  provide(async () => ({ Call: Object.fromEntries(names.map((name) => [name, name])), call }));
}

/** What a promise is rejected with. */
export async function rejection(promise) {
  const none = {};
  const error = await promise.then(() => none, (error) => error);
  if (error === none) throw new Error('it was not rejected');
  return error;
}
