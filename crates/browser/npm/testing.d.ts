// Types of `passkeep/testing`: fixtures for Playwright tests of pages that use passkeys, in Chromium.

import type { Page, PlaywrightTestArgs, PlaywrightTestOptions, PlaywrightWorkerArgs, PlaywrightWorkerOptions, TestType } from '@playwright/test';

export { expect } from '@playwright/test';

/** What a virtual authenticator is. The default is a passkey provider on this device that syncs. */
export interface AuthenticatorKind {
  transport?: 'internal' | 'usb' | 'nfc' | 'ble' | 'hybrid';
  /** Whether its passkeys are backed up: BE and BS. */
  synced?: boolean;
  /** Whether it keeps discoverable credentials, that is, passkeys. */
  discoverable?: boolean;
  /** Whether it can verify its person. */
  userVerification?: boolean;
  extensions?: ('prf' | 'largeBlob' | 'credBlob' | 'minPinLength')[];
}

/** A credential of a virtual authenticator. Binary values are base64url. */
export interface StoredCredential {
  credentialId: string;
  isResidentCredential: boolean;
  rpId?: string;
  userHandle?: string;
  userName?: string;
  userDisplayName?: string;
  signCount: number;
  /** Base64, PKCS #8. */
  privateKey: string;
  /** Base64. */
  largeBlob?: string;
  backupEligibility?: boolean;
  backupState?: boolean;
}

export declare class VirtualAuthenticator {
  private constructor();
  /** Adds one to a page. */
  static add(page: Page, kind?: AuthenticatorKind): Promise<VirtualAuthenticator>;
  /** Whether a person answers at once. When not, a request stays open until it is ended. */
  answers(enabled: boolean): Promise<void>;
  /** Whether the person is recognised. When not, the browser gives the page the error of a cancelled dialog. */
  recognises(recognised: boolean): Promise<void>;
  /** Spoils what it signs from now on, to see that the server notices. */
  lies(about?: { signature?: boolean; userVerified?: boolean; userPresent?: boolean }): Promise<void>;
  /** What it holds. */
  credentials(): Promise<StoredCredential[]>;
  /** Changes whether a passkey can be and is backed up. */
  setBackup(credentialId: string, flags: { eligible?: boolean; backedUp?: boolean }): Promise<void>;
  /** Sets the signature counter of a passkey. */
  setSignCount(credentialId: string, signCount: number): Promise<void>;
  /** Copies every passkey, private keys and counters included, to another page's new authenticator. */
  cloneTo(page: Page, kind?: AuthenticatorKind): Promise<VirtualAuthenticator>;
  /** Forgets a passkey, as a person does who deletes it in their password manager. */
  forget(credentialId: string): Promise<void>;
  remove(): Promise<void>;
  /** Resolves with the id of the passkey that is next made. */
  added(): Promise<string>;
  /** Resolves with the id of the passkey that next signs. */
  asserted(): Promise<string>;
  /** Resolves with the id of the passkey that a signal of the page next removes. */
  deletedBySignal(): Promise<string>;
  /** Resolves with the names that a signal of the page next gives a passkey. */
  renamedBySignal(): Promise<{ credentialId: string; userName?: string; userDisplayName?: string }>;
}

/** What a page asks of `navigator.credentials`. */
export declare class PasskeyRequests {
  private constructor();
  /** Watches every document that the page loads from now on. */
  static watch(page: Page): Promise<PasskeyRequests>;
  /** How often the document has asked, by the kind of request. */
  asked(): Promise<{ conditional: number; modal: number; create: number }>;
  /** Waits until autofill is armed: let a virtual authenticator answer no earlier, or it signs in through the field. */
  expectArmed(): Promise<void>;
  /** Dismisses the next dialog: its request fails as it does when a person cancels, or with another exception by name. */
  dismissNextDialog(exception?: string): Promise<void>;
}

export interface PasskeyFixtures {
  /** What the fixture `authenticator` is. */
  authenticatorKind: AuthenticatorKind;
  /** A virtual authenticator of the page. */
  authenticator: VirtualAuthenticator;
  /** What the page asks of the browser; needed before the page is opened. */
  requests: PasskeyRequests;
}

export declare const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & PasskeyFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions
>;
