// What SimpleWebAuthn says to each case: lines of JSON in, lines of JSON out.

import { createInterface } from 'node:readline';

// The library asks the clock, and cases are judged at a time of their own.
const Clock = Date;
let now = Clock.now();
globalThis.Date = class extends Clock {
  constructor(...args) {
    super(...(args.length > 0 ? args : [now]));
  }

  static now() {
    return now;
  }
};

// Not at the top: it may keep the clock it finds when it is loaded.
const { SettingsService, verifyAuthenticationResponse, verifyRegistrationResponse } = await import('@simplewebauthn/server');

const FORMATS = ['none', 'packed', 'tpm', 'android-key', 'android-safetynet', 'apple', 'fido-u2f', 'compound'];
// Every number a document may mean by saying nothing; the library itself offers three.
const ALGORITHMS = [-7, -8, -9, -19, -35, -36, -37, -38, -39, -47, -48, -49, -50, -51, -52, -53, -257, -258, -259];

async function judge(document) {
  now = Clock.parse(document.now);
  const certificates = document.accept_attestation === 'trusted' ? document.roots : [];
  for (const identifier of FORMATS) SettingsService.setRootCertificates({ identifier, certificates });
  const common = {
    response: document.response,
    expectedChallenge: document.challenge,
    expectedOrigin: document.origins,
    expectedRPID: document.rp_id,
    requireUserVerification: document.user_verification === 'required',
  };
  if (document.kind === 'registration') {
    return verifyRegistrationResponse({
      ...common,
      requireUserPresence: document.mediation !== 'conditional',
      supportedAlgorithmIDs: document.algorithms ?? ALGORITHMS,
    });
  }
  const { id, public_key: publicKey, sign_count: counter = 0 } = document.credential;
  return verifyAuthenticationResponse({
    ...common,
    expectedTopOrigin: document.top_origins,
    credential: { id, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter },
  });
}

async function verdict(document) {
  try {
    const { verified } = await judge(document);
    return verified ? { verdict: 'accepted' } : { verdict: 'refused', why: 'verified: false' };
  } catch (error) {
    // The algorithms of this Node.js are no trait of the library.
    if (error.code === 'RUNTIME_NO_PQC_SUPPORT') return { verdict: 'abstained', why: error.message };
    return { verdict: 'refused', why: `${error.name}: ${error.message}` };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { name, document } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ name, ...(await verdict(document)) })}\n`);
}
