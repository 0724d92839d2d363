// Splits a WebAssembly module: what is always needed, and parts that pages load when they first need them.
//
// A part has the functions that nothing calls but a few, its entries; and it lives in the memory and the tables of the module. What
// calls an entry from outside calls through a slot of the table, which is empty until the part is there. So it must be there before:
// an entry that is called too early traps.
//
// This works on the text that wasm-dis writes, in which functions go by their names.

import { createHash } from 'node:crypto';
import { Problem } from './say.mjs';

const NAME = String.raw`\$(?:"(?:[^"\\]|\\.)*"|[^\s()]+)`;
const CALLED = new RegExp(String.raw`\((?:call|return_call|ref\.func) (${NAME})`, 'g');
const FUNCTION = new RegExp(String.raw`\(func (${NAME})`);
const FUNCTIONS = / (\d+) \d+ funcref/;

/** The module that a part imports from: what is exported by all that it was loaded after. */
export const BEFORE = '_';

/**
 * @param {string} text the module, as wasm-dis writes it
 * @param {{ name: string, after?: string, entries: RegExp[], data?: RegExp }[]} parts `entries`: the names of its entries. `data`: what
 *   only it reads. `after`: another one, earlier in the list, that is loaded before it, so that it may need what is there.
 * @returns {{ rest: string, parts: string[] }} texts that wasm-opt reads
 */
