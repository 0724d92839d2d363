// The last step of a build of the site (the hook in Trunk.toml): puts in the words of its languages and the pictures of
// providers, slims the program, the scripts and the styles, writes a .br and a .gz file beside every file that gets smaller by it, and
// fails when a first visit would download too much. The server sends them as they are, so the slowest and best settings cost time once,
// here, and not at every request.

import { existsSync, statSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { filesUnder } from './lib/fingerprint.mjs';
import { writeProviderIcons } from './lib/provider-icons.mjs';
import { writeMessages } from './lib/site-messages.mjs';
import { slimSite } from './lib/slim-site.mjs';

const COMPRESSIBLE = new Set(['.html', '.js', '.mjs', '.css', '.wasm', '.svg', '.json', '.webmanifest', '.txt', '.xml', '.map', '.ico']);

const brotli = (bytes) =>
  promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

const formats = [
  ['.br', brotli],
  ['.gz', (bytes) => promisify(gzip)(bytes, { level: 9 })],
];

/** Compresses every compressible file below `folder`. */
export async function compressSite(folder) {
  await Promise.all(filesUnder(folder).filter((file) => COMPRESSIBLE.has(extname(file))).map(compressFile));
}

async function compressFile(file) {
  const bytes = await readFile(file);
  await Promise.all(
    formats.map(async ([suffix, compress]) => {
      const small = await compress(bytes);
      if (small.length < bytes.length) await writeFile(file + suffix, small);
    }),
  );
}

/** The most that a first visit may download, in bytes: everything that people's pages need, in the longest language. */
export const BUDGET = 172_000;

/**
 * The files of a first visit, below a folder: all of people's pages, but of the words of languages only the largest, since nobody
 * gets two. What only others load (icons for home screens, marks of providers, the workbench) is no part of it.
 */
export function filesOfFirstVisit(folder) {
  const all = filesUnder(folder).map((file) => relative(folder, file));
  const files = all.filter((file) => !/^(icons\/(?!mark\.svg)|workbench\/)/.test(file) && !/\.(br|gz)$/.test(file));
  const isWords = (file) => file.startsWith('words-');
  const [largest] = files.filter(isWords).sort((a, b) => bytesSent(folder, b) - bytesSent(folder, a));
  return files.filter((file) => !isWords(file) || file === largest);
}

/** What a first visit downloads, in bytes: every file as the server sends it to browsers. */
export const firstVisit = (folder) => filesOfFirstVisit(folder).reduce((total, file) => total + bytesSent(folder, file), 0);

function bytesSent(folder, file) {
  const path = join(folder, file);
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { TRUNK_PROFILE, TRUNK_STAGING_DIR } = process.env;
  const folder = process.argv[2] ?? TRUNK_STAGING_DIR;
  if (!folder || !(await stat(folder)).isDirectory()) throw new Error('usage: node scripts/compress-site.mjs FOLDER');
  writeMessages(folder);
  await writeProviderIcons(folder);
  // A debug build is read by one person on this machine.
  if (TRUNK_PROFILE !== 'debug') {
    // Only serde would write fractions, in what it says of one where none belongs, and nobody reads that.
    await slimSite(folder, { fractions: false });
    await compressSite(folder);
    const bytes = firstVisit(folder);
    console.log(`A first visit downloads ${bytes} bytes, of ${BUDGET} at most.`);
    if (bytes > BUDGET) throw new Error(`A first visit downloads ${bytes} bytes; ${BUDGET} are the most. What has grown?`);
  }
}
