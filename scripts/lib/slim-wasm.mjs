// Takes out of a WebAssembly module what no browser needs and no compiler leaves out: what panics would say, where they happen (with
// the paths of the machine that built it), and the long names that the module and its bindings know each other by.

import { Problem } from './say.mjs';

/** What the compiler uses by default, and every browser with passkeys has. */
const FEATURES = ['bulk-memory', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'];
/** How wasm-opt is told of it where the module does not say so itself. */
export const featureArgs = FEATURES.map((feature) => `--enable-${feature}`);
/** How wasm-opt shrinks a module. */
export const shrinkArgs = ['-Oz', '--converge', '--strip-producers', ...featureArgs];

export const [CUSTOM, IMPORT, EXPORT, CODE, DATA] = [0, 2, 7, 10, 11];
const [IMPORTED_FUNCTION, IMPORTED_TABLE, IMPORTED_MEMORY, IMPORTED_GLOBAL] = [0, 1, 2, 3];
export const FUNCTION_NAMES = 1;

/** A function that traps: no locals, `unreachable`, `end`. */
const TRAP = Buffer.from([0x00, 0x00, 0x0b]);

/** A function that succeeds and has written nothing: no locals, `i32.const 0`, `end`. */
const NOTHING = Buffer.from([0x00, 0x41, 0x00, 0x0b]);

/** What makes the message of a panic; a module without a standard library does nothing else with it. */
const PANIC_MACHINERY = /(^|[<& ])core(\[\w+\])?::(fmt|panicking)::/;

/** Where a panic ends up, whatever it would say. A module may format texts of its own beside it. */
const PANICS = new RegExp(
  [
    String.raw`(^|[<& ])core(\[\w+\])?::(panicking|(option|result)::(unwrap|expect)_failed|slice::\w+::\w+_fail|str::slice_error_fail|cell::panic_\w+)`,
    String.raw`(^|[<& ])std(\[\w+\])?::(panicking|alloc::(rust_oom|_))`,
    String.raw`(^|[<& ])alloc(\[\w+\])?::(raw_vec::(handle_error|capacity_overflow)|alloc::handle_alloc_error)`,
    '__rust_start_panic|rust_begin_unwind|rust_panic',
  ].join('|'),
);

/** What writes fractions, with tables of its own. */
const FRACTIONS = /\bcore(\[\w+\])?::fmt::float::float_to_decimal/;

/** What a module has that makes texts of its own by format. (`write_str` and `write_char` may be other names of `push_str` and `push`.) */
const FORMATS = /\balloc(\[\w+\])?::fmt::format\b|as core(\[\w+\])?::fmt::Write>::write_fmt/;

export class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** An unsigned number in LEB128. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text() {
    return this.take(this.number()).toString();
  }

  get done() {
    return this.at >= this.bytes.length;
  }
}

export function number(value) {
  const bytes = [];
  do {
    bytes.push((value % 128) | (value >= 128 ? 0x80 : 0));
    value = Math.floor(value / 128);
  } while (value > 0);
  return Buffer.from(bytes);
}

export const sized = (bytes) => Buffer.concat([number(bytes.length), bytes]);
export const text = (value) => sized(Buffer.from(value));

/** The sections: `{ id, body }`. */
export function sectionsOf(wasm) {
  const reader = new Reader(wasm, 8);
  const sections = [];
  while (!reader.done) sections.push({ id: reader.byte(), body: reader.take(reader.number()) });
  return sections;
}

export const joined = (wasm, sections) =>
  Buffer.concat([wasm.subarray(0, 8), ...sections.flatMap(({ id, body }) => [Buffer.from([id]), sized(body)])]);

/** Whether a section has the names of functions and the like. */
export const isNames = ({ id, body }) => id === CUSTOM && new Reader(body).text() === 'name';

/** The names of the functions, by index. */
function functionNames(sections) {
  const names = new Map();
  for (const { body } of sections.filter(isNames)) {
    const reader = new Reader(body);
    reader.text();
    while (!reader.done) {
      const kind = reader.byte();
      const part = new Reader(reader.take(reader.number()));
      if (kind !== FUNCTION_NAMES) continue;
      for (let left = part.number(); left > 0; left--) names.set(part.number(), part.text());
    }
  }
  return names;
}