export function split(text, parts) {
  const forms = formsOf(text);
  const of = (kind) => forms.filter((form) => form.kind === kind);
  const functions = new Map(of('func').map(({ name, text }) => [name, text]));
  const [table] = of('table');
  const [, size] = table?.text.match(FUNCTIONS) ?? [];
  if (!size) throw new Problem('the first table is not one of functions, of a fixed size');

  const entries = parts.map((part) => part.entries.flatMap((pattern) => called(functions, pattern)));
  const slots = new Map(entries.flat().map((name, index) => [name, Number(size) + index]));
  const always = [...of('export'), ...of('elem')].flatMap(({ text }) => text.match(new RegExp(NAME, 'g')) ?? []);
  // For each module those that are loaded before it, and itself.
  const lines = parts.map((_, part) => lineOf(parts, part));
  const homes = homesOf(functions, always, entries, lines);
  const tables = of('table').map((form) => ({ ...form, text: form.text.replace(FUNCTIONS, ` ${Number(size) + slots.size} ${Number(size) + slots.size} funcref`) }));
  const shared = [...of('memory'), ...tables, ...of('global')].map(({ kind, name, text }) => ({ kind, name, what: text.replace(/ \([\w.]*const [^()]*\)\)$/, ')') }));
  for (const form of of('import')) {
    const [what, name] = form.text.match(new RegExp(String.raw`\(func (${NAME})[^"]*\)(?=\)$)`)) ?? [];
    shared.push({ kind: 'func', name, what });
  }
  for (const [name, text] of functions) shared.push({ kind: 'func', name, what: `(func ${name} ${signature(text)})` });
  const data = of('data').map(({ text }) => cut(text, parts.map((part) => part.data)));

  const modules = [REST, ...parts.keys()].map((part) => {
    const own = [...functions].filter(([name]) => homes.get(name) === part).map(([, text]) => text);
    const used = new Set([...own.flatMap((text) => text.match(new RegExp(NAME, 'g'))), ...(part === REST ? always : [])]);
    const here = lines[part] ?? [REST];
    const elsewhere = [...slots].filter(([name]) => used.has(name) && !here.includes(homes.get(name)));
    const stubs = elsewhere.map(([name, slot]) => stub(functions.get(name), slot, table.name));
    const before = (name) => here.slice(0, -1).includes(homes.get(name) ?? REST);
    const needed = shared.filter(({ kind, name }) => kind === 'memory' || (used.has(name) && (kind !== 'func' || before(name))));
    return { part, own, stubs, needed: part === REST ? [] : needed };
  });
  // Everybody knows what is shared by the same short name. That of the memory tells builds apart: a part of another one, from a cache,
  // cannot be joined to it.
  const build = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const nameOf = (form, index) => (form.kind === 'memory' ? build : `$${index.toString(36)}`);
  const names = new Map([...new Set(modules.flatMap(({ needed }) => needed))].map((form, index) => [form, nameOf(form, index)]));
  const written = modules.map(({ part, own, stubs, needed }) => {
    const mine = (form) => names.has(form) && (form.kind === 'func' ? (homes.get(form.name) ?? REST) === part : part === REST);
    return module([
      ...of('type').map(({ text }) => text),
      ...(part === REST ? [...of('import'), ...of('memory'), ...tables, ...of('global'), ...of('elem'), ...of('export')].map(({ text }) => text) : []),
      ...needed.map((form) => `(import "${BEFORE}" "${names.get(form)}" ${form.what})`),
      ...data.flatMap((pieces) => pieces.filter((piece) => piece.part === part).map(({ text }) => text)),
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

const module = (forms) => `(module\n${forms.join('\n')}\n)\n`;
const callsOf = (text) => Array.from(text.matchAll(CALLED), ([, name]) => name);

/** What a module consists of: `{ kind, name, text }`. wasm-dis begins each with one space, and what is inside of it with more. */
function formsOf(text) {
  const [first, ...forms] = text.trimEnd().replace(/\)$/, '').split(/\n(?= \()/);
  if (!first.startsWith('(module')) throw new Problem('that is not the text of a module');
  return forms.map((form) => {
    const [, kind, name] = form.match(new RegExp(String.raw`^ \((\w+)(?: (${NAME}))?`)) ?? [];
    // Comments stand between forms.
    return { kind, name, text: form.replace(/\n ;;.*$/gm, '').trim() };
  });
}

function called(functions, pattern) {
  const found = [...functions.keys()].filter((name) => pattern.test(name));
  if (found.length === 0) throw new Problem(`no function of the module is called ${pattern}, so nothing can be split off there`);
  return found;
}

function lineOf(parts, part) {
  const { after } = parts[part];
  const before = parts.findIndex(({ name }) => name === after);
  if (after && (before < 0 || before >= part)) throw new Problem(`there is no part ${after} before ${parts[part].name}`);
  return [...(after ? lineOf(parts, before) : [REST]), part];
}

/** Where each function belongs: in the last module that is there for all who need it. */
function homesOf(functions, always, entries, lines) {
  const homes = new Map();
  for (const [part, from] of [[REST, always], ...entries.entries()]) {
    const others = new Set(entries.filter((_, other) => other !== part).flat());
    const here = lines[part] ?? [REST];
    const found = new Set();
    const visit = [...from];
    while (visit.length > 0) {
      const name = visit.pop();
      if (!functions.has(name) || found.has(name) || others.has(name)) continue;
      found.add(name);
      visit.push(...callsOf(functions.get(name)));
    }
    for (const name of found) {
      const known = lines[homes.get(name)] ?? [REST];
      homes.set(name, homes.has(name) ? here.findLast((one) => known.includes(one)) : part);
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

/** A piece of data in pieces, each for the part whose pattern it matches, and what is between them for the rest. */
function cut(form, patterns) {
  const [, address, written] = form.match(/\(i32\.const (\d+)\)\s+"((?:[^"\\]|\\.)*)"\)$/s) ?? [];
  if (written === undefined) throw new Problem('the data is not as wasm-dis writes it');
  const bytes = bytesOf(written);
  const found = patterns.flatMap((pattern, part) => (pattern ? Array.from(bytes.toString('latin1').matchAll(pattern), ({ 0: { length }, index }) => ({ part, index, length })) : []));
  const pieces = [];
  let from = 0;
  const put = (part, end) => {
    const hex = bytes.subarray(from, end).toString('hex').replaceAll(/../g, String.raw`\$&`);
    if (end > from) pieces.push({ part, text: `(data (i32.const ${Number(address) + from}) "${hex}")` });
    from = end;
  };
  for (const { part, index, length } of found.sort((a, b) => a.index - b.index)) {
    put(REST, index);
    put(part, index + length);
  }
  put(REST, bytes.length);
  return pieces;
}

function bytesOf(written) {
  const named = { t: 9, n: 10, r: 13, '"': 34, "'": 39, '\\': 92 };
  const bytes = [];
  for (const [, hex, name, plain] of written.matchAll(/\\([0-9a-f]{2})|\\(.)|([^\\])/gs)) {
    if (plain !== undefined) bytes.push(...Buffer.from(plain));
    else bytes.push(hex ? Number.parseInt(hex, 16) : named[name]);
  }
  return Buffer.from(bytes);
}
