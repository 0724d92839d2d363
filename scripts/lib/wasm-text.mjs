// The text that wasm-dis writes of a WebAssembly module, in which functions go by their names.

import { Problem } from './say.mjs';

export const NAME = String.raw`\$(?:"(?:[^"\\]|\\.)*"|[^\s()]+)`;
const NAMES = new RegExp(NAME, 'g');
const CALLED = new RegExp(String.raw`\((?:call|return_call|ref\.func) (${NAME})`, 'g');

export const module = (forms) => `(module\n${forms.join('\n')}\n)\n`;
export const namesIn = (text) => text.match(NAMES) ?? [];
export const callsOf = (text) => Array.from(text.matchAll(CALLED), ([, name]) => name);

/** What a module consists of: `{ kind, name, text }`. wasm-dis begins each with one space, and what is inside of it with more. */
export function formsOf(text) {
  const [first, ...forms] = text.trimEnd().replace(/\)$/, '').split(/\n(?= \()/);
  if (!first.startsWith('(module')) throw new Problem('that is not the text of a module');
  return forms.map((form) => {
    const [, kind, name] = form.match(new RegExp(String.raw`^ \((\w+)(?: (${NAME}))?`)) ?? [];
    // Comments stand between forms.
    return { kind, name, text: form.replace(/\n ;;.*$/gm, '').trim() };
  });
}

/** Where a piece of data goes, and its bytes. */
export function dataOf(form) {
  const [, address, written] = form.match(/\(i32\.const (\d+)\)\s+"((?:[^"\\]|\\.)*)"\)$/s) ?? [];
  if (written === undefined) throw new Problem('the data is not as wasm-dis writes it');
  return { address: Number(address), bytes: bytesOf(written) };
}

/** The form of a piece of data. */
export const dataForm = (address, bytes) => `(data (i32.const ${address}) "${bytes.toString('hex').replaceAll(/../g, String.raw`\$&`)}")`;

function bytesOf(written) {
  const named = { t: 9, n: 10, r: 13, '"': 34, "'": 39, '\\': 92 };
  const bytes = [];
  for (const [, hex, name, plain] of written.matchAll(/\\([0-9a-f]{2})|\\(.)|([^\\])/gs)) {
    if (plain !== undefined) bytes.push(...Buffer.from(plain));
    else bytes.push(hex ? Number.parseInt(hex, 16) : named[name]);
  }
  return Buffer.from(bytes);
}

/** Of a segment of the table: the first place in it, and the names of the functions in their order. */
export function elementsOf(form) {
  const [, first, listed] = form.match(/\(i32\.const (\d+)\)(?: func)?((?: .*)?)\)$/s) ?? [];
  if (listed === undefined) throw new Problem('the table is not filled as wasm-dis writes it');
  return { first: Number(first), names: namesIn(listed) };
}