/** Reads the imports, and hands each to `visit`: its module, its name, the bytes that say what it is, and whether it is a function. */
export function imports(body, visit) {
  const reader = new Reader(body);
  for (let left = reader.number(); left > 0; left--) {
    const [module, name, start] = [reader.text(), reader.text(), reader.at];
    const kind = reader.byte();
    if (kind === IMPORTED_FUNCTION) reader.number();
    else if (kind === IMPORTED_GLOBAL) reader.take(2);
    else if (kind === IMPORTED_TABLE || kind === IMPORTED_MEMORY) {
      if (kind === IMPORTED_TABLE) reader.byte();
      // The least, and the most if there is one.
      for (let numbers = 1 + (reader.byte() & 1); numbers > 0; numbers--) reader.number();
    } else throw new Problem(`${module}.${name} is imported, and is nothing that is known here`);
    visit({ module, name, what: body.subarray(start, reader.at), isFunction: kind === IMPORTED_FUNCTION });
  }
}

/** The functions of a module that has their names, with the bytes of their code. */
export function functionSizes(wasm) {
  const sections = sectionsOf(wasm);
  const names = functionNames(sections);
  let index = 0;
  const sizes = [];
  for (const { id, body } of sections) {
    if (id === IMPORT) imports(body, ({ isFunction }) => (index += isFunction));
    if (id !== CODE) continue;
    const reader = new Reader(body);
    for (let left = reader.number(); left > 0; left--) {
      const size = reader.number();
      reader.take(size);
      sizes.push({ name: names.get(index++) ?? '', size });
    }
  }
  return sizes;
}

/**
 * Lets every panic be a bare trap, which is all that a page sees of it. With `formats` the module makes texts of its own, and what makes
 * them stays; without `fractions` it writes none, and where one would be in a text there is nothing.
 */
export function silencePanics(wasm, { formats = false, fractions = true } = {}) {
  const sections = sectionsOf(wasm);
  const names = functionNames(sections);
  if (names.size === 0) throw new Problem('the module has no names, so its panics cannot be found');
  const formatting = [...names.values()].find((name) => FORMATS.test(name));
  const machinery = formats ? PANICS : PANIC_MACHINERY;
  if (formatting && !formats) throw new Problem(`the module formats texts (${formatting}), so its panics cannot be silenced`, { help: 'Join texts with concat().' });
  const silent = (name) => (machinery.test(name) ? TRAP : !fractions && FRACTIONS.test(name) ? NOTHING : undefined);
  let first = 0;
  for (const { id, body } of sections) if (id === IMPORT) imports(body, ({ isFunction }) => (first += isFunction));
  for (const section of sections) {
    if (section.id === CODE) section.body = silenced(section.body, (index) => silent(names.get(first + index) ?? ''));
    if (section.id === DATA) section.body = withoutPlaces(section.body);
  }
  return joined(wasm, sections);
}

function silenced(body, instead) {
  const reader = new Reader(body);
  const count = reader.number();
  const functions = [];
  for (let index = 0; index < count; index++) {
    const code = reader.take(reader.number());
    functions.push(sized(instead(index) ?? code));
  }
  return Buffer.concat([number(count), ...functions]);
}

/**
 * Blanks the records that say where a panic happens (path, its length, line, column), and the paths. Nothing reads them once the
 * panics are silenced, and the paths are those of the machine that built the module.
 */
