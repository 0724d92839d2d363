import assert from 'node:assert/strict';
import { test } from 'node:test';
import { littleRoom } from './disk.mjs';

test('a disk with room for a build is not spoken of', () => {
  assert.equal(littleRoom(15, true), undefined);
  assert.equal(littleRoom(3, false), undefined);
});

test('a disk without says how much is free, how much is needed and what to do', () => {
  const first = 'only 2.0 GB are free, and a first build with all tests takes 15 GB. To make room, delete old builds (cargo clean).';
  assert.equal(littleRoom(2.04, true), first);
  const again = 'only 2.0 GB are free, and a build with all tests can take 3 GB more. To make room, delete old builds (cargo clean).';
  assert.equal(littleRoom(2.04, false), again);
});
