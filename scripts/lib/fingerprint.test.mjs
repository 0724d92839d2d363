import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fingerprint } from './fingerprint.mjs';

let folder;
const at = (name) => join(folder, name);
const hash = (facts) => fingerprint([at('web'), at('Cargo.lock')], facts, folder);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'passkeep-fingerprint-'));
  mkdirSync(at('web/src'), { recursive: true });
  writeFileSync(at('web/src/main.rs'), 'fn main() {}\n');
  writeFileSync(at('Cargo.lock'), 'version = 4\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('nothing changed: the same', () => assert.equal(hash(), hash()));

test('another time alone changes nothing', () => {
  const before = hash();
  utimesSync(at('Cargo.lock'), 0, 0);
  assert.equal(hash(), before);
});

test('contents, names, new files, missing files and facts all count', () => {
  const seen = [hash(), hash({ trunk: '0.21.14' })];
  writeFileSync(at('web/src/main.rs'), 'fn main() { }\n');
  seen.push(hash());
  renameSync(at('web/src/main.rs'), at('web/src/lib.rs'));
  seen.push(hash());
  writeFileSync(at('web/src/api.rs'), '');
  seen.push(hash());
  rmSync(at('Cargo.lock'));
  seen.push(hash());
  assert.equal(new Set(seen).size, seen.length);
});

test('text moved from one file to the next is a change', () => {
  writeFileSync(at('web/a'), 'xy');
  writeFileSync(at('web/b'), '');
  const before = hash();
  writeFileSync(at('web/a'), 'x');
  writeFileSync(at('web/b'), 'y');
  assert.notEqual(hash(), before);
});

test('built and downloaded folders do not count', () => {
  const before = hash();
  for (const name of ['target', 'node_modules', 'dist']) {
    mkdirSync(at(`web/${name}`));
    writeFileSync(at(`web/${name}/file`), 'x');
  }
  assert.equal(hash(), before);
});
