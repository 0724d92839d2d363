// Reads what the benchmarks of `verify` leave behind, and makes the table at their end.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder } from './fingerprint.mjs';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

/**
 * What Criterion measured, in nanoseconds: for each case `{ raw, verdict, ratios }`, where the bare signature and the verdict took turns,
 * and for each kind of input that grows the time by its size. Of each turn its fastest sample counts, and of all turns the one in the
 * middle; a ratio is that of a turn's two halves, which had the same neighbours.
 */
export function readTimes(folder) {
  const times = {};
  const turns = {};
  for (const path of filesUnder(folder)) {
    if (!path.endsWith(join('new', 'benchmark.json'))) continue;
    const { group_id: name, function_id: what, value_str: size } = read(path);
    const time = fastest(read(join(path, '..', 'sample.json')));
    if (what) ((turns[name] ??= {})[size] ??= {})[what] = time;
    else (times[name] ??= {})[size] = time;
  }
  for (const [name, bySize] of Object.entries(turns)) {
    const each = Object.values(bySize);
    const middle = (what) => median(each.map((turn) => turn[what]));
    times[name] = { raw: middle('raw'), verdict: middle('verdict'), ratios: each.map(({ raw, verdict }) => verdict / raw) };
  }
  return times;
}

/** The time of the fastest sample: whatever else runs on the machine only ever adds to it. */
export const fastest = ({ iters, times }) => Math.min(...times.map((time, i) => time / iters[i]));

/** The value in the middle; of an even number, halfway between the two. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** What the count of allocations printed: a name, a number and bytes to a line. */
export function readAllocations(output) {
  const lines = output.split('\n').map((line) => line.split('\t'));
  const counts = lines.filter((fields) => fields.length === 3);
  return Object.fromEntries(counts.map(([name, count, bytes]) => [name, { count, bytes }]));
}

/** The lines of a program's output that are JSON. */
export const readLines = (output) => output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));

/** A line for each case that peers were given, in their order. */
export function peersTable(times, answers) {
  const peers = [...new Set(answers.map(({ peer }) => peer))];
  const names = [...new Set(answers.map(({ name }) => name))].filter((name) => times[name]);
  const rows = [['', 'ours', ...peers]];
  for (const name of names) {
    const { raw, verdict } = times[name];
    const cell = (nanoseconds) => `${micro(nanoseconds)} (${(nanoseconds / raw).toFixed(2)})`;
    const of = (peer) => answers.find((answer) => answer.name === name && answer.peer === peer)?.nanoseconds;
    rows.push([name, cell(verdict), ...peers.map((peer) => (of(peer) === undefined ? 'refused' : cell(of(peer))))]);
  }
  return aligned(rows);
}

/** A line for each case that was timed, in the order of the count. */
export function table(times, allocations, goals) {
  const rows = [['', 'raw µs', 'raw a second', 'verdict µs', 'verdicts a second', 'verdict / raw', 'from', 'to', 'goal', 'allocations', 'bytes']];
  for (const [name, { count, bytes }] of Object.entries(allocations)) {
    if (!times[name]) continue;
    const { raw, verdict, ratios } = times[name];
    const goal = goals[name] ? `≤ ${goals[name].toFixed(2)}` : '';
    const spread = [median(ratios), Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(3));
    rows.push([name, micro(raw), perSecond(raw), micro(verdict), perSecond(verdict), ...spread, goal, count, bytes]);
  }
  return aligned(rows);
}

/** Columns of one width each; the first to the left, the others to the right. */
function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const padded = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]));
  return rows.map((row) => row.map(padded).join('  ')).join('\n');
}

/** All of it as plain numbers, to be kept. */
export function figuresOf(times, allocations, goals, answers) {
  const measured = Object.entries(allocations).filter(([name]) => times[name]);
  const cases = measured.map(([name, { count, bytes }]) => ({
    name,
    raw_us: times[name].raw / 1000,
    verdict_us: times[name].verdict / 1000,
    ratio: median(times[name].ratios),
    least_ratio: Math.min(...times[name].ratios),
    most_ratio: Math.max(...times[name].ratios),
    goal: goals[name],
    allocations: Number(count),
    bytes: Number(bytes),
  }));
  const peers = answers.map(({ name, peer, nanoseconds }) => ({ name, peer, us: nanoseconds && nanoseconds / 1000 }));
  return { cases, peers, series: seriesOf(times) };
}

const SERIES = 'linear/';

/** What grows with its input: for each kind of input the times by size, and the power of the size that the time grew with in the end. */
export function seriesOf(times) {
  const series = Object.entries(times).filter(([name]) => name.startsWith(SERIES));
  return series.map(([name, bySize]) => {
    const points = Object.entries(bySize).map(([size, time]) => ({ size: Number(size), us: time / 1000 })).sort((a, b) => a.size - b.size);
    return { input: name.slice(SERIES.length), points, power: lastPower(points) };
  });
}

/**
 * The power of the size with which the time grows between the last three sizes, of which each is as many times the one before: 1 is
 * linear, and 2 quadratic. What does not grow falls out, because it is the growth that is compared. Where most of the time does not grow,
 * the growth is less than what two measurements differ by, and has no power that could be told.
 */
export function lastPower(points) {
  const [first, second, third] = points.slice(-3);
  if (third.us < 2 * first.us) return undefined;
  return Math.log((third.us - second.us) / (second.us - first.us)) / Math.log(third.size / second.size);
}

/** A line for each size, and whether the growth is linear. */
export function seriesTable(series) {
  const rows = [['', 'size', 'µs', 'ns for each', 'ns for each more']];
  for (const { input, points } of series) {
    for (const [at, { size, us }] of points.entries()) {
      rows.push([input, String(size), us.toFixed(1), ((us * 1000) / size).toFixed(1), marginal(points, at)?.toFixed(2) ?? '']);
    }
  }
  const growth = series.map(({ input, power }) => (power === undefined
    ? `${input}: most of the time is the same for every size`
    : `${input}: the time grows with the power ${power.toFixed(2)} of the size`));
  return [aligned(rows), ...growth].join('\n');
}

/** What each more than in the size before has cost, in nanoseconds. */
export function marginal(points, at) {
  if (at === 0) return undefined;
  const [before, point] = points.slice(at - 1, at + 1);
  return ((point.us - before.us) * 1000) / (point.size - before.size);
}

/** A line for each kind of input whose cost grows faster than its size. */
export function missedSeries(series, most) {
  const over = series.filter(({ power }) => power > most);
  return over.map(({ input, power }) => `${input}: the time grows with the power ${power.toFixed(2)} of the size, and the goal is ${most.toFixed(2)}`);
}

/** A line for each case that was timed and misses its goal. */
export function missed(times, goals) {
  const ratios = Object.entries(goals).map(([name, goal]) => [name, goal, times[name] && median(times[name].ratios)]);
  const over = ratios.filter(([, goal, ratio]) => ratio > goal);
  return over.map(([name, goal, ratio]) => `${name}: ${ratio.toFixed(3)}, and the goal is ${goal.toFixed(2)}`);
}

const perSecond = (nanoseconds) => Math.round(1e9 / nanoseconds).toLocaleString('en');
const micro = (nanoseconds) => (nanoseconds / 1000).toFixed(1);
