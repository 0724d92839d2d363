// Counts tests in what the test programs print or write.

export const nothing = () => ({ passed: 0, failed: 0, skipped: 0, flaky: 0 });

export function add(a, b) {
  return Object.fromEntries(Object.keys(a).map((key) => [key, a[key] + (b[key] ?? 0)]));
}

/** Sums the "test result:" lines of cargo test and of wasm-bindgen's runner. */
export function countCargo(output) {
  const result = /^\s*test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm;
  let total = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, skipped] of output.matchAll(result)) {
    total = add(total, { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) });
  }
  return total;
}

/** Reads the summary of `node --test` in its spec or TAP form. */
export function countNode(output) {
  const number = (word) => Number(output.match(new RegExp(`^[#ℹ] ${word} (\\d+)$`, 'm'))?.[1] ?? 0);
  return { passed: number('pass'), failed: number('fail') + number('cancelled'), skipped: number('skipped') + number('todo') };
}

/** Reads the statistics of a Playwright JSON report; a flaky test passed in the end and is also counted apart. */
export function countPlaywright(report) {
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report.stats ?? {};
  // Errors outside any test (a config or fixture that does not load) fail the run without an unexpected test.
  const outside = unexpected === 0 ? (report.errors ?? []).length : 0;
  return { passed: expected + flaky, failed: unexpected + outside, skipped, flaky };
}

/** A program that failed without any failed test (it did not compile, it crashed) counts as one failure. */
export function withExitCode(counts, code) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
