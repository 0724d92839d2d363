// How the scripts speak: plain lines, colour only on a terminal that wants it.

import { homedir } from 'node:os';
import { relative } from 'node:path';
import { root } from './paths.mjs';

export const isTerminal = Boolean(process.stdout.isTTY) && !process.env.CI;
const colour = isTerminal && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
const paint = (code) => (text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = paint('1');
export const dim = paint('2');
export const red = paint('31');
export const green = paint('32');

export const say = (line = '') => process.stdout.write(`${line}\n`);

/** "850 ms", "12 s", "4 min 10 s". */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${ms < 10_000 ? (ms / 1000).toFixed(1) : seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A path as a person would write it: relative to the repository or to the home folder. */
export function shortPath(path) {
  const inside = relative(root, path);
  if (!inside.startsWith('..')) return inside || '.';
  const home = homedir();
  return home !== '/' && path.startsWith(home) ? `~${path.slice(home.length)}` : path;
}

const ansi = /\u001b(\[[0-9;?]*[A-Za-z]|\([A-Z0-9])/g;
export const withoutColour = (text) => text.replace(ansi, '');

/** Mirrors and registries differ from machine to machine; what a line says about them does not help. */
export const withoutHosts = (text) => text.replace(/\b(https?|sparse\+https?):\/\/[^/\s'"`)]+/g, '$1://…');

/**
 * Something a person can act on. Everything else that is thrown is a fault of the scripts
 * and keeps its stack.
 */
export class Problem extends Error {
  /** @param {string} what one line @param {{why?: string, tried?: string, tail?: string, log?: string, help?: string}} details */
  constructor(what, details = {}) {
    super(what);
    this.details = details;
  }
}

const indent = (text) => text.replace(/^/gm, '    ');

/** Prints a problem: what, why it matters, what was tried, the end of the output, what to do. */
export function explain(error) {
  if (!(error instanceof Problem)) {
    process.stderr.write(`${error?.stack ?? error}\n`);
    return;
  }
  const { why, tried, tail, log, help } = error.details;
  const lines = ['', red(`✗ ${error.message}`)];
  if (why) lines.push(`  Why it is needed: ${why}`);
  if (tried) lines.push(`  Tried: ${tried}`);
  if (tail) lines.push('  It ended with:', dim(indent(withoutHosts(tail))));
  if (log) lines.push(`  Full output: ${shortPath(log)}`);
  if (help) lines.push('  What you can do:', indent(help));
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** Prints a heading. */
export const heading = (text) => say(`\n${bold(text)}`);
