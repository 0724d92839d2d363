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

test('each part is fetched by what needs it first', async ({ page, installed }) => {
  const all = await cases();
  const documentOf = (name: string) => all.find((one) => one.name === `vectors: ${name}`)!.document;
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await installed.serve(page, { pages: { '/': BLANK } });
  await page.goto('/');
  const path = '/node_modules/passkeep/inspect.js';
  const fetches = () => fetched.splice(0).filter((file) => file.endsWith('.wasm')).map((file) => file.replace('/node_modules/passkeep/', '')).sort();
  const judge = (document: VerifyDocument) =>
    page.evaluate(
      async ({ document, path }) => {
        const { verify } = (await import(path)) as Inspect;
        const verdict = await verify(document);
        return [verdict.ok, 'attestation_type' in verdict && verdict.attestation_type];
      },
      { document, path },
    );

  // With everything that can be in an attestation.
  const decoded = await page.evaluate(
    async ({ response, path }) => {
      const { decode } = (await import(path)) as Inspect;
      const { kind, problems } = await decode(response);
      return { kind, problems };
    },
    { response: documentOf('tpm.ES256, registration').response, path },
  );
  expect(decoded).toEqual({ kind: 'registration', problems: [] });
  expect(fetches()).toEqual(['inspect-decode.wasm', 'inspect.wasm']);

  expect(await judge(documentOf('none.ES256, registration'))).toEqual([true, 'none']);
  expect(await judge(documentOf('packed.RS256, authentication'))).toEqual([true, false]);
  expect(fetches()).toEqual(['inspect-verify.wasm']);

  expect(await judge(documentOf('tpm.ES256, registration'))).toEqual([true, 'attca']);
  expect(fetches()).toEqual(['inspect-attestation.wasm']);

  expect(await judge(documentOf('packed.EdDSA, registration'))).toEqual([true, 'basic_or_attca']);
  expect(fetches()).toEqual([]);
});

test('a part that cannot be fetched is fetched again by the next call', async ({ page, installed }) => {
  const { document } = (await cases()).find(({ name }) => name === 'vectors: none.ES256, registration')!;
  await installed.serve(page, { pages: { '/': BLANK } });
  await page.route('**/inspect-verify.wasm', (route) => route.abort(), { times: 1 });
  await page.goto('/');
  const verdicts = await page.evaluate(
    async ({ document, path }) => {
      const { verify } = (await import(path)) as Inspect;
      const judged = () => verify(document).then(({ ok }) => ok, (error: Error) => error.name);
      return [await judged(), await judged()];
    },
    { document, path: '/node_modules/passkeep/inspect.js' },
  );
  expect(verdicts).toEqual(['TypeError', true]);
});

test('load() fetches all parts ahead', async ({ page, installed }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await installed.serve(page, { pages: { '/': BLANK } });
  await page.goto('/');
  await page.evaluate(async (path) => ((await import(path)) as Inspect).load(), '/node_modules/passkeep/inspect.js');
  const wasm = fetched.filter((file) => file.endsWith('.wasm')).map((file) => file.replace('/node_modules/passkeep/', ''));
  expect(wasm.sort()).toEqual(['inspect-attestation.wasm', 'inspect-decode.wasm', 'inspect-verify.wasm', 'inspect.wasm']);
});

test('a program that has taken much memory is followed by another one, once nothing is under way', async ({ page, installed }) => {
  const all = await cases();
  const documentOf = (name: string) => all.find((one) => one.name === `vectors: ${name}, registration`)!.document;
  const given = { document: documentOf('none.ES256'), response: documentOf('tpm.ES256').response, path: '/node_modules/passkeep/inspect.js' };
  await installed.serve(page, { pages: { '/': BLANK } });
  await page.goto('/');
  const seen = await page.evaluate(
    async ({ document, response, path }) => {
      let instances = 0;
      const memories = new Set<WebAssembly.Memory>();
      const instantiate = WebAssembly.instantiate as (...given: unknown[]) => Promise<unknown>;
      const counting = async (...given: unknown[]) => {
        const made = (await instantiate(...given)) as WebAssembly.WebAssemblyInstantiatedSource & WebAssembly.Instance;
        instances += 1;
        for (const one of Object.values((made.instance ?? made).exports)) if (one instanceof WebAssembly.Memory) memories.add(one);
        return made;
      };
      Object.assign(WebAssembly, { instantiate: counting, instantiateStreaming: undefined });
      const { decode, verify } = (await import(path)) as Inspect;
      const both = async () => JSON.stringify([await verify(document), await decode(response)]);
      const first = await both();
      let alike = 0;
      for (let round = 0; round < 30; round++) {
        const done = await Promise.all(Array.from({ length: 40 }, both));
        alike += done.filter((one) => one === first).length;
      }
      const sizes = [...memories].map((memory) => memory.buffer.byteLength);
      return { instances, memories: memories.size, most: Math.max(...sizes), alike };
    },
    given,
  );
  expect(seen.alike).toBe(30 * 40);
  expect(seen.memories).toBeGreaterThan(1);
  // What all of it needs, what decodes, and what verifies.
  expect(seen.instances).toBe(3 * seen.memories);
  // What forty at once take on top of the limit.
  expect(seen.most).toBeLessThan(2 * 2 ** 25);
});
