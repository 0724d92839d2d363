// Splits a WebAssembly module: what is always needed, and parts that pages load when they first need them.
//
// A part has the functions that nothing calls but a few, its entries; and it lives in the memory and the tables of the module. What
// calls an entry from outside calls through a slot of the table, which is empty until the part is there. So it must be there before:
// an entry that is called too early traps.
//
// This works on the text that wasm-dis writes, in which functions go by their names.

import { createHash } from 'node:crypto';
import { Problem } from './say.mjs';
import { NAME, callsOf, dataForm, dataOf, elementsOf, formsOf, module, namesIn } from './wasm-text.mjs';

const FUNCTION = new RegExp(String.raw`\(func (${NAME})`);
const FUNCTIONS = / (\d+) \d+ funcref/;

/** The module that a part imports from: what is exported by all that it was loaded after. */
export const BEFORE = '_';

/**
 * @param {string} text the module, as wasm-dis writes it
 * @param {{ name: string, after?: string, entries: RegExp[] }[]} parts `entries`: the names of its entries. `after`: another one, earlier
 *   in the list, that is loaded before it, so that it may need what is there.
 * @param {{ data: { address: number, length: number, part: number }[], table: number[] }} [placed] where data and what is in the table
 *   belong, if not to the rest
 * @returns {{ rest: string, parts: string[] }} texts that wasm-opt reads
 */
export function split(text, parts, placed) {
  const forms = formsOf(text);
  const of = (kind) => forms.filter((form) => form.kind === kind);
  const functions = new Map(of('func').map(({ name, text }) => [name, text]));
  const [table] = of('table');
  const [, size] = table?.text.match(FUNCTIONS) ?? [];
  if (!size) throw new Problem('the first table is not one of functions, of a fixed size');

  const entries = entriesOf(functions, parts);
  const slots = new Map(entries.flat().map((name, index) => [name, Number(size) + index]));
  const elements = of('elem').flatMap(({ text }) => inParts(elementsOf(text), placed?.table));
  const elementsIn = (part) => elements.filter((one) => one.part === part);
  const namesOf = (part) => elementsIn(part).flatMap(({ names }) => names);
  const exported = of('export').flatMap(({ text }) => namesIn(text));
  const lines = linesOf(parts);
  const needed = entries.map((names, part) => [...names, ...namesOf(part)]);
  const homes = homesOf(new Set(functions.keys()), (name) => callsOf(functions.get(name)), [...exported, ...namesOf(REST)], entries, lines, needed);
  const tables = of('table').map((form) => ({ ...form, text: form.text.replace(FUNCTIONS, ` ${Number(size) + slots.size} ${Number(size) + slots.size} funcref`) }));
  const shared = [...of('memory'), ...tables, ...of('global')].map(({ kind, name, text }) => ({ kind, name, what: text.replace(/ \([\w.]*const [^()]*\)\)$/, ')') }));
  for (const form of of('import')) {
    const [what, name] = form.text.match(new RegExp(String.raw`\(func (${NAME})[^"]*\)(?=\)$)`)) ?? [];
    shared.push({ kind: 'func', name, what });
  }
  for (const [name, text] of functions) shared.push({ kind: 'func', name, what: `(func ${name} ${signature(text)})` });
  const data = of('data').flatMap(({ text }) => cut(dataOf(text), placed?.data));

  const modules = [REST, ...parts.keys()].map((part) => {
    const own = [...functions].filter(([name]) => homes.get(name) === part).map(([, text]) => text);
    const used = new Set([table.name, ...own.flatMap(namesIn), ...namesOf(part), ...(part === REST ? exported : [])]);
    const here = lines[part] ?? [REST];
    const elsewhere = [...slots].filter(([name]) => used.has(name) && !here.includes(homes.get(name)));
    const stubs = elsewhere.map(([name, slot]) => stub(functions.get(name), slot, table.name));
    const before = (name) => here.slice(0, -1).includes(homes.get(name) ?? REST);
    const imported = shared.filter(({ kind, name }) => kind === 'memory' || (used.has(name) && (kind !== 'func' || before(name))));
    return { part, own, stubs, imported: part === REST ? [] : imported };
  });
  // Everybody knows what is shared by the same short name. That of the memory tells builds apart: a part of another one, from a cache,
  // cannot be joined to it.
  const build = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const nameOf = (form, index) => (form.kind === 'memory' ? build : `$${index.toString(36)}`);
  const names = new Map([...new Set(modules.flatMap(({ imported }) => imported))].map((form, index) => [form, nameOf(form, index)]));
  const written = modules.map(({ part, own, stubs, imported }) => {
    const mine = (form) => names.has(form) && (form.kind === 'func' ? (homes.get(form.name) ?? REST) === part : part === REST);
    return module([
      ...of('type').map(({ text }) => text),
      ...(part === REST ? [...of('import'), ...of('memory'), ...tables, ...of('global'), ...of('export')].map(({ text }) => text) : []),
      ...imported.map((form) => `(import "${BEFORE}" "${names.get(form)}" ${form.what})`),
      ...joined(data, part).map(({ address, bytes }) => dataForm(address, bytes)),
      ...elementsIn(part).map(({ first, names }) => `(elem (table ${table.name}) (i32.const ${first}) func ${names.join(' ')})`),
      ...(entries[part] ?? []).map((name) => `(elem (table ${table.name}) (i32.const ${slots.get(name)}) func ${name})`),
      ...shared.filter(mine).map((form) => `(export "${names.get(form)}" (${form.kind} ${form.name}))`),
      ...stubs,
      ...own,
    ]);
  });
  return { rest: written[0], parts: written.slice(1) };
}

