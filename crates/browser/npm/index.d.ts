// Types of `passkeep` and `passkeep/inline`. Options and responses have the specification's names and shapes, as lib.dom's younger JSON
// types have, which fit wherever these do; what is given back is exact, and fits wherever one of either is wanted.

import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  AuthenticationResponseJSON,
  RegistrationResponseJSON,
} from './start.js';

/** What to act on. A code never changes its meaning; new ones may come. */
export type PasskeyErrorCode =
  /** No WebAuthn here, or the page is not served over https or from localhost. */
  | 'not_supported'
  /** This browser does not know the way of asking: autofill, an upgrade, or the immediate dialog. */
  | 'mode_unavailable'
  /** Dismissed, or no passkey fitted: browsers do not say which. */
  | 'cancelled'
  /** An immediate request found no passkey on this device. */
  | 'no_local_credential'
  /** Nobody answered the dialog in time. */
  | 'timed_out'
  /** The page ended it, or a newer request took its place. */
  | 'aborted'
  /** The authenticator holds a passkey of this account already. */
  | 'already_registered'
  /** The page did not have the focus. */
  | 'not_focused'
  /** The browser wants a click or key press right before the call. */
  | 'needs_user_gesture'
  /** Forbidden to this page or frame. */
  | 'blocked_by_permissions_policy'
  /** The page's host is an IP address or no domain at all. */
  | 'invalid_domain'
  /** The RP ID does not fit the page. */
  | 'invalid_rp_id'
  /** Nothing here can do what the options demand. */
  | 'no_suitable_authenticator'
  /** The options cannot be used; `detail` names the member. */
  | 'invalid_options'
  /** Neither an answer nor an error came. */
  | 'unresponsive'
  /** Another request is open. */
  | 'pending'
  /** The module could not be loaded: no WebAssembly, or the Content-Security-Policy forbids it. */
  | 'wasm_unavailable'
  /** Anything else. */
  | 'other';

/** Why a ceremony ended without a response, with a code of type `C`. */
export interface PasskeyErrorOf<C extends PasskeyErrorCode> extends Error {
  readonly name: 'PasskeyError';
  readonly code: C;
  /** Whether the same call can succeed if the person tries again. */
  readonly retry: boolean;
  /** What to tell a person, in English, where the page has no words of its own; empty for `aborted`. */
  readonly userMessage: string;
  /** What was observed, for developers. */
  readonly detail: string;
  /** The `name` of what the browser threw, for example `NotAllowedError`. */
  readonly exceptionName?: string;
  /** What the browser threw. */
  readonly cause?: unknown;
}

/** One error for everything that can go wrong in the browser; `code` tells them apart. */
export type PasskeyError = { [C in PasskeyErrorCode]: PasskeyErrorOf<C> }[PasskeyErrorCode];

export declare const PasskeyError: {
  new (about: Pick<PasskeyError, 'code' | 'message' | 'retry' | 'userMessage'> & Partial<Pick<PasskeyError, 'detail' | 'exceptionName' | 'cause'>>): PasskeyError;
  readonly prototype: PasskeyError;
};

/** Whether something that was caught is a `PasskeyError`, of this copy of the module or of another. */
export declare function isPasskeyError(error: unknown): error is PasskeyError;

export interface CreateSettings {
  signal?: AbortSignal;
  /** `conditional`: without asking, if the browser has just filled in the password of the same account. */
  mediation?: 'conditional';
}

export type GetSettings = {
  /** Ends the request. An immediate dialog stays open in the browser, and what comes of it is dropped. */
  signal?: AbortSignal;
} & (
  | {
      /** `conditional`: among autofill suggestions. `startAutofill` looks after such a request. */
      mediation?: 'conditional';
      uiMode?: undefined;
    }
  | {
      /** `immediate`: only if a passkey is at hand on this device. */
      uiMode?: 'immediate';
      mediation?: undefined;
    }
);

/** PRF outputs, base64url. They are keys of the page; no response for a server has them. */
export interface PrfResults {
  first: string;
  second?: string;
}

/** Outputs of extensions; bytes are base64url. */
export interface ExtensionOutputs {
  appid?: boolean;
  appidExclude?: boolean;
  credProps?: { rk?: boolean };
  hmacCreateSecret?: boolean;
  largeBlob?: { supported?: boolean; written?: boolean; blob?: string };
  prf?: { enabled?: boolean };
  credBlob?: boolean;
  getCredBlob?: string;
}

