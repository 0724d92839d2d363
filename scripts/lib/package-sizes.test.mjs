import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkNames, filed } from './package-sizes.mjs';

const PARTS = [
  ['errors', /app::error\b/, /app::exports::to_js\b/],
  ['the entry', /app::exports\b/],
  ['the rest', /./],
];

const functions = [
  { name: 'app::error::message', size: 1 },
  { name: 'app::errors_of_others', size: 2 },
  { name: 'core::ptr::drop_in_place<app::exports::to_js::{{closure}}>', size: 4 },
  { name: 'app::exports::call', size: 8 },
  { name: '', size: 16 },
];

test('a function is filed in the first part that it fits in, and one without a name in the last', () => {
  assert.deepEqual(filed(PARTS, functions), [
    { part: 'errors', bytes: 5 },
    { part: 'the entry', bytes: 8 },
    { part: 'the rest', bytes: 18 },
  ]);
});

test('a part that names what is gone is a problem', () => {
  checkNames(PARTS, functions);
  const without = functions.filter(({ name }) => !name.includes('to_js'));
  assert.throws(() => checkNames(PARTS, without), {
    message: 'no function of the module is called /app::exports::to_js\\b/: see PARTS in scripts/lib/package-sizes.mjs',
  });
});