/** The number of what is no part. */
const REST = -1;

/** The names of the entries of each part. */
export const entriesOf = (functions, parts) => parts.map((part) => part.entries.flatMap((pattern) => called(functions, pattern)));

function called(functions, pattern) {
  const found = [...functions.keys()].filter((name) => pattern.test(name));
  if (found.length === 0) throw new Problem(`no function of the module is called ${pattern}, so nothing can be split off there`);
  return found;
}

/** For each part those that are loaded before it, and itself. */
export const linesOf = (parts) => parts.map((_, part) => lineOf(parts, part));

function lineOf(parts, part) {
  const { after } = parts[part];
  const before = parts.findIndex(({ name }) => name === after);
  if (after && (before < 0 || before >= part)) throw new Problem(`there is no part ${after} before ${parts[part].name}`);
  return [...(after ? lineOf(parts, before) : [REST]), part];
}

/**
 * Where each thing belongs: in the last module that is there for all who need it.
 * @param {Set<string>} things
 * @param {(thing: string) => string[]} needs what a thing needs to be there
 * @param {string[]} always what has to be there from the beginning
 * @param {string[][]} entries of each part
 * @param {number[][]} lines
 * @param {string[][]} needed what a part has to have: its entries, and more
 */
export function homesOf(things, needs, always, entries, lines, needed = entries) {
  const homes = new Map();
  for (const [part, from] of [[REST, always], ...needed.entries()]) {
    const others = new Set(entries.filter((_, other) => other !== part).flat());
    const here = lines[part] ?? [REST];
    const found = new Set();
    const visit = [...from];
    while (visit.length > 0) {
      const thing = visit.pop();
      if (!things.has(thing) || found.has(thing) || others.has(thing)) continue;
      found.add(thing);
      visit.push(...needs(thing));
    }
    for (const thing of found) {
      const known = lines[homes.get(thing)] ?? [REST];
      homes.set(thing, homes.has(thing) ? here.findLast((one) => known.includes(one)) : part);
    }
  }
  return homes;
}

const head = (text) => text.slice(0, text.indexOf('\n'));
const parameters = (text) => Array.from(head(text).matchAll(/\(param (?:\$\S+ )?(\w+)\)/g), ([, type]) => type);

function signature(text) {
  const results = Array.from(head(text).matchAll(/\(result [^)]+\)/g), ([result]) => result);
  return [...parameters(text).map((type) => `(param ${type})`), ...results].join(' ');
}

/** Calls what is in the slot, with all arguments. */
function stub(text, slot, table) {
  const [, name] = text.match(FUNCTION);
  const given = parameters(text).map((_, index) => `(local.get ${index})`).join(' ');
  return `(func ${name} ${signature(text)} (call_indirect ${table} ${signature(text)} ${given} (i32.const ${slot})))`;
}

/** What stands in the table from a place on, by module. */
function inParts({ first, names }, table = []) {
  const found = [];
  names.forEach((name, index) => {
    const part = table[first + index - 1] ?? REST;
    if (found.at(-1)?.part !== part) found.push({ part, first: first + index, names: [] });
    found.at(-1).names.push(name);
  });
  return found;
}

/** A piece of data in pieces, by module. What is between those that are placed is nothing. */
function cut({ address, bytes }, placed = [{ address, length: bytes.length, part: REST }]) {
  return placed.flatMap(({ address: start, length, part }) => {
    const [from, to] = [Math.max(start, address), Math.min(start + length, address + bytes.length)];
    return from < to ? [{ part, address: from, bytes: bytes.subarray(from - address, to - address) }] : [];
  });
}

/** What costs more to say than a few bytes of nothing. */
const GAP = 6;

/** The data of a module, with what is nearly side by side in one piece where nobody else's is between. */
function joined(data, part) {
  const found = [];
  let last;
  for (const piece of data.toSorted((a, b) => a.address - b.address)) {
    const gap = last ? piece.address - last.address - last.bytes.length : Infinity;
    const before = found.at(-1);
    if (piece.part === part && last?.part === part && gap <= GAP) before.bytes = Buffer.concat([before.bytes, Buffer.alloc(gap), piece.bytes]);
    else if (piece.part === part) found.push({ ...piece });
    last = piece;
  }
  return found;
}
