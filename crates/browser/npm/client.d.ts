// Types of `passkeep/client`: a client for Passkeep's own server.

import type { Autofill, PasskeyError, Signals } from './index.js';

export interface Account {
  userName: string;
  displayName: string;
}

export interface Passkey {
  /** The credential id, base64url. */
  id: string;
  label: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  createdAt: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
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
  signals: Signals;
}

export interface SignedIn {
  account: Account;
  passkey: Passkey;
  signals: Signals;
}

export type Action =
  | { do: 'add-passkey' }
  | { do: 'delete-passkey'; id: string }
  | { do: 'make-recovery-codes' }
  | { do: 'make-enrolment-link' }
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

/** What the methods reject with: what went wrong at the server, or in the browser. */
export type ClientError = ServerError | PasskeyError;

export declare class PasskeepClient {
  constructor(settings?: { baseUrl?: string; fetch?: typeof globalThis.fetch });
  register(settings: { userName: string; displayName?: string; signal?: AbortSignal }): Promise<Registered>;
  addPasskey(settings?: { signal?: AbortSignal }): Promise<Registered>;
  upgrade(settings?: { signal?: AbortSignal }): Promise<Registered | undefined>;
  recover(settings: { userName: string; code: string; signal?: AbortSignal }): Promise<Registered>;
  enrol(settings: { link: string; signal?: AbortSignal }): Promise<Registered>;
  signIn(settings?: { userName?: string; immediate?: boolean; signal?: AbortSignal }): Promise<SignedIn>;
  autofill(settings?: {
    onSignedIn?: (signedIn: SignedIn) => unknown;
    /** Hears of what fails. `signed`: somebody had taken a passkey. Otherwise nobody has asked for anything, so say nothing to them. */
    onError?: (error: ClientError, about: { signed: boolean }) => unknown;
    signal?: AbortSignal;
  }): Autofill;
  reauthenticate(action: Action, settings?: { signal?: AbortSignal }): Promise<string>;
  session(): Promise<Account | null>;
  passkeys(): Promise<Passkey[]>;
  renamePasskey(id: string, label: string): Promise<Passkey>;
  deletePasskey(id: string, settings?: { evenIfLast?: boolean; signal?: AbortSignal }): Promise<{ remaining: number; signals: Signals }>;
  signOut(): Promise<void>;
}
