import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFuzzing, summary } from './fuzzing.mjs';

const RUN = `INFO: seed corpus: files: 16 min: 164b max: 1208b total: 11843b rss: 45Mb
#17	INITED cov: 301 ft: 611 corp: 16/11Kb exec/s: 0 rss: 47Mb
#1024	NEW    cov: 305 ft: 620 corp: 17/11Kb lim: 1208 exec/s: 512 rss: 50Mb L: 120/1208 MS: 1 EraseBytes-
#2048	DONE   cov: 307 ft: 640 corp: 20/12Kb lim: 1208 exec/s: 512 rss: 51Mb
stat::number_of_executed_units: 2048
`;

test('runs and new coverage are read', () => {
  const result = readFuzzing(RUN);
  assert.deepEqual(result, { runs: 2048, began: 301, ended: 307 });
  assert.equal(summary({ target: 'x', ...result, crashes: 0 }), 'x: 2048 runs, coverage 301 → 307 (6 new), 0 crashes');
});

test('a run that ended in a crash has no final line', () => {
  const crash = RUN.split('\n').slice(0, 3).join('\n');
  assert.deepEqual(readFuzzing(`${crash}\nthread panicked\n`), { runs: 1024, began: 301, ended: 305 });
});

test('a program that did not start has run nothing', () => {
  assert.deepEqual(readFuzzing('error: could not compile'), { runs: 0, began: 0, ended: 0 });
});
