import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsIn, readMessages, tableOf, withWords } from './site-messages.mjs';

const language = { 'language.name': 'English', 'language.direction': 'ltr' };
const messages = (entries, own = {}) => new Map(Object.entries({ ...language, ...own, ...entries }));

test('the languages of the site fit together', () => {
  const languages = readMessages();
  assert.deepEqual(problemsIn(languages), []);
  assert.equal([...languages.keys()][0], 'en');
  const lengths = new Set([...languages.values()].map((it) => tableOf(it).length));
  assert.equal(lengths.size, 1);
});

test('what a language lacks, has too much, or fills differently is named', () => {
  const languages = new Map([
    ['en', messages({ 'a.hello': 'Hello, {name}', 'a.codes': { one: '{count} code', other: '{count} codes' }, 'a.bye': 'Bye', 'a.lines': 'One' })],
    ['ar', messages({ 'a.hello': 'مرحبا {nom}', 'a.codes': { one: 'رمز', other: '{count} رموز' }, 'a.lines': 'سطر', 'a.more': '…' })],
    ['de', messages({ 'a.hello': '{name}', 'a.codes': 'Codes', 'a.bye': ' ', 'a.lines': 'Eins\nzwei' }, { 'language.direction': 'down' })],
  ]);
  assert.deepEqual(problemsIn(languages), [
    'ar.json: a.bye is missing',
    'ar.json: a.hello lacks {name}',
    'ar.json: a.hello has {nom}, which nothing fills',
    'ar.json: a.codes lacks `few`',
    'ar.json: a.codes lacks `many`',
    'ar.json: a.codes lacks `two`',
    'ar.json: a.codes lacks `zero`',
    'ar.json: a.more is in no other language',
    'de.json: a.codes is counted in one language and not in the other',
    'de.json: a.bye is empty',
    'de.json: a.lines has more than one line',
    'de.json: language.direction is ltr or rtl',
  ]);
});

test('a plural takes a place for every category', () => {
  assert.deepEqual(tableOf(new Map([['a.codes', { one: '1', other: 'n' }], ['a.z', 'z']])), ['', '1', '', '', '', 'n', 'z']);
});

test('the page gets its words, and the places where another language finds them', () => {
  const languages = new Map([
    ['en', messages({ 'a.codes': { one: '1', other: 'n' }, 'a.x': 'Cats & "dogs"' })],
    ['ar', messages({ 'a.codes': { other: 'n' }, 'a.x': 'قطط' }, { 'language.direction': 'rtl' })],
  ]);
  const page = '<meta name=languages content=list-of-languages><h1 data-text=a.x id=h></h1><p class="m" data-text-each="a.x"></p><nav data-text-aria-label=a.x></nav>';
  assert.equal(
    withWords(page, languages, ['en ltr /en.txt English', 'x ltr /x.txt A & "B"']),
    '<meta name=languages content="en ltr /en.txt English\nx ltr /x.txt A &amp; &quot;B&quot;"><h1 data-text="8" id=h>Cats &amp; "dogs"</h1>'
      + '<p class="m" lang="en" dir="ltr">Cats &amp; "dogs"</p><p class="m" lang="ar" dir="rtl">قطط</p>'
      + '<nav aria-label="Cats &amp; &quot;dogs&quot;" data-text-aria-label="8"></nav>',
  );
  assert.throws(() => withWords('<p data-text="a.y"></p>', languages, []), /index.html says a.y, which is no message/);
  assert.throws(() => withWords('', languages, []), /no place for the list/);
});
