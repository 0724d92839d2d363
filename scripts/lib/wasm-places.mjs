// Finds out which parts of a WebAssembly module need which of its data, and which of the functions that are called by their places in the
// table; and leaves out what none needs, such as what panics would say.
//
// This works on the text that wasm-dis writes of a module as the compiler made it, linked with `placedArgs`: each piece of data is a
// segment of its own then, and places in the table are numbers that nothing else is likely to be. The compiler computes no address from
// that of another piece. wasm-opt may, so it must not have changed how addresses are computed yet.

import { entriesOf, homesOf, linesOf } from './split-wasm.mjs';
import { isList, wordsOf } from './wasm-addresses.mjs';
import { callsOf, dataForm, dataOf, elementsOf, formsOf, module, namesIn } from './wasm-text.mjs';
import { Problem } from './say.mjs';

/** Far beyond the other numbers in a program, and below the largest table that there may be. */
const FIRST_PLACE = 9_437_185;

/** Beyond the limits and times that a program has numbers of; what is below a megabyte takes no more room in code than less. */
const FIRST_ADDRESS = 700_416;

/** How rustc is told to link a module for this. */
export const placedArgs = ['--no-merge-data-segments', `--table-base=${FIRST_PLACE}`, `--global-base=${FIRST_ADDRESS}`].flatMap((arg) => ['-C', `link-arg=${arg}`]);

const NUMBER = /\b(i32\.const |offset=)(\d+)/g;

/**
 * @param {string} text
 * @param {{ name: string, after?: string, entries: RegExp[] }[]} parts as for `split`
 * @param {number[]} kept where data begins that is needed by more than numbers tell
 * @returns {{ text: string, homes: { data: { address: number, length: number, part: number }[], table: number[] } }} the module without
 *   what nobody needs; and for each piece of data, and for each place of the table from 1 on, where it belongs
 */
export function place(text, parts, kept = []) {
  const forms = formsOf(text);
  const of = (kind) => forms.filter((form) => form.kind === kind);
  const functions = new Map(of('func').map(({ name, text }) => [name, text]));
  const pieces = of('data').map(({ text }) => dataOf(text)).sort((a, b) => a.address - b.address);
  const elements = of('elem');
  const { first, names: table } = elementsOf(elements[0]?.text ?? '');
  if (elements.length > 1 || first !== FIRST_PLACE) throw new Problem('the table is not filled as the linker was told to');

  const isPlace = (number) => number >= FIRST_PLACE && number < FIRST_PLACE + table.length;
  const [from, to] = [pieces[0].address, pieces.at(-1).address + pieces.at(-1).bytes.length];
  const indexOf = (number) => {
    const index = lastAt(pieces, number);
    return pieces[index] && number < pieces[index].address + pieces[index].bytes.length ? index : undefined;
  };
  /** What some numbers may stand for. */
  const meant = (numbers) => {
    const known = new Set(numbers.map(indexOf));
    // The end of a list that is known.
    const isEnd = (number, index) => {
      const before = pieces[index - 1];
      return number === pieces[index].address && known.has(index - 1) && before.address + before.bytes.length === number && isList(before, from, to);
    };
    return numbers.flatMap((number) => {
      if (isPlace(number)) return [`table ${number - FIRST_PLACE}`];
      const index = indexOf(number);
      return index === undefined || isEnd(number, index) ? [] : [`data ${index}`];
    });
  };
  const needs = (what) => {
    const [kind, index] = what.split(' ', 2);
    if (kind === 'table') return [table[index]];
    if (kind === 'data') return wordsOf(pieces[index]).flatMap(({ word }) => meant([word]));
    const text = functions.get(what);
    return [...callsOf(text), ...meant(Array.from(text.matchAll(NUMBER), ([, , number]) => Number(number)))];
  };
  const always = [...of('export').flatMap(({ text }) => namesIn(text)), ...kept.flatMap((address) => meant([address]))];
  const known = new Set([...functions.keys(), ...table.map((_, index) => `table ${index}`), ...pieces.map((_, index) => `data ${index}`)]);
  const homes = homesOf(known, needs, always, entriesOf(functions, parts), linesOf(parts));

  // Those of a module have places side by side.
  const placed = [...table.keys()].filter((index) => homes.has(`table ${index}`)).sort((a, b) => homes.get(`table ${a}`) - homes.get(`table ${b}`));
  const places = new Map(placed.map((index, place) => [FIRST_PLACE + index, place + 1]));
  const data = pieces.map((piece, index) => ({ ...piece, part: homes.get(`data ${index}`) })).filter(({ part }) => part !== undefined);
  for (const piece of data) {
    for (const { at, word } of wordsOf(piece)) if (isPlace(word)) piece.bytes.writeUInt32LE(places.get(word), at);
  }
  const renumbered = (text) => text.replace(NUMBER, (whole, before, number) => (isPlace(Number(number)) ? `${before}${places.get(Number(number)) ?? 0}` : whole));
  const written = forms.flatMap(({ kind, text }) => {
    if (kind === 'data') return [];
    if (kind === 'func') return [renumbered(text)];
    if (kind === 'elem') return [text.replace(/\(i32\.const .*$/s, `(i32.const 1) func ${placed.map((index) => table[index]).join(' ')})`)];
    if (kind === 'table') return [text.replace(/ \d+ \d+ funcref/, ` ${placed.length + 1} ${placed.length + 1} funcref`)];
    return [text];
  });
  return {
    text: module([...written, ...data.map(({ address, bytes }) => dataForm(address, bytes))]),
    homes: {
      data: data.map(({ address, bytes, part }) => ({ address, length: bytes.length, part })),
      table: placed.map((index) => homes.get(`table ${index}`)),
    },
  };
}

/** The index of the last piece that begins at an address or before. */
function lastAt(pieces, address) {
  let [low, high] = [-1, pieces.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (pieces[middle].address <= address) low = middle;
    else high = middle - 1;
  }
  return low;
}
