// `npm run bench`: how long a verdict takes beside the bare signature in it, how often it asks for memory, and how long published
// peers take for the same. `npm run bench -- registration` measures the cases whose names contain the word, and
// `npm run bench -- --record` keeps the figures of all in docs/performance.
//
// Machines differ, so the ratio is what counts. A registration is held against one ES256 signature, a sign-in against its
// own. The last figures are of inputs that grow, to the longest that is taken. It fails when a case exceeds its goal.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { figuresOf, missed, missedSeries, peersTable, readAllocations, readLines, readTimes, seriesOf, seriesTable, table } from './lib/bench-table.mjs';
import { main } from './lib/main.mjs';
import { root, stateDir } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { provideTimedPeers } from './lib/python-packages.mjs';
import { capture, runStep } from './lib/run.mjs';
import { Problem, heading, say } from './lib/say.mjs';
import { timePeers } from './lib/timed-peers.mjs';
import { lockedVersion } from './lib/versions.mjs';

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

/** The cases that peers are given, of those that are asked for. */
async function peerInputs(env, words) {
  const made = await runStep({ title: 'What the peers are given', command: 'cargo', args: bench('inputs'), env, log: 'bench-inputs' });
  return readLines(made.output).filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
}

/** With the versions of what was measured. */
async function record(figures, measured, versions, env) {
  const { crateVersion, packageVersion, recordFigures, writeRendered } = await import('./lib/figures.mjs');
  const requirements = readFileSync(join(root, 'peers/speed-requirements.txt'), 'utf8');
  const pinned = (name) => requirements.match(new RegExp(`^${name}==(.+)$`, 'm'))[1];
  const rustc = (await capture('rustc', ['--version'], { env }))?.match(/\d+(\.\d+)+/)?.[0];
  const ours = { rustc, 'aws-lc-rs': crateVersion('aws-lc-rs') };
  const peers = {
    '@simplewebauthn/server': packageVersion('@simplewebauthn/server'),
    webauthn: pinned('webauthn'),
    fido2: pinned('fido2'),
    'webauthn-rs-core': lockedVersion(readFileSync(join(root, 'peers/webauthn-rs/Cargo.lock'), 'utf8'), 'webauthn-rs-core'),
  };
  recordFigures('verification', figures, { ...measured, versions: { ...ours, ...peers, ...versions } });
  await writeRendered();
}

await main(async () => {
  if (isRecorded && words.length > 0) throw new Problem('Only all figures can be recorded', { help: 'npm run bench -- --record' });
  const { env } = await prepare();
  const python = await provideTimedPeers();
  heading('Benchmarks');
  const { circumstances } = await import('./lib/figures.mjs');
  const measured = circumstances();
  // What an earlier run measured must not be taken for this one's.
  rmSync(results, { recursive: true, force: true });
  const count = { title: 'Allocations', command: 'cargo', args: bench('allocations'), env, log: 'bench-allocations' };
  const { output } = await runStep(count);
  const time = { title: 'Times', command: 'cargo', args: bench('speed', ...(words.length > 0 ? [words.join('|')] : [])), log: 'bench-speed' };
  await runStep({ ...time, env: { ...env, CRITERION_HOME: results } });
  const times = readTimes(results);
  const inputs = await peerInputs(env, words);
  const { answers: peers, versions } = inputs.length > 0 ? await timePeers({ env, inputs, python }) : { answers: [] };
  say(`\n${table(times, readAllocations(output), GOALS)}`);
  if (peers.length > 0) say(`\nBeside published peers, in µs and as a multiple of the bare signature:\n\n${peersTable(times, peers)}`);
  const series = seriesOf(times);
  if (series.length > 0) say(`\nWith the size of the input:\n\n${seriesTable(series)}`);
  if (isRecorded) await record(figuresOf(times, readAllocations(output), GOALS, peers), measured, versions, env);
  const slow = [...missed(times, GOALS), ...missedSeries(series, MOST_POWER)];
  if (slow.length === 0) return;
  const help = 'A busy machine disturbs the ratios. Run it again when nothing else runs, before you believe it.';
  throw new Problem('A verdict took longer than its goal', { tail: slow.join('\n'), help });
});
