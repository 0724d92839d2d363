// What a library does with a browser that answers in a given way, case by case, as JSON. It runs in Node, and its argument
// says which library: the one that is replaced, or the one that replaces it.

const library = await import(process.argv[2]);

const hex = (bytes) => `bytes ${Buffer.from(bytes).toString('hex')}`;
const isBytes = (it) => ArrayBuffer.isView(it) || it instanceof ArrayBuffer;

/** As JSON, with bytes in hex. */
function plain(value) {
  if (isBytes(value)) return hex(ArrayBuffer.isView(value) ? value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) : value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  // Of all members, also those that JSON.stringify does not see.
  const names = Object.getOwnPropertyNames(value).filter((name) => name !== 'toJSON' && value[name] !== undefined);
  return Object.fromEntries(names.sort().map((name) => [name, plain(value[name])]));
}

const bytes = (...values) => new Uint8Array(values).buffer;
const extensionResults = {
  credProps: { rk: true },
  prf: { enabled: true, results: { first: bytes(1, 2, 3), second: bytes(4) } },
  largeBlob: { blob: bytes(5, 6) },
};
const credential = (response) => ({
  id: 'BwgJ', rawId: bytes(7, 8, 9), type: 'public-key', authenticatorAttachment: 'platform', response, getClientExtensionResults: () => extensionResults,
});
const made = credential({
  clientDataJSON: bytes(1), attestationObject: bytes(0xa0), getTransports: () => ['internal', 'hybrid'],
  getPublicKey: () => bytes(2), getPublicKeyAlgorithm: () => -7, getAuthenticatorData: () => bytes(3),
});
const signed = credential({ clientDataJSON: bytes(1), authenticatorData: bytes(2), signature: bytes(3), userHandle: bytes(4) });

const creation = (more = {}) => ({
  rp: { id: 'example.org', name: 'Example' },
  user: { id: 'AQID', name: 'ada', displayName: 'Ada' },
  challenge: 'BAUG',
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  ...more,
});
const request = (more = {}) => ({ challenge: 'BAUG', rpId: 'example.org', ...more });
const register = (more, settings) => () => library.startRegistration({ optionsJSON: creation(more), ...settings });
const authenticate = (more, settings) => () => library.startAuthentication({ optionsJSON: request(more), ...settings });
const descriptor = (id) => ({ type: 'public-key', id, transports: ['usb'] });
const prf = { eval: { first: new Uint8Array([1, 2]), second: bytes(3) }, evalByCredential: { BwgJ: { first: bytes(4) } } };
const selection = (authenticatorSelection) => ({ authenticatorSelection });
const verified = { userVerification: 'required' };

