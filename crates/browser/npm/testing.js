// For Playwright tests of pages that use passkeys, anybody's: a virtual authenticator, what the page asks of the browser, and
// what the browser was told. Chromium only: they speak its DevTools protocol.

import { test as base, expect } from '@playwright/test';

/** A virtual authenticator in Chromium. Binary values are base64url here; the protocol has them in base64. */
export class VirtualAuthenticator {
  #session;
  #id;

  constructor(session, id) {
    this.#session = session;
    this.#id = id;
  }

  /** Adds one to a page. The default is a passkey provider on this device that syncs and whose person always agrees. */
  static async add(page, kind = {}) {
    const { transport = 'internal', synced = true, extensions = [], discoverable = true, userVerification = true } = kind;
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport,
        hasResidentKey: discoverable,
        hasUserVerification: userVerification,
        isUserVerified: userVerification,
        automaticPresenceSimulation: true,
        defaultBackupEligibility: synced,
        defaultBackupState: synced,
        hasPrf: extensions.includes('prf'),
        hasLargeBlob: extensions.includes('largeBlob'),
        hasCredBlob: extensions.includes('credBlob'),
        hasMinPinLength: extensions.includes('minPinLength'),
      },
    });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  /**
   * Whether a person answers at once. When not, a request stays open until it is ended; one that is open already is not answered
   * later.
   */
  async answers(enabled) {
    await this.#send('setAutomaticPresenceSimulation', { enabled });
  }

  /** Whether the person is recognised. When not, the browser gives the page the error of a cancelled dialog. */
  async recognises(isUserVerified) {
    await this.#send('setUserVerified', { isUserVerified });
  }

  /** Spoils what it signs from now on, to see that the server notices. */
  async lies({ signature = false, userVerified = false, userPresent = false } = {}) {
    await this.#send('setResponseOverrideBits', { isBogusSignature: signature, isBadUV: userVerified, isBadUP: userPresent });
  }

  /** What it holds. */
  async credentials() {
    const { credentials } = await this.#send('getCredentials');
    return credentials.map(({ credentialId, userHandle, ...rest }) => ({
      ...rest,
      credentialId: toBase64url(credentialId),
      userHandle: userHandle === undefined ? undefined : toBase64url(userHandle),
    }));
  }

  /** Changes whether a passkey can be and is backed up: the flags BE and BS of what it signs from now on. */
  async setBackup(credentialId, { eligible, backedUp }) {
    await this.#send('setCredentialProperties', { credentialId: toBase64(credentialId), backupEligibility: eligible, backupState: backedUp });
  }

  /** Sets the signature counter of a passkey. Set back, it looks like a copy of the authenticator to the server. */
  async setSignCount(credentialId, signCount) {
    await this.#send('setCredentialProperties', { credentialId: toBase64(credentialId), signCount });
  }

  /** Copies every passkey, private keys and counters included, to another page's new authenticator: a clone. */
  async cloneTo(page, kind = {}) {
    const { credentials } = await this.#send('getCredentials');
    const clone = await VirtualAuthenticator.add(page, kind);
    for (const credential of credentials) await clone.#send('addCredential', { credential });
    return clone;
  }

  /** Forgets a passkey, as a person does who deletes it in their password manager. */
  async forget(credentialId) {
    await this.#send('removeCredential', { credentialId: toBase64(credentialId) });
  }

  async remove() {
    await this.#send('removeVirtualAuthenticator');
  }

  /** Resolves when a passkey is next made. */
  added = () => this.#next('credentialAdded', ({ credential }) => toBase64url(credential.credentialId));

  /** Resolves when a passkey next signs. */
  asserted = () => this.#next('credentialAsserted', ({ credential }) => toBase64url(credential.credentialId));

  /** Resolves with the id of the passkey that a signal of the page next removes. */
  deletedBySignal = () => this.#next('credentialDeleted', ({ credentialId }) => toBase64url(credentialId));

  /** Resolves with the names that a signal of the page next gives a passkey. */
  renamedBySignal = () =>
    this.#next('credentialUpdated', ({ credential: { credentialId, userName, userDisplayName } }) => ({
      credentialId: toBase64url(credentialId),
      userName,
      userDisplayName,
    }));

  #next(event, read) {
    return new Promise((resolve) => {
      const seen = (details) => {
        if (details.authenticatorId !== this.#id) return;
        this.#session.off(`WebAuthn.${event}`, seen);
        resolve(read(details));
      };
      this.#session.on(`WebAuthn.${event}`, seen);
    });
  }

  #send(command, parameters = {}) {
    return this.#session.send(`WebAuthn.${command}`, { authenticatorId: this.#id, ...parameters });
  }
}

