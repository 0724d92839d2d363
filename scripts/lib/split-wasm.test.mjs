import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BEFORE, split } from './split-wasm.mjs';
import { root } from './paths.mjs';

/** As wasm-dis writes it. `first` and `second` call entries of two parts, which need each other, what is shared, and their data. */
const MODULE = String.raw`(module $module
 (type $0 (func (param i32) (result i32)))
 (type $1 (func (result i32)))
 (import "js" "ten" (func $ten (result i32)))
 (global $depth (mut i32) (i32.const 7))
 (memory $0 1)
 (data $.rodata (i32.const 1024) "kept\00<a\22b>\te\ff<c>")
 (table $0 3 3 funcref)
 (elem $0 (table $0) (i32.const 1) func $"in the (table)" $shared)
 (export "memory" (memory $0))
 (export "table" (table $0))
 (export "first" (func $first))
 (export "second" (func $second))
 (export "entry" (func $second::entry))
 (func $first (param $0 i32) (result i32)
  (call $first::entry
   (local.get $0)
  )
 )
 (func $second (param $0 i32) (result i32)
  (call $first::entry
   (call $second::entry
    (local.get $0)
   )
  )
 )
 (func $first::entry (param $0 i32) (result i32)
  (global.set $depth
   (i32.add
    (global.get $depth)
    (i32.const 1)
   )
  )
  (call $only::first
   (call $shared
    (local.get $0)
   )
  )
 )
 (func $only::first (param $0 i32) (result i32)
  (i32.add
   (local.get $0)
   (call $ten)
  )
 )
 (func $second::entry (param $0 i32) (result i32)
  (i32.mul
   (call $only::first
    (local.get $0)
   )
   (i32.add
    (global.get $depth)
    (call $"only second")
   )
  )
 )
 (func $"only second" (result i32)
  (i32.load8_u
   (i32.const 1030)
  )
 )
 (func $shared (param $0 i32) (result i32)
  (call_indirect $0 (type $0)
   (local.get $0)
   (i32.const 1)
  )
 )
 (func $"in the (table)" (param $0 i32) (result i32)
  (i32.add
   (local.get $0)
   (i32.const 1)
  )
 )
 ;; features section: mutable-globals
)
`;

const FIRST = { name: 'first', entries: [/first::entry\b/] };
const SECOND = { name: 'second', after: 'first', entries: [/second::entry\b/] };
/** What only the second part reads is between angle brackets, and nobody reads the byte before the last bracket. */
const PLACED = {
  data: [
    { address: 1024, length: 5, part: -1 },
    { address: 1029, length: 5, part: 1 },
    { address: 1034, length: 2, part: -1 },
    { address: 1037, length: 1, part: 1 },
    { address: 1039, length: 1, part: 1 },
  ],
  table: [-1, -1],
};

function assembled(text) {
  const folder = mkdtempSync(join(tmpdir(), 'passkeep-split-'));
  const [source, wasm] = [join(folder, 'module.wat'), join(folder, 'module.wasm')];
  writeFileSync(source, text);
  execFileSync(process.execPath, [join(root, 'node_modules/binaryen/bin/wasm-as'), '--enable-mutable-globals', source, '-o', wasm]);
  const bytes = readFileSync(wasm);
  rmSync(folder, { recursive: true });
  return new WebAssembly.Module(bytes);
}

/** The names of the functions that a module has. */
const bodies = (text) => Array.from(text.matchAll(/^\(func (\$"[^"]+"|\S+) .*(?:\n (?! *\(export)|\(call_indirect)/gm), ([, name]) => name);

const start = (text, ...before) => new WebAssembly.Instance(assembled(text), { js: { ten: () => 10 }, [BEFORE]: Object.assign({}, ...before) }).exports;

test('the module does with its parts what it did as a whole, and traps without them', () => {
  const whole = start(MODULE);
  const { rest, parts } = split(MODULE, [FIRST, SECOND], PLACED);
  const module = start(rest);
  assert.throws(() => module.first(5), WebAssembly.RuntimeError);
  const first = start(parts[0], module);
  assert.equal(module.first(5), 16);
  assert.throws(() => module.second(5), WebAssembly.RuntimeError);
  start(parts[1], module, first);
  assert.equal(whole.first(5), 16);
  // The depth is 8 by now, and the byte in the data an `a`.
  assert.equal(module.second(5), (5 + 10) * (8 + 97) + 1 + 10);
  assert.equal(whole.second(5), (5 + 10) * (8 + 97) + 1 + 10);
  assert.equal(module.entry(1), whole.entry(1));
});

test('functions and data are where they are needed first, and nowhere else', () => {
  const { rest, parts } = split(MODULE, [FIRST, SECOND], PLACED);
  assert.deepEqual(bodies(rest), ['$first::entry', '$second::entry', '$first', '$second', '$shared', '$"in the (table)"']);
  assert.deepEqual(bodies(parts[0]), ['$first::entry', '$only::first']);
  assert.deepEqual(bodies(parts[1]), ['$second::entry', '$"only second"']);
  const data = (text) => Array.from(text.matchAll(/\(data \(i32.const (\d+)\) "([^"]*)"\)/g), ([, address, hex]) => [Number(address), Buffer.from(hex.replaceAll('\\', ''), 'hex').toString('latin1')]);
  assert.deepEqual(data(rest), [[1024, 'kept\0'], [1034, '\te']]);
  assert.deepEqual(data(parts[0]), []);
  assert.deepEqual(data(parts[1]), [[1029, '<a"b>'], [1037, '<\0>']]);
});

test('what is called by its place in the table is where it belongs, at its place', () => {
  const { rest, parts } = split(MODULE, [FIRST, SECOND], { ...PLACED, table: [1, 0] });
  const elements = (text) => Array.from(text.matchAll(/\(elem \(table \$0\) \(i32\.const (\d+)\) func (.*)\)/g), ([, place, names]) => [Number(place), names]);
  assert.deepEqual(elements(rest), []);
  assert.deepEqual(elements(parts[0]), [[2, '$shared'], [3, '$first::entry']]);
  assert.deepEqual(elements(parts[1]), [[1, '$"in the (table)"'], [4, '$second::entry']]);
  const module = start(rest);
  const first = start(parts[0], module);
  assert.throws(() => module.first(5), WebAssembly.RuntimeError);
  start(parts[1], module, first);
  assert.equal(module.first(5), 16);
});

test('what two parts need that know nothing of each other stays with the rest', () => {
  const { rest, parts } = split(MODULE, [FIRST, { ...SECOND, after: undefined }]);
  assert.deepEqual(bodies(rest), ['$first::entry', '$second::entry', '$first', '$second', '$only::first', '$shared', '$"in the (table)"']);
  assert.deepEqual(bodies(parts[0]), ['$first::entry']);
  const module = start(rest);
  start(parts[1], module);
  assert.throws(() => module.second(5), WebAssembly.RuntimeError);
  start(parts[0], module);
  assert.equal(module.second(5), start(MODULE).second(5));
});

test('a part of another build cannot be joined', () => {
  const module = start(split(MODULE, [FIRST]).rest);
  const { parts } = split(MODULE.replace('(i32.const 7)', '(i32.const 8)'), [FIRST]);
  assert.throws(() => start(parts[0], module), WebAssembly.LinkError);
});

test('an entry that no function has the name of is an error, and a part after none', () => {
  assert.throws(() => split(MODULE, [{ name: 'third', entries: [/third/] }]), /no function of the module is called \/third\//);
  assert.throws(() => split(MODULE, [{ ...SECOND, after: 'third' }]), /there is no part third before second/);
});
