// The functions of the most popular client library, with its arguments, results and error codes: whoever moves here changes
// an import. What it leaves to chance is decided here; see "Coming from another library" in the README.

import { PasskeyError } from './errors.js';
import { isSupported } from './loader.js';
import { createWithPrf, getCapabilities, getWithPrf, isConditionalMediationAvailable, signal } from './passkeys.js';

/** An error with the codes of the library that this replaces, and in `reason` the `PasskeyError`, which knows more. */
export class WebAuthnError extends Error {
  constructor({ message, code, cause, name, reason }) {
    super(message, { cause });
    this.name = name ?? 'WebAuthnError';
    this.code = code;
    this.reason = reason;
  }
}

/** One ceremony at a time: a new one ends the one before. */
class AbortService {
  #controller;

  createNewAbortSignal() {
    this.#end('a new ceremony took its place');
    this.#controller = new AbortController();
    return this.#controller.signal;
  }

  cancelCeremony() {
    this.#end('it was cancelled by the page');
    this.#controller = undefined;
  }

  #end(why) {
    this.#controller?.abort(new DOMException(why, 'AbortError'));
  }
}

export const WebAuthnAbortService = /* @__PURE__ */ new AbortService();

let last = /* @__PURE__ */ Promise.resolve();

/** Ends what is open, waits until the browser has let go of it, and runs the next. */
function inTurn(ceremony) {
  const signal = WebAuthnAbortService.createNewAbortSignal();
  const before = last;
  const run = (async () => {
    await before;
    return ceremony(signal);
  })();
  last = run.then(() => {}, () => {});
  return run;
}

/** Makes a passkey. With `useAutoRegister`, without asking, if the browser has just filled in the account's password. */
export async function startRegistration({ optionsJSON, useAutoRegister = false } = {}) {
  const options = required(optionsJSON);
  try {
    const settings = useAutoRegister ? { mediation: 'conditional' } : {};
    return withPrf(await inTurn((signal) => createWithPrf(options, { ...settings, signal })));
  } catch (error) {
    throw translate(error, registrationCode(error, options, useAutoRegister));
  }
}

/** Signs in with a passkey. With `useBrowserAutofill`, from the suggestions of a field, whenever the person goes there. */
export async function startAuthentication({ optionsJSON, useBrowserAutofill = false, verifyBrowserAutofillInput = true } = {}) {
  const options = required(optionsJSON);
  let settings = {};
  let asked = options;
  if (useBrowserAutofill) {
    settings = { mediation: 'conditional' };
    // Suggestions are for whoever comes: nobody has said who they are.
    asked = { ...options, allowCredentials: [] };
    if (verifyBrowserAutofillInput && !hasWebAuthnInput(document)) {
      console.warn('passkeep: no <input> has "webauthn" in its autocomplete attribute, so the browser has nowhere to offer passkeys');
    }
  }
  try {
    return withPrf(await inTurn((signal) => getWithPrf(asked, { ...settings, signal })));
  } catch (error) {
    throw translate(error, authenticationCode(error));
  }
}

/** Tells the browser's credential manager about one thing. It resolves whether or not the browser can hear it. */
export async function sendSignal(options) {
  const { signalName, rpID: rpId } = options;
  const text = (...values) => values.every((value) => typeof value === 'string' && value !== '');
  const ids = options.allAcceptedCredentialIDs;
  const wellFormed = {
    unknownCredential: () => text(rpId, options.credentialID),
    allAcceptedCredentials: () => text(rpId, options.userID) && Array.isArray(ids) && (ids.length === 0 || text(...ids)),
    currentUserDetails: () => text(rpId, options.userID, options.userName),
  };
  if (!Object.hasOwn(wellFormed, signalName) || !wellFormed[signalName]()) {
    const message = `the signal "${signalName}" lacks something, or has something that is not text`;
    throw new WebAuthnError({ message, code: 'ERROR_SIGNAL_INVALID_ARGUMENT', name: 'TypeError' });
  }
  const { credentialID, userID: userId, userName: name, userDisplayName } = options;
  const contents = {
    unknownCredential: { rpId, credentialId: credentialID },
    allAcceptedCredentials: { rpId, userId, allAcceptedCredentialIds: ids },
    currentUserDetails: { rpId, userId, name, displayName: userDisplayName ?? name },
  };
  await signal({ [signalName]: contents[signalName] });
}

