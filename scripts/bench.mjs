// `npm run bench`: how long a verdict takes beside the bare signature in it, how often it asks for memory, and how long published
// peers take for the same. `npm run bench -- registration` measures the cases whose names contain the word, and
// `npm run bench -- --record` keeps the figures of all in docs/performance.
//
// Machines differ, so the ratio is what counts. A registration is held against one ES256 signature, a sign-in against its
// own. The last figures are of inputs that grow, to the longest that is taken. It fails when a case exceeds its goal.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { figuresOf, missed, missedSeries, peersTable, readAllocations, readLines, readTimes, seriesOf, seriesTable, table } from './lib/bench-table.mjs';
import { main } from './lib/main.mjs';
import { root, stateDir } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { provideTimedPeers } from './lib/python-packages.mjs';
import { runStep } from './lib/run.mjs';
import { Problem, heading, say } from './lib/say.mjs';

const GOALS = {
  'registration/none': 0.07,
  'registration/packed-root': 2.2,
  'authentication/es256': 1.05,
  'authentication/eddsa': 1.07,
  'authentication/rs256': 1.1,
};
/** The power of an input's size that the time may grow with; the rest above one is for noise. */
const MOST_POWER = 1.15;

const isRecorded = process.argv.includes('--record');
const words = process.argv.slice(2).filter((word) => word !== '--record');

const results = join(stateDir, 'criterion');
const bench = (name, ...args) => ['bench', '-p', 'passkeep-verify', '--bench', name, '--', ...args];

/** What the published peers take for the same text, by the same clock, one after the other. */
async function timePeers(env, words, python) {
  const made = await runStep({ title: 'What the peers are given', command: 'cargo', args: bench('inputs'), env, log: 'bench-inputs' });
  const inputs = readLines(made.output).filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  if (inputs.length === 0) return [];
  const file = join(stateDir, 'bench-inputs.jsonl');
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(file, inputs.map((input) => `${JSON.stringify(input)}\n`).join(''));
  const peers = [{ title: 'SimpleWebAuthn', command: process.execPath, args: [join(root, 'peers/speed.mjs'), file], env, log: 'bench-node' }];
  if (python) {
    const path = [python.packages, env.PYTHONPATH].filter(Boolean).join(delimiter);
    const args = [join(root, 'peers/speed.py'), file];
    peers.push({ title: 'py_webauthn and python-fido2', command: python.python, args, env: { ...env, PYTHONPATH: path }, log: 'bench-python' });
  }
  const answers = [];
  for (const peer of peers) answers.push(...readLines((await runStep(peer)).output));
  return answers;
}

/** With the versions of what was measured. */
async function record(figures) {
  const { crateVersion, packageVersion, recordFigures, writeRendered } = await import('./lib/figures.mjs');
  const requirements = readFileSync(join(root, 'peers/speed-requirements.txt'), 'utf8');
  const pinned = (name) => requirements.match(new RegExp(`^${name}==(.+)$`, 'm'))[1];
  recordFigures('verification', figures, {
    'aws-lc-rs': crateVersion('aws-lc-rs'),
    '@simplewebauthn/server': packageVersion('@simplewebauthn/server'),
    webauthn: pinned('webauthn'),
    fido2: pinned('fido2'),
  });
  await writeRendered();
}

await main(async () => {
  if (isRecorded && words.length > 0) throw new Problem('Only all figures can be recorded', { help: 'npm run bench -- --record' });
  const { env } = await prepare();
  const python = await provideTimedPeers();
  heading('Benchmarks');
  // What an earlier run measured must not be taken for this one's.
  rmSync(results, { recursive: true, force: true });
  const count = { title: 'Allocations', command: 'cargo', args: bench('allocations'), env, log: 'bench-allocations' };
  const { output } = await runStep(count);
  const time = { title: 'Times', command: 'cargo', args: bench('speed', ...(words.length > 0 ? [words.join('|')] : [])), log: 'bench-speed' };
  await runStep({ ...time, env: { ...env, CRITERION_HOME: results } });
  const times = readTimes(results);
  const peers = await timePeers(env, words, python);
  say(`\n${table(times, readAllocations(output), GOALS)}`);
  if (peers.length > 0) say(`\nBeside published peers, in µs and as a multiple of the bare signature:\n\n${peersTable(times, peers)}`);
  const series = seriesOf(times);
  if (series.length > 0) say(`\nWith the size of the input:\n\n${seriesTable(series)}`);
  if (isRecorded) await record(figuresOf(times, readAllocations(output), GOALS, peers));
  const slow = [...missed(times, GOALS), ...missedSeries(series, MOST_POWER)];
  if (slow.length === 0) return;
  const help = 'A busy machine disturbs the ratios. Run it again when nothing else runs, before you believe it.';
  throw new Problem('A verdict took longer than its goal', { tail: slow.join('\n'), help });
});
