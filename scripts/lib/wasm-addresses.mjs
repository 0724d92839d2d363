// Holds a linked module to what `place` takes for granted: that every address in it is one inside of the piece of data that is meant, so
// that numbers say what a function needs; and finds those pieces of which they do not.

import { CODE, CUSTOM, DATA as DATA_SECTION, Reader, dataSegments, joined, sectionsOf } from './slim-wasm.mjs';
import { Problem } from './say.mjs';

/** How rustc is told to keep what the check reads: which numbers are addresses, and of what. */
export const addressArgs = ['-C', 'link-arg=--emit-relocs'];

/** Kinds of symbols, the part of the linking section that lists them, and what a symbol may be. */
const [DATA, SECTION] = [1, 3];
const SYMBOLS = 8;
const [UNDEFINED, NAMED] = [0x10, 0x40];

/** Of relocations: those that stand for an address in code, and those that have an offset with them. */
const IN_CODE = new Set([3, 4]);
const WITH_OFFSET = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 22, 23, 25]);

/** Shorter ones are one thing, such as the place of a panic. */
const LIST = 64;

/** Whether a piece of data is a list of what has addresses in it: a loop may know the end of one. `first` and `last` are where data is. */
export const isList = ({ address, bytes }, first, last) => bytes.length >= LIST && wordsOf({ address, bytes }).some(({ word }) => word >= first && word < last);

/** What may be addresses or places in the table in a piece of data: they are aligned. */
export function wordsOf({ address, bytes }) {
  const words = [];
  for (let at = (4 - (address % 4)) % 4; at + 4 <= bytes.length; at += 4) words.push({ at, word: bytes.readUInt32LE(at) });
  return words;
}

/**
 * Where the pieces begin of which numbers do not tell that some function needs them. The end of a piece is the beginning of the next one.
 * It is taken for a need of the next one; but for the end of a list if the function knows more of the list.
 */
export function notTold(wasm) {
  const sections = sectionsOf(wasm);
  const custom = sections.filter(({ id }) => id === CUSTOM).map(({ body }) => ({ reader: new Reader(body) }));
  const named = (name) => custom.find((one) => (one.name ??= one.reader.text()) === name)?.reader;
  const [linking, relocations] = [named('linking'), named('reloc.CODE')];
  if (!linking || !relocations) throw new Problem('the module does not say which of its numbers are addresses');
  const segments = dataSegments(sections.find(({ id }) => id === DATA_SECTION).body);
  const [first, last] = [segments[0].address, segments.at(-1).address + segments.at(-1).content.length];
  const lists = new Set(segments.filter(({ address, content }) => isList({ address, bytes: content }, first, last)).map(({ address, content }) => address + content.length));
  const symbols = symbolsOf(linking);
  const functionAt = functionsOf(sections.find(({ id }) => id === CODE).body);
  // For each function the pieces that it has an address of: where they begin, and how far from there.
  const functions = new Map();
  relocations.number();
  for (let left = relocations.number(); left > 0; left--) {
    const [type, at, index] = [relocations.byte(), relocations.number(), relocations.number()];
    const offset = WITH_OFFSET.has(type) ? signed(relocations) : 0;
    if (!IN_CODE.has(type)) continue;
    const symbol = symbols[index];
    if (offset < 0 || offset > symbol.size) throw new Problem(`an address is outside of ${symbol.name}, which is meant`);
    // What is only filled when the program runs is in no segment of the file.
    const segment = segments[symbol.segment];
    if (!segment) continue;
    const known = listOf(functions, functionAt(at));
    known.push({ start: segment.address + symbol.at, end: segment.address + symbol.at + symbol.size, address: segment.address + symbol.at + offset });
  }
  const found = new Set();
  for (const known of functions.values()) {
    const inside = known.filter(({ address, end }) => address < end);
    for (const { start, end, address } of known) {
      const isEndOnly = address === end && !inside.some((other) => other.start === start);
      const isAfterList = address === start && lists.has(start) && inside.some((other) => other.end === start);
      if (start < end && (isEndOnly || isAfterList)) found.add(start);
    }
  }
  return [...found];
}

/** The module without what was kept for this: it is wrong once something has changed. */
export function withoutRelocations(wasm) {
  const isKept = ({ id, body }) => id !== CUSTOM || !/^(linking$|reloc\.)/.test(new Reader(body).text());
  return joined(wasm, sectionsOf(wasm).filter(isKept));
}

function listOf(map, key) {
  if (!map.has(key)) map.set(key, []);
  return map.get(key);
}

function symbolsOf(reader) {
  const symbols = [];
  // The version.
  reader.number();
  while (!reader.done) {
    const kind = reader.byte();
    const part = new Reader(reader.take(reader.number()));
    for (let left = kind === SYMBOLS ? part.number() : 0; left > 0; left--) symbols.push(symbol(part));
  }
  return symbols;
}

function symbol(reader) {
  const [kind, flags] = [reader.byte(), reader.number()];
  const isDefined = (flags & UNDEFINED) === 0;
  if (kind === DATA) {
    const name = reader.text();
    const [segment, at, size] = isDefined ? [reader.number(), reader.number(), reader.number()] : [-1, 0, 0];
    return { name, segment, at, size };
  }
  reader.number();
  return kind !== SECTION && (isDefined || flags & NAMED) ? { name: reader.text() } : {};
}

/** Finds the function that a place in the section of code belongs to. */
function functionsOf(code) {
  const reader = new Reader(code);
  const ends = [];
  for (let left = reader.number(); left > 0; left--) {
    reader.take(reader.number());
    ends.push(reader.at);
  }
  let index = 0;
  return (at) => {
    // Relocations are in the order of their places.
    while (ends[index] <= at) index++;
    return index;
  };
}

/** A signed number in LEB128, of 32 bits. */
function signed(reader) {
  let [value, shift, byte] = [0, 0, 0];
  do {
    byte = reader.byte();
    value |= (byte & 0x7f) << shift;
    shift += 7;
  } while (byte >= 0x80);
  return shift < 32 && byte & 0x40 ? value | (-1 << shift) : value;
}
