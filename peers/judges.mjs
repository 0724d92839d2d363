// The cases, and who judges them.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint } from '../scripts/lib/fingerprint.mjs';
import { program, stateDir, targetDir } from '../scripts/lib/paths.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const exporter = join(targetDir, 'debug', 'examples', program('peer_cases'));
const passkeep = join(targetDir, 'debug', program('passkeep'));

/** Runs a program on a text and resolves with what it printed; its errors go to ours. */
function run(command, args, { input = '', env = process.env, mayFail = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 || mayFail ? resolve(output) : reject(new Error(`${command} ended with ${code}`))));
    // Whoever has read enough closes the pipe.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

const lines = (text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line));

/** The cases: `{ name, group, document }`. The same exporter makes the same ones, so they are kept. */
export async function exportCases() {
  const kept = join(stateDir, `peer-cases-${fingerprint([exporter]).slice(0, 16)}.jsonl`);
  try {
    return lines(readFileSync(kept, 'utf8'));
  } catch {
    const output = await run(exporter, []);
    mkdirSync(stateDir, { recursive: true });
    writeFileSync(kept, output);
    return lines(output);
  }
}

/** What `passkeep verify` says to each case, by name. */
export async function askPasskeep(cases) {
  const verdicts = new Map();
  const left = [...cases];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const input = JSON.stringify(next.document);
      const report = JSON.parse(await run(passkeep, ['verify', '-'], { input, mayFail: true }));
      verdicts.set(next.name, report.ok ? { verdict: 'accepted' } : { verdict: 'refused', why: `${report.code}: ${report.message}` });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return verdicts;
}

async function ask(command, args, cases, env) {
  const input = cases.map((one) => `${JSON.stringify(one)}\n`).join('');
  const verdicts = lines(await run(command, args, { input, env }));
  return new Map(verdicts.map(({ name, ...verdict }) => [name, verdict]));
}

/** The peers. `missing` says why one cannot be asked here. */
export const PEERS = {
  simplewebauthn: {
    ask: (cases) => ask(process.execPath, [here('simplewebauthn.mjs')], cases, process.env),
  },
  py_webauthn: {
    missing: process.env.PASSKEEP_PEER_PYTHON ? undefined : 'there is no Python with its packages; npm test -- peers says why',
    ask: (cases) => {
      const { PASSKEEP_PEER_PYTHON: python, PASSKEEP_PEER_PACKAGES: packages, PYTHONPATH } = process.env;
      const path = [packages, PYTHONPATH].filter(Boolean).join(delimiter);
      const env = { ...process.env, PYTHONPATH: path, PYTHONIOENCODING: 'utf-8' };
      return ask(python, [here('py_webauthn.py')], cases, env);
    },
  },
};
