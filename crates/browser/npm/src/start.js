// The functions of the most popular client library, with its arguments, results and error codes: whoever moves here changes
// an import. What it leaves to chance is decided here; see "Coming from another library" in the README.

import { asJSON, bufferToBase64URLString } from './bytes.js';
import { isPasskeyError } from './errors.js';
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

let controller;

function endCeremony(why) {
  controller?.abort(new DOMException(why, 'AbortError'));
  controller = undefined;
}

/** One ceremony at a time: a new one ends the one before. */
export const WebAuthnAbortService = {
  createNewAbortSignal() {
    endCeremony('a new ceremony took its place');
    controller = new AbortController();
    return controller.signal;
  },
  cancelCeremony() {
    endCeremony('it was cancelled by the page');
  },
};

let last;

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
export async function startRegistration(given) {
  const { optionsJSON, useAutoRegister = false } = named(given, 'startRegistration');
  const options = strictly(optionsJSON, 'excludeCredentials');
  try {
    const settings = useAutoRegister ? { mediation: 'conditional' } : {};
    return withOutputs(await inTurn((signal) => createWithPrf(options, { ...settings, signal })));
  } catch (error) {
    throw translate(error, registrationCode(error, options, useAutoRegister));
  }
}

/** Signs in with a passkey. With `useBrowserAutofill`, from the suggestions of a field, whenever the person goes there. */
export async function startAuthentication(given) {
  const { optionsJSON, useBrowserAutofill = false, verifyBrowserAutofillInput = true } = named(given, 'startAuthentication');
  const options = strictly(optionsJSON, 'allowCredentials');
  // To some older browsers an empty list is a list.
  if (options.allowCredentials?.length === 0) delete options.allowCredentials;
  let settings = {};
  if (useBrowserAutofill) {
    settings = { mediation: 'conditional' };
    // Suggestions are for whoever comes: nobody has said who they are.
    options.allowCredentials = [];
    if (verifyBrowserAutofillInput && isSupported() && !hasWebAuthnInput(document)) {
      warn('no <input> has "webauthn" in its autocomplete attribute, so the browser has nowhere to offer passkeys');
    }
  }
  try {
    return withOutputs(await inTurn((signal) => getWithPrf(options, { ...settings, signal })));
  } catch (error) {
    throw translate(error, authenticationCode(error, options.rpId));
  }
}

/** Tells the browser's credential manager about one thing. It resolves whether or not the browser can hear it. */
export async function sendSignal(given) {
  const options = given ?? {};
  const { signalName, rpID: rpId } = options;
  const text = (...values) => values.every((value) => typeof value === 'string' && value !== '');
  const base64url = (...values) => text(...values) && values.every((value) => /^[\w-]+$/.test(value));
  const ids = options.allAcceptedCredentialIDs;
  const wellFormed = {
    __proto__: null,
    unknownCredential: () => text(rpId) && base64url(options.credentialID),
    allAcceptedCredentials: () => text(rpId) && base64url(options.userID) && Array.isArray(ids) && base64url(...ids),
    currentUserDetails: () => text(rpId, options.userName) && base64url(options.userID),
  };
  if (!wellFormed[signalName]?.()) {
    const message = `the signal "${signalName}" lacks something, or has an id that is not base64url`;
    throw new WebAuthnError({ message, code: 'ERROR_SIGNAL_INVALID_ARGUMENT', name: 'TypeError' });
  }
  const { credentialID, userID: userId, userName: name, userDisplayName } = options;
  const contents = {
    unknownCredential: { rpId, credentialId: credentialID },
    allAcceptedCredentials: { rpId, userId, allAcceptedCredentialIds: ids },
    currentUserDetails: { rpId, userId, name, displayName: userDisplayName ?? '' },
  };
  await signal({ [signalName]: contents[signalName] });
}

export { bufferToBase64URLString };
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
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, ''));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0)).buffer;
}

function warn(message) {
  console.warn(`passkeep: ${message}`);
}

/** The arguments by name. Old code gives the options alone. */
function named(given, caller) {
  if (isObject(given?.optionsJSON)) return given;
  if (isObject(given) && 'challenge' in given) {
    warn(`call ${caller}({ optionsJSON: … }), and not with the options alone`);
    return { optionsJSON: given };
  }
  const message = `call ${caller}({ optionsJSON: … }), with the options of the server`;
  throw new WebAuthnError({ message, code: PASSTHROUGH, name: 'TypeError' });
}

