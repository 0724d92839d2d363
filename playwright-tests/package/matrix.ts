// The calls that are made in each environment, what is expected of each, and the tables of it in the documentation.
//
// A word says what comes out: `ok`, the code of an error, or one of those in `WORDS`. Every word is held against what the
// browser's own function received, and what the authenticator held afterwards.

import { CREATION, REQUEST } from '../fixtures/package.ts';
import { ENVIRONMENTS } from './environments.ts';

/** The browsers in which it is tried. */
export type Browser = 'chromium' | 'firefox';

/** A passkey of the authenticator. Firefox does not say whose it is. */
export interface Held {
  id: string;
  userName?: string;
}

interface Ceremony {
  call: 'create' | 'get';
  how: 'modal' | 'conditional' | 'immediate';
  challenge: string;
  user?: string;
  ids: string[];
  extensions: string[];
  /** Whether it was told to let go. */
  ended: boolean;
}

interface Signal {
  call: string;
  about: object;
}

/** What came of a call in the page. */
export interface Outcome {
  outcome: string;
  /** The passkey of the response. */
  id?: string;
  received: (Ceremony | Signal)[];
}

interface Call {
  /** How many passkeys the authenticator holds when it is made, each of another account. */
  held?: number;
  /** Runs in the page with `passkeep`, `client`, `observed`, `argument`, `held`, the ids, and `word`, what is expected. */
  code: string;
  argument?: unknown;
  /** What the browser's function receives, if it gets so far. */
  receives: (held: string[]) => (Ceremony | Signal)[];
  /** What the authenticator holds when it has worked. */
  leaves?: (held: Held[], id: string) => Held[];
}

const asked = (call: Ceremony['call'], more: Partial<Ceremony> = {}): Ceremony => ({
  call, how: 'modal', challenge: CREATION.challenge, ids: [], extensions: [], ended: false, ...(call === 'create' && { user: 'AQIDBA' }), ...more,
});
const one = (id: string): Held => ({ id, userName: 'ada' });
const made = (code: string) => `observed.checked(${code}, 'webauthn.create', argument.challenge)`;
const signed = (code: string) => `observed.checked(${code}, 'webauthn.get', argument.challenge, held[0])`;
/** The client of Passkeep's own server, whose server does as it is told. */
const withClient = (flow: string) => `
  let credential;
  const fetch = async (path, { body }) => {
    const said = JSON.parse(body).credential;
    credential ??= said;
    return Response.json(said ? { account: { userName: 'ada' }, signals: {} } : { ceremony: 'c', options: argument });
  };
  await new client.PasskeepClient({ fetch }).${flow};
  const response = credential`;

