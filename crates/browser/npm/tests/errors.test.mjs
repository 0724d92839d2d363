// The errors that JavaScript makes without the module say what the README says of their codes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { rejection } from './page.mjs';
import { endedBefore, fromModule, isPasskeyError, wasmUnavailable, withoutOptions } from '../src/errors.js';
import { loadIfSupported } from '../src/loader.js';

/** The last column of the README's table of errors, by code. */
function documented() {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [section] = readme.split('\n## Errors\n')[1].split('\n## ');
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return Object.fromEntries(
    rows.flatMap((row) => {
      const [, codes, , again] = row.split('|');
      return [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => [code, again.trim()]);
    }),
  );
}

test('each code that is given without the module can be tried again when the README says so', async () => {
  const again = documented();
  const given = [wasmUnavailable(new TypeError('offline')), endedBefore(), fromModule(new RangeError('trap')), withoutOptions('options'), await rejection(loadIfSupported())];
  assert.deepEqual(given.map(({ code }) => code), ['wasm_unavailable', 'aborted', 'other', 'invalid_options', 'not_supported']);
  for (const error of given) {
    assert.equal(isPasskeyError(error), true);
    assert.equal(error.retry ? 'yes' : 'no', again[error.code], error.code);
    assert.equal(error.userMessage === '', error.code === 'aborted', error.code);
  }
});
