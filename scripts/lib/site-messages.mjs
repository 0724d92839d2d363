// The words of the site in its languages: held against English, and written beside the built site, a file each. A language is
// a file in web/messages; nothing else has to be changed to add one.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

const MESSAGES = join(root, 'web/messages');

/** The categories of counted things, in the order of CLDR. web/build.rs has the same. */
const CATEGORIES = ['zero', 'one', 'two', 'few', 'many', 'other'];

/** Everything in the folder: the tag of a language → its messages by `group.key`, sorted. English comes first. */
export function readMessages(folder = MESSAGES) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json')).sort();
  const read = (file) => [file.slice(0, -'.json'.length), flat(JSON.parse(readFileSync(join(folder, file), 'utf8')))];
  return new Map(files.map(read).sort(([a], [b]) => Number(b === 'en') - Number(a === 'en')));
}

/** Sorted by group and then by key, each by its bytes, as web/build.rs does. */
function flat(groups) {
  const entries = Object.entries(groups).flatMap(([group, messages]) => Object.entries(messages).map(([key, text]) => [group, key, text]));
  const order = (a, b) => compare(a[0], b[0]) || compare(a[1], b[1]);
  return new Map(entries.sort(order).map(([group, key, text]) => [`${group}.${key}`, text]));
}

const compare = (a, b) => (a < b ? -1 : Number(a > b));

/** What is wrong with the languages, a line each. */
export function problemsIn(languages) {
  const english = languages.get('en');
  if (!english) return ['there is no en.json'];
  return [...languages].flatMap(([tag, messages]) => problemsWith(tag, messages, english).map((problem) => `${tag}.json: ${problem}`));
}

function problemsWith(tag, messages, english) {
  const problems = [];
  const categories = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
  for (const key of english.keys()) if (!messages.has(key)) problems.push(`${key} is missing`);
  for (const [key, message] of messages) {
    const original = english.get(key);
    if (original === undefined) {
      problems.push(`${key} is in no other language`);
      continue;
    }
    if (typeof message !== typeof original) {
      problems.push(`${key} is counted in one language and not in the other`);
      continue;
    }
    if (typeof message === 'object') {
      for (const category of categories) if (!message[category]) problems.push(`${key} lacks \`${category}\``);
      for (const category of Object.keys(message)) if (!categories.includes(category)) problems.push(`${key} has \`${category}\`, which the language has not`);
    }
    const expected = placeholders(formsOf(original).at(-1));
    // Words for one or two may do without the number.
    const optional = typeof message === 'object' ? new Set(['count']) : new Set();
    for (const form of formsOf(message)) {
      const found = placeholders(form);
      for (const name of expected) if (!found.has(name) && !optional.has(name)) problems.push(`${key} lacks {${name}}`);
      for (const name of found) if (!expected.has(name)) problems.push(`${key} has {${name}}, which nothing fills`);
      if (form.trim() === '') problems.push(`${key} is empty`);
      if (form.includes('\n')) problems.push(`${key} has more than one line`);
    }
  }
  const direction = messages.get('language.direction');
  if (!['ltr', 'rtl'].includes(direction)) problems.push('language.direction is ltr or rtl');
  return problems;
}

const formsOf = (message) => (typeof message === 'object' ? Object.values(message) : [message]);
const placeholders = (text) => new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));

/** The lines that the program reads: a plural takes one for each category there is. */
export const tableOf = (messages) =>
  [...messages.values()].flatMap((message) =>
    typeof message === 'object' ? CATEGORIES.map((category) => message[category] ?? '') : [message]);

/** The place of each message in the table. */
function placesIn(messages) {
  const places = new Map();
  let next = 0;
  for (const [key, message] of messages) {
    places.set(key, next);
    next += typeof message === 'object' ? CATEGORIES.length : 1;
  }
  return places;
}

/** Writes the words into a built site: a file for each language, and the words of the static page. */
export function writeMessages(site, languages = readMessages()) {
  const problems = problemsIn(languages);
  if (problems.length > 0) throw new Error(`The site's languages do not fit together:\n${problems.join('\n')}`);
  const list = [...languages].map(([tag, messages]) => {
    const lines = tableOf(messages).join('\n');
    // The hash lets browsers keep the file for good.
    const file = `words-${tag}-${createHash('sha256').update(lines).digest('hex').slice(0, 16)}.txt`;
    writeFileSync(join(site, file), lines);
    return `${tag} ${messages.get('language.direction')} /${file} ${messages.get('language.name')}`;
  });
  const page = join(site, 'index.html');
  writeFileSync(page, withWords(readFileSync(page, 'utf8'), languages, list));
}

/**
 * Puts the words into the page, and the list of languages: a line for each, with its tag, its direction, the address of its words and its
 * name. The page may have been minified.
 */
export function withWords(page, languages, list) {
  const english = languages.get('en');
  const places = placesIn(english);
  const say = (key) => {
    const text = english.get(key);
    if (text === undefined) throw new Error(`index.html says ${key}, which is no message`);
    return text;
  };
  let filled = page
    // In every language, because nothing can choose one where scripts are off.
    .replace(/<(\w+)([^>]*?) data-text-each="?([\w.]+)"?([^>]*)>(?:<\/\1>)?/g, (_, tag, before, key, after) =>
      [...languages]
        .map(([lang, messages]) => `<${tag}${before} lang="${lang}" dir="${messages.get('language.direction')}"${after}>${text(messages.get(key))}</${tag}>`)
        .join(''))
    .replace(/ data-text-(aria-label|content)="?([\w.]+)"?/g, (_, name, key) => ` ${name}="${attribute(say(key))}" data-text-${name}="${places.get(key)}"`)
    .replace(/ data-text="?([\w.]+)"?([^>]*)>/g, (_, key, rest) => ` data-text="${places.get(key)}"${rest}>${text(say(key))}`);
  let listed = false;
  filled = filled.replace(/ content=("list-of-languages"|list-of-languages\b)/, () => {
    listed = true;
    return ` content="${attribute(list.join('\n'))}"`;
  });
  if (!listed) throw new Error('index.html has no place for the list of languages');
  return filled;
}

const text = (words) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const attribute = (words) => text(words).replaceAll('"', '&quot;');