function withoutPlaces(body) {
  const blanked = Buffer.from(body);
  const segments = dataSegments(blanked);
  const at = (address, length) => {
    const segment = segments.find((one) => address >= one.address && address + length <= one.address + one.content.length);
    return segment?.content.subarray(address - segment.address, address - segment.address + length);
  };
  const found = [];
  for (const { content } of segments) {
    for (let place = 0; place + 16 <= content.length; place += 4) {
      const [address, length, line, column] = [0, 4, 8, 12].map((offset) => content.readUInt32LE(place + offset));
      if (length < 4 || length > 500 || line === 0 || line > 100_000 || column > 1_000) continue;
      const path = at(address, length);
      if (path && /^[\w./@+-]+\.rs$/.test(path.toString('latin1'))) found.push(content.subarray(place, place + 16), path);
    }
  }
  for (const bytes of found) bytes.fill(0);
  return blanked;
}

/** Where the data goes, and the data itself, as windows on the section. */
export function dataSegments(body) {
  const reader = new Reader(body);
  return Array.from({ length: reader.number() }, () => {
    // Active, in the only memory, at a constant address.
    const [kind, constant, address, end] = [reader.number(), reader.byte(), reader.number(), reader.byte()];
    if (kind !== 0 || constant !== 0x41 || end !== 0x0b) throw new Problem('the data is not as the compiler writes it');
    return { address, content: reader.take(reader.number()) };
  });
}

/**
 * Takes away the exports that only classes of the bindings use which nothing makes, together with those classes: libraries bring
 * some along. What nobody calls then, wasm-opt leaves out. With `keepClasses` it is whoever imports the bindings that makes them.
 * @returns {{ wasm: Buffer, bindings: string }}
 */
export function dropUnusedExports(wasm, bindings, { keepClasses = false } = {}) {
  const CLASS = /^export class (\w+) \{\n[^]*?^\}\nif \(Symbol\.dispose\) .*\n/gm;
  for (const [code, name] of keepClasses ? [] : bindings.matchAll(CLASS)) {
    const finalization = new RegExp(`^const ${name}Finalization = [^]*?;\n`, 'm');
    const without = bindings.replace(code, '').replace(finalization, '');
    if (!new RegExp(`\\b${name}(Finalization)?\\b`).test(without)) bindings = without;
  }
  const used = new Set([...bindings.matchAll(/\bwasm\.(\w+)/g)].map(([, name]) => name));
  const sections = sectionsOf(wasm);
  for (const section of sections.filter(({ id }) => id === EXPORT)) {
    const entries = exportsOf(section.body).filter(({ name }) => used.has(name));
    section.body = Buffer.concat([number(entries.length), ...entries.flatMap(({ name, what }) => [text(name), what])]);
  }
  return { wasm: joined(wasm, sections), bindings };
}

/** The exports: their names, and the bytes that say what they are. */
function exportsOf(body) {
  const reader = new Reader(body);
  return Array.from({ length: reader.number() }, () => {
    const [name, start] = [reader.text(), reader.at];
    reader.byte();
    reader.number();
    return { name, what: body.subarray(start, reader.at) };
  });
}

/**
 * Gives what the module imports and exports names of a letter or two, in the module and in its bindings.
 * @returns {{ wasm: Buffer, bindings: string }}
 */
export function shortenNames(wasm, bindings) {
  const sections = sectionsOf(wasm);
  let next = 0;
  const short = () => (next++).toString(36).replace(/^\d/, (digit) => `_${digit}`);
  for (const section of sections) {
    if (section.id === IMPORT) {
      const entries = [];
      imports(section.body, ({ module, name, what }) => {
        const to = short();
        // The names of the bindings' object of imports, and the module that the object stands for.
        bindings = bindings.replace(new RegExp(`\\b${name}: function`), `${to}: function`).replace(`"${module}": import0`, '"_": import0');
        entries.push(text('_'), text(to), what);
      });
      section.body = Buffer.concat([number(entries.length / 3), ...entries]);
    }
    if (section.id === EXPORT) {
      const entries = exportsOf(section.body).map(({ name, what }) => {
        const to = short();
        bindings = bindings.replaceAll(new RegExp(`\\bwasm\\.${name}\\b`, 'g'), `wasm.${to}`);
        return Buffer.concat([text(to), what]);
      });
      section.body = Buffer.concat([number(entries.length), ...entries]);
    }
  }
  return { wasm: joined(wasm, sections), bindings };
}
