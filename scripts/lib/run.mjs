// Runs a program as one step: full output to a log file, a sign of life while it works,
// and a Problem that tells the whole story when it fails.

import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { liveLine } from './live-line.mjs';
import { logDir, root } from './paths.mjs';
import { Problem, dim, duration, green, say, withoutColour } from './say.mjs';

const running = new Set();

/** Ctrl-C and `kill` reach the programs under us too: an orphaned compiler would keep the build lock. */
export function stopChildrenOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      for (const child of running) child.kill(signal);
      process.exit(128 + constants.signals[signal]);
    });
  }
}

/** A command as a person would type it. */
export function commandLine(command, args) {
  return [basename(command), ...args].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ');
}

/** Colour codes would make the log hard to read and the counting wrong. Trunk takes no other word than `true`. */
function plain(env) {
  const { FORCE_COLOR: _, ...rest } = env;
  return { ...rest, CARGO_TERM_COLOR: 'never', CARGO_TERM_PROGRESS_WHEN: 'never', NO_COLOR: 'true' };
}

/**
 * Runs a step and resolves with `{ output, code, ms, logPath }`.
 *
 * @param {object} step
 * @param {string} step.title what is being done, as printed
 * @param {string} step.command
 * @param {string[]} step.args
 * @param {NodeJS.ProcessEnv} [step.env] the whole environment; ours when left out
 * @param {string} [step.cwd]
 * @param {string} step.log name of the log file, without suffix
 * @param {string} [step.why] why it is needed
 * @param {string} [step.help] what a person can do when it fails
 * @param {boolean} [step.mayFail] resolve with the code instead of throwing
 * @param {(line: string) => string | undefined} [step.show] picks lines to print as they come
 * @param {boolean} [step.quiet] no line at the end
 */
export async function runStep(step) {
  const { title, command, args, env = process.env, cwd = root, log, why, help, mayFail, show, quiet } = step;
  mkdirSync(logDir, { recursive: true });
  const logPath = join(logDir, `${log}.log`);
  const logFile = createWriteStream(logPath);
  const lines = [];
  const began = Date.now();
  const live = liveLine(title, () => lines);

  const code = await new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: plain(env), stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const take = (line) => {
      const text = withoutColour(line);
      lines.push(text);
      logFile.write(`${text}\n`);
      const shown = show?.(text);
      if (shown !== undefined) live.print(shown);
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', take);
    child.on('error', (error) => {
      take(`${basename(command)}: ${error.code === 'ENOENT' ? 'not found' : error.message}`);
      resolve(127);
    });
    child.on('close', (status, signal) => {
      running.delete(child);
      resolve(signal ? 128 + constants.signals[signal] : status);
    });
  });

  live.stop();
  await new Promise((resolve) => logFile.end(resolve));
  const ms = Date.now() - began;
  if (code !== 0 && !mayFail) {
    const tried = commandLine(command, args);
    throw new Problem(`${title}: failed after ${duration(ms)}`, { why, tried, tail: tail(lines), log: logPath, help });
  }
  if (code === 0 && !quiet) stepDone(title, ms);
  return { output: lines.join('\n'), code, ms, logPath };
}

/** The end of an output: what a person reads first when something failed. */
export const tail = (lines, count = 30) => lines.slice(-count).join('\n').trim();

/** Prints a finished step. */
export function stepDone(title, ms = 0, note = '') {
  const notes = [ms >= 1000 ? duration(ms) : '', note].filter(Boolean).join(', ');
  say(`${green('✓')} ${title}${notes ? dim(` (${notes})`) : ''}`);
}

/** Runs a quick program and resolves with its output, or undefined when it is missing or fails. */
export function capture(command, args, { env = process.env, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('error', () => resolve(undefined));
    child.on('close', (status) => resolve(status === 0 ? output.trim() : undefined));
  });
}
