// Types of `passkeep/client`: a client for Passkeep's own server.

import type { Autofill, PasskeyError, Signals } from './index.js';

export interface Account {
  userName: string;
  displayName: string;
  /** Whether it has a password that signs in; never on a server without passwords. */
  hasPassword: boolean;
}

export interface Passkey {
  /** The credential id, base64url. */
  id: string;
  label: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  createdAt: number;
  /** Milliseconds since 1970-01-01T00:00:00Z; null if it has never signed anybody in. */
  lastUsedAt: number | null;
  lastUsedOn?: string;
  /** The name of the password manager or authenticator, if it is known. */
  provider?: string;
  aaguid: string;
  backup: 'device-bound' | 'not-yet-synced' | 'synced';
  /** Whether the open session was opened with it. */
  current: boolean;
}

export interface Registered {
  account: Account;
  passkey: Passkey;
  /** What the server knows; the browser has been told. */
  signals: Signals;
}

export interface SignedIn {
  account: Account;
  passkey: Passkey;
  /** What the server knows; the browser has been told. */
  signals: Signals;
}

/** A link by which another device gets a passkey for the account, once. */
export interface EnrolmentLink {
  /** Whoever has it can make a passkey for the account. */
  url: string;
  /** The link as a QR code: an SVG image. */
  qrSvg: string;
  /** How long it is good for, in seconds from now. */
  expiresIn: number;
}

/** What cannot be undone, and is confirmed with a passkey. */
export type Action =
  | { do: 'add-passkey' }
  | { do: 'delete-passkey'; id: string }
  | { do: 'make-recovery-codes' }
  | { do: 'make-enrolment-link' }
  | { do: 'drop-password' }
  | { do: 'delete-account' };

/** The server refused, or could not be reached. */
export declare class ServerError extends Error {
  readonly name: 'ServerError';
  /** One of the server's codes, which its `/docs/api` lists, or `unreachable` or `unreadable`. */
  readonly code: string;
  readonly status?: number;
  readonly detail?: string;
  /** The id under which the server's log has the rest. */
  readonly requestId?: string;
  /** Seconds to wait, when too much was asked. */
  readonly retryAfter?: number;
  /** What to tell a person, in English. */
  readonly userMessage: string;
}

/** Whether something that was caught is a `ServerError`, of this copy of the module or of another. */
export declare function isServerError(error: unknown): error is ServerError;

/** What the methods reject with: what went wrong at the server, or in the browser. Rust's client has the same name for it. */
export type Failure = ServerError | PasskeyError;

/** What ends a call. Only what comes before the browser's answer is ended: a passkey that was made is always handed in. */
export interface Abortable {
  signal?: AbortSignal;
}

/** The request header that carries what `reauthenticate()` resolves with, for requests of your own. */
export declare const CONFIRMATION_HEADER: 'passkeep-confirmation';

/**
 * A client for Passkeep's server, in which each flow is one call: it asks the server, the browser and the server again, and tells the
 * browser's credential manager what the server wants it to know. Every method rejects with a `Failure`, and none throws.
 */
export declare class PasskeepClient {
  /** `baseUrl` is where the server's routes are mounted, on the page's own origin: `/` by default. Cookies are never sent to another. */
  constructor(settings?: { baseUrl?: string; fetch?: typeof globalThis.fetch });

  /**
   * Makes an account with its first passkey, and signs in. Without a display name, the user name is shown.
   * The usual refusal is `user_name_taken`; the browser's are `cancelled` and `not_supported`.
   */
  register(settings: { userName: string; displayName?: string } & Abortable): Promise<Registered>;

  /**
   * Makes one more passkey for whoever is signed in. Five minutes after a sign-in they confirm it with one they have, in a dialog before
   * the one that makes it. `already_registered` is the browser's word for a passkey that is on this device.
   */
  addPasskey(settings?: Abortable): Promise<Registered>;

  /** Makes one more passkey without asking, right after a sign-in. Resolves with nothing where that is not possible, whatever the reason. */
  upgrade(settings?: Abortable): Promise<Registered | undefined>;

  /**
   * Makes a passkey for somebody who has lost theirs, with a recovery code, and signs in. All other sessions of the account end.
   * The usual refusal is `recovery_refused`.
   */
  recover(settings: { userName: string; code: string } & Abortable): Promise<Registered>;

  /** Makes a passkey on this device, and signs in. `link` is an enrolment link or the token in it. Refused as `enrolment_link_unknown`. */
  enrol(settings: { link: string } & Abortable): Promise<Registered>;

  /**
   * Signs in: with any passkey, or with one of the named account. The usual failures are `cancelled`, and `authentication_rejected`.
   * With `immediate` only if one is at hand on this device: otherwise `no_local_credential` or `mode_unavailable`, and nothing was shown.
   * A browser keeps that dialog open when `signal` is aborted; what comes of it is dropped.
   */
  signIn(settings?: { userName?: string; immediate?: boolean } & Abortable): Promise<SignedIn>;

  /** Offers passkeys among the suggestions of the field with `autocomplete="username webauthn"`, until `stop()` or a sign-in. */
  autofill(settings?: {
    onSignedIn?: (signedIn: SignedIn) => unknown;
    /** Hears of what fails. `signed`: somebody had taken a passkey. Otherwise nobody has asked for anything, so say nothing to them. */
    onError?: (error: Failure, about: { signed: boolean }) => unknown;
    signal?: AbortSignal;
  }): Autofill;

  /**
   * Has whoever is signed in confirm an action with a passkey. Resolves with what permits it, once and for five minutes, as the value of
   * the header `CONFIRMATION_HEADER` of the request. The methods that need it do this themselves.
   */
  reauthenticate(action: Action, settings?: Abortable): Promise<string>;

  /** Who is signed in, or null. */
  session(): Promise<Account | null>;

  /** The passkeys of whoever is signed in. The browser's own list is brought in step with them. */
  passkeys(): Promise<Passkey[]>;

  /** Gives a passkey another label. */
  renamePasskey(id: string, label: string): Promise<Passkey>;

  /**
   * Deletes a passkey, confirmed with a passkey. The account's last one is refused as `last_passkey`, unless `evenIfLast` is set.
   * The sessions that it opened end, but for this one.
   */
  deletePasskey(id: string, settings?: { evenIfLast?: boolean } & Abortable): Promise<{ remaining: number; signals: Signals }>;

  /** Makes ten recovery codes, confirmed with a passkey. Show them at once: nobody can read them again. Those of before are void. */
  makeRecoveryCodes(settings?: Abortable): Promise<string[]>;

  /** Makes a link by which another device gets a passkey, confirmed with a passkey. */
  makeEnrolmentLink(settings?: Abortable): Promise<EnrolmentLink>;

  /** Deletes the account's password, confirmed with a passkey. Without a passkey it is refused as `passkey_required`. */
  dropPassword(settings?: Abortable): Promise<void>;

  /** Deletes the account for good, confirmed with a passkey, and tells the browser that none of its passkeys is accepted any more. */
  deleteAccount(settings?: Abortable): Promise<void>;

  /** Ends the session. */
  signOut(): Promise<void>;
}
