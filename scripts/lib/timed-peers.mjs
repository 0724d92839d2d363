// What published peers take for the cases of `npm run bench`. Each runs in several processes, some of them on one processor and some
// wherever the system puts them, and its best time counts: whether pinning helps depends on the peer, and a process has luck.

import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { readLines } from './bench-table.mjs';
import { findOnPath } from './environment.mjs';
import { program, root, stateDir, targetDir } from './paths.mjs';
import { runStep } from './run.mjs';
import { say } from './say.mjs';

/** Of each kind of process. */
const PROCESSES = 2;

/** Resolves with `{ answers, versions }`: of each case and peer the best time, and what it ran on. */
export async function timePeers({ env, inputs, python }) {
  const file = join(stateDir, 'bench-inputs.jsonl');
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(file, inputs.map((input) => `${JSON.stringify(input)}\n`).join(''));
  const peers = [{ title: 'SimpleWebAuthn', command: process.execPath, args: [join(root, 'peers/speed.mjs'), file], env, log: 'bench-node' }];
  if (python) {
    const path = [python.packages, env.PYTHONPATH].filter(Boolean).join(delimiter);
    const args = [join(root, 'peers/speed.py'), file];
    peers.push({ title: 'py_webauthn and python-fido2', command: python.python, args, env: { ...env, PYTHONPATH: path }, log: 'bench-python' });
  }
  const rust = await buildRust(env);
  if (rust) peers.push({ title: 'webauthn-rs', command: rust, args: [file], env, log: 'bench-rust' });
  const lines = [];
  for (const peer of peers) {
    for (const step of processesOf(peer)) lines.push(...readLines((await runStep(step)).output));
  }
  return { answers: bestOf(lines.filter(({ name }) => name)), versions: Object.assign({}, ...lines.map(({ versions }) => versions)) };
}

/** The crate in peers/webauthn-rs is built here and nowhere else. Without it the others are timed all the same. */
async function buildRust(env) {
  const args = ['build', '--release', '--locked', '--manifest-path', join(root, 'peers/webauthn-rs/Cargo.toml'), '--target-dir', targetDir];
  const { code } = await runStep({ title: 'webauthn-rs (cargo build --release)', command: 'cargo', args, env, log: 'build-webauthn-rs', mayFail: true });
  if (code === 0) return join(targetDir, 'release', program('passkeep-peer-webauthn-rs'));
  say('  webauthn-rs is left out: it could not be built (see target/passkeep/logs/build-webauthn-rs.log).');
  return undefined;
}

/** Some wherever the system puts them, and where there is `taskset` some on the last processor. */
function processesOf(peer) {
  const anywhere = Array.from({ length: PROCESSES }, () => peer);
  const taskset = findOnPath('taskset');
  if (!taskset) return anywhere;
  const args = ['-c', String(availableParallelism() - 1), peer.command, ...peer.args];
  const pinned = { ...peer, title: `${peer.title}, on one processor`, command: taskset, args, mayFail: true };
  return [...anywhere, ...Array.from({ length: PROCESSES }, () => pinned)];
}

/** Of several answers for a case by the same peer the one with the least time. A refusal stands where there is no other. */
export function bestOf(answers) {
  const best = new Map();
  for (const answer of answers) {
    const key = `${answer.peer} ${answer.name}`;
    const known = best.get(key);
    if (!known || (answer.nanoseconds ?? Infinity) < (known.nanoseconds ?? Infinity)) best.set(key, answer);
  }
  return [...best.values()];
}
