import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropUnusedExports, functionSizes, shortenNames, silencePanics } from './slim-wasm.mjs';

const vector = (items) => [items.length, ...items.flat()];
const text = (value) => vector([...Buffer.from(value)].map((byte) => [byte]));
const section = (id, content) => {
  assert.ok(content.length < 16_384);
  return [id, (content.length & 0x7f) | 0x80, content.length >> 7, ...content];
};
const word = (value) => [value & 0xff, (value >> 8) & 0xff, 0, 0];

const PATH = '/home/ada/src/app.rs';
const BASE = 1024;
/** A record of a place and its path, then a text that anybody may read. */
const DATA = [...word(BASE + 16), ...word(PATH.length), ...word(12), ...word(5), ...Buffer.from(PATH), ...Buffer.from('kept/src/no.rs!')];

/** A module whose functions have the given names: the first is imported, the second returns 7, the third what the first does. */
function module(names) {
  const numbered = names.map((name, index) => [index, ...text(name)]);
  return Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, 0, 1, 0x7f]])),
    ...section(2, vector([[...text('./m_bg.js'), ...text('__wbg_now_0123456789abcdef'), 0, 0]])),
    ...section(3, vector([[0], [0]])),
    ...section(5, vector([[0, 1]])),
    ...section(7, vector([[...text('seven'), 0, 1], [...text('now'), 0, 2], [...text('memory'), 2, 0]])),
    ...section(10, vector([vector([[0], [0x41], [7], [0x0b]]), vector([[0], [0x10], [0], [0x0b]])])),
    ...section(11, vector([[0, 0x41, 0x80, 0x08, 0x0b, ...vector(DATA.map((byte) => [byte]))]])),
    ...section(0, [...text('name'), 1, ...vector(vector(numbered).map((byte) => [byte]))]),
  ]);
}

async function exports(wasm, imports) {
  return (await WebAssembly.instantiate(wasm, imports)).instance.exports;
}

const ordinary = { './m_bg.js': { __wbg_now_0123456789abcdef: () => 5 } };
const stored = ({ memory }) => Buffer.from(memory.buffer, BASE, DATA.length);

test('what makes the message of a panic traps, and nothing else does', async () => {
  for (const name of ['core::panicking::panic_fmt', 'core[12f89f2d8a73214f]::fmt::write', '<u32 as core::fmt::Display>::fmt']) {
    const { seven, now } = await exports(silencePanics(module(['now', name, 'passkeep::core'])), ordinary);
    assert.throws(seven, WebAssembly.RuntimeError, name);
    assert.equal(now(), 5);
  }
  const { seven } = await exports(silencePanics(module(['now', 'passkeep::score::fmt', 'other'])), ordinary);
  assert.equal(seven(), 7);
});

test('places and their paths are blanked, and other data stays', async () => {
  const { memory } = await exports(silencePanics(module(['now', 'one', 'two'])), ordinary);
  assert.deepEqual(stored({ memory }).subarray(0, 16 + PATH.length), Buffer.alloc(16 + PATH.length));
  assert.equal(stored({ memory }).subarray(16 + PATH.length).toString(), 'kept/src/no.rs!');
});

test('a module that formats texts is refused by the name of what does', () => {
  for (const name of ['alloc::fmt::format', 'alloc[48ead055df97ea0b]::fmt::format', '<alloc::string::String as core::fmt::Write>::write_fmt']) {
    assert.throws(() => silencePanics(module(['now', name, 'other'])), (error) => error.message.includes(name));
  }
});

test('of a module that formats texts only the panics go, and fractions where it writes none', async () => {
  const silenced = (name, fractions) => silencePanics(module(['now', name, 'alloc::fmt::format']), { formats: true, fractions });
  for (const name of ['core::panicking::panic_fmt', 'core[12f89f2d8a73214f]::option::unwrap_failed', 'std::panicking::rust_panic_with_hook', 'alloc::raw_vec::handle_error']) {
    assert.throws((await exports(silenced(name), ordinary)).seven, WebAssembly.RuntimeError, name);
  }
  for (const name of ['core::fmt::float::float_to_decimal_common_exact::<f64>', 'core[12f89f2d8a73214f]::fmt::float::float_to_decimal_common_shortest::<f64>']) {
    assert.equal((await exports(silenced(name, false), ordinary)).seven(), 0, name);
    assert.equal((await exports(silenced(name), ordinary)).seven(), 7, name);
  }
  for (const name of ['core::fmt::write', 'passkeep::panicking', '<u32 as core::fmt::Display>::fmt']) {
    assert.equal((await exports(silenced(name), ordinary)).seven(), 7, name);
  }
});

test('names are shortened in the module and in its bindings alike', async () => {
  const bindings = 'const import0 = { __wbg_now_0123456789abcdef: function() {} }; ({ "./m_bg.js": import0 }); wasm.seven(); wasm.now(); wasm.memory.buffer; wasm.sevenfold';
  const short = shortenNames(module(['now', 'one', 'two']), bindings);
  assert.equal(short.bindings, 'const import0 = { _0: function() {} }; ({ "_": import0 }); wasm._1(); wasm._2(); wasm._3.buffer; wasm.sevenfold');
  const made = await exports(short.wasm, { _: { _0: () => 6 } });
  assert.deepEqual([made._1(), made._2()], [7, 6]);
  assert.deepEqual(Object.keys(made), ['_1', '_2', '_3']);
});

test('a class that nothing makes goes, with the exports that only it uses', async () => {
  const unused = [
    'export class Now {',
    '    ask() {',
    '        return wasm.now();',
    '    }',
    '}',
    'if (Symbol.dispose) Now.prototype[Symbol.dispose] = Now.prototype.free;',
    '',
  ].join('\n');
  const finalization = 'const NowFinalization = new FinalizationRegistry(\n    ptr => wasm.now(ptr, 1));\n';
  const rest = 'const made = () => wasm.seven(wasm.memory);\n';
  const dropped = dropUnusedExports(module(['now', 'one', 'two']), unused + finalization + rest);
  assert.equal(dropped.bindings, rest);
  assert.deepEqual(Object.keys(await exports(dropped.wasm, ordinary)), ['seven', 'memory']);
  const used = unused + finalization + rest + 'const wrap = (ptr) => Now.__wrap(ptr);\n';
  const kept = dropUnusedExports(module(['now', 'one', 'two']), used);
  assert.equal(kept.bindings, used);
  assert.deepEqual(Object.keys(await exports(kept.wasm, ordinary)), ['seven', 'now', 'memory']);
});

test('a module without names is refused', () => {
  assert.throws(() => silencePanics(module([]), { formats: true }), { message: 'the module has no names, so its panics cannot be found' });
});

test('the sizes of functions come with their names', () => {
  const sizes = functionSizes(module(['now', 'one', 'two']));
  assert.deepEqual(sizes, [{ name: 'one', size: 4 }, { name: 'two', size: 4 }]);
});
