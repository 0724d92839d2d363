// Reads what libFuzzer prints.

/**
 * The number of runs, and how many branches the target had taken after its corpus was read and at the end.
 * @param {string} output
 */
export function readFuzzing(output) {
  const coverage = [...output.matchAll(/^#\d+\s+(\w+)\s.*?\bcov: (\d+)/gm)].map(([, event, cov]) => ({ event, cov: Number(cov) }));
  const begun = coverage.find(({ event }) => event === 'INITED') ?? coverage[0];
  const runs = output.match(/^stat::number_of_executed_units:\s+(\d+)/m) ?? output.match(/^#(\d+)[^\n]*(?![\s\S]*^#\d)/m);
  return { runs: Number(runs?.[1] ?? 0), began: begun?.cov ?? 0, ended: coverage.at(-1)?.cov ?? 0 };
}

/** One line for a target. */
export function summary({ target, runs, began, ended, crashes }) {
  return `${target}: ${runs} runs, coverage ${began} → ${ended} (${ended - began} new), ${crashes} crashes`;
}
