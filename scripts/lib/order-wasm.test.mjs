import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameInOrder, similarOrder } from './order-wasm.mjs';
import { functionSizes } from './slim-wasm.mjs';

const bytes = (text) => Buffer.from(text);

test('each is followed by the one that is most like it', () => {
  assert.deepEqual(similarOrder(['open the door', 'a red apple', 'open the doors!', 'a red apples'].map(bytes)), [0, 2, 1, 3]);
  // What is small and alike comes before what is large and has the same in it.
  assert.deepEqual(similarOrder(['abcde', 'abcde and much that is something else', 'abcdef'].map(bytes)), [0, 2, 1]);
  assert.deepEqual(similarOrder(['abc', 'abc', ''].map(bytes)), [0, 1, 2]);
  assert.deepEqual(similarOrder([]), []);
});

test('functions are named by their places, after those that are imported', () => {
  const vector = (items) => [items.length, ...items.flat()];
  const section = (id, content) => [id, content.length, ...content];
  const returns = (...values) => vector([[0], ...values.flatMap((value) => [[0x41], [value], [0x1a]]), [0x41], [0], [0x0b]]);
  const module = Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, 0, 1, 0x7f]])),
    ...section(2, vector([[1, 0x6d, 1, 0x66, 0, 0]])),
    ...section(3, vector([[0], [0], [0]])),
    ...section(10, vector([returns(1, 2, 3), returns(9, 8), returns(1, 2, 3, 4)])),
    ...section(0, [4, ...Buffer.from('name'), 1, 4, 1, 1, 1, 0x78]),
  ]);
  const named = nameInOrder(module);
  assert.ok(WebAssembly.validate(named));
  assert.deepEqual(functionSizes(named).map(({ name }) => name), ['1', '3', '2']);
});
