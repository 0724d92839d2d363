// Serves an example's folder on the origin of a Passkeep server: files from the folder, `/api/` from the server, and every page under the
// strict Content-Security-Policy. It is for trying things out, without TLS and on this machine only.
//
//     node serve.mjs FOLDER [--port 5173] [--server http://localhost:8080]
//
// The server must know the origin: PASSKEEP_ORIGINS=http://localhost:5173

import { createReadStream, realpathSync, statSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { extname, join, sep } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '5173' }, server: { type: 'string', default: 'http://localhost:8080' } },
});
const folder = realpathSync(positionals[0] ?? '.');

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
};

function fileOf(path) {
  const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
  return file.startsWith(folder + sep) && statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

/** The path of an address, or nothing for one that is no address. */
function pathOf(url) {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
}

function forward(asked, answer) {
  const { method, headers } = asked;
  const onward = request(new URL(asked.url, values.server), { method, headers }, (answered) => {
    answer.writeHead(answered.statusCode, answered.rawHeaders);
    answered.pipe(answer);
  });
  onward.on('error', (error) => {
    console.error(`${values.server} does not answer (${error.code}): is the Passkeep server running?`);
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(502).end();
  });
  answer.on('close', () => onward.destroy());
  asked.pipe(onward);
}

const server = createServer((asked, answer) => {
  const path = pathOf(asked.url);
  if (path?.startsWith('/api/')) return forward(asked, answer);
  const file = path && fileOf(path);
  if (!file) return answer.writeHead(404).end('There is no such file.\n');
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  answer.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY, 'cache-control': 'no-cache' });
  createReadStream(file).pipe(answer);
});

server.on('error', (error) => {
  console.error(`Cannot listen on port ${values.port} (${error.code}): choose another with --port`);
  process.exitCode = 1;
});
server.listen(Number(values.port), 'localhost', () => console.log(`Open http://localhost:${server.address().port}`));
