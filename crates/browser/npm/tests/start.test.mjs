// The functions of the most popular client library, before a module that says what it was asked for.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { answers, asked, openPage, rejection, warnings } from './page.mjs';
import {
  WebAuthnAbortService,
  WebAuthnError,
  base64URLStringToBuffer,
  bufferToBase64URLString,
  sendSignal,
  startAuthentication,
  startRegistration,
} from '../src/start.js';

const CREATION = {
  rp: { id: 'example.org', name: 'Example' },
  user: { id: 'AQID', name: 'ada', displayName: 'Ada' },
  challenge: 'BAUG',
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
};
const PASSTHROUGH = 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY';

const text = (value) => new TextEncoder().encode(value);
const response = (clientExtensionResults = {}) => ({ response: { id: 'AQ', clientExtensionResults } });
const about = ({ name, code, message, reason }) => ({ name, code, message, reason: reason?.code });

/** What the module rejects with when a browser has thrown. */
const failing = (code, exceptionName) => () => {
  throw { code, exceptionName, message: `it failed: ${code}`, retry: true, userMessage: '', detail: '', cause: new DOMException('as the browser says', exceptionName) };
};

beforeEach(() => {
  openPage();
  asked.length = 0;
  warnings.length = 0;
  answers.Create = answers.Get = () => response();
});

test('inputs of extensions may be bytes, as they are for the library that this replaces', async () => {
  const first = text('first');
  const within = new Uint8Array([0, ...text('second'), 0]).subarray(1, 7);
  const extensions = {
    prf: { eval: { first, second: within }, evalByCredential: { AQ: { first: first.buffer } } },
    largeBlob: { write: new DataView(text('large').buffer) },
    credBlob: Buffer.from('blob'),
    credProps: true,
  };
  await startRegistration({ optionsJSON: { ...CREATION, extensions } });
  assert.deepEqual(asked[0].subject.extensions, {
    prf: { eval: { first: 'Zmlyc3Q', second: 'c2Vjb25k' }, evalByCredential: { AQ: { first: 'Zmlyc3Q' } } },
    largeBlob: { write: 'bGFyZ2U' },
    credBlob: 'YmxvYg',
    credProps: true,
  });
  await startAuthentication({ optionsJSON: { challenge: 'BAUG', extensions } });
  assert.equal(asked[1].subject.extensions.prf.eval.first, 'Zmlyc3Q');
  assert.equal(extensions.prf.eval.first, first, "the page's own object stays as it was");
});

test('bytes of another realm are bytes', async () => {
  const { runInNewContext } = await import('node:vm');
  const extensions = runInNewContext('({ prf: { eval: { first: new Uint8Array([1, 2, 3]).buffer, second: new Uint8Array([4]) } } })');
  await startAuthentication({ optionsJSON: { challenge: 'BAUG', extensions } });
  assert.deepEqual(asked[0].subject.extensions, { prf: { eval: { first: 'AQID', second: 'BA' } } });
});

test('base64 of any kind is read: padded, of the standard alphabet, with bits that mean nothing', async () => {
  const descriptor = (id) => ({ type: 'public-key', id, transports: ['usb'] });
  await startRegistration({
    optionsJSON: { ...CREATION, challenge: 'BAU=', user: { ...CREATION.user, id: 'AB' }, excludeCredentials: [descriptor('+/+/'), descriptor('AA==')] },
  });
  const { challenge, user, excludeCredentials } = asked[0].subject;
  assert.deepEqual({ challenge, user, excludeCredentials }, {
    challenge: 'BAU', user: { ...CREATION.user, id: 'AA' }, excludeCredentials: [descriptor('-_-_'), descriptor('AA')],
  });
  await startAuthentication({ optionsJSON: { challenge: 'a+/b', allowCredentials: [descriptor('_w==')] } });
  assert.deepEqual(asked[1].subject, { challenge: 'a-_b', allowCredentials: [descriptor('_w')] });
});

test('what is no base64 at all goes to the module as it is, which says what is wrong with it', async () => {
  const strange = { challenge: 'no base64!', user: { id: 7 }, excludeCredentials: [null, { type: 'public-key' }, 'AA'] };
  await startRegistration({ optionsJSON: strange });
  assert.deepEqual(asked[0].subject, strange);
});

test('options alone are taken as they were by older versions, with a warning', async () => {
  await startRegistration(CREATION);
  await startAuthentication({ challenge: 'BAUG' });
  assert.deepEqual(asked.map(({ name, subject }) => [name, subject]), [['Create', CREATION], ['Get', { challenge: 'BAUG' }]]);
  assert.deepEqual(warnings, [
    'passkeep: call startRegistration({ optionsJSON: … }), and not with the options alone',
    'passkeep: call startAuthentication({ optionsJSON: … }), and not with the options alone',
  ]);
});

