// Runs the server in the foreground.

import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { inForeground } from './foreground.mjs';
import { serverBinary } from './paths.mjs';
import { Problem } from './say.mjs';

const PATIENCE_MS = 60_000;

/** Reads PASSKEEP_LISTEN: an address, `[v6 address]` or name, a colon, a port. */
export function listenAddress(text = process.env.PASSKEEP_LISTEN || '127.0.0.1:8080') {
  const match = text.match(/^(?:\[([\da-fA-F:]+)\]|([^\s:[\]]+)):(\d{1,5})$/);
  const port = Number(match?.[3]);
  if (!match || port === 0 || port > 65535) {
    throw new Problem(`PASSKEEP_LISTEN is ${JSON.stringify(text)}, which is not an address and a port`, {
      help: 'For example: PASSKEEP_LISTEN=127.0.0.1:8081 npm start',
    });
  }
  const host = match[1] ?? match[2];
  // A server on all addresses is asked at this machine's own.
  const asked = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const probe = `http://${asked.includes(':') ? `[${asked}]` : asked}:${port}`;
  return { text, host, port, probe, url: `http://localhost:${port}` };
}

/** Throws when something else already listens there. */
export async function assertFree(address) {
  const error = await new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host: address.host, port: address.port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (!error) return;
  const another = `PASSKEEP_LISTEN=127.0.0.1:${address.port < 65535 ? address.port + 1 : 8080} npm start`;
  if (error.code !== 'EADDRINUSE') {
    throw new Problem(`Cannot listen on ${address.text} (${error.code})`, { help: `Choose another address: ${another}` });
  }
  const ours = (await isHealthy(address)) ? ` (by a Passkeep server, it seems: ${address.url})` : '';
  throw new Problem(`Port ${address.port} is in use${ours}`, { help: `Stop that program, or choose another port: ${another}` });
}

async function isHealthy(address) {
  try {
    return (await fetch(`${address.probe}/healthz`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}

/** Runs the server, calls `ready` once it answers, and resolves with its exit status. */
export async function serve(address, ready) {
  const env = { ...process.env, PASSKEEP_LISTEN: address.text, PASSKEEP_DATA_DIR: process.env.PASSKEEP_DATA_DIR || './data' };
  const { ended, stop } = inForeground(serverBinary, ['serve'], { env, ownGroup: true });
  const outcome = await Promise.race([ended, untilHealthy(address)]);
  if (outcome === 'healthy') {
    ready();
    return ended;
  }
  if (outcome === 'silent') {
    stop();
    throw new Problem(`The server runs, but ${address.probe}/healthz did not answer within a minute`);
  }
  throw new Problem(`The server stopped before it was ready (status ${outcome}); its own messages are above`);
}

async function untilHealthy(address) {
  for (const began = Date.now(); Date.now() - began < PATIENCE_MS; await sleep(50)) {
    if (await isHealthy(address)) return 'healthy';
  }
  return 'silent';
}
