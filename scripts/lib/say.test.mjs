import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, withoutColour, withoutHosts } from './say.mjs';
import { commandLine } from './run.mjs';

test('durations read as people say them', () => {
  assert.equal(duration(850), '850 ms');
  assert.equal(duration(1_240), '1.2 s');
  assert.equal(duration(41_700), '42 s');
  assert.equal(duration(692_000), '11 min 32 s');
});

test('hosts are left out, what they were asked for stays', () => {
  assert.equal(withoutHosts("could not fetch 'https://mirror.example/crates/serde' today"), "could not fetch 'https://…/crates/serde' today");
});

test('colour codes are taken out', () => assert.equal(withoutColour('\u001b[32mok\u001b[0m'), 'ok'));

test('a command reads as it would be typed', () => {
  assert.equal(commandLine('/usr/bin/cargo', ['test', '-p', 'a b']), "cargo test -p 'a b'");
});
