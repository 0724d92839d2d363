// `npm run bench`: how long a verdict takes beside the bare signature in it, and how often it asks for memory.
// `npm run bench -- registration` measures the cases whose names contain the word.
//
// Machines differ, so the ratio is what counts. A registration is held against one ES256 signature, a sign-in against its
// own. It fails when a case exceeds its goal.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { missed, readAllocations, readTimes, table } from './lib/bench-table.mjs';
import { main } from './lib/main.mjs';
import { stateDir } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runStep } from './lib/run.mjs';
import { Problem, heading, say } from './lib/say.mjs';

const GOALS = { 'registration/none': 0.1, 'registration/packed-root': 2.5, 'authentication/es256': 1.1 };

const results = join(stateDir, 'criterion');
const bench = (name, ...args) => ['bench', '-p', 'passkeep-verify', '--bench', name, '--', ...args];

await main(async () => {
  const { env } = await prepare();
  heading('Benchmarks');
  // What an earlier run measured must not be taken for this one's.
  rmSync(results, { recursive: true, force: true });
  const count = { title: 'Allocations', command: 'cargo', args: bench('allocations'), env, log: 'bench-allocations' };
  const { output } = await runStep(count);
  const time = { title: 'Times', command: 'cargo', args: bench('speed', ...process.argv.slice(2)), log: 'bench-speed' };
  await runStep({ ...time, env: { ...env, CRITERION_HOME: results } });
  const times = readTimes(results);
  say(`\n${table(times, readAllocations(output), GOALS)}`);
  const slow = missed(times, GOALS);
  if (slow.length === 0) return;
  const help = 'A busy machine disturbs the ratios. Run it again when nothing else runs, before you believe it.';
  throw new Problem('A verdict took longer than its goal', { tail: slow.join('\n'), help });
});
