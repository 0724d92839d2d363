import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestOf } from './timed-peers.mjs';

test('of several processes the best time counts, and a refusal only where there is none', () => {
  const answers = [
    { name: 'a', peer: 'x', nanoseconds: 30 },
    { name: 'a', peer: 'y', refused: 'no' },
    { name: 'a', peer: 'x', nanoseconds: 20 },
    { name: 'a', peer: 'x', refused: 'busy' },
    { name: 'b', peer: 'x', nanoseconds: 50 },
    { name: 'a', peer: 'y', refused: 'still no' },
  ];
  assert.deepEqual(bestOf(answers), [
    { name: 'a', peer: 'x', nanoseconds: 20 },
    { name: 'a', peer: 'y', refused: 'no' },
    { name: 'b', peer: 'x', nanoseconds: 50 },
  ]);
});
