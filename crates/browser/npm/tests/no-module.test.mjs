// Autofill on a page whose module cannot be had.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './page.mjs';
import { provide } from '../src/loader.js';
import { startAutofill } from '../src/passkeys.js';

test('a page hears that there is no module for its autofill, unless it has stopped it', async () => {
  provide(() => Promise.reject(new TypeError('offline')));
  openPage();
  const errors = [];
  const settings = { fetchOptions() {}, onResponse() {}, onError: (error) => errors.push(error.code) };
  startAutofill(settings);
  startAutofill(settings).stop();
  await new Promise((then) => setTimeout(then, 20));
  assert.deepEqual(errors, ['wasm_unavailable']);
});
