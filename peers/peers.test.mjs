// Every ceremony is judged by passkeep and by its peers. Where a peer says something else, disagreements.json has to say
// why; and what it lists has to occur. One test for each peer and group of cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { skippedFor } from '../scripts/lib/needs.mjs';
import { PEERS, askPasskeep, exportCases } from './judges.mjs';

const cases = await exportCases();
const groups = [...new Set(cases.map(({ group }) => group))];
const list = JSON.parse(readFileSync(new URL('disagreements.json', import.meta.url), 'utf8'));

const asked = Object.entries(PEERS).filter(([, { missing }]) => !missing);
const [ours, ...answers] = await Promise.all([askPasskeep(cases), ...asked.map(([, peer]) => peer.ask(cases))]);
const theirs = new Map(asked.map(([name], index) => [name, answers[index]]));

/** What the list says of a case before a peer, if it is in it. */
const listed = (peer, name) => list.find((entry) => entry.peer === peer && entry.cases.includes(name));

/** What is wrong with a case before a peer, in words, or undefined. */
function complaint(peer, name) {
  const [our, their] = [ours.get(name), theirs.get(peer).get(name)];
  if (!their) return `${peer} said nothing`;
  if (their.verdict === 'abstained') return undefined;
  const entry = listed(peer, name);
  const say = ({ verdict, why }) => (why ? `${verdict} (${why})` : verdict);
  const verdicts = `passkeep: ${say(our)}; ${peer}: ${say(their)}`;
  if (our.verdict === their.verdict) return entry && `a listed disagreement does not occur any more; ${verdicts}`;
  if (!entry) return `a disagreement that is not listed; ${verdicts}`;
  const asListed = entry.ours === our.verdict && entry.theirs === their.verdict;
  return asListed ? undefined : `a disagreement the other way round than listed; ${verdicts}`;
}

for (const [peer, { missing }] of Object.entries(PEERS)) {
  const skip = skippedFor(missing);
  for (const group of groups) {
    const names = cases.filter((one) => one.group === group).map(({ name }) => name);
    test(`${peer}: ${group} (${names.length} cases)`, { skip }, () => {
      const complaints = names.map((name) => [name, complaint(peer, name)]).filter(([, text]) => text);
      const text = complaints.map(([name, text]) => `\n  ${name}: ${text}`).join('');
      assert.equal(complaints.length, 0, `${complaints.length} of ${names.length}:${text}`);
    });
  }
}

test('every case can be judged by passkeep', () => {
  // A document that cannot be used is no refusal; a response that cannot be read is one.
  const spoilt = [...ours].filter(([, { why }]) => why?.startsWith('unusable_input:') && !why.includes('response cannot be read'));
  assert.deepEqual(spoilt, []);
});

test('the list is in order', () => {
  const known = new Set(cases.map(({ name }) => name));
  const seen = new Set();
  for (const { peer, ours, theirs, why, specification, cases: names, ...more } of list) {
    assert.ok(peer in PEERS, peer);
    assert.deepEqual([ours, theirs].sort(), ['accepted', 'refused'], why);
    // Level, section and first words, or where else it says so.
    assert.match(specification, /^(L3 §|CTAP |RFC |FIPS |SEC 1|TPM )[\d.]*.*"/, why);
    assert.ok(why.length > 20 && names.length > 0, specification);
    assert.deepEqual(more, {});
    for (const name of names) {
      assert.ok(known.has(name), `no case is called ${name}`);
      assert.ok(!seen.has(`${peer} ${name}`), `${peer} has ${name} twice`);
      seen.add(`${peer} ${name}`);
    }
  }
});
