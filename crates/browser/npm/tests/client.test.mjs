// The client for Passkeep's own server, before a server of the test's.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { later, module, settle, told } from './page-with-client.mjs';

const { CONFIRMATION_HEADER, PasskeepClient, ServerError, isServerError } = await import('../src/client.js');

const ACCOUNT = { userName: 'ada', displayName: 'Ada' };
const accepts = (...ids) => ({ allAcceptedCredentials: { rpId: 'localhost', userId: 'AQ', allAcceptedCredentialIds: ids }, currentUserDetails: { rpId: 'localhost', userId: 'AQ', name: 'ada', displayName: 'Ada' } });
const json = (body, status = 200) => new Response(JSON.stringify(body), { status });
const start = { ceremony: 'sealed', options: { challenge: 'AA' }, expiresIn: 300 };

/** A client of a server that answers by method and path. */
const clientOf = (answers) =>
  new PasskeepClient({
    fetch: async (url, { method }) => {
      const answer = answers[`${method} ${url.replace('/api/v1/', '').replace(/\?.*/, '')}`];
      return typeof answer === 'function' ? answer() : answer?.clone();
    },
  });

/** The lists of passkeys that the browser was told of. */
const lists = () => told.map((signals) => signals?.allAcceptedCredentials?.allAcceptedCredentialIds);

beforeEach(() => {
  for (const name of Object.keys(module)) delete module[name];
  module.create = () => ({ response: { id: 'NEW' } });
  module.get = () => ({ response: { id: 'OLD' } });
  told.length = 0;
});

/** A server whose list and whose end of a registration come when the test says so. */
function slowServer() {
  const list = later();
  const finish = later();
  const client = clientOf({
    'GET passkeys': () => list.promise,
    'POST registration/start': json(start),
    'POST registration/finish': () => finish.promise,
    'POST authentication/start': json(start),
    'POST authentication/finish': json({ account: ACCOUNT, confirmation: { token: 'yes' } }),
    'DELETE passkeys/OLD': json({ remaining: 1, signals: accepts('NEW') }),
  });
  return { client, list, finish };
}

test('a list tells the browser which passkeys there are', async () => {
  const { client, list } = slowServer();
  list.happen(json({ passkeys: [], signals: accepts('OLD') }));
  assert.deepEqual(await client.passkeys(), []);
  assert.deepEqual(lists(), [['OLD']]);
});

test('a list that was asked for before a passkey was made, and comes after, does not make the browser forget it', async () => {
  const { client, list, finish } = slowServer();
  const listed = client.passkeys();
  finish.happen(json({ account: ACCOUNT, signals: accepts('OLD', 'NEW') }));
  await client.register({ userName: 'ada' });
  list.happen(json({ passkeys: [], signals: accepts('OLD') }));
  await listed;
  assert.deepEqual(lists(), [['OLD', 'NEW'], undefined]);
  assert.equal(told[1].currentUserDetails.name, 'ada');
});

test('nor does one that comes while the server does not know the new one yet, from whichever client of the page', async () => {
  const { client, finish } = slowServer();
  const registered = client.register({ userName: 'ada' });
  await settle();
  const other = slowServer();
  other.list.happen(json({ passkeys: [], signals: accepts('OLD') }));
  await other.client.passkeys();
  finish.happen(json({ account: ACCOUNT, signals: accepts('OLD', 'NEW') }));
  await registered;
  assert.deepEqual(lists(), [undefined, ['OLD', 'NEW']]);
});

test('nor one that was asked for while it was made, and comes after', async () => {
  const { client, list, finish } = slowServer();
  const registered = client.register({ userName: 'ada' });
  await settle();
  const listed = client.passkeys();
  finish.happen(json({ account: ACCOUNT, signals: accepts('OLD', 'NEW') }));
  await registered;
  list.happen(json({ passkeys: [], signals: accepts('OLD') }));
  await listed;
  assert.deepEqual(lists(), [['OLD', 'NEW'], undefined]);
});

test('nor does a list bring back one that has been deleted since', async () => {
  const { client, list } = slowServer();
  const listed = client.passkeys();
  await client.deletePasskey('OLD');
  list.happen(json({ passkeys: [], signals: accepts('OLD', 'NEW') }));
  await listed;
  assert.deepEqual(lists(), [undefined, ['NEW'], undefined]);
});

test('nor does a deletion that is answered while a passkey is being made; what the server says of that one is news again', async () => {
  const { client, finish } = slowServer();
  const created = later();
  module.create = () => created.promise;
  const registered = client.register({ userName: 'ada' });
  await settle();
  await client.deletePasskey('OLD');
  created.happen({ response: { id: 'NEW' } });
  finish.happen(json({ account: ACCOUNT, signals: accepts('NEW') }));
  await registered;
  // The first is of what confirms the deletion.
  assert.deepEqual(lists(), [undefined, undefined, ['NEW']]);
});

