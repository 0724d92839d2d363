// Types of the functions of the most popular client library, and the names of types that its users import: those of lib.dom where
// every lib.dom has them, and else in the same shapes.

import type { CapabilityName, PasskeyError } from './index.js';

export type AlgorithmIdentifier = globalThis.AlgorithmIdentifier;
export type AttestationConveyancePreference = globalThis.AttestationConveyancePreference;
export type AuthenticatorAssertionResponse = globalThis.AuthenticatorAssertionResponse;
export type AuthenticatorAttachment = globalThis.AuthenticatorAttachment;
export type AuthenticatorAttestationResponse = globalThis.AuthenticatorAttestationResponse;
export type AuthenticatorSelectionCriteria = globalThis.AuthenticatorSelectionCriteria;
export type AuthenticatorTransport = globalThis.AuthenticatorTransport;
export type Base64URLString = string;
export type COSEAlgorithmIdentifier = globalThis.COSEAlgorithmIdentifier;
export type CredentialCreationOptions = globalThis.CredentialCreationOptions;
export type CredentialRequestOptions = globalThis.CredentialRequestOptions;
export type Crypto = globalThis.Crypto;
export type PublicKeyCredential = globalThis.PublicKeyCredential;
export type PublicKeyCredentialCreationOptions = globalThis.PublicKeyCredentialCreationOptions;
export type PublicKeyCredentialDescriptor = globalThis.PublicKeyCredentialDescriptor;
export type PublicKeyCredentialParameters = globalThis.PublicKeyCredentialParameters;
export type PublicKeyCredentialRequestOptions = globalThis.PublicKeyCredentialRequestOptions;
export type PublicKeyCredentialRpEntity = globalThis.PublicKeyCredentialRpEntity;
export type PublicKeyCredentialType = globalThis.PublicKeyCredentialType;
export type PublicKeyCredentialUserEntity = globalThis.PublicKeyCredentialUserEntity;
export type ResidentKeyRequirement = globalThis.ResidentKeyRequirement;
export type UserVerificationRequirement = globalThis.UserVerificationRequirement;

export type AttestationFormat = 'fido-u2f' | 'packed' | 'android-safetynet' | 'android-key' | 'tpm' | 'apple' | 'none';
export type CredentialDeviceType = 'singleDevice' | 'multiDevice';
export type PublicKeyCredentialHint = 'hybrid' | 'security-key' | 'client-device';
export type Uint8Array_ = ReturnType<Uint8Array['slice']>;

/** What a server keeps of a passkey. */
export interface WebAuthnCredential {
  id: Base64URLString;
  publicKey: Uint8Array_;
  counter: number;
  transports?: string[];
}

/** Bytes in whatever form, base64url among them. */
export type BytesInput = ArrayBuffer | ArrayBufferView | Base64URLString;

export interface PRFInputValues {
  first: BytesInput;
  second?: BytesInput;
}

/** Inputs of extensions, which may be of a later level of the specification too. Bytes may be bytes, or base64url. */
export interface AuthenticationExtensionsClientInputs {
  appid?: string;
  appidExclude?: string;
  credProps?: boolean;
  hmacCreateSecret?: boolean;
  minPinLength?: boolean;
  credentialProtectionPolicy?: string;
  enforceCredentialProtectionPolicy?: boolean;
  credBlob?: BytesInput;
  getCredBlob?: boolean;
  largeBlob?: { support?: string; read?: boolean; write?: BytesInput };
  payment?: { isPayment?: boolean; [member: string]: any };
  prf?: { eval?: PRFInputValues; evalByCredential?: Record<string, PRFInputValues> };
  // `any`, because an interface of somebody else's, such as lib.dom's, has no index of `unknown`.
  [identifier: string]: any;
}

/**
 * Outputs of extensions, as any function here gives them. What is bytes is base64url from `get()`, and bytes from `startAuthentication()`,
 * which in JSON are base64url. `prf.results` is from the functions of this file, and not there in JSON.
 */
export interface AuthenticationExtensionsClientOutputs {
  appid?: boolean;
  appidExclude?: boolean;
  credProps?: CredentialPropertiesOutput;
  hmacCreateSecret?: boolean;
  credBlob?: boolean;
  getCredBlob?: ArrayBuffer | Base64URLString;
  largeBlob?: { supported?: boolean; written?: boolean; blob?: ArrayBuffer | Base64URLString };
  prf?: { enabled?: boolean; results?: { first: ArrayBuffer; second?: ArrayBuffer } };
}

