// `npm run bench:browser`: how soon a page offers passkeys in autofill on a slow phone, with this package and with the most popular
// client library. The page is the same but for the hint that each library's README asks for (the other one has no second file to hint
// at), and so is its script but for the import.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { keepFigures } from '../fixtures/figures.ts';
import { expect, fileBelow, REQUEST, test } from '../fixtures/package.ts';
import { SLOW, visitSlowly } from '../fixtures/throttled.ts';

type Files = Record<string, { body: Buffer; contentType: string }>;

const HINT = '<link rel="preload" href="/passkeep.wasm" as="fetch" type="application/wasm" crossorigin>';

const page = (hint: string) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>App</title>
<link rel="icon" href="data:,"><h1>Sign in</h1>
<label>User name <input autocomplete="username webauthn"></label><button disabled>Sign in</button>
<script type="module" src="/app.js"></script>${hint}</html>`;

const script = (library: string) => `
import { startAuthentication } from '${library}';
const optionsJSON = ${JSON.stringify(REQUEST)};
const button = document.querySelector('button');
button.addEventListener('click', () => startAuthentication({ optionsJSON }));
button.disabled = false;
startAuthentication({ optionsJSON, useBrowserAutofill: true });
`;

/** An app as a bundler makes it. */
async function app(library: string, resolveDir: string, hint = ''): Promise<Files> {
  const stdin = { contents: script(library), resolveDir };
  const options = { bundle: true, minify: true, format: 'esm', target: 'es2022', write: false } as const;
  const { outputFiles } = await build({ stdin, ...options });
  const text = (body: string | Uint8Array, contentType: string) => ({ body: Buffer.from(body), contentType });
  return { '/': text(page(hint), 'text/html; charset=utf-8'), '/app.js': text(outputFiles[0]!.contents, 'text/javascript; charset=utf-8') };
}

/** Over a real connection: what Playwright answers itself is not slowed down. */
async function serve(files: Files): Promise<Server> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    if (!file) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': file.contentType, 'content-encoding': 'br' }).end(brotliCompressSync(file.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

for (const library of ['passkeep', '@simplewebauthn/browser']) {
  test(`an app with ${library} on a slow phone`, async ({ browser, installed }) => {
    test.setTimeout(120_000);
    const ours = library === 'passkeep';
    const files = await (ours ? app(library, installed.folder, HINT) : app(library, import.meta.dirname));
    if (ours) files['/passkeep.wasm'] = fileBelow(installed.folder, '/node_modules/passkeep/passkeep.wasm')!;
    const server = await serve(files);
    try {
      const { port } = server.address() as AddressInfo;
      const visit = await visitSlowly(browser, `http://localhost:${port}/`, 'button');
      keepFigures('first-visit', { page: library, ...visit });
      // The page and the script, one after the other.
      expect(visit.armed).toBeGreaterThan(2 * SLOW.latencyMs);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}