test('after a registration that failed, lists are told again', async () => {
  const { client, list } = slowServer();
  module.create = () => Promise.reject({ code: 'cancelled', message: 'no' });
  await assert.rejects(client.register({ userName: 'ada' }), { name: 'PasskeyError', code: 'cancelled' });
  list.happen(json({ passkeys: [], signals: accepts('OLD') }));
  await client.passkeys();
  assert.deepEqual(lists(), [['OLD']]);
});

test('an answer that is not what it should be is unreadable, and no fault of the page', async () => {
  const methods = {
    'GET session': (client) => client.session(),
    'GET passkeys': (client) => client.passkeys(),
    'POST authentication/start': (client) => client.signIn(),
    'POST registration/start': (client) => client.recover({ userName: 'ada', code: 'x' }),
    'PATCH passkeys/OLD': (client) => client.renamePasskey('OLD', 'x'),
  };
  for (const [path, ask] of Object.entries(methods)) {
    for (const answer of [new Response(null, { status: 204 }), json([start]), json(null), json('text'), json({}), new Response('<h1>Welcome to the hotel</h1>')]) {
      await assert.rejects(ask(clientOf({ [path]: answer })), { name: 'ServerError', code: 'unreadable', status: answer.status }, path);
    }
    await assert.rejects(ask(clientOf({ [path]: json([], 502) })), { name: 'ServerError', code: 'unreadable', status: 502 }, path);
    await assert.rejects(ask(clientOf({ [path]: json({ code: 7 }, 502) })), { name: 'ServerError', code: 'unreadable', status: 502 }, path);
    await assert.rejects(ask(clientOf({ [path]: () => Promise.reject(new TypeError('no network')) })), { name: 'ServerError', code: 'unreachable' }, path);
  }
});

test('who is signed in is an account, or nobody; and signing out wants no answer', async () => {
  assert.deepEqual(await clientOf({ 'GET session': json({ account: ACCOUNT }) }).session(), ACCOUNT);
  assert.equal(await clientOf({ 'GET session': json({ account: null }) }).session(), null);
  assert.equal(await clientOf({ 'DELETE session': new Response(null, { status: 204 }) }).signOut(), undefined);
});

test('what the server misses is for the server to say: no method throws instead of rejecting', async () => {
  const problem = json({ code: 'invalid_request', title: 'Something is missing.', status: 422, requestId: 'r1' }, 422);
  const client = clientOf({ 'POST registration/start': problem, 'POST authentication/start': problem });
  for (const name of ['register', 'recover', 'enrol', 'signIn', 'addPasskey']) {
    const error = await client[name]().catch((error) => error);
    assert.deepEqual([error.name, error.code, error.status, error.userMessage, error.requestId], ['ServerError', 'invalid_request', 422, 'Something is missing.', 'r1'], name);
  }
});

test('an error of another copy of the package is known by its name', async () => {
  assert.equal(isServerError(new ServerError({ code: 'unreachable', message: '' })), true);
  assert.equal(isServerError(Object.assign(new Error(''), { name: 'ServerError', code: 'unreachable' })), true);
  assert.equal(isServerError(new Error('')), false);
  // An upgrade that another copy refuses is as little to report as one of this.
  module.create = () => Promise.reject({ code: 'mode_unavailable', message: '' });
  assert.equal(await clientOf({ 'POST registration/start': json(start) }).upgrade(), undefined);
});

test('the signal of an immediate sign-in goes to the module, which lets go of the dialog', async () => {
  const { signal } = new AbortController();
  let settings;
  module.get = (options, given) => {
    settings = given;
    return { response: { id: 'OLD' } };
  };
  await clientOf({ 'POST authentication/start': json(start), 'POST authentication/finish': json({ account: ACCOUNT }) }).signIn({ immediate: true, signal });
  assert.deepEqual(settings, { uiMode: 'immediate', signal });
});

test('an offer that ended is let go of, by `stop()` as by its signal', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const client = clientOf({ 'POST authentication/start': json(start) });
  const controller = new AbortController();
  const offer = () => {
    const onSignedIn = () => {};
    const autofill = client.autofill({ onSignedIn, signal: controller.signal });
    return { held: new WeakRef(onSignedIn), stop: autofill.stop };
  };
  const stopped = offer();
  const { held: aborted } = offer();
  const left = async () => {
    await settle();
    collect();
    return [stopped.held, aborted].map((held) => held.deref() !== undefined);
  };
  assert.deepEqual(await left(), [true, true]);
  stopped.stop();
  delete stopped.stop;
  assert.deepEqual(await left(), [false, true]);
  controller.abort();
  assert.deepEqual(await left(), [false, false]);
  // One that is aborted before it begins asks nothing.
  const asks = clientOf({ 'POST authentication/start': () => assert.fail('it asked') });
  asks.autofill({ signal: controller.signal });
  await settle();
});

