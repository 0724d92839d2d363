import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { root } from './paths.mjs';

const IGNORED = new Set(['.git', 'dist', 'node_modules', 'target', 'test-results']);

/** All files below a folder whose name ends so, as paths from the root. */
function filesBelow(folder, ending) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : filesBelow(path, ending);
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

const read = (path) => readFileSync(join(root, path), 'utf8');

/** The anchor that a heading gets where the documents are read. */
const anchor = (heading) =>
  heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(' ', '-');

const anchorsOf = (markdown) => [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading));

/** What a document links to within the repository: targets of links and pictures, without code. */
function linksOf(markdown) {
  const prose = markdown.replaceAll(/^```[^]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)];
  return targets.map(([, link, picture]) => link ?? picture).filter((target) => !/^[a-z]+:/.test(target));
}

/** The links of a document that lead nowhere. */
function deadLinks(path) {
  return linksOf(read(path)).filter((target) => {
    const [file, fragment] = target.split('#');
    const there = file === '' ? path : normalize(join(dirname(path), file));
    if (!existsSync(join(root, there))) return true;
    return fragment !== undefined && !anchorsOf(read(there)).includes(fragment);
  });
}

test('every link of a document leads to a file, and to a heading in it', () => {
  const documents = filesBelow('.', '.md');
  assert.ok(documents.includes('README.md') && documents.includes('docs/planning.md'), `${documents}`);
  const dead = documents.flatMap((path) => deadLinks(path).map((target) => `${path}: ${target}`));
  assert.deepEqual(dead, []);
});

test('links are found in prose, not in code', () => {
  const text = '[a](b.md#c) ![d](e.png) `[f](g)` <img src="h.svg"> [i](https://example.org)\n```\n[j](k)\n```\n';
  assert.deepEqual(linksOf(text), ['b.md#c', 'e.png', 'h.svg']);
  assert.equal(anchor('What `getCapabilities()` says'), 'what-getcapabilities-says');
});

test('the README says of every folder what is in it', () => {
  const foldersIn = (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !ignored.includes(`/${entry.name}/`))
      .map((entry) => join(folder, entry.name));
  const ignored = read('.gitignore').split('\n');
  const folders = [...foldersIn('.').filter((name) => !IGNORED.has(name) && name !== 'crates'), ...foldersIn('crates')];
  assert.ok(folders.includes('web') && folders.includes('crates/verify'), `${folders}`);
  const table = read('README.md').split('\n## Where things are\n')[1].split('\n## ')[0];
  assert.deepEqual(folders.filter((folder) => !table.includes(`](${folder})`)), []);
});
