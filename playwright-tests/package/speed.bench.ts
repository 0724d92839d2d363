// `npm run bench:browser`: what a ceremony costs around the browser's own function, beside the most popular client library.

import { build } from 'esbuild';
import { keepFigures } from '../fixtures/figures.ts';
import { CREATION, expect, REQUEST, test } from '../fixtures/package.ts';

/** Microseconds of a call, in the fastest of several slices. */
type Times = Record<'create' | 'get', number>;

/** Microseconds that a call of ours may take. */
const GOAL = 100;

/** The other library as one file. */
async function peer(): Promise<string> {
  const contents = "export { startAuthentication, startRegistration } from '@simplewebauthn/browser';";
  const bundled = await build({ stdin: { contents, resolveDir: import.meta.dirname }, bundle: true, minify: true, format: 'esm', write: false });
  return bundled.outputFiles[0]!.text;
}

test('a ceremony around the browser\'s own function', async ({ page, installed }) => {
  await installed.serve(page, { pages: { '/': '<!doctype html><html lang="en"><title>Blank</title><button>Go</button></html>' }, files: { '/peer.js': await peer() } });
  await page.goto('/');
  await page.getByRole('button').click();
  const times = await page.evaluate(
    async ({ creation, request, paths }) => {
      const [passkeep, peer] = await Promise.all(paths.map((path) => import(path)));
      const bytes = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 7) & 255).buffer;
      const text = (length: number): string => passkeep.bufferToBase64URLString(bytes(length));
      // The browser's part answers at once, with what a browser gives; what is left is the library's.
      const common = { id: text(32), rawId: bytes(32), type: 'public-key', authenticatorAttachment: 'platform', getClientExtensionResults: () => ({ credProps: { rk: true } }) };
      const [data, key] = [bytes(164), bytes(91)];
      const created = { clientDataJSON: bytes(150), attestationObject: bytes(250), getTransports: () => ['internal', 'hybrid'], getAuthenticatorData: () => data, getPublicKey: () => key, getPublicKeyAlgorithm: () => -7 };
      const signed = { clientDataJSON: bytes(150), authenticatorData: bytes(37), signature: bytes(71), userHandle: bytes(16) };
      navigator.credentials.create = async () => ({ ...common, response: created }) as unknown as Credential;
      navigator.credentials.get = async () => ({ ...common, response: signed }) as unknown as Credential;
      const known = Array.from({ length: 4 }, (_, at) => ({ type: 'public-key', id: text(32 + at), transports: ['internal'] }));
      const toCreate = { ...creation, excludeCredentials: known };
      const toGet = { ...request, allowCredentials: known };
      const fastest = async (call: () => Promise<{ id: string }>) => {
        let best = Infinity;
        for (let slice = 0; slice < 40; slice++) {
          const began = performance.now();
          for (let count = 0; count < 50; count++) {
            if ((await call()).id !== common.id) throw new Error('it gave something else');
          }
          best = Math.min(best, ((performance.now() - began) / 50) * 1000);
        }
        return best;
      };
      const ours = { create: await fastest(() => passkeep.create(toCreate)), get: await fastest(() => passkeep.get(toGet)) };
      const theirs = {
        create: await fastest(() => peer.startRegistration({ optionsJSON: toCreate })),
        get: await fastest(() => peer.startAuthentication({ optionsJSON: toGet })),
      };
      return { passkeep: ours, '@simplewebauthn/browser': theirs } as Record<string, Times>;
    },
    { creation: CREATION, request: REQUEST, paths: ['/node_modules/passkeep/index.js', '/peer.js'] },
  );
  for (const [library, { create, get }] of Object.entries(times)) keepFigures('ceremony', { library, create_us: create, get_us: get });
  expect(Object.keys(times)).toHaveLength(2);
  for (const time of Object.values(times.passkeep!)) expect(time).toBeLessThan(GOAL);
});
