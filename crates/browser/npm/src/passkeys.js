// The plain client: the calls of WebAuthn from JSON to JSON, with errors that say what happened.

import { asJSON } from './bytes.js';
import { failed, fromModule, isPasskeyError, withoutOptions } from './errors.js';
import { isSupported, load, loadIfSupported } from './loader.js';

const start = (module, call, ...subject) =>
  new Promise((resolve, reject) => module.call(module.Call[call], ...subject, resolve, reject));

async function run(call, options, settings) {
  const module = await loadIfSupported(settings?.signal);
  try {
    return await start(module, call, withoutBytes(options), settings);
  } catch (thrown) {
    throw fromModule(thrown);
  }
}

/** Options without bytes, as which the inputs of extensions may come. What is no JSON is left for the module to refuse. */
function withoutBytes(options) {
  try {
    return options.extensions ? { ...options, extensions: asJSON(options.extensions) } : options;
  } catch {
    return options;
  }
}

/** Makes a passkey. Resolves with the `RegistrationResponseJSON` for the server. */
export const create = async (options, settings) => (await run('Create', options, settings)).response;

/** Signs in with a passkey. Resolves with the `AuthenticationResponseJSON` for the server. */
export const get = async (options, settings) => (await run('Get', options, settings)).response;

/** As `create`, with the PRF outputs beside the response: `{ response, prf }`. */
export const createWithPrf = (options, settings) => run('Create', options, settings);

/** As `get`, with the PRF outputs beside the response: `{ response, prf }`. */
export const getWithPrf = (options, settings) => run('Get', options, settings);

/** What needs the module, or nothing where it cannot be had: these are questions and favours, which fail for nobody. */
async function ask(call, subject) {
  const module = isSupported() ? await load().catch(() => undefined) : undefined;
  return module && start(module, call, subject, undefined);
}

/** Tells the browser's credential manager what the server knows. It never rejects: a signal is a favour. */
export const signal = (signals) => ask('Signal', signals);

/** How long the browser's own answer is waited for, in milliseconds. Browsers give it at once. */
const PATIENCE = 1_000;

/**
 * Whether the browser can offer passkeys among its autofill suggestions. The method says so, and not the report of capabilities:
 * where it is missing, such a request may open a dialog, and is not made.
 */
export async function isConditionalMediationAvailable() {
  if (!isSupported()) return false;
  const answer = (async () => PublicKeyCredential.isConditionalMediationAvailable?.())().catch(() => {});
  const silence = new Promise((then) => setTimeout(then, PATIENCE));
  return (await Promise.race([answer, silence])) === true;
}

const NAMES = [
  'conditionalCreate',
  'conditionalGet',
  'hybridTransport',
  'immediateGet',
  'passkeyPlatformAuthenticator',
  'relatedOrigins',
  'signalAllAcceptedCredentials',
  'signalCurrentUserDetails',
  'signalUnknownCredential',
  'userVerifyingPlatformAuthenticator',
];

/** What this browser can do: `yes`, `no` or `unknown` by name. A missing answer is no "no". */
export async function getCapabilities() {
  const all = (answer) => Object.fromEntries(NAMES.map((name) => [name, answer]));
  return (await ask('Capabilities')) ?? all(isSupported() ? 'unknown' : 'no');
}

/** How old options that were asked for ahead may be, in milliseconds. */
const EARLY = 10_000;

/**
 * Keeps passkeys among the autofill suggestions of the page's `autocomplete="username webauthn"` field, until it is stopped.
 *
 * `fetchOptions()` asks the server: `{ options, ceremony, expiresIn }`, of which `ceremony` is whatever JSON the server wants back,
 * or nothing. `onResponse(response, ceremony)` hands in what was signed; when it is done and nobody has stopped it, autofill is armed
 * again. `onError(error)` hears why it does not work, for good or for now.
 */
export function startAutofill({ fetchOptions, onResponse, onError = () => {}, signal: abort }) {
  // What the module listens to, once it does. What was told before that waits for it.
  const listeners = {};
  let untold = [];
  const control = {
    addEventListener(event, listener) {
      listeners[event] = listener;
      const waiting = untold;
      untold = [];
      waiting.forEach(([event, detail]) => tell(event, detail));
    },
    removeEventListener(event) {
      delete listeners[event];
    },
  };
  const tell = (event, detail) => (listeners[event] ? listeners[event]({ detail }) : untold.push([event, detail]));
  let running;
  let stopped = abort?.aborted ?? false;
  // What the module asks for first is on its way while the module is. If a dialog keeps it waiting, it asks anew.
  let early;
  const source = async () => {
    const asked = early?.since > Date.now() - EARLY ? early.options : undefined;
    early = undefined;
    let given;
    let ceremony;
    try {
      given = (await asked) ?? (await fetchOptions());
      // The module keeps a text.
      ceremony = JSON.stringify({ is: given?.ceremony });
    } catch (thrown) {
      throw failed('`fetchOptions`', thrown);
    }
    const types = { options: 'object', expiresIn: 'number' };
    const missing = Object.keys(types).find((member) => typeof given?.[member] !== types[member]);
    if (missing) throw withoutOptions(missing);
    return { options: withoutBytes(given.options), ceremony, expiresIn: given.expiresIn };
  };
  const ready = (async () => {
    if (stopped || !isSupported()) return;
    early = { since: Date.now(), options: isConditionalMediationAvailable().then((is) => (is ? fetchOptions() : undefined)) };
    // Whoever uses them hears of a failure.
    early.options.catch(() => {});
    // In a turn of its own, so that what the page throws is reported.
    const module = await load().catch((error) => void setTimeout(() => stopped || onError(error)));
    if (!module || stopped) return;
    running = true;
    const error = (thrown) => onError(isPasskeyError(thrown) ? thrown : fromModule(thrown));
    const outcome = ({ response, ceremony }) => onResponse(response, JSON.parse(ceremony).is);
    start(module, 'Autofill', { source, outcome, error }, control);
  })();
  const stop = () => {
    stopped = true;
    running = false;
    abort?.removeEventListener('abort', stop);
    tell('stop');
  };
  if (!stopped) abort?.addEventListener('abort', stop);
  return {
    stop,
    /** Disarms while something else goes on. Resolves with the function that arms again. */
    async pause() {
      await ready;
      let paused = running;
      if (paused) await new Promise((then) => tell('pause', then));
      return () => {
        if (paused) tell('resume');
        paused = false;
      };
    },
  };
}