/** What `startAuthentication()` gives: the outputs that are bytes, as bytes. */
export interface AuthenticationResponseWithBytes extends AuthenticationResponseJSON {
  clientExtensionResults: AuthenticationExtensionsClientOutputs & { getCredBlob?: ArrayBuffer; largeBlob?: { blob?: ArrayBuffer } };
}

export interface PublicKeyCredentialDescriptorJSON {
  id: Base64URLString;
  type: string;
  transports?: string[];
}

export interface PublicKeyCredentialUserEntityJSON {
  id: Base64URLString;
  name: string;
  displayName: string;
}

export interface PublicKeyCredentialCreationOptionsJSON {
  rp: PublicKeyCredentialRpEntity;
  user: PublicKeyCredentialUserEntityJSON;
  challenge: Base64URLString;
  pubKeyCredParams: PublicKeyCredentialParameters[];
  timeout?: number;
  excludeCredentials?: PublicKeyCredentialDescriptorJSON[];
  authenticatorSelection?: AuthenticatorSelectionCriteria;
  hints?: string[];
  attestation?: string;
  attestationFormats?: string[];
  extensions?: AuthenticationExtensionsClientInputs;
}

export interface PublicKeyCredentialRequestOptionsJSON {
  challenge: Base64URLString;
  timeout?: number;
  rpId?: string;
  allowCredentials?: PublicKeyCredentialDescriptorJSON[];
  userVerification?: string;
  hints?: string[];
  extensions?: AuthenticationExtensionsClientInputs;
}

/** What an authenticator answers when a passkey is made. What may be missing, some password managers leave out. */
export interface AuthenticatorAttestationResponseJSON {
  clientDataJSON: Base64URLString;
  attestationObject: Base64URLString;
  authenticatorData?: Base64URLString;
  transports?: string[];
  publicKeyAlgorithm?: COSEAlgorithmIdentifier;
  publicKey?: Base64URLString;
}

export interface AuthenticatorAssertionResponseJSON {
  clientDataJSON: Base64URLString;
  authenticatorData: Base64URLString;
  signature: Base64URLString;
  userHandle?: Base64URLString;
}

export interface RegistrationResponseJSON {
  id: Base64URLString;
  rawId: Base64URLString;
  response: AuthenticatorAttestationResponseJSON;
  authenticatorAttachment?: AuthenticatorAttachment;
  clientExtensionResults: AuthenticationExtensionsClientOutputs;
  type: PublicKeyCredentialType;
}

export interface AuthenticationResponseJSON {
  id: Base64URLString;
  rawId: Base64URLString;
  response: AuthenticatorAssertionResponseJSON;
  authenticatorAttachment?: AuthenticatorAttachment;
  clientExtensionResults: AuthenticationExtensionsClientOutputs;
  type: PublicKeyCredentialType;
}

export type PublicKeyCredentialJSON = RegistrationResponseJSON | AuthenticationResponseJSON;

/** `PublicKeyCredential` with the younger methods, which a browser may lack. */
export interface PublicKeyCredentialFuture extends PublicKeyCredential {
  type: PublicKeyCredentialType;
  isConditionalMediationAvailable?(): Promise<boolean>;
  parseCreationOptionsFromJSON?(options: PublicKeyCredentialCreationOptionsJSON): PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON?(options: PublicKeyCredentialRequestOptionsJSON): PublicKeyCredentialRequestOptions;
  getClientCapabilities?(): Promise<PublicKeyCredentialClientCapabilities>;
  signalUnknownCredential?(options: { rpId: string; credentialId: Base64URLString }): Promise<undefined>;
  signalAllAcceptedCredentials?(options: { rpId: string; userId: Base64URLString; allAcceptedCredentialIds: Base64URLString[] }): Promise<undefined>;
  signalCurrentUserDetails?(options: { rpId: string; userId: Base64URLString; name: string; displayName: string }): Promise<undefined>;
}

export interface RegistrationCredential extends PublicKeyCredentialFuture {
  response: AuthenticatorAttestationResponse;
}

