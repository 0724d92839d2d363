// A fuzzing client holds the running server against its own description: no answer of the 500s, and none whose status,
// type, headers or body the description does not have. It asks as nobody, as an app and as a page.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { skippedFor } from '../scripts/lib/needs.mjs';
import { ask, signUp, startServer } from './server.mjs';

const { PASSKEEP_API_PYTHON: python, PASSKEEP_API_PACKAGES: packages, PYTHONPATH } = process.env;
const skip = skippedFor(python ? undefined : 'there is no Python with its packages; npm test -- api says why');
const CONFIG = fileURLToPath(new URL('schemathesis.toml', import.meta.url));
const RUN = 'from schemathesis.cli import schemathesis; schemathesis()';
// What ends the session that the others need. Deleting the account takes a confirmation, which a fuzzer does not have.
const ENDS_THE_SESSION = ['signOut', 'endSessions'];
// What opens another in its place, if the fuzzer ever finds what is accepted.
const REPLACES_THE_SESSION = ['signUpWithPassword', 'signInWithPassword'];

let server;
let description;
before(async () => {
  server = await startServer();
  description = await (await fetch(`${server.origin}/openapi.json`)).json();
});
after(() => server?.stop());

/** Runs schemathesis and resolves with what it complains of, or nothing. */
function complaints(headers, examples, selection = []) {
  const args = [
    ...['-c', RUN, '--config-file', CONFIG, 'run', `${server.origin}/openapi.json`, '--no-color', '--phases', 'examples,coverage,fuzzing'],
    // Our limits on names and ceremonies are no limits of JSON schema, so what fits the schema can be refused.
    ...['--checks', 'all', '--exclude-checks', 'positive_data_acceptance'],
    ...['--generation-deterministic', '--max-examples', String(examples)],
    // One worker: hypothesis keeps what it has seen in a cache that two threads can spoil for each other.
    ...['--continue-on-failure', '--request-timeout', '20', '--warnings', 'off', '--workers', '1'],
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...selection,
  ];
  const env = { ...process.env, PYTHONPATH: [packages, PYTHONPATH].filter(Boolean).join(delimiter), PYTHONIOENCODING: 'utf-8' };
  const options = { env, cwd: tmpdir(), maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(python, args, options, (error, stdout, stderr) => resolve(error ? `${stdout}\n${stderr}` : ''));
  });
}

const exclude = (names) => names.flatMap((name) => ['--exclude-operation-id', name]);
const include = (names) => names.flatMap((name) => ['--include-operation-id', name]);

async function accountOf(headers) {
  const { body } = await ask(server.origin, 'GET', '/api/v1/session', headers);
  return body.account;
}

test('nobody is answered as described', { skip }, async () => {
  assert.equal(await complaints({}, 10), '');
});

for (const who of ['app', 'page']) {
  test(`whoever is signed in ${who === 'app' ? 'on an app' : 'on a page'} is answered as described`, { skip }, async () => {
    const headers = await signUp(server.origin, who);
    // A page that says it is an app is refused as such, whatever the method.
    const unchecked = who === 'page' ? ['--exclude-checks', 'positive_data_acceptance,unsupported_method'] : [];
    assert.equal(await complaints(headers, 10, [...exclude([...ENDS_THE_SESSION, ...REPLACES_THE_SESSION]), ...unchecked]), '');
    assert.ok(await accountOf(headers), 'the session has ended, so little was tested');
  });
}

test('whoever signs out is answered as described', { skip }, async () => {
  const headers = await signUp(server.origin, 'app');
  assert.equal(await complaints(headers, 10, include(ENDS_THE_SESSION)), '');
  assert.equal(await accountOf(headers), null);
});

test('what has to be confirmed is refused without a confirmation, and with one that is none', async () => {
  const headers = await signUp(server.origin, 'app');
  const operations = Object.entries(description.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path: path.replace('{id}', 'AQID'), method: method.toUpperCase(), operation })),
  );
  const isConfirmed = ({ operation }) => operation.parameters?.some(({ name, required }) => name === 'passkeep-confirmation' && required);
  const confirmed = operations.filter(isConfirmed);
  assert.deepEqual(confirmed.map(({ operation }) => operation.operationId).sort(), [
    'deleteAccount',
    'deletePasskey',
    'dropPassword',
    'makeEnrolmentLink',
    'makeRecoveryCodes',
  ]);
  for (const { path, method } of confirmed) {
    for (const confirmation of [{}, { 'passkeep-confirmation': 'AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }]) {
      const { status, body } = await ask(server.origin, method, path, { ...headers, ...confirmation });
      assert.deepEqual([status, body.code], [403, 'confirmation_required'], `${method} ${path}`);
    }
  }
});
