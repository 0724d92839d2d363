import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { figuresOf, fastest, lastPower, marginal, median, missed, missedSeries, peersTable, readAllocations, readLines, readTimes, seriesOf, seriesTable, table } from './bench-table.mjs';

test('the fastest sample is the one with the least time for an iteration', () => {
  assert.equal(fastest({ iters: [1, 2, 3], times: [10, 12, 30] }), 6);
});

test('the middle of an even number of values is between two', () => {
  assert.equal(median([9, 1, 4]), 4);
  assert.equal(median([10, 1, 4, 2]), 3);
});

test('of several turns each gives a ratio, the times are those in the middle, and sizes are kept apart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'criterion-'));
  const measured = [
    { group_id: 'a', function_id: 'raw', value_str: '1', times: [30, 20] },
    { group_id: 'a', function_id: 'verdict', value_str: '1', times: [50, 60] },
    { group_id: 'a', function_id: 'raw', value_str: '2', times: [40, 50] },
    { group_id: 'a', function_id: 'verdict', value_str: '2', times: [44, 60] },
    { group_id: 'a', function_id: 'raw', value_str: '3', times: [80, 80] },
    { group_id: 'a', function_id: 'verdict', value_str: '3', times: [96, 99] },
    { group_id: 'linear/b', function_id: null, value_str: '10', times: [7, 8] },
    { group_id: 'linear/b', function_id: null, value_str: '100', times: [70, 80] },
  ];
  for (const [i, { times, ...benchmark }] of measured.entries()) {
    const place = join(folder, String(i), 'new');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'benchmark.json'), JSON.stringify(benchmark));
    writeFileSync(join(place, 'sample.json'), JSON.stringify({ iters: [2, 2], times }));
  }
  // Two independent minima would have been a ratio of 2.2.
  assert.deepEqual(readTimes(folder), { 'linear/b': { 10: 3.5, 100: 35 }, a: { raw: 20, verdict: 25, ratios: [2.5, 1.1, 1.2] } });
  rmSync(folder, { recursive: true });
});

test('the table has the cases that were timed, with their goals', () => {
  const output = 'Finished `bench` profile\nregistration/none\t30\t4096\nregistration/tpm\t90\t9000';
  const times = { 'registration/none': { raw: 60_000, verdict: 4_500, ratios: [0.08, 0.071, 0.0749] } };
  const lines = table(times, readAllocations(output), { 'registration/none': 0.1 }).split('\n');
  assert.equal(lines.length, 2);
  assert.deepEqual(lines[1].split(/ {2,}/), ['registration/none', '60.0', '16,667', '4.5', '222,222', '0.075', '0.071', '0.080', '≤ 0.10', '30', '4096']);
});

test('a goal is missed by the cases that were timed and exceed it', () => {
  const times = {
    exact: { ratios: [1.1, 1.1, 1.4] },
    over: { ratios: [1.0, 1.102, 1.2] },
    free: { ratios: [9] },
  };
  const goals = { exact: 1.1, over: 1.1, untimed: 1.1 };
  assert.deepEqual(missed(times, goals), ['over: 1.102, and the goal is 1.10']);
});

test('peers stand beside us, each as a multiple of the bare signature', () => {
  const times = { 'authentication/es256': { raw: 50_000, verdict: 55_000 } };
  const output = `noise
{"name":"authentication/es256","peer":"one","nanoseconds":150000}
{"name":"authentication/es256","peer":"other","refused":"TypeError: no"}
{"name":"authentication/untimed","peer":"one","nanoseconds":1}`;
  const lines = peersTable(times, readLines(output)).split('\n');
  assert.equal(lines.length, 2);
  assert.deepEqual(lines[0].trim().split(/ {2,}/), ['ours', 'one', 'other']);
  assert.deepEqual(lines[1].split(/ {2,}/), ['authentication/es256', '55.0 (1.10)', '150.0 (3.00)', 'refused']);
});

test('figures are plain numbers, and a peer that refused has no time', () => {
  const times = { a: { raw: 50_000, verdict: 55_000, ratios: [1.2, 1.1, 1.05] } };
  const answers = [{ name: 'a', peer: 'x', nanoseconds: 2_000_000 }, { name: 'a', peer: 'y', refused: 'no' }];
  const figures = figuresOf(times, { a: { count: '3', bytes: '40' }, untimed: { count: '1', bytes: '1' } }, { a: 1.2 }, answers);
  assert.deepEqual(figures, {
    cases: [{ name: 'a', raw_us: 50, verdict_us: 55, ratio: 1.1, least_ratio: 1.05, most_ratio: 1.2, goal: 1.2, allocations: 3, bytes: 40 }],
    peers: [{ name: 'a', peer: 'x', us: 2000 }, { name: 'a', peer: 'y', us: undefined }],
    series: [],
  });
});

test('a time that grows as its input has the power one, whatever it begins with, and one that grows with the square the power two', () => {
  const of = (time) => lastPower([1, 10, 100, 1000].map((size) => ({ size, us: time(size) })));
  assert.equal(of((size) => 500 + 3 * size).toFixed(6), '1.000000');
  assert.equal(of((size) => 500 + size * size).toFixed(6), '2.000000');
});

test('growth that is less than half of the time has no power, and what each more costs is told all the same', () => {
  const points = [{ size: 10, us: 100 }, { size: 20, us: 110 }, { size: 40, us: 120 }];
  assert.equal(lastPower(points), undefined);
  assert.deepEqual([0, 1, 2].map((at) => marginal(points, at)), [undefined, 1000, 500]);
  assert.deepEqual(missedSeries([{ input: 'x', points, power: undefined }], 1.2), []);
  assert.match(seriesTable([{ input: 'x', points, power: undefined }]), /^x: most of the time is the same for every size$/m);
});

test('series are in the order of their sizes, and one that grows too fast misses its goal', () => {
  const square = (size) => [String(size), size * size * 1000];
  const times = { 'linear/things': Object.fromEntries([100, 10, 1000].map(square)), 'registration/none': { raw: 1, verdict: 1 } };
  const series = seriesOf(times);
  assert.deepEqual(series.map(({ input, points }) => [input, points.map(({ size, us }) => [size, us])]), [['things', [[10, 100], [100, 10_000], [1000, 1_000_000]]]]);
  assert.deepEqual(seriesTable(series).split('\n').slice(-2), ['things  1000  1000000.0    1000000.0        1100000.00', 'things: the time grows with the power 2.00 of the size']);
  assert.deepEqual(missedSeries(series, 1.2), ['things: the time grows with the power 2.00 of the size, and the goal is 1.20']);
  assert.deepEqual(missedSeries(series, 2.1), []);
});