test('calls without options reject with an error that says so', async () => {
  for (const call of [startRegistration, startAuthentication]) {
    for (const given of [undefined, null, {}, 'text', { optionsJSON: null }, { optionsJSON: 'BAUG' }, [CREATION]]) {
      const error = await rejection(call(given));
      assert.ok(error instanceof WebAuthnError);
      const message = `call ${call.name}({ optionsJSON: … }), with the options of the server`;
      assert.deepEqual(about(error), { name: 'TypeError', code: PASSTHROUGH, message, reason: undefined });
    }
  }
  assert.deepEqual(asked, []);
});

test('options that have no JSON reject with an error that says so', async () => {
  const circular = { ...CREATION };
  circular.extensions = { circular };
  for (const optionsJSON of [circular, { ...CREATION, timeout: 60_000n }, { toJSON() {} }]) {
    const error = await rejection(startRegistration({ optionsJSON }));
    assert.ok(error instanceof WebAuthnError);
    assert.deepEqual([error.code, error.name, error.cause.name], [PASSTHROUGH, error.cause.name, error.name]);
    assert.match(error.message, /^the options are no JSON: /);
  }
});

test('where nothing is supported, every way of calling rejects with an error that says so', async () => {
  for (const name of ['navigator', 'document', 'PublicKeyCredential']) delete globalThis[name];
  for (const useBrowserAutofill of [false, true]) {
    const error = await rejection(startAuthentication({ optionsJSON: { challenge: 'BAUG' }, useBrowserAutofill }));
    assert.deepEqual(about(error), {
      name: 'WebAuthnError', code: PASSTHROUGH, reason: 'not_supported',
      message: 'this browser or page cannot use passkeys: this is not a page',
    });
  }
  assert.deepEqual(warnings, []);
});

test('an empty list of passkeys is none', async () => {
  await startAuthentication({ optionsJSON: { challenge: 'BAUG', allowCredentials: [] } });
  assert.deepEqual(asked[0].subject, { challenge: 'BAUG' });
});

test('autofill asks for whoever comes, and warns where no field offers passkeys', async () => {
  const optionsJSON = { challenge: 'BAUG', allowCredentials: [{ type: 'public-key', id: 'AQ' }] };
  await startAuthentication({ optionsJSON, useBrowserAutofill: true });
  assert.deepEqual([asked[0].subject, asked[0].settings.mediation], [{ challenge: 'BAUG', allowCredentials: [] }, 'conditional']);
  assert.deepEqual(warnings, []);
  document.querySelectorAll = () => [];
  await startAuthentication({ optionsJSON, useBrowserAutofill: true, verifyBrowserAutofillInput: false });
  assert.deepEqual(warnings, []);
  await startAuthentication({ optionsJSON, useBrowserAutofill: true });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /no <input> has "webauthn" in its autocomplete attribute/);
  assert.equal(asked.length, 3, 'it is asked for all the same: a field may come later');
});

test('outputs of extensions are bytes for the page, and in JSON the text that a server reads', async () => {
  answers.Get = () => ({ ...response({ prf: { enabled: true }, largeBlob: { blob: 'SGVsbG8' }, getCredBlob: 'YmxvYg', appid: false }), prf: { first: 'AQID', second: 'BAUG' } });
  const { clientExtensionResults: results } = await startAuthentication({ optionsJSON: { challenge: 'BAUG' } });
  assert.deepEqual(results.prf.results, { first: new Uint8Array([1, 2, 3]).buffer, second: new Uint8Array([4, 5, 6]).buffer });
  assert.equal(Buffer.from(results.largeBlob.blob).toString(), 'Hello');
  assert.equal(Buffer.from(results.getCredBlob).toString(), 'blob');
  assert.equal(JSON.stringify(results), '{"prf":{"enabled":true},"largeBlob":{"blob":"SGVsbG8"},"getCredBlob":"YmxvYg","appid":false}');
  answers.Create = () => response({ largeBlob: { supported: true } });
  const made = await startRegistration({ optionsJSON: CREATION });
  assert.deepEqual(made.clientExtensionResults, { largeBlob: { supported: true } });
});

