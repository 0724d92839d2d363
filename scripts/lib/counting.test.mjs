import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, countCargo, countNode, countPlaywright, nothing, withExitCode } from './counting.mjs';

test('the results of several cargo test programs add up', () => {
  const output = `running 2 tests
test a ... ok
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
     Running tests/other.rs
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.12s`;
  assert.deepEqual(countCargo(output), { passed: 5, failed: 2, skipped: 1 });
});

test('the words of a result inside a line are no result', () => {
  assert.deepEqual(countCargo('it printed "test result: ok. 9 passed; 0 failed; 0 ignored"'), { passed: 0, failed: 0, skipped: 0 });
});

test("node's summary is read in both of its forms", () => {
  const lines = ['tests 9', 'suites 0', 'pass 4', 'fail 2', 'cancelled 1', 'skipped 1', 'todo 1', 'duration_ms 80'];
  const expected = { passed: 4, failed: 3, skipped: 2 };
  assert.deepEqual(countNode(lines.map((line) => `# ${line}`).join('\n')), expected);
  assert.deepEqual(countNode(lines.map((line) => `ℹ ${line}`).join('\n')), expected);
});

test('a flaky journey passed, and is told apart', () => {
  const report = { stats: { expected: 10, unexpected: 1, flaky: 2, skipped: 3 }, errors: [] };
  assert.deepEqual(countPlaywright(report), { passed: 12, failed: 1, skipped: 3, flaky: 2 });
});

test('an error outside any journey is a failure', () => {
  const report = { stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }, errors: [{ message: 'the configuration does not load' }] };
  assert.deepEqual(countPlaywright(report), { passed: 0, failed: 1, skipped: 0, flaky: 0 });
});

test('a program that fails without a failed test counts as one', () => {
  assert.equal(withExitCode({ passed: 0, failed: 0, skipped: 0 }, 101).failed, 1);
  assert.equal(withExitCode({ passed: 5, failed: 2, skipped: 0 }, 101).failed, 2);
  assert.equal(withExitCode({ passed: 5, failed: 0, skipped: 0 }, 0).failed, 0);
});

test('counts without flaky tests can be added to counts with them', () => {
  const sum = add(add(nothing(), { passed: 1, failed: 0, skipped: 2 }), { passed: 3, failed: 4, skipped: 0, flaky: 1 });
  assert.deepEqual(sum, { passed: 4, failed: 4, skipped: 2, flaky: 1 });
});
