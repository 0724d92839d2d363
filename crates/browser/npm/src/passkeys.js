// The plain client: the calls of WebAuthn from JSON to JSON, with errors that say what happened.

import { fromModule } from './errors.js';
import { isSupported, load, loadIfSupported } from './loader.js';

const start = (module, call, ...subject) =>
  new Promise((resolve, reject) => module.call(module.Call[call], ...subject, resolve, reject));

async function run(call, options, settings) {
  const module = await loadIfSupported();
  try {
    return await start(module, call, options, settings);
  } catch (thrown) {
    throw fromModule(thrown);
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

/** Whether the browser can offer passkeys among its autofill suggestions. */
export const isConditionalMediationAvailable = async () => (await getCapabilities()).conditionalGet === 'yes';

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

/** Asks for options where the browser says that it offers passkeys in autofill. */
async function ifOffered(fetchOptions) {
  const offered = PublicKeyCredential.isConditionalMediationAvailable?.();
  return (await offered) === true ? fetchOptions() : undefined;
}

/**
 * Keeps passkeys among the autofill suggestions of the page's `autocomplete="username webauthn"` field, until it is stopped.
 *
 * `fetchOptions()` asks the server: `{ options, ceremony, expiresIn }`. `onResponse(response, ceremony)` hands in what was
 * signed; when it is done and nobody has stopped it, autofill is armed again.
 */
export function startAutofill({ fetchOptions, onResponse, signal: abort }) {
  // Its events tell the module what to do.
  const control = new EventTarget();
  const tell = (event, detail) => control.dispatchEvent(new CustomEvent(event, { detail }));
  let running;
  let stopped = abort?.aborted ?? false;
  // What the module asks for first is on its way while the module is. If a dialog keeps it waiting, it asks anew.
  let early;
  const source = () => {
    const options = early?.since > Date.now() - EARLY ? early.options : fetchOptions();
    early = undefined;
    return options;
  };
  const ready = (async () => {
    if (stopped || !isSupported()) return;
    early = { since: Date.now(), options: ifOffered(fetchOptions) };
    // Whoever uses them hears of a failure.
    early.options.catch(() => {});
    // Without the module there is no autofill; the button says why.
    const module = await load().catch(() => undefined);
    if (!module || stopped) return;
    running = true;
    start(module, 'Autofill', { source, outcome: ({ response, ceremony }) => onResponse(response, ceremony) }, control);
  })();
  const stop = () => {
    stopped = true;
    running = false;
    tell('stop');
  };
  abort?.addEventListener('abort', stop, { once: true });
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