/** `page` is what differs from a page at example.org with a browser that answers and a field for autofill. */
const CASES = {
  'create: answer': { call: register() },
  'create: answer of a password manager without the younger methods': {
    call: register(),
    page: { create: async () => credential({ clientDataJSON: bytes(1), attestationObject: bytes(0xa0) }) },
  },
  'create: PRF and large blob as bytes': { call: register({ extensions: { prf, largeBlob: { support: 'preferred' }, credProps: true } }) },
  'create: padded base64': { call: register({ challenge: 'BAU=', excludeCredentials: [descriptor('AA==')] }) },
  'create: the other alphabet': { call: register({ challenge: 'a+/b' }) },
  'create: bits that mean nothing': { call: register({ user: { id: 'AB', name: 'ada', displayName: 'Ada' } }) },
  'create: not base64': { call: register({ challenge: 'no base64!' }) },
  'create: the options alone': { call: () => library.startRegistration(creation()) },
  'create: without the names of things': { call: () => library.startRegistration() },
  'create: upgrade': { call: register({}, { useAutoRegister: true }) },
  'create: no credential': { call: register(), page: { create: async () => null } },
  'create: no WebAuthn': { call: register(), page: { class: undefined } },
  'create: AbortError of the browser': { call: register(), page: { throws: 'AbortError' } },
  'create: ConstraintError, resident key as of old': { call: register(selection({ requireResidentKey: true, residentKey: 'required', ...verified })), page: { throws: 'ConstraintError' } },
  'create: ConstraintError, resident key and verification': { call: register(selection({ residentKey: 'required', ...verified })), page: { throws: 'ConstraintError' } },
  'create: ConstraintError, verification': { call: register(selection(verified)), page: { throws: 'ConstraintError' } },
  'create: ConstraintError, upgrade with verification': { call: register(selection(verified), { useAutoRegister: true }), page: { throws: 'ConstraintError' } },
  'create: ConstraintError, resident key': { call: register(selection({ residentKey: 'required' })), page: { throws: 'ConstraintError' } },
  'create: ConstraintError, nothing demanded': { call: register(), page: { throws: 'ConstraintError' } },
  'create: InvalidStateError': { call: register(), page: { throws: 'InvalidStateError' } },
  'create: NotAllowedError': { call: register(), page: { throws: 'NotAllowedError' } },
  'create: NotSupportedError': { call: register(), page: { throws: 'NotSupportedError' } },
  'create: NotSupportedError, no key type': { call: register({ pubKeyCredParams: [{ type: 'other', alg: -7 }] }), page: { throws: 'NotSupportedError' } },
  'create: SecurityError at the host itself': { call: register(), page: { throws: 'SecurityError' } },
  'create: SecurityError, RP ID of somebody else': { call: register({ rp: { id: 'example.com', name: 'Example' } }), page: { throws: 'SecurityError' } },
  'create: SecurityError at an address': { call: register(), page: { throws: 'SecurityError', host: '192.0.2.1' } },
  'create: SecurityError at a host of one label': { call: register(), page: { throws: 'SecurityError', host: 'intranet' } },
  'create: SecurityError at localhost': { call: register(), page: { throws: 'SecurityError', host: 'localhost' } },
  'create: TypeError': { call: register(), page: { throws: 'TypeError' } },
  'create: TypeError, long user id': { call: register({ user: { id: 'A'.repeat(87), name: 'ada', displayName: 'Ada' } }), page: { throws: 'TypeError' } },
  'create: UnknownError': { call: register(), page: { throws: 'UnknownError' } },
  'create: EncodingError': { call: register(), page: { throws: 'EncodingError' } },
  'create: ended by the page': { call: register(), page: { waits: true, then: () => library.WebAuthnAbortService.cancelCeremony() } },

  'get: answer': { call: authenticate({ allowCredentials: [descriptor('BwgJ')] }) },
  'get: empty list': { call: authenticate({ allowCredentials: [] }) },
  'get: PRF as bytes': { call: authenticate({ extensions: { prf } }) },
  'get: autofill': { call: authenticate({ allowCredentials: [descriptor('BwgJ')] }, { useBrowserAutofill: true }) },
  'get: autofill without a field': { call: authenticate({}, { useBrowserAutofill: true }), page: { fields: 0 } },
  'get: autofill without a field, unchecked': { call: authenticate({}, { useBrowserAutofill: true, verifyBrowserAutofillInput: false }), page: { fields: 0 } },
  'get: autofill that the browser has not': { call: authenticate({}, { useBrowserAutofill: true }), page: { autofill: false } },
  'get: no WebAuthn': { call: authenticate({}, { useBrowserAutofill: true }), page: { class: undefined } },
  'get: AbortError of the browser': { call: authenticate(), page: { throws: 'AbortError' } },
  'get: NotAllowedError': { call: authenticate(), page: { throws: 'NotAllowedError' } },
  'get: SecurityError at the host itself': { call: authenticate(), page: { throws: 'SecurityError' } },
  'get: SecurityError, RP ID of somebody else': { call: authenticate({ rpId: 'example.com' }), page: { throws: 'SecurityError' } },
  'get: SecurityError at an address': { call: authenticate(), page: { throws: 'SecurityError', host: '[2001:db8::1]' } },
  'get: UnknownError': { call: authenticate(), page: { throws: 'UnknownError' } },
  'get: InvalidStateError': { call: authenticate(), page: { throws: 'InvalidStateError' } },
  'get: TypeError': { call: authenticate(), page: { throws: 'TypeError' } },
  'get: ended by another': { call: authenticate(), page: { waits: true, then: () => void library.startAuthentication({ optionsJSON: request() }).catch(() => {}) } },

  'signal: unknown credential': { call: () => library.sendSignal({ signalName: 'unknownCredential', rpID: 'example.org', credentialID: 'AA' }) },
  'signal: accepted credentials': { call: () => library.sendSignal({ signalName: 'allAcceptedCredentials', rpID: 'example.org', userID: 'AQ', allAcceptedCredentialIDs: ['AA'] }) },
  'signal: details without a display name': { call: () => library.sendSignal({ signalName: 'currentUserDetails', rpID: 'example.org', userID: 'AQ', userName: 'ada' }) },
  'signal: a browser without signals': { call: () => library.sendSignal({ signalName: 'unknownCredential', rpID: 'example.org', credentialID: 'AA' }), page: { signals: undefined } },
  'signal: refused by the browser': {
    call: () => library.sendSignal({ signalName: 'unknownCredential', rpID: 'example.org', credentialID: 'AA' }),
    page: { signals: async () => { throw new DOMException('as the browser says', 'SecurityError'); } },
  },
  'signal: something missing': { call: () => library.sendSignal({ signalName: 'unknownCredential', rpID: 'example.org' }), page: { signals: async () => { throw new TypeError('as the browser says'); } } },
  'signal: an id with padding': {
    call: () => library.sendSignal({ signalName: 'unknownCredential', rpID: 'example.org', credentialID: 'AA==' }),
    page: { signals: async () => { throw new TypeError('as the browser says'); } },
  },
  'signal: of no kind': { call: () => library.sendSignal({ signalName: 'nothing' }) },

  'supported?': { call: async () => library.browserSupportsWebAuthn() },
  'supported? no WebAuthn': { call: async () => library.browserSupportsWebAuthn(), page: { class: undefined } },
  'autofill?': { call: () => library.browserSupportsWebAuthnAutofill() },
  'autofill? no': { call: () => library.browserSupportsWebAuthnAutofill(), page: { autofill: false } },
  'autofill? an old browser': { call: () => library.browserSupportsWebAuthnAutofill(), page: { autofill: undefined } },
  'platform authenticator?': { call: () => library.platformAuthenticatorIsAvailable() },
  'platform authenticator? no': { call: () => library.platformAuthenticatorIsAvailable(), page: { platform: false } },
  'passkeys? a browser that reports': { call: () => library.browserSupportsPasskeys(), page: { report: { passkeyPlatformAuthenticator: true } } },
  'passkeys? a browser that reports none': {
    call: () => library.browserSupportsPasskeys(),
    page: { platform: false, report: { passkeyPlatformAuthenticator: false, hybridTransport: false, userVerifyingPlatformAuthenticator: false } },
  },
  'passkeys? a browser that reports nothing': { call: () => library.browserSupportsPasskeys() },
  'capabilities of a browser that reports': {
    call: () => library.getBrowserCapabilities(),
    page: { report: { conditionalCreate: false, hybridTransport: true, 'extension:prf': true } },
  },
  'capabilities of a browser that reports nothing': { call: () => library.getBrowserCapabilities() },
  'capabilities without WebAuthn': { call: () => library.getBrowserCapabilities(), page: { class: undefined } },
};