const toBase64url = (base64) => base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const toBase64 = (base64url) => Buffer.from(base64url, 'base64url').toString('base64');

const WATCHED = '__passkeep_testing__';

/** Runs in the page, before its own scripts. */
const watch = (name) => {
  const watched = { asked: { conditional: 0, modal: 0, create: 0 }, openInField: 0, refusal: undefined };
  Object.defineProperty(window, name, { value: watched });
  // Absent outside secure contexts, and where a test takes it away.
  if (!navigator.credentials) return;
  const wrap = (method, kindOf) => {
    const original = navigator.credentials[method].bind(navigator.credentials);
    navigator.credentials[method] = (options) => {
      const kind = kindOf(options);
      watched.asked[kind] += 1;
      if (kind !== 'conditional' && watched.refusal) {
        const { refusal } = watched;
        watched.refusal = undefined;
        return Promise.reject(new DOMException('The operation either timed out or was not allowed.', refusal));
      }
      const answer = original(options);
      if (kind === 'conditional') {
        watched.openInField += 1;
        const closed = () => (watched.openInField -= 1);
        answer.then(closed, closed);
      }
      return answer;
    };
  };
  wrap('get', (options) => (options?.mediation === 'conditional' ? 'conditional' : 'modal'));
  wrap('create', () => 'create');
};

/**
 * What a page asks of `navigator.credentials`. Everything goes on to the browser, except that a dialog can be dismissed in the
 * way a browser reports it: a virtual authenticator has no dialog that a test could cancel.
 */
export class PasskeyRequests {
  #page;

  constructor(page) {
    this.#page = page;
  }

  /** Watches every document that the page loads from now on. */
  static async watch(page) {
    await page.addInitScript(watch, WATCHED);
    return new PasskeyRequests(page);
  }

  /** How often the document has asked, by the kind of request. */
  asked() {
    return this.#page.evaluate((name) => window[name].asked, WATCHED);
  }

  /**
   * Waits until autofill is armed, that is, until a request of the field is with the browser.
   *
   * A virtual authenticator that answers takes such a request at once, as if the person had chosen a passkey in the field. A
   * test that lets it answer any earlier than this signs in through the field, whatever button it meant to press.
   */
  async expectArmed() {
    // While the page goes somewhere else there is nothing to ask.
    const open = () => this.#page.evaluate((name) => window[name].openInField, WATCHED).catch(() => undefined);
    await expect.poll(open, { message: 'autofill is armed' }).toBe(1);
  }

  /** Dismisses the next dialog: its request fails as it does when a person cancels, or with another exception by name. */
  async dismissNextDialog(exception = 'NotAllowedError') {
    await this.#page.evaluate(([name, refusal]) => (window[name].refusal = refusal), [WATCHED, exception]);
  }
}

/** Playwright's `test` with the two as fixtures; `authenticatorKind` is an option of the project or of `test.use`. */
export const test = base.extend({
  authenticatorKind: [{}, { option: true }],
  authenticator: async ({ page, authenticatorKind }, use) => {
    await use(await VirtualAuthenticator.add(page, authenticatorKind));
  },
  requests: async ({ page }, use) => {
    await use(await PasskeyRequests.watch(page));
  },
});

export { expect };
