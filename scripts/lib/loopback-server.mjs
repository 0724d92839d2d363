// A server to ask things of, on a port of its own and with a database that is thrown away.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logDir } from './paths.mjs';

/**
 * Starts a server and resolves, once it answers, with `{ origin, stop }`.
 * @param {string} binary the program
 * @param {string} name names its log
 * @param {Record<string, string>} settings more of its environment
 */
export async function startLoopbackServer(binary, name, settings = {}) {
  const data = mkdtempSync(join(tmpdir(), `passkeep-${name}-`));
  mkdirSync(logDir, { recursive: true });
  const logPath = join(logDir, `${name}-server.log`);
  const log = openSync(logPath, 'w');
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const own = { PASSKEEP_LISTEN: `127.0.0.1:${port}`, PASSKEEP_DATA_DIR: data, PASSKEEP_DATABASE_URL: '', PASSKEEP_ORIGINS: origin, PASSKEEP_LOG: 'warn' };
  const server = spawn(binary, ['serve'], { env: { ...process.env, ...own, ...settings }, stdio: ['ignore', log, log] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  for (let tries = 0; server.exitCode === null && tries < 600; tries += 1) {
    if (await answers(`${origin}/readyz`)) return { origin, stop };
    await sleep(50);
  }
  await stop();
  throw new Error(`the server did not start; ${logPath} says why`);
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
