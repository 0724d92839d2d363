import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './paths.mjs';
import { PROVIDERS, visible, writeProviderIcons } from './provider-icons.mjs';

test('every provider in the table is one that the server names', () => {
  const lines = readFileSync(join(root, 'crates/verify/src/aaguid/names.txt'), 'utf8').split('\n');
  const names = lines.map((line) => line.slice(37));
  const unknown = Object.values(PROVIDERS).flat().filter((start) => !names.some((name) => name.startsWith(start)));
  assert.deepEqual(unknown, []);
});

test('pictures are written with their table, and the page says where it is', async () => {
  const site = mkdtempSync(join(tmpdir(), 'passkeep-icons-'));
  writeFileSync(join(site, 'index.html'), '<meta content=provider-icons name=providers>');
  await writeProviderIcons(site);
  const address = /content="(\/icons\/providers\/table-[0-9a-f]{16}\.txt)"/.exec(readFileSync(join(site, 'index.html'), 'utf8'))?.[1];
  const table = readFileSync(join(site, address), 'utf8').split('\n');
  const file = table[table.indexOf('Bitwarden') + 1];
  assert.match(file, /^\/icons\/providers\/bitwarden-[0-9a-f]{16}\.svg$/);
  assert.match(readFileSync(join(site, file), 'utf8'), /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 24 24"><path fill="#175ddc" d="[^"<>]+"\/><\/svg>$/);
  assert.equal(readdirSync(join(site, 'icons/providers')).length, Object.keys(PROVIDERS).length + 1);
  rmSync(site, { recursive: true });
});

test('a colour that white would swallow is darkened, and others are not', () => {
  assert.equal(visible('175DDC'), '#175ddc');
  assert.equal(visible('000000'), '#000000');
  assert.equal(visible('FFC700'), '#af8800');
});
