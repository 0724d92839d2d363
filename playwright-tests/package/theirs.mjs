// Somebody's own Playwright tests with `passkeep/testing`, of a page that uses no library. `testing.spec.ts` runs them in a project
// with the package installed. The last looks whether every function was called.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { expect, PasskeyRequests, test as base, VirtualAuthenticator } from 'passkeep/testing';

const called = new Set();
/** Notes what is called on an object of a class. */
const noting = (name, object) =>
  new Proxy(object, {
    get(target, key) {
      const member = target[key];
      if (typeof member !== 'function') return member;
      return (...given) => {
        called.add(`${name}.${String(key)}`);
        return member.apply(target, given);
      };
    },
  });

const test = base.extend({
  authenticator: async ({ authenticator }, use) => use(noting('authenticator', authenticator)),
  requests: async ({ requests }, use) => use(noting('requests', requests)),
});
const add = (page, kind) => noting('VirtualAuthenticator', VirtualAuthenticator).add(page, kind);

/** The page of a site, with functions for its buttons. */
async function open(page) {
  await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Theirs</title><button>Go</button>' }));
  await page.goto('http://localhost:8000/');
  await page.evaluate(() => {
    const challenge = 'BAUGBwgJCgsMDQ4PEBESEw';
    const user = { id: 'AQIDBA', name: 'ada', displayName: 'Ada' };
    const creation = { rp: { name: 'Theirs' }, user, challenge, pubKeyCredParams: [{ type: 'public-key', alg: -7 }], authenticatorSelection: { residentKey: 'required', userVerification: 'required' } };
    window.register = async (more = {}) => {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({ ...creation, ...more });
      return (await navigator.credentials.create({ publicKey })).toJSON();
    };
    window.signIn = async (settings = {}) => {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({ challenge, userVerification: 'preferred' });
      return navigator.credentials.get({ publicKey, ...settings }).then((credential) => credential.toJSON(), (error) => error.name);
    };
  });
}
const register = (page, more) => page.evaluate((more) => window.register(more), more);
const signIn = (page) => page.evaluate(() => window.signIn());

const bytes = (text) => Buffer.from(text, 'base64url');
/** Flags and counter of what was signed. */
const said = ({ response }) => {
  const data = bytes(response.authenticatorData);
  return { up: !!(data[32] & 1), uv: !!(data[32] & 4), be: !!(data[32] & 8), bs: !!(data[32] & 16), count: data.readUInt32BE(33) };
};
const isRight = ({ response: made }, { response: signed }) => {
  const key = createPublicKey({ key: bytes(made.publicKey), format: 'der', type: 'spki' });
  const data = Buffer.concat([bytes(signed.authenticatorData), createHash('sha256').update(bytes(signed.clientDataJSON)).digest()]);
  return verify('sha256', data, key, bytes(signed.signature));
};

test('a passkey is made, held, used, and forgotten', async ({ page, authenticator }) => {
  await open(page);
  const added = authenticator.added();
  const made = await register(page);
  expect(await added).toBe(made.id);
  expect(made.response.transports).toEqual(['internal']);
  const [held, ...others] = await authenticator.credentials();
  expect(others).toEqual([]);
  expect(held).toMatchObject({
    credentialId: made.id, userHandle: 'AQIDBA', rpId: 'localhost', userName: 'ada', userDisplayName: 'Ada', isResidentCredential: true, backupEligibility: true, backupState: true,
  });
  const asserted = authenticator.asserted();
  const signed = await signIn(page);
  expect(await asserted).toBe(made.id);
  expect(signed.response.userHandle).toBe('AQIDBA');
  expect(isRight(made, signed)).toBe(true);
  await authenticator.forget(made.id);
  expect(await authenticator.credentials()).toEqual([]);
});

test('what it signs can be wrong in every way that a server must notice', async ({ page, authenticator }) => {
  await open(page);
  const made = await register(page);
  const first = await signIn(page);
  const right = { up: true, uv: true, be: true, bs: true, count: said(first).count };
  expect(said(first)).toEqual(right);

  await authenticator.lies({ signature: true });
  expect(isRight(made, await signIn(page))).toBe(false);
  await authenticator.lies({ userPresent: true });
  expect(said(await signIn(page))).toMatchObject({ up: false, uv: true });
  await authenticator.lies({ userVerified: true });
  expect(said(await signIn(page))).toMatchObject({ up: true, uv: false });
  await authenticator.lies();
  const honest = await signIn(page);
  expect([isRight(made, honest), said(honest).up, said(honest).uv]).toEqual([true, true, true]);

  await authenticator.setBackup(made.id, { eligible: false, backedUp: false });
  expect(said(await signIn(page))).toMatchObject({ be: false, bs: false });
  await authenticator.setSignCount(made.id, 1_000);
  expect(said(await signIn(page)).count).toBe(1_001);
  await authenticator.setSignCount(made.id, 3);
  expect(said(await signIn(page)).count).toBe(4);
});

