// An app on SimpleWebAuthn: what its guide shows, with types and with the server's half. port.spec.ts compiles it once more with
// nothing changed but the import.

import {
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
} from '@simplewebauthn/browser';
import type {
  AttestationFormat,
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  Base64URLString,
  BrowserCapabilities,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialHint,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
  SendSignalUnknownCredentialOpts,
  StartAuthenticationOpts,
  StartRegistrationOpts,
  WebAuthnCredential,
  WebAuthnErrorCode,
} from '@simplewebauthn/browser';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';

const RP_ID = 'example.org';
const ORIGIN = `https://${RP_ID}`;

async function postJSON<Answer>(path: string, body: unknown): Promise<Answer> {
  const response = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return (await response.json()) as Answer;
}

export async function register(output: HTMLElement): Promise<void> {
  const optionsJSON: PublicKeyCredentialCreationOptionsJSON = await postJSON('/generate-registration-options', {});
  let attResp: RegistrationResponseJSON;
  try {
    attResp = await startRegistration({ optionsJSON });
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidStateError') output.innerText = 'Error: Authenticator was probably already registered by user';
    else output.innerText = String(error);
    throw error;
  }
  const { verified } = await postJSON<{ verified: boolean }>('/verify-registration', attResp);
  output.innerText = verified ? 'Success!' : 'Oh no, something went wrong!';
}

export async function upgrade(optionsJSON: StartRegistrationOpts['optionsJSON']): Promise<WebAuthnErrorCode | undefined> {
  try {
    await startRegistration({ optionsJSON, useAutoRegister: true });
    return undefined;
  } catch (error) {
    if (error instanceof WebAuthnError) return error.code;
    throw error;
  }
}

export async function authenticate(settings: Omit<StartAuthenticationOpts, 'optionsJSON'> = {}): Promise<AuthenticationResponseJSON> {
  const optionsJSON = await postJSON<PublicKeyCredentialRequestOptionsJSON>('/generate-authentication-options', {});
  return startAuthentication({ optionsJSON, ...settings });
}

export async function autofill(): Promise<void> {
  if (!(await browserSupportsWebAuthnAutofill())) return;
  const { id, response, type, authenticatorAttachment } = await authenticate({ useBrowserAutofill: true, verifyBrowserAutofillInput: false });
  const handle: Base64URLString | undefined = response.userHandle;
  const exactly: 'public-key' = type;
  const attachment: 'cross-platform' | 'platform' | undefined = authenticatorAttachment;
  console.log(id, handle, exactly, attachment);
}

/** A key of the page, from the PRF. */
export async function pageKey(optionsJSON: PublicKeyCredentialRequestOptionsJSON, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const extensions = { ...optionsJSON.extensions, prf: { eval: { first: salt } } };
  const { clientExtensionResults } = await startAuthentication({ optionsJSON: { ...optionsJSON, extensions } });
  const first = clientExtensionResults.prf?.results?.first;
  if (!first) throw new Error('no PRF');
  return crypto.subtle.importKey('raw', first as ArrayBuffer, 'HKDF', false, ['deriveKey']);
}

export async function forget(credentialID: string): Promise<void> {
  const signal: SendSignalUnknownCredentialOpts = { signalName: 'unknownCredential', rpID: RP_ID, credentialID };
  await sendSignal(signal);
  await sendSignal({ signalName: 'allAcceptedCredentials', rpID: RP_ID, userID: 'AQ', allAcceptedCredentialIDs: [] });
  await sendSignal({ signalName: 'currentUserDetails', rpID: RP_ID, userID: 'AQ', userName: 'ada' });
}

export async function offers(): Promise<string[]> {
  const capabilities: BrowserCapabilities = await getBrowserCapabilities();
  const answers = [browserSupportsWebAuthn(), await browserSupportsPasskeys(), await platformAuthenticatorIsAvailable()];
  if (capabilities.conditionalCreate === 'supported') answers.push(true);
  WebAuthnAbortService.cancelCeremony();
  return answers.map(String);
}

/** The server's half, in the same repository: what it makes goes to the browser, and what that makes comes back. */
export async function onServer(known: WebAuthnCredential, challenge: string) {
  const hints: PublicKeyCredentialHint[] = ['client-device', 'security-key'];
  const formats: AttestationFormat[] = ['packed', 'none'];
  const transports: AuthenticatorTransport[] = ['internal', 'hybrid'];
  const created: PublicKeyCredentialCreationOptionsJSON = await generateRegistrationOptions({
    rpName: 'Example',
    rpID: RP_ID,
    userName: 'ada',
    excludeCredentials: [{ id: known.id, transports }],
  });
  const asked: PublicKeyCredentialRequestOptionsJSON = await generateAuthenticationOptions({ rpID: RP_ID, allowCredentials: [known] });
  const common = { expectedChallenge: challenge, expectedOrigin: ORIGIN, expectedRPID: RP_ID };
  const registration = await verifyRegistrationResponse({ response: await startRegistration({ optionsJSON: { ...created, hints, attestationFormats: formats } }), ...common });
  const authentication = await verifyAuthenticationResponse({ response: await startAuthentication({ optionsJSON: asked }), credential: known, ...common });
  return [registration.verified, authentication.verified];
}

export const roundTrip = (text: string): string => bufferToBase64URLString(base64URLStringToBuffer(text));
