// A server to be tested, with a database of its own, and clients that are signed in at it.

import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startLoopbackServer } from '../scripts/lib/loopback-server.mjs';
import { program, targetDir } from '../scripts/lib/paths.mjs';

const passkeep = join(targetDir, 'debug', program('passkeep'));
const signUpProgram = join(targetDir, 'debug', 'examples', program('sign_up'));

/** Starts a server and resolves, once it answers, with `{ origin, stop }`. A fuzzing client is a flood, so nothing is limited. */
export const startServer = () => startLoopbackServer(passkeep, 'api', { PASSKEEP_ADDRESS_LIMIT: '0', PASSKEEP_ACCOUNT_LIMIT: '0', PASSKEEP_PASSWORDS: 'sign-up' });

/** Signs up as an `app` or in a `page`, and resolves with the headers by which the server knows the client from then on. */
export async function signUp(origin, who) {
  const { stdout } = await promisify(execFile)(signUpProgram, [origin, who]);
  const value = stdout.trim();
  return who === 'app' ? { Authorization: value } : { Cookie: value, Origin: origin };
}

/** Sends a request without a body and resolves with `{ status, body }`. Not by `fetch`, which says that it is a page. */
export function ask(origin, method, path, headers) {
  return new Promise((resolve, reject) => {
    const sent = request(origin + path, { method, headers }, async (answer) => {
      const text = (await answer.setEncoding('utf8').toArray()).join('');
      resolve({ status: answer.statusCode, body: JSON.parse(text) });
    });
    sent.on('error', reject).end();
  });
}
