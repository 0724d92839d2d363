// The plain client, before a module that does what the test says, and when it says so.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { answers, asked, openPage, rejection } from './page.mjs';
import { create, get, getCapabilities, isConditionalMediationAvailable, startAutofill } from '../src/passkeys.js';

/** Lets what can go on do so. */
const settle = () => new Promise((then) => setImmediate(then));

/** Whatever the module was told, from when it listens. */
let told;

/** Listens to the page as the module does. */
function listen(control) {
  for (const event of ['stop', 'pause', 'resume']) {
    control.addEventListener(event, ({ detail }) => {
      told.push(event);
      detail?.();
    });
  }
}

const autofill = (more) => startAutofill({ fetchOptions: () => ({}), onResponse() {}, ...more });

beforeEach(() => {
  openPage();
  asked.length = 0;
  told = [];
  PublicKeyCredential.isConditionalMediationAvailable = async () => true;
  answers.Autofill = (_, control) => listen(control);
});

test('autofill that is stopped before the module listens is stopped when it does', async () => {
  let listening;
  answers.Autofill = (_, control) => new Promise(() => (listening = () => listen(control)));
  const started = autofill();
  await settle();
  assert.equal(asked.length, 1);
  started.stop();
  listening();
  assert.deepEqual(told, ['stop']);
});

test('a pause before the module listens is one when it does', async () => {
  let listening;
  answers.Autofill = (_, control) => new Promise(() => (listening = () => listen(control)));
  const started = autofill();
  await settle();
  const paused = started.pause();
  await settle();
  listening();
  const resume = await paused;
  resume();
  resume();
  assert.deepEqual(told, ['pause', 'resume']);
});

test('what the module no longer listens to is told to nobody', async () => {
  let ended;
  answers.Autofill = (_, control) => {
    listen(control);
    ended = () => ['stop', 'pause', 'resume'].forEach((event) => control.removeEventListener(event));
  };
  const started = autofill();
  await settle();
  started.stop();
  ended();
  started.stop();
  (await started.pause())();
  assert.deepEqual(told, ['stop']);
});

test('autofill ends with its signal, and a signal that outlives it is left alone', async () => {
  const page = new AbortController();
  const listeners = new Set();
  for (const [method, does] of [['addEventListener', 'add'], ['removeEventListener', 'delete']]) {
    const original = page.signal[method].bind(page.signal);
    page.signal[method] = (event, listener, ...rest) => {
      listeners[does](listener);
      original(event, listener, ...rest);
    };
  }
  const first = autofill({ signal: page.signal });
  await settle();
  assert.equal(listeners.size, 1);
  first.stop();
  assert.equal(listeners.size, 0);
  autofill({ signal: page.signal });
  await settle();
  page.abort();
  assert.deepEqual([told, listeners.size], [['stop', 'stop'], 0]);
  autofill({ signal: page.signal });
  await settle();
  assert.deepEqual([asked.length, listeners.size], [2, 0]);
});

test('autofill is available where the method says so, whatever the report of capabilities says', async () => {
  answers.Capabilities = () => ({ conditionalGet: 'yes' });
  for (const [method, available] of [
    [async () => true, true],
    [() => true, true],
    [async () => false, false],
    [async () => 'yes', false],
    [() => { throw new Error('no'); }, false],
    [async () => { throw new Error('no'); }, false],
    [() => new Promise(() => {}), false],
    [undefined, false],
  ]) {
    PublicKeyCredential.isConditionalMediationAvailable = method;
    assert.equal(await isConditionalMediationAvailable(), available, String(method));
  }
  assert.equal((await getCapabilities()).conditionalGet, 'yes');
  delete globalThis.PublicKeyCredential;
  assert.equal(await isConditionalMediationAvailable(), false);
});

test('a call with a signal that has ended asks nothing of the module', async () => {
  const { code, detail } = await rejection(get({ challenge: 'AA' }, { signal: AbortSignal.abort() }));
  assert.deepEqual([code, detail, asked.length], ['aborted', 'before it started', 0]);
});

/** What a page hears of, as soon as it has heard something. */
async function heard(settings, { more = () => {} } = {}) {
  const errors = [];
  answers.Autofill = async (page, control) => {
    listen(control);
    await page.source().then(() => more(page), (thrown) => page.error(thrown));
  };
  autofill({ ...settings, onError: (error) => errors.push(error) });
  await settle();
  return errors.map(({ name, code, retry, detail, exceptionName, cause }) => [name, code, retry, detail, exceptionName, cause]);
}