/** A `RegistrationResponseJSON` as `create` gives it: nothing is left out that the browser has. */
export interface RegistrationResponse extends Omit<RegistrationResponseJSON, 'clientExtensionResults' | 'response'> {
  response: {
    clientDataJSON: string;
    attestationObject: string;
    authenticatorData: string;
    transports: string[];
    publicKeyAlgorithm: number;
    publicKey?: string;
  };
  clientExtensionResults: ExtensionOutputs;
}

/** An `AuthenticationResponseJSON` as `get` gives it. */
export interface AuthenticationResponse extends Omit<AuthenticationResponseJSON, 'clientExtensionResults'> {
  clientExtensionResults: ExtensionOutputs;
}

/** Makes a passkey. Rejects with a `PasskeyError`. */
export declare function create(options: PublicKeyCredentialCreationOptionsJSON, settings?: CreateSettings): Promise<RegistrationResponse>;

/** Signs in with a passkey. Rejects with a `PasskeyError`. */
export declare function get(options: PublicKeyCredentialRequestOptionsJSON, settings?: GetSettings): Promise<AuthenticationResponse>;

/** As `create`, with the PRF outputs beside the response. */
export declare function createWithPrf(
  options: PublicKeyCredentialCreationOptionsJSON,
  settings?: CreateSettings,
): Promise<{ response: RegistrationResponse; prf?: PrfResults }>;

/** As `get`, with the PRF outputs beside the response. */
export declare function getWithPrf(
  options: PublicKeyCredentialRequestOptionsJSON,
  settings?: GetSettings,
): Promise<{ response: AuthenticationResponse; prf?: PrfResults }>;

/** What the browser's credential manager should know, as servers send it. */
export interface Signals {
  unknownCredential?: { rpId: string; credentialId: string };
  allAcceptedCredentials?: { rpId: string; userId: string; allAcceptedCredentialIds: string[] };
  currentUserDetails?: { rpId: string; userId: string; name: string; displayName: string };
}

/** Tells the browser's credential manager what the server knows. It never rejects. */
export declare function signal(signals: Signals): Promise<void>;

/** Whether this page can use passkeys at all. */
export declare function isSupported(): boolean;

/** Whether the browser can offer passkeys among its autofill suggestions. */
export declare function isConditionalMediationAvailable(): Promise<boolean>;

export type Capability = 'yes' | 'no' | 'unknown';

export type CapabilityName =
  | 'conditionalCreate'
  | 'conditionalGet'
  | 'hybridTransport'
  | 'immediateGet'
  | 'passkeyPlatformAuthenticator'
  | 'relatedOrigins'
  | 'signalAllAcceptedCredentials'
  | 'signalCurrentUserDetails'
  | 'signalUnknownCredential'
  | 'userVerifyingPlatformAuthenticator';

/** Answers by name; those of extensions, such as `extension:prf`, are there if the browser reports them. */
export type Capabilities = Record<CapabilityName, Capability> & { readonly [name: `extension:${string}`]: Capability | undefined };

/** What this browser can do. A missing answer is no "no". */
export declare function getCapabilities(): Promise<Capabilities>;

/** Loads the module ahead of its use, which importing this package does by itself. It never rejects. */
export declare function preload(): Promise<void>;

export interface AutofillSource<Ceremony = undefined> {
  options: PublicKeyCredentialRequestOptionsJSON;
  /** What your server needs at finish to know which options these were, if it needs anything: a text, or whatever JSON can say. */
  ceremony?: Ceremony;
  /** How long the options are good for, in seconds from now. New ones are fetched before that. */
  expiresIn: number;
}

export interface Autofill {
  /** Ends it for good. */
  stop(): void;
  /** Disarms while something else goes on. Resolves with the function that arms again. */
  pause(): Promise<() => void>;
}

/** Keeps passkeys among the suggestions of the field with `autocomplete="username webauthn"`, until it is stopped. */
export declare function startAutofill<Ceremony = undefined>(settings: {
  /** Asks your server for options, whenever new ones are needed. */
  fetchOptions: () => AutofillSource<Ceremony> | Promise<AutofillSource<Ceremony>>;
  /** Hands in what was signed. Autofill is armed again when it is done, unless it was stopped. */
  onResponse: (response: AuthenticationResponse, ceremony: Ceremony) => void | Promise<void>;
  /**
   * Hears why autofill does not work. What may be over is tried again, with growing pauses; what can never work on this page ends it.
   * When `fetchOptions` has failed, `cause` is what it threw.
   */
  onError?: (error: PasskeyError) => void;
  signal?: AbortSignal;
}): Autofill;

// The functions of the most popular client library, with the names of its types.
export * from './start.js';