test('a demand that no authenticator meets has the code that the library gave it', async () => {
  answers.Create = failing('no_suitable_authenticator', 'ConstraintError');
  const DISCOVERABLE = 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT';
  const VERIFICATION = 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT';
  const verified = { userVerification: 'required' };
  for (const [authenticatorSelection, useAutoRegister, code] of [
    [{ ...verified, residentKey: 'required', requireResidentKey: true }, false, DISCOVERABLE],
    [{ ...verified, residentKey: 'required' }, false, VERIFICATION],
    [{ ...verified, residentKey: 'required' }, true, 'ERROR_AUTO_REGISTER_USER_VERIFICATION_FAILURE'],
    [{ residentKey: 'required' }, false, DISCOVERABLE],
    [undefined, false, PASSTHROUGH],
  ]) {
    const error = await rejection(startRegistration({ optionsJSON: { ...CREATION, authenticatorSelection }, useAutoRegister }));
    assert.deepEqual(about(error), { name: 'ConstraintError', code, message: 'it failed: no_suitable_authenticator', reason: 'no_suitable_authenticator' });
  }
});

test('an RP ID is called wrong only where it is not the host of the page', async () => {
  answers.Create = answers.Get = failing('invalid_rp_id', 'SecurityError');
  for (const [id, code] of [['example.org', PASSTHROUGH], ['example.com', 'ERROR_INVALID_RP_ID'], [undefined, 'ERROR_INVALID_RP_ID']]) {
    const made = await rejection(startRegistration({ optionsJSON: { ...CREATION, rp: { id, name: 'Example' } } }));
    const signed = await rejection(startAuthentication({ optionsJSON: { challenge: 'BAUG', rpId: id } }));
    assert.deepEqual([made.code, signed.code, made.reason.code], [code, code, 'invalid_rp_id']);
  }
});

test('what the page ends rejects with an abortion, and with one as its cause', async () => {
  answers.Get = (_, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject({ code: 'aborted', message: 'ended by the page', retry: true, userMessage: '', detail: '' }));
    });
  const cancelled = rejection(startAuthentication({ optionsJSON: { challenge: 'BAUG' } }));
  await new Promise((then) => setImmediate(then));
  WebAuthnAbortService.cancelCeremony();
  const error = await cancelled;
  assert.deepEqual(about(error), { name: 'AbortError', code: 'ERROR_CEREMONY_ABORTED', message: 'ended by the page', reason: 'aborted' });
  assert.ok(error.cause instanceof DOMException);
  assert.deepEqual([error.cause.name, error.cause.message], ['AbortError', 'ended by the page']);
  answers.Get = failing('cancelled', 'AbortError');
  const bySomebodyElse = await rejection(startAuthentication({ optionsJSON: { challenge: 'BAUG' } }));
  assert.deepEqual([bySomebodyElse.code, bySomebodyElse.reason.code], ['ERROR_CEREMONY_ABORTED', 'cancelled']);
});

test('signals that lack something reject, whatever is missing', async () => {
  for (const given of [
    undefined,
    null,
    {},
    { signalName: 'toString', rpID: 'example.org' },
    { signalName: 'unknownCredential', rpID: 'example.org' },
    { signalName: 'allAcceptedCredentials', rpID: 'example.org', userID: 'AQ', allAcceptedCredentialIDs: 'AQ' },
    { signalName: 'allAcceptedCredentials', rpID: 'example.org', userID: 'AQ', allAcceptedCredentialIDs: ['AA', 'AA=='] },
    { signalName: 'currentUserDetails', rpID: 'example.org', userID: 'AQ' },
    { signalName: 'currentUserDetails', rpID: 'example.org', userID: 'a/b', userName: 'ada' },
  ]) {
    const { name, code } = await rejection(sendSignal(given));
    assert.deepEqual([name, code], ['TypeError', 'ERROR_SIGNAL_INVALID_ARGUMENT']);
  }
  assert.deepEqual(asked, []);
});

test('signals go to the module by the names of the specification; a display name that is missing is empty', async () => {
  answers.Signal = () => undefined;
  await sendSignal({ signalName: 'currentUserDetails', rpID: 'example.org', userID: 'AQ', userName: 'ada' });
  await sendSignal({ signalName: 'allAcceptedCredentials', rpID: 'example.org', userID: 'AQ', allAcceptedCredentialIDs: [] });
  assert.deepEqual(asked.map(({ subject }) => subject), [
    { currentUserDetails: { rpId: 'example.org', userId: 'AQ', name: 'ada', displayName: '' } },
    { allAcceptedCredentials: { rpId: 'example.org', userId: 'AQ', allAcceptedCredentialIds: [] } },
  ]);
});

test('base64url goes to bytes and back, and is read with padding in whatever measure', () => {
  for (const [given, expected] of [['', ''], ['AA', 'AA'], ['AA=', 'AA'], ['AA==', 'AA'], ['+/+/', '-_-_'], ['AB', 'AA']]) {
    assert.equal(bufferToBase64URLString(base64URLStringToBuffer(given)), expected);
  }
  assert.throws(() => base64URLStringToBuffer('A'), { name: 'InvalidCharacterError' });
});