const PRF = { prf: { eval: { first: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8' } } };
const RENAMED = { rpId: 'localhost', userId: 'AQIDBA', name: 'countess', displayName: 'Ada II' };

/** The calls, by how the table has them. */
export const CALLS: Record<string, Call> = {
  '`create`': {
    code: made('await passkeep.create(argument)'),
    argument: CREATION,
    receives: () => [asked('create')],
    leaves: (_, id) => [one(id)],
  },
  '`get`': { held: 1, code: signed('await passkeep.get(argument)'), argument: REQUEST, receives: () => [asked('get')] },
  '`get` with a list': {
    held: 1,
    code: signed("await passkeep.get({ ...argument, allowCredentials: [{ type: 'public-key', id: held[0] }] })"),
    argument: REQUEST,
    receives: (ids) => [asked('get', { ids })],
  },
  '`get`, and another meanwhile': {
    held: 1,
    // Without a turn of its own the second would take the answer of the first, or end it.
    code: `const first = passkeep.get(argument);
      const code = await passkeep.get(argument).then(() => 'answered', (error) => error.code);
      const answered = await first;
      if (code !== 'pending') throw { code };
      ${signed('answered')}`,
    argument: REQUEST,
    receives: () => [asked('get')],
  },
  '`create` of a second': {
    held: 1,
    code: made("await passkeep.create({ ...argument, excludeCredentials: [{ type: 'public-key', id: held[0] }] })"),
    argument: CREATION,
    receives: (ids) => [asked('create', { ids })],
  },
  '`createWithPrf`': {
    code: `const { response, prf } = await passkeep.createWithPrf({ ...argument, extensions: ${JSON.stringify(PRF)} });
      observed.checked(response, 'webauthn.create', argument.challenge);
      if (response.clientExtensionResults.prf?.enabled !== true) throw { code: 'no outputs' }`,
    argument: CREATION,
    receives: () => [asked('create', { extensions: ['prf'] })],
    leaves: (_, id) => [one(id)],
  },
  '`getWithPrf`': {
    held: 1,
    code: `const { response, prf } = await passkeep.getWithPrf({ ...argument, extensions: ${JSON.stringify(PRF)} });
      observed.checked(response, 'webauthn.get', argument.challenge, held[0]);
      if (prf?.first.length !== 43) throw { code: 'no outputs' }`,
    argument: REQUEST,
    receives: () => [asked('get', { extensions: ['prf'] })],
  },
  '`create`, conditional': {
    code: made("await passkeep.create(argument, { mediation: 'conditional', signal: observed.signal })"),
    argument: CREATION,
    receives: () => [asked('create', { how: 'conditional' })],
    leaves: (_, id) => [one(id)],
  },
  '`get`, conditional': {
    held: 1,
    code: signed("await passkeep.get(argument, { mediation: 'conditional', signal: observed.signal })"),
    argument: REQUEST,
    receives: () => [asked('get', { how: 'conditional' })],
  },
  '`get`, immediate': {
    held: 1,
    code: signed("await passkeep.get(argument, { uiMode: 'immediate' })"),
    argument: REQUEST,
    receives: () => [asked('get', { how: 'immediate' })],
  },
  '`startAutofill`': {
    held: 1,
    code: `let answer, fail;
      const answered = new Promise((resolve, reject) => ([answer, fail] = [resolve, reject]));
      const autofill = passkeep.startAutofill({
        fetchOptions: () => ({ options: argument, ceremony: 'c', expiresIn: 60 }),
        onResponse: (response) => (autofill.stop(), answer(response)),
        onError: fail,
      });
      if (word === 'nothing') {
        // It has found out that it can do nothing by the time that its own question was answered to us a few times.
        for (const _ of [1, 2, 3, 4, 5]) await passkeep.isConditionalMediationAvailable();
        return autofill.stop();
      }
      await Promise.race([observed.arrived, answered]);
      if (observed.signal.aborted) autofill.stop();
      observed.signal.addEventListener('abort', () => autofill.stop());
      const ended = observed.ended().then(() => { throw { code: 'aborted' } });
      ${signed('await Promise.race([answered, ended])')}`,
    argument: REQUEST,
    receives: () => [asked('get', { how: 'conditional' })],
  },
  '`startRegistration`': {
    code: made('await passkeep.startRegistration({ optionsJSON: argument })'),
    argument: CREATION,
    receives: () => [asked('create')],
    leaves: (_, id) => [one(id)],
  },
  '`startAuthentication`': {
    held: 1,
    code: signed('await passkeep.startAuthentication({ optionsJSON: argument })'),
    argument: REQUEST,
    receives: () => [asked('get')],
  },
  '`useBrowserAutofill`': {
    held: 1,
    code: `observed.signal.addEventListener('abort', () => passkeep.WebAuthnAbortService.cancelCeremony());
      ${signed('await passkeep.startAuthentication({ optionsJSON: argument, useBrowserAutofill: true })')}`,
    argument: REQUEST,
    receives: () => [asked('get', { how: 'conditional' })],
  },
  '`client.register`': {
    code: `${withClient("register({ userName: 'ada' })")}; ${made('response')}`,
    argument: CREATION,
    receives: () => [asked('create')],
    leaves: (_, id) => [one(id)],
  },
  '`client.signIn`': {
    held: 1,
    code: `${withClient('signIn()')}; ${signed('response')}`,
    argument: REQUEST,
    receives: () => [asked('get')],
  },
  '`signal`': {
    held: 3,
    code: `await passkeep.signal({
      unknownCredential: { rpId: 'localhost', credentialId: held[1] },
      allAcceptedCredentials: { rpId: 'localhost', userId: 'CQoLDA', allAcceptedCredentialIds: [] },
      currentUserDetails: ${JSON.stringify(RENAMED)},
    })`,
    receives: ([, second]) => [
      { call: 'signalUnknownCredential', about: { rpId: 'localhost', credentialId: second } },
      { call: 'signalAllAcceptedCredentials', about: { rpId: 'localhost', userId: 'CQoLDA', allAcceptedCredentialIds: [] } },
      { call: 'signalCurrentUserDetails', about: RENAMED },
    ],
    leaves: ([first]) => [{ ...first!, userName: 'countess' }],
  },
  '`sendSignal`': {
    held: 1,
    code: "await passkeep.sendSignal({ signalName: 'unknownCredential', rpID: 'localhost', credentialID: held[0] })",
    receives: ([credentialId]) => [{ call: 'signalUnknownCredential', about: { rpId: 'localhost', credentialId } }],
    leaves: () => [],
  },
};

/** The words that are neither `ok` nor the code of an error. */
export const WORDS = {
  waits: 'the request is with the browser until somebody answers it; the page ends it, and the browser hears of that',
  nothing: 'there is nothing to call; nothing fails, and nothing changes',
  'no outputs': 'the response is right, and has no PRF outputs',
};

const SIGNALS = ['`signal`', '`sendSignal`'];
const PRFS = ['`createWithPrf`', '`getWithPrf`'];
const CONDITIONAL = ['`get`, conditional', '`useBrowserAutofill`', '`startAutofill`'];
const each = (names: string[], word: string) => Object.fromEntries(names.map((name) => [name, word]));

/** What is expected where a call does not simply work. */
const EXPECTED: Record<string, Record<string, string>> = {
  'plain objects': each(PRFS, 'no outputs'),
  'getters that throw': each(PRFS, 'no outputs'),
  'Android web view': {
    ...each([...PRFS], 'no outputs'),
    ...each([...CONDITIONAL, '`get`, immediate', '`create`, conditional'], 'mode_unavailable'),
    ...each([...SIGNALS, '`startAutofill`'], 'nothing'),
    '`create` of a second': 'cancelled',
  },
  'no JSON methods': each(['`get`, immediate', '`create`, conditional'], 'mode_unavailable'),
  'promises that never settle': {
    ...each(Object.keys(CALLS).filter((name) => !SIGNALS.includes(name)), 'unresponsive'),
    ...each([...CONDITIONAL, '`create`, conditional'], 'waits'),
  },
  'no WebAuthn': { ...each(Object.keys(CALLS), 'not_supported'), ...each([...SIGNALS, '`startAutofill`'], 'nothing') },
};

/** What is expected in a browser, whatever the environment, unless the call does not get there. */
const BROWSERS: Record<Browser, Record<string, string>> = {
  // Nobody's password was filled in.
  chromium: { '`create`, conditional': 'waits' },
  firefox: {
    '`create`, conditional': 'mode_unavailable',
    '`get`, immediate': 'mode_unavailable',
    // Nobody can be made to take a suggestion there.
    ...each(CONDITIONAL, 'waits'),
    ...each(SIGNALS, 'nothing'),
  },
};

/** Whether a call that ends so has not got as far as the browser. */
const isStopped = (word: string) => ['mode_unavailable', 'not_supported', 'nothing'].includes(word);

/** What comes out of a call in an environment. */
export function expected(browser: Browser, environment: string, call: string): string {
  const words = [EXPECTED[environment]?.[call], BROWSERS[browser][call]].filter((word) => word !== undefined);
  return words.find(isStopped) ?? words[0] ?? (call === '`create` of a second' ? 'already_registered' : 'ok');
}

/** All that is to be seen of a call that ends so: what came out, what the browser received, and what the authenticator holds. */
export function effects(call: string, word: string, held: Held[], id: string | undefined): { outcome: string; received: object[]; held: Held[] } {
  const { receives, leaves } = CALLS[call]!;
  const letGo = word === 'waits' || word === 'unresponsive';
  // The immediate dialog takes no signal.
  const end = (it: Ceremony | Signal) => ('how' in it ? { ...it, ended: letGo && it.how !== 'immediate' } : it);
  const works = word === 'ok' || word === 'no outputs';
  return {
    outcome: word === 'waits' ? 'aborted' : word === 'nothing' ? 'ok' : word,
    received: isStopped(word) ? [] : receives(held.map((it) => it.id)).map(end),
    held: works && leaves ? leaves(held, id ?? 'no id') : held,
  };
}

/** The code of a call, which gives its `Outcome`. Where `waits` is expected of it, the page gives up as soon as it has arrived. */
export function tried(call: string, word: string): string {
  return `const { held, given } = argument;
    const word = '${word}';
    observed.begin(word === 'waits');
    const outcome = await (async (argument) => { ${CALLS[call]!.code} })(given).then(
      () => 'ok',
      (error) => error.reason?.code ?? (typeof error.code === 'string' ? error.code : 'untyped: ' + error),
    );
    return { outcome, id: observed.id, received: observed.received() }`;
}

const CAPABILITIES = [
  'conditionalCreate', 'conditionalGet', 'hybridTransport', 'immediateGet', 'passkeyPlatformAuthenticator', 'relatedOrigins',
  'signalAllAcceptedCredentials', 'signalCurrentUserDetails', 'signalUnknownCredential', 'userVerifyingPlatformAuthenticator',
];
const all = (answer: string) => Object.fromEntries(CAPABILITIES.map((name) => [name, answer]));

/** What the browsers of the tests can do. */
const CAN: Record<Browser, Record<string, string>> = {
  chromium: { ...all('yes'), hybridTransport: 'reported', immediateGet: 'reported' },
  firefox: {
    ...all('reported'),
    ...Object.fromEntries(CAPABILITIES.filter((name) => name.startsWith('signal')).map((name) => [name, 'no'])),
    conditionalGet: 'yes',
    // Its report knows nothing of the tests' authenticator; its other methods do.
    passkeyPlatformAuthenticator: 'yes',
    userVerifyingPlatformAuthenticator: 'yes',
  },
};

/** What `getCapabilities()` says where it does not go by the browser's own report. */
const SAID: Record<string, Record<string, string>> = {
  // It has no way to say that it can, and that it says no is no proof.
  'Android web view': { ...all('unknown'), signalAllAcceptedCredentials: 'no', signalCurrentUserDetails: 'no', signalUnknownCredential: 'no' },
  'no WebAuthn': all('no'),
};

/** What `getCapabilities()` says by name. `reported` is what the browser reports, which depends on the machine. */
export function capabilities(browser: Browser, environment: string): Record<string, string> {
  const said = { ...CAN[browser], ...SAID[environment] };
  if (environment !== 'no JSON methods') return said;
  // What has no method of its own to be asked by.
  return { ...said, ...Object.fromEntries(['conditionalCreate', 'hybridTransport', 'immediateGet', 'relatedOrigins'].map((name) => [name, 'unknown'])) };
}

/** The same as it must be, extensions included, after what the browser itself reports. */
export function capabilitiesAfter(browser: Browser, environment: string, report: Record<string, boolean>): Record<string, string> {
  const word = (answer: boolean | undefined) => (answer === undefined ? 'unknown' : answer ? 'yes' : 'no');
  const said = Object.entries(capabilities(browser, environment));
  const extensions = SAID[environment] || environment === 'no JSON methods' ? [] : Object.keys(report).filter((name) => !CAPABILITIES.includes(name));
  return Object.fromEntries([
    ...said.map(([name, answer]) => [name, answer === 'reported' ? word(report[name]) : answer]),
    ...extensions.map((name) => [name, word(report[name])]),
  ]);
}

const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
const inCode = (word: string) => (word === 'ok' || word in WORDS ? word : `\`${word}\``);

/** The tables of the documentation, by their names in it. */
export const tables: Record<string, () => string> = {
  environments: () => ENVIRONMENTS.filter(({ seen }) => seen).map(({ name, seen }) => `- **${name}**: ${seen}`).join('\n'),
  words: () => Object.entries(WORDS).map(([word, meaning]) => `- **${word}**: ${meaning}`).join('\n'),
};
for (const browser of ['chromium', 'firefox'] as const) {
  const table = (names: string[], environments: string[], cell: (environment: string, name: string) => string) => [
    row(['', ...environments]),
    row(['', ...environments].map(() => '---')),
    ...names.map((name) => row([name, ...environments.map((environment) => cell(environment, name))])),
  ].join('\n');
  const all = ENVIRONMENTS.map(({ name }) => name);
  tables[`${browser}, calls`] = () => table(Object.keys(CALLS), all, (environment, call) => inCode(expected(browser, environment, call)));
  const apart = all.filter((name, i) => i === 0 || name === 'no JSON methods' || name in SAID);
  tables[`${browser}, capabilities`] = () => table(CAPABILITIES, apart, (environment, name) => capabilities(browser, environment)[name]!);
}
