// All that the package's main entries export.

export { PasskeyError, isPasskeyError } from './errors.js';
export { isSupported, preload } from './loader.js';
export {
  create,
  createWithPrf,
  get,
  getCapabilities,
  getWithPrf,
  isConditionalMediationAvailable,
  signal,
  startAutofill,
} from './passkeys.js';
export {
  WebAuthnAbortService,
  WebAuthnError,
  base64URLStringToBuffer,
  browserSupportsPasskeys,
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  bufferToBase64URLString,
  getBrowserCapabilities,
  platformAuthenticatorIsAvailable,
  sendSignal,
  startAuthentication,
  startRegistration,
} from './start.js';
