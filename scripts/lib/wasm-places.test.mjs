import assert from 'node:assert/strict';
import { test } from 'node:test';
import { place } from './wasm-places.mjs';

/** As the compiler makes it: `first` and `second` call an entry of a part each, and the program prints what it is told by the table. */
const MODULE = String.raw`(module $module
 (type $0 (func (result i32)))
 (memory $0 17)
 (data $.first (i32.const 700416) "only first")
 (data $.shared (i32.const 700426) "shared")
 (data $.vtable (i32.const 700432) "\02\00\90\00\10\b0\0a\00")
 (data $.unused (i32.const 700440) "\01\00\90\00")
 (data $.named (i32.const 700448) "named")
 (table $0 9437188 9437188 funcref)
 (elem $0 (table $0) (i32.const 9437185) func $unused $printed $always)
 (export "first" (func $first))
 (export "second" (func $second))
 (func $first (result i32)
  (call $first::entry)
 )
 (func $second (result i32)
  (call_indirect $0 (type $0)
   (i32.add
    (call $second::entry)
    (i32.const 9437187)
   )
  )
 )
 (func $first::entry (result i32)
  (i32.add
   (i32.load8_u offset=700418
    (i32.const 0)
   )
   (i32.const 700426)
  )
 )
 (func $second::entry (result i32)
  (i32.add
   (i32.load
    (i32.const 700432)
   )
   (i32.const 700431)
  )
 )
 (func $unused (result i32)
  (i32.const 700450)
 )
 (func $printed (result i32)
  (i32.const 1)
 )
 (func $always (result i32)
  (i32.const 2)
 )
)
`;
const PARTS = [{ name: 'first', entries: [/first::entry\b/] }, { name: 'second', entries: [/second::entry\b/] }];

test('data and places in the table belong to the part that needs them, and go where none does', () => {
  const { text, homes } = place(MODULE, PARTS);
  assert.deepEqual(homes.data, [
    { address: 700416, length: 10, part: 0 },
    { address: 700426, length: 6, part: -1 },
    { address: 700432, length: 8, part: 1 },
  ]);
  assert.deepEqual(homes.table, [-1, 1]);
  assert.match(text, /\(table \$0 3 3 funcref\)\n\(elem \$0 \(table \$0\) \(i32\.const 1\) func \$always \$printed\)/);
});

test('places are numbered anew where they are named, in code and in data', () => {
  const { text } = place(MODULE, PARTS);
  assert.match(text, /\(call \$second::entry\)\n {4}\(i32\.const 1\)/);
  // The second place, and an address as it was.
  assert.match(text, /\(data \(i32\.const 700432\) "\\02\\00\\00\\00\\10\\b0\\0a\\00"\)/);
});

test('what is needed by more than numbers tell stays with the rest', () => {
  const { homes } = place(MODULE, PARTS, [700416, 700448]);
  assert.deepEqual(homes.data.filter(({ part }) => part === -1).map(({ address }) => address), [700416, 700426, 700448]);
});

test('the end of a list is no need of what is behind it, for a function that knows more of the list', () => {
  const list = String.raw`(data $.list (i32.const 700456) "\40\b0\0a\00${'.'.repeat(60)}")
 (data $.behind (i32.const 700520) "behind")
 (table $0`;
  const reader = (first) => MODULE.replace('(table $0', list).replace('(i32.const 700431)', `(i32.add (i32.const ${first}) (i32.const 700520))`);
  const addresses = (first) => place(reader(first), PARTS).homes.data.map(({ address }) => address);
  assert.deepEqual(addresses(700456).filter((address) => address >= 700456), [700456]);
  assert.deepEqual(addresses(700431).filter((address) => address >= 700456), [700520]);
});

test('a table that the linker filled in another way is an error', () => {
  assert.throws(() => place(MODULE.replace('(i32.const 9437185)', '(i32.const 1)'), PARTS), /the table is not filled as the linker was told to/);
});
