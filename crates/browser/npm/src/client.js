// A client for Passkeep's own server, in which each flow is one call. It carries out what the server asks to be signalled.

import './index.js';
import { PasskeyError, isPasskeyError } from './errors.js';
import { create, get, signal, startAutofill } from './passkeys.js';

/** The request header that carries what `reauthenticate()` resolves with. */
export const CONFIRMATION_HEADER = 'passkeep-confirmation';

/** The server refused, or could not be reached. `code` is the server's, or `unreachable` or `unreadable`. */
export class ServerError extends Error {
  constructor({ code, message, status, detail, requestId, retryAfter, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ServerError';
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
    this.userMessage = message;
  }
}

/** Whether something that was caught is a `ServerError`, of this copy of the module or of another. */
export const isServerError = (error) => error instanceof Error && error.name === 'ServerError' && typeof error.code === 'string';

/** How many passkeys are being made or deleted, by every client of the page, and how many have been. */
let changing = 0;
let changes = 0;

/** Runs what makes or deletes a passkey, from before the browser has it until the server has said what it knows. */
async function change(flow) {
  changing++;
  try {
    return await flow();
  } finally {
    changing--;
    changes++;
  }
}

/**
 * Asks the server something, and tells the browser what the answer says. But an answer that another change overtook may be older than
 * a new passkey: what it says of which there are would have the browser forget that one. `own` is 1 within a change.
 */
async function told(ask, own = 0) {
  const before = changes;
  const answer = await ask();
  const overtaken = changing > own || changes > before;
  await signal(overtaken ? { ...answer.signals, allAcceptedCredentials: undefined } : answer.signals);
  return answer;
}

/** The offers that stand, of every client of the page. */
const offers = new Set();

/**
 * Runs a flow while no offer is armed: it would offer a passkey that the server does not know yet, and a browser that is told so
 * forgets it.
 */
async function undisturbed(flow) {
  const resumes = await Promise.all([...offers].map((offer) => offer.pause()));
  try {
    return await flow();
  } finally {
    for (const resume of resumes) resume();
  }
}

export class PasskeepClient {
  #base;
  #fetch;

  /** `baseUrl` is where the server's routes are mounted, on the page's own origin: cookies are never sent to another. */
  constructor({ baseUrl = '/', fetch = (...request) => globalThis.fetch(...request) } = {}) {
    this.#base = `${baseUrl.replace(/\/+$/, '')}/api/v1/`;
    this.#fetch = fetch;
  }

  /** Makes an account with its first passkey, and signs in. */
  register({ userName, displayName, signal: abort } = {}) {
    return this.#register({ flow: 'sign-up', userName, displayName }, { abort });
  }

  /** Makes one more passkey for whoever is signed in, who confirms it with one they have unless they have just signed in. */
  async addPasskey({ signal: abort } = {}) {
    const add = { flow: 'add' };
    try {
      return await this.#register(add, { abort });
    } catch (error) {
      if (!isServerError(error) || error.code !== 'confirmation_required') throw error;
    }
    const confirmation = await this.reauthenticate({ do: 'add-passkey' }, { signal: abort });
    return this.#register(add, { abort, confirmation });
  }

  /**
   * Makes one more passkey without asking, right after a sign-in. Resolves with nothing where that is not possible, whatever
   * the reason: nobody asked for it, so there is nothing to report.
   */
  async upgrade({ signal: abort } = {}) {
    try {
      return await this.#register({ flow: 'upgrade' }, { abort });
    } catch (error) {
      if (isPasskeyError(error) || isServerError(error)) return undefined;
      throw error;
    }
  }

  /** Makes a passkey for somebody who has lost theirs, with a recovery code, and signs in. */
  recover({ userName, code, signal: abort } = {}) {
    return this.#register({ flow: 'recover', userName, code }, { abort });
  }

  /** Makes a passkey on this device by an enrolment link, or its token, and signs in. */
  enrol({ link, signal: abort } = {}) {
    return this.#register({ flow: 'enrol', link: link?.split('#enrol=').pop() }, { abort });
  }

  /**
   * Signs in: with any passkey, or with one of the named account. `immediate` asks only if one is at hand on this device; a browser
   * keeps that dialog open when `signal` is aborted, and what comes of it is dropped.
   */
  async signIn({ userName, immediate = false, signal: abort } = {}) {
    return this.#authenticate({ userName }, { uiMode: immediate ? 'immediate' : undefined, signal: abort });
  }

