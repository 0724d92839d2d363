import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { joinStyles, nameByContent } from './slim-site.mjs';

/** A folder with these files, for as long as `look` takes. */
function withFiles(files, look) {
  const folder = mkdtempSync(join(tmpdir(), 'passkeep-slim-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    look(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('styles become one file, in the order of the page', () => {
  withFiles({ 'b-11.css': 'b{}', 'a-22.css': 'a{}' }, (folder) => {
    const page = '<link href=/icon.svg rel=icon><link href=/sub/b-11.css rel=stylesheet><link rel="stylesheet" href="/sub/a-22.css"><script></script>';
    const joined = joinStyles(folder, page);
    assert.equal(joined, '<link href=/icon.svg rel=icon><link href=/sub/styles-3ac14157761f58fc.css rel=stylesheet><script></script>');
    assert.deepEqual(readdirSync(folder), ['styles-3ac14157761f58fc.css']);
    assert.equal(readFileSync(join(folder, 'styles-3ac14157761f58fc.css'), 'utf8'), 'b{}a{}');
  });
});

test('a file is named by its content, and the page says so', () => {
  const files = { 'app-1358e925eb511a6b.js': 'x', 'app-1358e925eb511a6b_bg.wasm': 'x', 'words-en-c45da5ce05aff5f1.json': 'x', 'plain.js': 'x' };
  withFiles(files, (folder) => {
    const page = nameByContent(folder, '<script src=/app-1358e925eb511a6b.js></script><link href=/app-1358e925eb511a6b_bg.wasm>');
    assert.equal(page, '<script src=/app-2d711642b726b044.js></script><link href=/app-2d711642b726b044_bg.wasm>');
    const names = ['app-2d711642b726b044.js', 'app-2d711642b726b044_bg.wasm', 'plain.js', 'words-en-c45da5ce05aff5f1.json'];
    assert.deepEqual(readdirSync(folder), names);
  });
});

test('a file that the page does not load is refused', () => {
  withFiles({ 'app-1358e925eb511a6b.js': 'x' }, (folder) => {
    assert.throws(() => nameByContent(folder, '<p>'), { message: 'the page does not load app-1358e925eb511a6b.js' });
  });
});