export interface AuthenticationCredential extends PublicKeyCredentialFuture {
  response: AuthenticatorAssertionResponse;
}

export type PublicKeyCredentialClientCapabilities = { [name in Exclude<CapabilityName, 'immediateGet'>]?: boolean };

/** `SubtleCrypto` with a method that a browser may lack. */
export interface SubtleCryptoFuture extends SubtleCrypto {
  supports(operation: KeyUsage, algorithm: AlgorithmIdentifier, length?: number): boolean;
}

export type WebAuthnErrorCode =
  | 'ERROR_CEREMONY_ABORTED'
  | 'ERROR_INVALID_DOMAIN'
  | 'ERROR_INVALID_RP_ID'
  | 'ERROR_INVALID_USER_ID_LENGTH'
  | 'ERROR_MALFORMED_PUBKEYCREDPARAMS'
  | 'ERROR_AUTHENTICATOR_GENERAL_ERROR'
  | 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT'
  | 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT'
  | 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED'
  | 'ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG'
  | 'ERROR_AUTO_REGISTER_USER_VERIFICATION_FAILURE'
  | 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY'
  | 'ERROR_SIGNAL_INVALID_ARGUMENT';

export declare class WebAuthnError extends Error {
  constructor(about: { message: string; code: WebAuthnErrorCode; cause?: unknown; name?: string; reason?: PasskeyError });
  code: WebAuthnErrorCode;
  readonly cause?: unknown;
  /** The same with what was observed: what to tell the person, and whether to try again. */
  readonly reason?: PasskeyError;
}

export declare function startRegistration(options: {
  optionsJSON: PublicKeyCredentialCreationOptionsJSON;
  /** Without asking, if the browser has just filled in the password of the same account. */
  useAutoRegister?: boolean;
}): Promise<RegistrationResponseJSON>;

export type StartRegistrationOpts = Parameters<typeof startRegistration>[0];

export declare function startAuthentication(options: {
  optionsJSON: PublicKeyCredentialRequestOptionsJSON;
  /** Among the suggestions of a field, whenever the person goes there. */
  useBrowserAutofill?: boolean;
  /** Whether to warn on the console where no such field is there yet. */
  verifyBrowserAutofillInput?: boolean;
}): Promise<AuthenticationResponseWithBytes>;

export type StartAuthenticationOpts = Parameters<typeof startAuthentication>[0];

export interface SendSignalUnknownCredentialOpts {
  signalName: 'unknownCredential';
  rpID: string;
  credentialID: Base64URLString;
}

export interface SendSignalAllAcceptedCredentialsOpts {
  signalName: 'allAcceptedCredentials';
  rpID: string;
  userID: Base64URLString;
  allAcceptedCredentialIDs: Base64URLString[];
}

export interface SendSignalCurrentUserDetailsOpts {
  signalName: 'currentUserDetails';
  rpID: string;
  userID: Base64URLString;
  userName: string;
  /** Empty where it is missing. */
  userDisplayName?: string;
}

export declare function sendSignal(
  options: SendSignalUnknownCredentialOpts | SendSignalAllAcceptedCredentialsOpts | SendSignalCurrentUserDetailsOpts,
): Promise<undefined>;

export type BrowserCapabilitySupport = 'supported' | 'unsupported' | 'unknown';

/** Answers by name; those of extensions, such as `extension:prf`, are there if the browser reports them. */
export type BrowserCapabilities = Record<CapabilityName, BrowserCapabilitySupport> & {
  readonly [name: `extension:${string}`]: BrowserCapabilitySupport | undefined;
};

export declare function getBrowserCapabilities(): Promise<BrowserCapabilities>;
export declare function browserSupportsPasskeys(): Promise<boolean>;
export declare function browserSupportsWebAuthn(): boolean;
export declare function browserSupportsWebAuthnAutofill(): Promise<boolean>;
export declare function platformAuthenticatorIsAvailable(): Promise<boolean>;
export declare function base64URLStringToBuffer(base64URLString: string): ArrayBuffer;
export declare function bufferToBase64URLString(buffer: ArrayBuffer): string;

export declare const WebAuthnAbortService: {
  createNewAbortSignal(): AbortSignal;
  cancelCeremony(): void;
};
