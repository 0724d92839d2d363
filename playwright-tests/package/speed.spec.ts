import { CREATION, expect, REQUEST, test } from '../fixtures/package.ts';

/** What a ceremony may cost around the browser's function, in microseconds: twice the goal, for machines that do other things too. */
const LIMIT = 200;

test('a ceremony costs little around the browser\'s own function', async ({ package: it }, { annotations }) => {
  await it.open();
  // The browser's part answers at once, with what a browser gives; what is left is the package's.
  const fastest = await it.run<Record<string, number>>(
    `
    const bytes = (length) => Uint8Array.from({ length }, (_, at) => (at * 7) & 255).buffer;
    const common = { id: passkeep.bufferToBase64URLString(bytes(32)), rawId: bytes(32), type: 'public-key', authenticatorAttachment: 'platform', getClientExtensionResults: () => ({ credProps: { rk: true } }) };
    const [data, key] = [bytes(164), bytes(91)];
    const created = { clientDataJSON: bytes(150), attestationObject: bytes(250), getTransports: () => ['internal', 'hybrid'], getAuthenticatorData: () => data, getPublicKey: () => key, getPublicKeyAlgorithm: () => -7 };
    const signed = { clientDataJSON: bytes(150), authenticatorData: bytes(37), signature: bytes(71), userHandle: bytes(16) };
    navigator.credentials.create = async () => ({ ...common, response: created });
    navigator.credentials.get = async () => ({ ...common, response: signed });
    const known = Array.from({ length: 4 }, (_, at) => ({ type: 'public-key', id: passkeep.bufferToBase64URLString(bytes(32 + at)), transports: ['internal'] }));
    const calls = {
      create: () => passkeep.create({ ...argument.creation, excludeCredentials: known }),
      get: () => passkeep.get({ ...argument.request, allowCredentials: known }),
    };
    const fastest = {};
    for (const [name, call] of Object.entries(calls)) {
      fastest[name] = Infinity;
      for (let slice = 0; slice < 30; slice++) {
        const began = performance.now();
        for (let count = 0; count < 50; count++) await call();
        fastest[name] = Math.min(fastest[name], ((performance.now() - began) / 50) * 1000);
      }
    }
    return fastest;`,
    { creation: CREATION, request: REQUEST },
  );
  for (const [name, microseconds] of Object.entries(fastest)) {
    annotations.push({ type: 'µs', description: `${name}: ${microseconds.toFixed(1)}` });
    expect(microseconds, name).toBeLessThan(LIMIT);
  }
});
