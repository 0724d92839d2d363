// Puts the functions of a WebAssembly module into an order in which each follows one that it is like. A compressor then finds more of
// what it has just seen: brotli makes a module a thirtieth smaller by it. What the module does stays the same.

import { CODE, CUSTOM, FUNCTION_NAMES, IMPORT, Reader, imports, isNames, joined, number, sectionsOf, sized, text } from './slim-wasm.mjs';

/** How wasm-opt is told to take the order that the names say. */
export const orderArgs = ['--optimize-level=2', '--shrink-level=2', '--reorder-functions-by-name', '--strip-debug', '--strip-target-features'];

/** The module with functions that are named by their places in the order. */
export function nameInOrder(wasm) {
  const sections = sectionsOf(wasm).filter((section) => !isNames(section));
  let first = 0;
  const bodies = [];
  for (const { id, body } of sections) {
    if (id === IMPORT) imports(body, ({ isFunction }) => (first += isFunction));
    if (id !== CODE) continue;
    const reader = new Reader(body);
    for (let left = reader.number(); left > 0; left--) bodies.push(reader.take(reader.number()));
  }
  const places = Array.from({ length: first + bodies.length }, (_, index) => index);
  similarOrder(bodies).forEach((index, place) => (places[first + index] = first + place));
  const digits = String(places.length).length;
  const entries = places.map((place, index) => Buffer.concat([number(index), text(String(place).padStart(digits, '0'))]));
  const names = Buffer.concat([number(entries.length), ...entries]);
  sections.push({ id: CUSTOM, body: Buffer.concat([text('name'), Buffer.from([FUNCTION_NAMES]), sized(names)]) });
  return joined(wasm, sections);
}

/** How many bytes make a piece. */
const PIECE = 4;

/**
 * The indices of some contents, so that each is followed by the one that has most in common with it, for its size, of those that
 * are left.
 */
export function similarOrder(contents) {
  const pieces = contents.map(piecesOf);
  const whoHas = new Map();
  pieces.forEach((some, index) => {
    for (const piece of some) {
      const others = whoHas.get(piece);
      if (others) others.push(index);
      else whoHas.set(piece, [index]);
    }
  });
  const order = [];
  const left = new Set(contents.keys());
  for (let current = 0; left.size > 0; ) {
    order.push(current);
    left.delete(current);
    const common = new Map();
    for (const piece of pieces[current]) {
      // Those that have their place are forgotten on the way.
      const others = whoHas.get(piece).filter((index) => left.has(index));
      whoHas.set(piece, others);
      for (const index of others) common.set(index, (common.get(index) ?? 0) + 1);
    }
    let most = 0;
    // Where nothing is alike, the next that is left.
    [current] = left;
    for (const [index, count] of common) {
      const alike = count / Math.sqrt(pieces[index].size);
      if (alike > most) [most, current] = [alike, index];
    }
  }
  return order;
}

function piecesOf(content) {
  const pieces = new Set();
  for (let at = 0; at + PIECE <= content.length; at++) pieces.add(content.readInt32LE(at));
  return pieces;
}