const GIVEN = { options: { challenge: 'AA' }, ceremony: 'sealed', expiresIn: 300 };

test('a page hears from the module why its autofill does not work', async () => {
  const more = (page) => page.error({ code: 'invalid_rp_id', message: 'no', retry: false, userMessage: 'Not here.', detail: 'no', cause: 7 });
  assert.deepEqual(await heard({ fetchOptions: () => GIVEN }, { more }), [['PasskeyError', 'invalid_rp_id', false, 'no', undefined, 7]]);
});

test('a page hears that its own source of options has failed, with what it threw', async () => {
  const offline = new TypeError('offline');
  const expected = [['PasskeyError', 'other', true, '`fetchOptions` failed: offline', 'TypeError', offline]];
  const thrower = () => {
    throw offline;
  };
  assert.deepEqual(await heard({ fetchOptions: () => Promise.reject(offline) }), expected);
  assert.deepEqual(await heard({ fetchOptions: thrower }), expected);
});

test('a page hears what its source of options has left out', async () => {
  for (const member of ['options', 'expiresIn']) {
    const { [member]: left, ...rest } = GIVEN;
    const expected = [['PasskeyError', 'invalid_options', false, `\`fetchOptions\` gave no \`${member}\``, undefined, undefined]];
    assert.deepEqual(await heard({ fetchOptions: async () => rest }), expected, `${typeof left}`);
  }
  assert.equal((await heard({ fetchOptions: () => undefined }))[0][3], '`fetchOptions` gave no `options`');
  assert.deepEqual(await heard({ fetchOptions: () => GIVEN }), []);
});

test('a page is given back what its server wants back, whatever that is, or nothing', async () => {
  for (const ceremony of ['sealed', 7, { id: 'a', steps: [1, null] }, null, undefined]) {
    const handed = [];
    answers.Autofill = async (page, control) => {
      listen(control);
      page.outcome({ response: { id: 'OLD' }, ceremony: (await page.source()).ceremony });
    };
    const { ceremony: left, ...rest } = GIVEN;
    autofill({ fetchOptions: () => (ceremony === undefined ? rest : { ...rest, ceremony }), onResponse: (...what) => handed.push(what) });
    await settle();
    assert.deepEqual(handed, [[{ id: 'OLD' }, ceremony]], left);
  }
  const round = {};
  round.round = round;
  const [[, code, , detail]] = await heard({ fetchOptions: () => ({ ...GIVEN, ceremony: round }) });
  assert.deepEqual([code, detail.split('\n')[0]], ['other', '`fetchOptions` failed: Converting circular structure to JSON']);
});

test('inputs of extensions may be bytes, of which the module reads base64url; all else reaches it as it was', async () => {
  const extensions = { prf: { eval: { first: new Uint8Array([1, 2]), second: 'AwQ' } }, largeBlob: { write: new Uint8Array([0, 5, 6, 0]).buffer }, credBlob: new DataView(new Uint8Array([255, 7]).buffer, 1) };
  const text = { prf: { eval: { first: 'AQI', second: 'AwQ' } }, largeBlob: { write: 'AAUGAA' }, credBlob: 'Bw' };
  answers.Create = answers.Get = () => ({ response: {} });
  await create({ challenge: 'AA', extensions });
  await get({ challenge: 'AA', extensions });
  assert.deepEqual(asked.map(({ subject }) => subject), [{ challenge: 'AA', extensions: text }, { challenge: 'AA', extensions: text }]);
  assert.equal(extensions.prf.eval.first.length, 2);

  let given;
  answers.Autofill = async (page, control) => {
    listen(control);
    given = await page.source();
  };
  autofill({ fetchOptions: () => ({ ...GIVEN, options: { challenge: 'AA', extensions } }) });
  await settle();
  assert.deepEqual(given.options, { challenge: 'AA', extensions: text });

  // What is no JSON, or no options at all, is for the module to refuse.
  const none = { challenge: 'AA', extensions: { credBlob: 7n } };
  asked.length = 0;
  for (const options of [none, undefined, null, { challenge: 'AA' }]) {
    await get(options);
    assert.equal(asked.pop().subject, options);
  }
});
