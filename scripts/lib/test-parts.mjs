// Runs the parts of the test run and adds up what they report.

import { rmSync } from 'node:fs';
import { add, nothing, withExitCode } from './counting.mjs';
import { commandLine, runStep, stepDone, tail } from './run.mjs';
import { Problem, dim, duration, explain, heading, red, say, shortPath } from './say.mjs';

/** A line for each part. */
export function listParts(parts) {
  const width = Math.max(...Object.keys(parts).map((name) => name.length));
  return Object.entries(parts).map(([name, { about }]) => `${name.padEnd(width)}  ${about}`).join('\n');
}

/** The last line of a run. */
export function summary({ passed, failed, skipped, flaky = 0 }, names, time) {
  const more = [skipped && `${skipped} skipped`, flaky && `${flaky} flaky`].filter(Boolean).map((words) => `, ${words}`);
  return `npm test: ${passed} passed, ${failed} failed${more.join('')} (${names.join(', ')}) in ${time}`;
}

/**
 * Runs the named parts one after another.
 * @param {object} context
 * @param {NodeJS.ProcessEnv} context.env
 * @param {() => Promise<unknown>} context.build the release build of the site and the server
 */
export async function runParts(parts, names, { env, build }) {
  let total = nothing();
  let built;
  const buildOnce = () => (built ??= attempt(build));
  for (const name of names) {
    heading(`${name}: ${parts[name].about}`);
    const began = Date.now();
    const counts = await runPart(name, parts[name], { env, buildOnce });
    total = add(total, counts);
    const verdict = `${counts.passed} passed, ${counts.failed} failed`;
    say(dim(`  ${name}: ${counts.failed ? red(verdict) : verdict} in ${duration(Date.now() - began)}`));
  }
  return total;
}

async function runPart(name, part, { env, buildOnce }) {
  let counts = nothing();
  if (part.build) {
    // The build is a check of the part that is named after it, and a condition of every other.
    if (!(await buildOnce())) {
      say(red('✗ not run: the release build failed'));
      return { ...counts, failed: 1 };
    }
    if (part.commands.length === 0) return { ...counts, passed: 1 };
  }
  for (const [i, step] of part.commands.entries()) {
    const log = part.commands.length > 1 ? `test-${name}-${i + 1}` : `test-${name}`;
    counts = add(counts, await runCommand(step, log, env));
  }
  return counts;
}

async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    explain(error);
    return false;
  }
}

async function runCommand({ title, command, args, env: extra, count, show, forget }, log, env) {
  // A report of an earlier run must not be taken for this one's.
  if (forget) rmSync(forget, { force: true });
  title ??= commandLine(command, args);
  const run = await runStep({ title, command, args, env: { ...env, ...extra }, log, show, mayFail: true, quiet: true });
  const counts = { ...nothing(), ...counted(run, count) };
  if (run.code === 0 && counts.failed === 0) {
    stepDone(title, run.ms);
  } else {
    say(`${red('✗')} ${title}${dim(` (${duration(run.ms)})`)}`);
    say(dim(tail(run.output.split('\n'), 60).replace(/^/gm, '    ')));
    say(`  Full output: ${shortPath(run.logPath)}`);
  }
  return counts;
}

function counted(run, count) {
  if (!count) return run.code === 0 ? { passed: 1 } : { failed: 1 };
  try {
    return withExitCode(count(run.output), run.code);
  } catch {
    // No report was written: the program did not get that far.
    return { failed: 1 };
  }
}
