import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { compressSite, firstVisit } from '../compress-site.mjs';

test('text gets both forms beside it; what would grow, or is compressed already, gets none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'passkeep-compress-'));
  try {
    const text = 'a page '.repeat(100);
    mkdirSync(join(folder, 'icons'));
    writeFileSync(join(folder, 'index.html'), text);
    writeFileSync(join(folder, 'tiny.txt'), 'x');
    writeFileSync(join(folder, 'icons/touch.png'), text);
    await compressSite(folder);
    assert.deepEqual(readdirSync(folder).sort(), ['icons', 'index.html', 'index.html.br', 'index.html.gz', 'tiny.txt']);
    assert.deepEqual(readdirSync(join(folder, 'icons')), ['touch.png']);
    assert.equal(brotliDecompressSync(readFileSync(join(folder, 'index.html.br'))).toString(), text);
    assert.equal(gunzipSync(readFileSync(join(folder, 'index.html.gz'))).toString(), text);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a first visit downloads what is sent compressed, one language, and nothing of other pages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'passkeep-visit-'));
  try {
    mkdirSync(join(folder, 'icons'));
    mkdirSync(join(folder, 'workbench'));
    const sizes = { 'index.html': 100, 'index.html.br': 40, 'index.html.gz': 50, 'plain.txt': 7, 'words-de-1.json': 90, 'words-de-1.json.br': 30,
      'words-ja-1.json': 80, 'words-ja-1.json.br': 20, 'icons/mark.svg': 5, 'icons/touch.png': 999, 'workbench/app.wasm': 999 };
    for (const [name, size] of Object.entries(sizes)) writeFileSync(join(folder, name), 'x'.repeat(size));
    assert.equal(firstVisit(folder), 40 + 7 + 30 + 5);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