test('an offer that cannot be made is told, with what the server said of it', async () => {
  const problem = json({ code: 'too_many_requests', title: 'Later.', status: 429 }, 429);
  const client = clientOf({ 'POST authentication/start': problem });
  // What the module says when the source of options has failed: what that has thrown. And when the browser has.
  module.autofill = async (page) => {
    page.error(await page.source().catch((error) => error));
    page.error({ code: 'invalid_rp_id', message: '' });
  };
  const heard = [];
  const autofill = client.autofill({ onError: ({ name, code }, about) => heard.push([name, code, about]) });
  await settle();
  autofill.stop();
  assert.deepEqual(heard, [
    ['ServerError', 'too_many_requests', { signed: false }],
    ['PasskeyError', 'invalid_rp_id', { signed: false }],
  ]);
});

test('a passkey that the server refuses is told as one that somebody has taken; what the page throws is not lost', async () => {
  const answers = { 'POST authentication/start': json(start), 'POST authentication/finish': json({ code: 'authentication_rejected', title: 'No.', status: 401 }, 401) };
  const client = clientOf(answers);
  const outcomes = [];
  module.autofill = async (page) => {
    const { ceremony } = await page.source();
    for (let taken = 0; taken < 2; taken++) outcomes.push(await page.outcome({ response: { id: 'OLD' }, ceremony }).catch((error) => error));
  };
  const heard = [];
  client.autofill({
    onError: ({ code }, about) => {
      heard.push([code, about]);
      answers['POST authentication/finish'] = json({ account: ACCOUNT });
    },
    onSignedIn: ({ account }) => {
      throw new RangeError(account.userName);
    },
  });
  await settle();
  assert.deepEqual(heard, [['authentication_rejected', { signed: true }]]);
  // The module reports what the page's own code rejects with.
  assert.deepEqual(outcomes.map((error) => error?.message), [undefined, 'ada']);
});

test('what is confirmed with a passkey is asked for with what permits it, once', async () => {
  const asked = [];
  const answers = {
    'POST authentication/start': start,
    'POST authentication/finish': { account: ACCOUNT, confirmation: { token: 'permits' } },
    'POST recovery-codes': { codes: ['one', 'two'] },
    'POST enrolment-links': { url: 'https://example.org/#enrol=x', qrSvg: '<svg/>', expiresIn: 600 },
    'DELETE account': { signals: accepts() },
  };
  const client = new PasskeepClient({
    fetch: async (url, { method, headers, body }) => {
      const what = `${method} ${url.replace('/api/v1/', '')}`;
      asked.push([what, headers[CONFIRMATION_HEADER] ?? JSON.parse(body ?? null)?.action?.do]);
      return what in answers ? json(answers[what]) : new Response(null, { status: 204 });
    },
  });
  const actions = [
    ['makeRecoveryCodes', 'make-recovery-codes', 'POST recovery-codes', ['one', 'two']],
    ['makeEnrolmentLink', 'make-enrolment-link', 'POST enrolment-links', answers['POST enrolment-links']],
    ['dropPassword', 'drop-password', 'DELETE password', undefined],
    ['deleteAccount', 'delete-account', 'DELETE account', undefined],
  ];
  for (const [method, action, request, result] of actions) {
    asked.length = told.length = 0;
    assert.deepEqual(await client[method](), result);
    assert.deepEqual(asked, [['POST authentication/start', action], ['POST authentication/finish', undefined], [request, 'permits']]);
  }
  // Of the confirmation there is nothing to tell; of the account, that no passkey is good any more.
  assert.deepEqual(lists(), [undefined, []]);

  const ended = { signal: AbortSignal.abort() };
  for (const [method] of actions) {
    asked.length = 0;
    await assert.rejects(client[method](ended), { name: 'PasskeyError', code: 'aborted' }, method);
    assert.equal(asked.length, 1, 'the start, which a real server does not hear of');
  }
});

test('an enrolment link is good as it is and as its token', async () => {
  for (const link of ['token_-7', 'https://example.org/#enrol=token_-7', 'http://localhost:8080/auth/#enrol=token_-7']) {
    let asked;
    const client = new PasskeepClient({
      fetch: async (url, { body }) => {
        asked ??= JSON.parse(body);
        return json(url.endsWith('start') ? start : { account: ACCOUNT, signals: {} });
      },
    });
    await client.enrol({ link });
    assert.deepEqual(asked, { flow: 'enrol', link: 'token_-7' });
  }
});