/** Makes the globals of a page, and says what the browser was asked for. */
function openPage(page = {}) {
  const asked = [];
  const answer = (what, given) => (options) => {
    const { signal, ...rest } = options;
    asked.push([what, plain(rest)]);
    if (page[what]) return page[what](options);
    if (page.throws) return Promise.reject(page.throws === 'TypeError' ? new TypeError('as the browser says') : new DOMException('as the browser says', page.throws));
    if (!page.waits) return Promise.resolve(given);
    setTimeout(() => { const then = page.then; page.then = () => {}; then(); }, 20);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  class PublicKeyCredential {
    static async isUserVerifyingPlatformAuthenticatorAvailable() {
      return page.platform ?? true;
    }
  }
  if (!('autofill' in page) || page.autofill !== undefined) PublicKeyCredential.isConditionalMediationAvailable = async () => page.autofill ?? true;
  // The capability that an upgrade needs; nothing is reported where the case does not say so.
  const report = page.report ?? (page.upgrade && { conditionalCreate: true });
  if (report) PublicKeyCredential.getClientCapabilities = async () => report;
  for (const name of ['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails']) {
    if ('signals' in page && !page.signals) continue;
    PublicKeyCredential[name] = (options) => {
      asked.push([name, plain(options)]);
      return page.signals ? page.signals() : Promise.resolve();
    };
  }
  const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  define('PublicKeyCredential', 'class' in page ? page.class : PublicKeyCredential);
  define('navigator', { credentials: { create: answer('create', made), get: answer('get', signed) }, userActivation: { isActive: true } });
  define('location', { hostname: page.host ?? 'example.org' });
  const fields = Array.from({ length: page.fields ?? 1 }, () => ({ getAttribute: () => 'username webauthn' }));
  define('document', { hasFocus: () => true, querySelectorAll: (selector) => (selector.startsWith('input') ? fields : []) });
  return asked;
}

console.warn = () => {};
const found = {};
for (const [name, { call, page }] of Object.entries(CASES)) {
  const upgrade = name.includes('upgrade');
  const asked = openPage({ upgrade, ...page });
  try {
    found[name] = { answer: plain(await call()) ?? null };
  } catch (error) {
    found[name] = { error: { name: error.name, code: error.code, cause: error.cause?.name, isWebAuthnError: error instanceof library.WebAuthnError, reason: error.reason?.code } };
  }
  if (asked.length > 0) found[name].asked = asked[0];
  library.WebAuthnAbortService.cancelCeremony();
  await new Promise((then) => setTimeout(then, 5));
}
console.log(JSON.stringify({ found, names: Object.keys(library) }));
