import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skippedFor } from './needs.mjs';

function inCi(value, run) {
  const before = process.env.CI;
  if (value === undefined) delete process.env.CI;
  else process.env.CI = value;
  try {
    return run();
  } finally {
    if (before === undefined) delete process.env.CI;
    else process.env.CI = before;
  }
}

test('a test that has what it needs is skipped nowhere', () => {
  assert.equal(inCi(undefined, () => skippedFor(undefined)), false);
  assert.equal(inCi('1', () => skippedFor(undefined)), false);
});

test('one that has not is skipped with the reason, but in CI it fails with it', () => {
  assert.equal(inCi(undefined, () => skippedFor('there is no Python')), 'there is no Python');
  const message = 'there is no Python; in CI no test is left out';
  assert.throws(() => inCi('1', () => skippedFor('there is no Python')), { message });
});
