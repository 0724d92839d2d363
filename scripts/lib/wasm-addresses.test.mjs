import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CODE, CUSTOM, DATA, joined, number, sectionsOf, sized, text } from './slim-wasm.mjs';
import { notTold, withoutRelocations } from './wasm-addresses.mjs';

const HEADER = Buffer.from('\0asm\x01\0\0\0', 'latin1');

/** Two functions of ten bytes each, two pieces of data, of four bytes or as given and of six, and what is said of the numbers in the functions. */
function linked(relocations, first = Buffer.alloc(4)) {
  const functions = [number(2), sized(Buffer.alloc(10)), sized(Buffer.alloc(10))];
  const piece = (address, bytes) => Buffer.concat([Buffer.from([0, 0x41]), number(address), Buffer.from([0x0b]), sized(bytes)]);
  const symbol = (name, segment, size) => Buffer.concat([Buffer.from([1, 0]), text(name), ...[segment, 0, size].map(number)]);
  const called = Buffer.concat([Buffer.from([0, 0]), number(0), text('function')]);
  const symbols = Buffer.concat([number(3), called, symbol('.first', 0, first.length), symbol('.second', 1, 6)]);
  const entries = relocations.map(({ type = 4, at, of, offset }) => Buffer.concat([Buffer.from([type]), number(at), number(of), offset === undefined ? Buffer.alloc(0) : Buffer.from([offset & 0x7f])]));
  return joined(HEADER, [
    { id: CODE, body: Buffer.concat(functions) },
    { id: DATA, body: Buffer.concat([number(2), piece(1024, first), piece(1024 + first.length, Buffer.alloc(6))]) },
    { id: CUSTOM, body: Buffer.concat([text('linking'), number(2), Buffer.from([8]), sized(symbols)]) },
    { id: CUSTOM, body: Buffer.concat([text('reloc.CODE'), number(0), number(entries.length), ...entries]) },
  ]);
}

test('a piece that a function knows by the address of its end only is told, whatever others know', () => {
  const wasm = linked([
    { at: 3, of: 1, offset: 4 },
    { type: 0, at: 5, of: 0 },
    { at: 6, of: 2, offset: 0 },
    { at: 8, of: 2, offset: 6 },
    { at: 14, of: 1, offset: 1 },
    { at: 18, of: 2, offset: 6 },
  ]);
  assert.deepEqual(notTold(wasm), [1024, 1028]);
});

test('a piece that is known by more is not', () => {
  const wasm = linked([{ at: 3, of: 1, offset: 4 }, { at: 5, of: 1, offset: 3 }, { type: 3, at: 14, of: 2, offset: 0 }]);
  assert.deepEqual(notTold(wasm), []);
});

test('the end of a list that a function knows is no need of what is behind it, so that such a need is told', () => {
  const list = Buffer.alloc(64);
  list.writeUInt32LE(1030, 60);
  const behind = [{ at: 3, of: 1, offset: 8 }, { at: 5, of: 2, offset: 0 }];
  assert.deepEqual(notTold(linked(behind, list)), [1088]);
  assert.deepEqual(notTold(linked(behind, Buffer.alloc(64))), []);
  assert.deepEqual(notTold(linked([behind[0], { at: 14, of: 2, offset: 0 }], list)), []);
});

test('an address outside of the piece that is meant is an error', () => {
  assert.throws(() => notTold(linked([{ at: 3, of: 1, offset: 5 }])), /an address is outside of \.first, which is meant/);
  assert.throws(() => notTold(linked([{ at: 3, of: 2, offset: -1 }])), /an address is outside of \.second, which is meant/);
});

test('what tells goes, and nothing else', () => {
  const wasm = linked([{ at: 3, of: 1, offset: 0 }]);
  assert.deepEqual(sectionsOf(withoutRelocations(wasm)).map(({ id }) => id), [CODE, DATA]);
});

test('a module that does not tell is an error', () => {
  assert.throws(() => notTold(joined(HEADER, [])), /does not say which of its numbers are addresses/);
});
