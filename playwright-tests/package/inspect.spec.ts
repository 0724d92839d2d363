// `passkeep/inspect` in a page: verdicts with the browser's signatures, and without them.

import type { VerifyDocument } from '../../crates/browser/npm/inspect.js';
import { exportCases } from '../../peers/judges.mjs';
import { expect, test } from '../fixtures/package.ts';

type Inspect = typeof import('../../crates/browser/npm/inspect.js');

/** The ceremonies that other implementations judge too, with every rejection that a signature leads to among them. */
const cases = exportCases as unknown as () => Promise<{ name: string; document: VerifyDocument }[]>;

// What the second one needs the first has made and kept.
test.describe.configure({ mode: 'serial' });

const BLANK = '<!doctype html><html lang="en"><title>Blank</title>';

test('a verdict is the same, whoever verifies the signatures', async ({ page, installed }) => {
  const all = await cases();
  expect(all.length).toBeGreaterThan(300);
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await installed.serve(page, { pages: { '/': BLANK } });
  await page.goto('/');

  const judge = (hidden: boolean) =>
    page.evaluate(
      async ({ documents, hidden, path }) => {
        const { verify } = (await import(path)) as Inspect;
        // As on a page without a secure context.
        if (hidden) Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined });
        const verdicts = [];
        for (const document of documents) verdicts.push(await verify(document));
        return verdicts;
      },
      { documents: all.map(({ document }) => document), hidden, path: '/node_modules/passkeep/inspect.js' },
    );

  const withBrowser = await judge(false);
  const inRust = await judge(true);
  const codes = new Set<string>();
  for (const [at, { name }] of all.entries()) {
    expect(withBrowser[at], name).toEqual(inRust[at]);
    const verdict = withBrowser[at]!;
    codes.add(verdict.ok ? 'accepted' : verdict.code);
  }
  for (const code of ['accepted', 'signature_invalid', 'attestation_signature_invalid', 'public_key_unusable']) expect(codes).toContain(code);
  expect(fetched).toContain('/node_modules/passkeep/inspect-algorithms.wasm');
});

test('what most pages inspect needs no more than one module', async ({ page, installed }) => {
  const common = /^vectors: (none\.ES256|packed\.(ES256|ES384|ES512|RS256|EdDSA)|tpm\.ES256|apple\.ES256), (registration|authentication)$/;
  const documents = (await cases()).filter(({ name }) => common.test(name)).map(({ document }) => document);
  expect(documents).toHaveLength(16);
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await installed.serve(page, { pages: { '/': BLANK } });
  await page.goto('/');
  const ok = await page.evaluate(
    async ({ documents, path }) => {
      const { verify } = (await import(path)) as Inspect;
      return Promise.all(documents.map(async (document) => (await verify(document)).ok));
    },
    { documents, path: '/node_modules/passkeep/inspect.js' },
  );
  expect(ok).toEqual(documents.map(() => true));
  expect(fetched.filter((path) => path.endsWith('.wasm'))).toEqual(['/node_modules/passkeep/inspect.wasm']);
});
