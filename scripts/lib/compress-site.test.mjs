import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { compressSite } from '../compress-site.mjs';

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
