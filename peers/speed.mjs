// How long SimpleWebAuthn takes for each case of `npm run bench`: lines of JSON in a file, lines of JSON out.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { SettingsService, verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';

const SLICES = 8;
const SLICE = 60_000_000n; // ns

const pem = (der) => `-----BEGIN CERTIFICATE-----\n${Buffer.from(der, 'base64url').toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

/** What a relying party does with the text of a response. What it can know beforehand is made outside. */
function verdict({ ceremony, rpId, origin, challenge, response, root, credential }) {
  const common = { expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpId };
  if (ceremony === 'registration') {
    SettingsService.setRootCertificates({ identifier: 'packed', certificates: root ? [pem(root)] : [] });
    return () => verifyRegistrationResponse({ ...common, response: JSON.parse(response) });
  }
  const known = { id: credential.id, publicKey: new Uint8Array(Buffer.from(credential.publicKey, 'base64url')), counter: 0 };
  return () => verifyAuthenticationResponse({ ...common, response: JSON.parse(response), credential: known });
}

/** Nanoseconds of one, in the fastest of several slices. */
async function time(work) {
  let fastest = Infinity;
  // The first slice warms up.
  for (let slice = 0; slice <= SLICES; slice += 1) {
    const began = process.hrtime.bigint();
    let count = 0;
    let spent = 0n;
    while (spent < SLICE) {
      const { verified } = await work();
      if (!verified) throw new Error('it was not verified');
      count += 1;
      spent = process.hrtime.bigint() - began;
    }
    if (slice > 0) fastest = Math.min(fastest, Number(spent) / count);
  }
  return fastest;
}

const { node: Node, openssl } = process.versions;
process.stdout.write(`${JSON.stringify({ versions: { Node, 'OpenSSL in Node': openssl } })}\n`);
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const input = JSON.parse(line);
  const answer = await time(verdict(input)).then(
    (nanoseconds) => ({ nanoseconds }),
    (error) => ({ refused: `${error.name}: ${error.message}` }),
  );
  process.stdout.write(`${JSON.stringify({ name: input.name, peer: '@simplewebauthn/server', ...answer })}\n`);
}