const isObject = (it) => typeof it === 'object' && it !== null;

/**
 * A copy of the options as the specification's JSON. Bytes become base64url, as in the inputs of extensions, and what servers write
 * in other alphabets of base64, with padding, or with bits that mean nothing, becomes what the strict module reads.
 */
function strictly(optionsJSON, list) {
  const options = copy(optionsJSON);
  for (const [object, member] of [[options, 'challenge'], [options.user, 'id'], ...[options[list]].flat().map((one) => [one, 'id'])]) {
    try {
      object[member] = bufferToBase64URLString(base64URLStringToBuffer(object[member]));
    } catch {
      // It is not there, or nothing of the kind, which the module says with the member's name.
    }
  }
  return options;
}

function copy(optionsJSON) {
  try {
    return asJSON(optionsJSON);
  } catch (cause) {
    throw new WebAuthnError({ message: `the options are no JSON: ${cause.message}`, code: PASSTHROUGH, cause, name: cause.name });
  }
}

/** Outputs of extensions as the page expects them: bytes. */
function withOutputs({ response, prf }) {
  const { clientExtensionResults: results } = response;
  // In JSON they are the text that they were.
  const bytes = (text) => Object.defineProperty(base64URLStringToBuffer(text), 'toJSON', { value: () => text });
  if (results.largeBlob?.blob) results.largeBlob.blob = bytes(results.largeBlob.blob);
  if (results.getCredBlob) results.getCredBlob = bytes(results.getCredBlob);
  if (prf) {
    const outputs = Object.fromEntries(Object.entries(prf).map(([name, value]) => [name, base64URLStringToBuffer(value)]));
    // Not where `JSON.stringify` looks: they are keys of the page, not of a server.
    Object.defineProperty((results.prf ??= {}), 'results', { value: outputs, enumerable: false });
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
  if (!isPasskeyError(error)) return error;
  const aborted = error.code === 'aborted';
  const cause = error.cause ?? (aborted ? new DOMException(error.message, 'AbortError') : error);
  return new WebAuthnError({ message: error.message, code, cause, name: aborted ? cause.name : error.exceptionName, reason: error });
}

const PASSTHROUGH = 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY';

function authenticationCode({ code, exceptionName }, rpId) {
  if (code === 'aborted' || exceptionName === 'AbortError') return 'ERROR_CEREMONY_ABORTED';
  if (code === 'invalid_domain') return 'ERROR_INVALID_DOMAIN';
  // An RP ID that is the page's own host is not what the browser objects to.
  if (code === 'invalid_rp_id' && rpId !== globalThis.location?.hostname) return 'ERROR_INVALID_RP_ID';
  if (exceptionName === 'UnknownError') return 'ERROR_AUTHENTICATOR_GENERAL_ERROR';
  return PASSTHROUGH;
}

function registrationCode(error, options, useAutoRegister) {
  const { code, exceptionName } = error;
  if (code === 'already_registered') return 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED';
  if (exceptionName === 'ConstraintError') {
    const { requireResidentKey, residentKey, userVerification } = options.authenticatorSelection ?? {};
    const discoverable = 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT';
    if (requireResidentKey === true) return discoverable;
    if (userVerification === 'required') {
      return useAutoRegister ? 'ERROR_AUTO_REGISTER_USER_VERIFICATION_FAILURE' : 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT';
    }
    if (residentKey === 'required') return discoverable;
  }
  if (exceptionName === 'NotSupportedError') {
    return code === 'invalid_options' ? 'ERROR_MALFORMED_PUBKEYCREDPARAMS' : 'ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG';
  }
  if (exceptionName === 'TypeError' && !hasUserIdOfRightLength(options)) return 'ERROR_INVALID_USER_ID_LENGTH';
  return authenticationCode(error, options.rp?.id);
}

function hasUserIdOfRightLength({ user }) {
  const bytes = Math.floor(((user?.id ?? '').replaceAll('=', '').length * 3) / 4);
  return bytes >= 1 && bytes <= 64;
}
