// The last step of a build of the site (the hook in Trunk.toml): puts in the words of its languages, and writes a .br and a .gz
// file beside every file that gets smaller by it. The server sends them as they are, so the slowest and best settings cost time
// once, here, and not at every request.

import { readFile, stat, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { filesUnder } from './lib/fingerprint.mjs';
import { writeMessages } from './lib/site-messages.mjs';

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

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { TRUNK_PROFILE, TRUNK_STAGING_DIR } = process.env;
  const folder = process.argv[2] ?? TRUNK_STAGING_DIR;
  if (!folder || !(await stat(folder)).isDirectory()) throw new Error('usage: node scripts/compress-site.mjs FOLDER');
  writeMessages(folder);
  // A debug build is read by one person on this machine.
  if (TRUNK_PROFILE !== 'debug') await compressSite(folder);
}
