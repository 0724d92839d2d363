import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countCargo } from './counting.mjs';
import { Problem } from './say.mjs';
import { runParts, summary } from './test-parts.mjs';

const program = (text) => ({ title: 'a program', command: process.execPath, args: ['-e', text] });
const context = (build = async () => {}) => ({ env: process.env, build });

test('a failing part does not stop the next, and both are counted', async () => {
  const parts = {
    'self-test-first': { about: 'fails', commands: [program('process.exit(3)'), program('')] },
    'self-test-second': {
      about: 'has tests',
      commands: [{ ...program('console.log("test result: FAILED. 7 passed; 2 failed; 1 ignored"); process.exit(1)'), count: countCargo }],
    },
  };
  const total = await runParts(parts, Object.keys(parts), context());
  assert.deepEqual(total, { passed: 8, failed: 3, skipped: 1, flaky: 0 });
});

test('a report that is not there is a failure', async () => {
  const count = () => JSON.parse('');
  const parts = { 'self-test-report': { about: 'writes no report', commands: [{ ...program(''), count }] } };
  assert.equal((await runParts(parts, Object.keys(parts), context())).failed, 1);
});

test('the release build runs once, and its failure fails every part that needs it', async () => {
  let builds = 0;
  const build = async () => {
    builds += 1;
    throw new Problem('it does not build');
  };
  const parts = {
    'self-test-site': { about: 'the build', build: true, commands: [] },
    'self-test-e2e': { about: 'needs the build', build: true, commands: [program('')] },
  };
  const total = await runParts(parts, Object.keys(parts), context(build));
  assert.deepEqual({ builds, ...total }, { builds: 1, passed: 0, failed: 2, skipped: 0, flaky: 0 });
});

test('the last line counts over all parts, and names what was skipped only if anything was', () => {
  assert.equal(summary({ passed: 412, failed: 0, skipped: 0 }, ['fmt', 'rust'], '11 min 32 s'), 'npm test: 412 passed, 0 failed (fmt, rust) in 11 min 32 s');
  assert.equal(summary({ passed: 5, failed: 1, skipped: 2, flaky: 1 }, ['e2e'], '9 s'), 'npm test: 5 passed, 1 failed, 2 skipped, 1 flaky (e2e) in 9 s');
});