export const browserSupportsWebAuthn = isSupported;
export const browserSupportsWebAuthnAutofill = isConditionalMediationAvailable;

export async function platformAuthenticatorIsAvailable() {
  return (await getCapabilities()).userVerifyingPlatformAuthenticator === 'yes';
}

/** Whether passkeys can be made and used here: on this device, or with a phone. It is not "no" merely because nothing was said. */
export async function browserSupportsPasskeys() {
  if (!isSupported()) return false;
  return (await getCapabilities()).passkeyPlatformAuthenticator !== 'no';
}

const WORDS = { yes: 'supported', no: 'unsupported', unknown: 'unknown' };

export async function getBrowserCapabilities() {
  const capabilities = Object.entries(await getCapabilities());
  return Object.fromEntries(capabilities.map(([name, answer]) => [name, WORDS[answer]]));
}

export function base64URLStringToBuffer(text) {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0)).buffer;
}

export function bufferToBase64URLString(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function required(optionsJSON) {
  if (typeof optionsJSON === 'object' && optionsJSON !== null) return optionsJSON;
  const message = 'call it as { optionsJSON: … }, with the options of the server';
  throw new WebAuthnError({ message, code: 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY', name: 'TypeError' });
}

/** PRF outputs where the page looks for them, and where `JSON.stringify` does not: they are keys of the page, not of a server. */
function withPrf({ response, prf }) {
  if (prf) {
    const results = Object.fromEntries(Object.entries(prf).map(([name, value]) => [name, base64URLStringToBuffer(value)]));
    const extension = (response.clientExtensionResults.prf ??= {});
    Object.defineProperty(extension, 'results', { value: results, enumerable: false });
  }
  return response;
}

function hasWebAuthnInput(root) {
  const inputs = root.querySelectorAll('input[autocomplete], textarea[autocomplete]');
  const tokens = (input) => input.getAttribute('autocomplete').toLowerCase().split(/\s+/);
  if ([...inputs].some((input) => tokens(input).includes('webauthn'))) return true;
  return [...root.querySelectorAll('*')].some(({ shadowRoot }) => shadowRoot && hasWebAuthnInput(shadowRoot));
}

function translate(error, code) {
  if (!(error instanceof PasskeyError)) return error;
  const name = error.code === 'aborted' ? 'AbortError' : error.exceptionName;
  return new WebAuthnError({ message: error.message, code, cause: error.cause ?? error, name, reason: error });
}

const PASSTHROUGH = 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY';

function authenticationCode({ code, exceptionName }) {
  if (code === 'aborted') return 'ERROR_CEREMONY_ABORTED';
  if (code === 'invalid_domain') return 'ERROR_INVALID_DOMAIN';
  if (code === 'invalid_rp_id') return 'ERROR_INVALID_RP_ID';
  if (exceptionName === 'UnknownError') return 'ERROR_AUTHENTICATOR_GENERAL_ERROR';
  return PASSTHROUGH;
}

function registrationCode(error, options, useAutoRegister) {
  const { code, exceptionName } = error;
  if (code === 'already_registered') return 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED';
  if (exceptionName === 'ConstraintError') {
    const { requireResidentKey, residentKey, userVerification } = options.authenticatorSelection ?? {};
    if (requireResidentKey === true || residentKey === 'required') return 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT';
    if (useAutoRegister && userVerification === 'required') return 'ERROR_AUTO_REGISTER_USER_VERIFICATION_FAILURE';
    if (userVerification === 'required') return 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT';
  }
  if (exceptionName === 'NotSupportedError') {
    return code === 'invalid_options' ? 'ERROR_MALFORMED_PUBKEYCREDPARAMS' : 'ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG';
  }
  if (exceptionName === 'TypeError' && !hasUserIdOfRightLength(options)) return 'ERROR_INVALID_USER_ID_LENGTH';
  return authenticationCode(error);
}

function hasUserIdOfRightLength({ user }) {
  const bytes = Math.floor(((user?.id ?? '').replaceAll('=', '').length * 3) / 4);
  return bytes >= 1 && bytes <= 64;
}