  /**
   * Offers passkeys in the page's autofill until `stop()`, or until somebody is signed in. What fails goes to `onError`, and the offer
   * stands or comes back where it can. `signed` says whether somebody had taken a passkey; otherwise nobody has asked for anything.
   */
  autofill({ onSignedIn = () => {}, onError = () => {}, signal: abort } = {}) {
    const autofill = startAutofill({
      signal: abort,
      fetchOptions: () => this.#send('POST', 'authentication/start', 'options', { body: {} }),
      // What the server said of the options is the cause.
      onError: (error) => onError(isServerError(error.cause) ? error.cause : error, { signed: false }),
      onResponse: async (credential, ceremony) => {
        let finished;
        try {
          finished = await told(() => this.#finish('authentication', ceremony, credential));
        } catch (error) {
          return onError(error, { signed: true });
        }
        stop();
        // What the page makes of it is its own affair: whatever it throws, somebody is signed in.
        return onSignedIn(finished);
      },
    });
    const stop = () => {
      offers.delete(autofill);
      abort?.removeEventListener('abort', stop);
      autofill.stop();
    };
    offers.add(autofill);
    abort?.addEventListener('abort', stop);
    if (abort?.aborted) stop();
    return { stop, pause: () => autofill.pause() };
  }

  /** Has the owner confirm an action with a passkey. Resolves with what permits it, once and for five minutes. */
  async reauthenticate(action, { signal: abort } = {}) {
    const { confirmation } = await this.#authenticate({ flow: 'confirm', action }, { signal: abort });
    if (!confirmation) throw unreadable(200);
    return confirmation.token;
  }

  /** Who is signed in, or null. */
  async session() {
    return (await this.#send('GET', 'session', 'account')).account;
  }

  /** The passkeys of whoever is signed in. The browser's own list is brought in step with them. */
  async passkeys() {
    return (await told(() => this.#send('GET', 'passkeys', 'passkeys'))).passkeys;
  }

  renamePasskey(id, label) {
    return this.#send('PATCH', `passkeys/${encodeURIComponent(id)}`, 'id', { body: { label } });
  }

  /** Deletes a passkey, which its owner confirms first; the account's last one only with `evenIfLast`. */
  async deletePasskey(id, { evenIfLast = false, ...settings } = {}) {
    const query = evenIfLast ? '?evenIfLast=true' : '';
    const ask = await this.#confirmed({ do: 'delete-passkey', id }, settings);
    return change(() => told(() => ask('DELETE', `passkeys/${encodeURIComponent(id)}${query}`, 'remaining'), 1));
  }

  /** Makes recovery codes, which the owner confirms first. Those of before are void. */
  async makeRecoveryCodes(settings) {
    const ask = await this.#confirmed({ do: 'make-recovery-codes' }, settings);
    return (await ask('POST', 'recovery-codes', 'codes')).codes;
  }

  /** Makes a link by which another device gets a passkey, once, which the owner confirms first. */
  async makeEnrolmentLink(settings) {
    const ask = await this.#confirmed({ do: 'make-enrolment-link' }, settings);
    return ask('POST', 'enrolment-links', 'url');
  }

  /** Deletes the account's password, which its owner confirms first. */
  async dropPassword(settings) {
    const ask = await this.#confirmed({ do: 'drop-password' }, settings);
    await ask('DELETE', 'password');
  }

  /** Deletes the account, which its owner confirms first. The browser is told that none of its passkeys is good any more. */
  async deleteAccount(settings) {
    const ask = await this.#confirmed({ do: 'delete-account' }, settings);
    await change(() => told(() => ask('DELETE', 'account', 'signals'), 1));
  }

  async signOut() {
    await this.#send('DELETE', 'session');
  }

  /** Has an action confirmed. Resolves with what asks the server for it. */
  async #confirmed(action, settings) {
    const confirmation = await this.reauthenticate(action, settings);
    return (method, path, member) => this.#send(method, path, member, { confirmation });
  }

  #register(start, { abort, confirmation }) {
    return undisturbed(async () => {
      const { ceremony, options, mediation } = await this.#send('POST', 'registration/start', 'options', { body: start, abort, confirmation });
      return change(async () => {
        const credential = await create(options, { mediation, signal: abort });
        // What was made must be known to the server, even if the page has lost interest.
        return told(() => this.#finish('registration', ceremony, credential), 1);
      });
    });
  }

  #authenticate(start, settings) {
    return undisturbed(async () => {
      const { ceremony, options } = await this.#send('POST', 'authentication/start', 'options', { body: start, abort: settings.signal });
      const credential = await get(options, settings);
      return told(() => this.#finish('authentication', ceremony, credential));
    });
  }

  #finish(flow, ceremony, credential) {
    return this.#send('POST', `${flow}/finish`, 'account', { body: { ceremony, credential } });
  }

  /** What the server answers: an object with this member, or nothing if none is wanted. */
  async #send(method, path, member, { body, abort, confirmation } = {}) {
    const headers = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (confirmation !== undefined) headers[CONFIRMATION_HEADER] = confirmation;
    const request = { method, headers, body: body && JSON.stringify(body), credentials: 'same-origin', redirect: 'error', signal: abort };
    let answer;
    let text;
    try {
      answer = await this.#fetch(this.#base + path, request);
      text = await answer.text();
    } catch (cause) {
      throw abort?.aborted ? abortedByPage(cause) : unreachable(cause);
    }
    if (answer.ok && !member) return undefined;
    let json;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      throw unreadable(answer.status, cause);
    }
    const fits = answer.ok ? json?.[member] !== undefined : typeof json?.code === 'string';
    if (!fits) throw unreadable(answer.status);
    if (answer.ok) return json;
    await signal(json.signals ?? {});
    const retryAfter = Number(answer.headers.get('retry-after')) || undefined;
    const { code, title, status, detail, requestId } = json;
    throw new ServerError({ code, message: title, status, detail, requestId, retryAfter });
  }
}

const abortedByPage = (cause) =>
  new PasskeyError({ code: 'aborted', message: 'the ceremony was ended by the page', retry: true, userMessage: '', exceptionName: cause?.name, cause });

const unreachable = (cause) =>
  new ServerError({ code: 'unreachable', message: 'The server cannot be reached. Check your connection and try again.', cause });

const unreadable = (status, cause) =>
  new ServerError({ code: 'unreadable', message: 'The answer could not be understood. Please try again later.', status, cause });