test('its person may not be there, or not be recognised', async ({ page, authenticator }) => {
  await open(page);
  await register(page);
  await authenticator.recognises(false);
  expect(await signIn(page)).toBe('NotAllowedError');
  await authenticator.recognises(true);
  expect(said(await signIn(page))).toMatchObject({ up: true, uv: true });
  await authenticator.answers(false);
  const waits = () => page.evaluate(() => window.signIn({ signal: AbortSignal.timeout(500) }));
  expect(await waits()).toBe('TimeoutError');
  await authenticator.answers(true);
  expect((await signIn(page)).type).toBe('public-key');
});

test('it hears the signals of the page, and can be copied and taken away', async ({ page, context, authenticator }) => {
  await open(page);
  const made = await register(page);
  const clonePage = await context.newPage();
  await open(clonePage);
  await authenticator.setSignCount(made.id, 7);
  const clone = await authenticator.cloneTo(clonePage);
  const signed = await signIn(clonePage);
  expect([signed.id, isRight(made, signed), said(signed).count]).toEqual([made.id, true, 8]);
  expect(await clone.credentials()).toHaveLength(1);

  const renamed = authenticator.renamedBySignal();
  await page.evaluate(() => PublicKeyCredential.signalCurrentUserDetails({ rpId: 'localhost', userId: 'AQIDBA', name: 'countess', displayName: 'Ada II' }));
  expect(await renamed).toEqual({ credentialId: made.id, userName: 'countess', userDisplayName: 'Ada II' });
  const deleted = authenticator.deletedBySignal();
  await page.evaluate((credentialId) => PublicKeyCredential.signalUnknownCredential({ rpId: 'localhost', credentialId }), made.id);
  expect(await deleted).toBe(made.id);

  const isThere = () => page.evaluate(() => PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable());
  expect(await isThere()).toBe(true);
  await authenticator.remove();
  expect(await isThere()).toBe(false);
});

test('what the page asks is counted, and the next dialog can be dismissed', async ({ page, authenticator, requests }) => {
  await open(page);
  await register(page);
  await requests.dismissNextDialog();
  expect(await signIn(page)).toBe('NotAllowedError');
  await requests.dismissNextDialog('SecurityError');
  expect(await signIn(page)).toBe('SecurityError');
  expect((await signIn(page)).type).toBe('public-key');
  expect(await requests.asked()).toEqual({ conditional: 0, modal: 3, create: 1 });

  await authenticator.answers(false);
  await page.evaluate(() => {
    window.controller = new AbortController();
    window.offered = window.signIn({ mediation: 'conditional', signal: window.controller.signal });
  });
  await requests.expectArmed();
  // It is of the field, and no dialog.
  await requests.dismissNextDialog();
  expect(await page.evaluate(() => (window.controller.abort(), window.offered))).toBe('AbortError');
  expect(await requests.asked()).toEqual({ conditional: 1, modal: 3, create: 1 });
});

test.describe('of another kind', () => {
  test.use({ authenticatorKind: { transport: 'usb', synced: false, extensions: ['largeBlob', 'prf'] } });

  test('it is a security key, and a second one holds no passkeys', async ({ page, authenticator }) => {
    await open(page);
    const made = await register(page, { extensions: { largeBlob: { support: 'required' }, prf: {} } });
    expect([made.authenticatorAttachment, made.response.transports]).toEqual(['cross-platform', ['usb']]);
    expect(made.clientExtensionResults).toMatchObject({ largeBlob: { supported: true }, prf: { enabled: true } });
    expect(said(made)).toMatchObject({ be: false, bs: false });
    await authenticator.remove();
    const second = await add(page, { transport: 'usb', discoverable: false, userVerification: false });
    const refused = await page.evaluate(() => window.register().catch((error) => error.name));
    expect(refused).toBe('NotAllowedError');
    expect(await second.credentials()).toEqual([]);
  });
});

test('every function was called', async ({ page, authenticator }) => {
  const watching = await noting('PasskeyRequests', PasskeyRequests).watch(page);
  await open(page);
  expect(await watching.asked()).toEqual({ conditional: 0, modal: 0, create: 0 });
  const functions = (name, object, prototype) => {
    const keys = [...Object.keys(object ?? {}), ...Object.getOwnPropertyNames(prototype)];
    return keys.filter((key) => !['constructor', 'length', 'name', 'prototype'].includes(key)).map((key) => `${name}.${key}`);
  };
  const all = [
    ...functions('VirtualAuthenticator', {}, VirtualAuthenticator),
    ...functions('PasskeyRequests', {}, PasskeyRequests),
    ...functions('authenticator', authenticator, VirtualAuthenticator.prototype),
    ...functions('requests', {}, PasskeyRequests.prototype),
  ];
  expect([...called].sort()).toEqual(all.sort());
});
