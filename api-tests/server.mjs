// A server to be tested, with a database of its own, and clients that are signed in at it.

import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { logDir, program, targetDir } from '../scripts/lib/paths.mjs';

const passkeep = join(targetDir, 'debug', program('passkeep'));
const signUpProgram = join(targetDir, 'debug', 'examples', program('sign_up'));

/** Starts a server and resolves, once it answers, with `{ origin, stop }`. */
export async function startServer() {
  const data = mkdtempSync(join(tmpdir(), 'passkeep-api-'));
  mkdirSync(logDir, { recursive: true });
  const log = openSync(join(logDir, 'api-server.log'), 'w');
  const port = await freePort();
  const env = {
    ...process.env,
    PASSKEEP_LISTEN: `127.0.0.1:${port}`,
    PASSKEEP_DATA_DIR: data,
    PASSKEEP_ORIGINS: `http://localhost:${port}`,
    // A fuzzing client is a flood.
    PASSKEEP_ADDRESS_LIMIT: '0',
    PASSKEEP_ACCOUNT_LIMIT: '0',
    PASSKEEP_LOG: 'warn',
  };
  const server = spawn(passkeep, ['serve'], { env, stdio: ['ignore', log, log] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  const origin = `http://localhost:${port}`;
  for (let tries = 0; server.exitCode === null && tries < 600; tries += 1) {
    if (await answers(`${origin}/readyz`)) return { origin, stop };
    await sleep(50);
  }
  await stop();
  throw new Error(`the server did not start; ${join(logDir, 'api-server.log')} says why`);
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort() {
  const listener = createServer();
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

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
