import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import test from 'node:test';
import { circumstancesInWords, filled, markdownTable, number, rendered } from './figures.mjs';
import { root } from './paths.mjs';

test('a table has its first column to the left, and a dash for what was not measured', () => {
  const columns = [['name', ({ name }) => name], ['µs', ({ us }) => number(us, 1)]];
  assert.equal(
    markdownTable(columns, [{ name: 'a', us: 1234.56 }, { name: 'b' }]),
    '| name | µs |\n|---|---:|\n| a | 1,234.6 |\n| b | – |',
  );
});

test('circumstances say when, where and on what', () => {
  const circumstances = {
    date: '2026-11-29', commit: 'abc1234+', processor: 'AMD EPYC', processors: 2, memory_gb: 24, system: 'linux 6.1', versions: { rustc: '1.95.0' },
  };
  assert.equal(
    circumstancesInWords(circumstances),
    'On 2026-11-29, at commit abc1234 with changes, on 2 processors (AMD EPYC), 24 GB of memory, linux 6.1; rustc 1.95.0.',
  );
});

test('a block is filled in, and one without figures is refused', () => {
  const page = 'a\n<!-- figures: x.y -->\nold\n<!-- end -->\nb\n';
  assert.equal(filled(page, { 'x.y': 'new' }, `${root}/README.md`), 'a\n<!-- figures: x.y -->\nnew\n<!-- end -->\nb\n');
  assert.throws(() => filled(page, {}, 'README.md'), /README.md asks for x.y, of which there are no figures/);
});

test('the pages and pictures are as the figures say (npm run figures writes them)', async () => {
  for (const [path, text] of Object.entries(await rendered())) {
    assert.equal(readFileSync(path, 'utf8'), text, `${relative(root, path)} is not what its figures say`);
  }
});

test('the tables and the plot of verdicts name ours beside the peers, as times and as ratios', async () => {
  const { plots, tables } = await import('./figures/verification.mjs');
  const names = ['registration/none', 'registration/packed-root', 'authentication/es256'];
  const cases = names.map((name) => ({ name, raw_us: 50, verdict_us: 55, ratio: 1.092, least_ratio: 1.04, most_ratio: 1.2, goal: 1.2, allocations: 3, bytes: 1400 }));
  const peers = [{ name: 'authentication/es256', peer: 'x', us: 200 }, { name: 'registration/none', peer: 'x' }];
  const series = [{ input: 'excluded-credentials', points: [{ size: 10, us: 1 }, { size: 1000, us: 99.96 }], power: 1.004 }];
  const made = tables({ cases, peers, series });
  assert.equal(made.cases.split('\n')[2], '| registration/none | 50.0 | 55.0 | 20,000 | 18,182 | 1.092 | 1.040 | 1.200 | ≤ 1.20 | 3 | 1,400 |');
  assert.deepEqual(made.peerTimes.split('\n').slice(2), ['| authentication/es256 | 55.0 (1.09) | 200.0 (4.00) |', '| registration/none | 55.0 (1.09) | refused |']);
  assert.deepEqual(made.series.split('\n').slice(2), ['| excluded credentials | 10 | 1.0 | – | – |', '| excluded credentials | 1,000 | 100.0 | 100.0 | 1.00 |']);
  const { description } = plots({ cases, peers }).peers;
  assert.ok(description.includes('Sign-in, ES256: x 200 µs'), description);
});

test('the tables and the plot of a first visit name each page and each milestone', async () => {
  const { plots, tables } = await import('./figures/browser.mjs');
  const visits = [{ page: 'site', goal_ms: 1500, painted: 600.4, interactive: 1400, armed: 1700 }, { page: 'x', painted: 300, interactive: 400, armed: 500 }];
  const weights = [{ entry: 'all', raw: 1000, gzip: 500, brotli: 400, most_gzip: 510 }, { entry: 'x', raw: 10, gzip: 5, brotli: 4 }];
  const made = tables({ ceremonies: [{ library: 'x', create_us: 1.04, get_us: 2 }], visits, weights });
  const rows = (table) => table.split('\n').slice(2);
  assert.deepEqual(rows(made.weights), ['| all | 1,000 | 500 | 400 | 510 |', '| x | 10 | 5 | 4 | – |']);
  assert.deepEqual(rows(made.visitTimes), ['| site | 600 | 1,400 | 1,700 | ≤ 1,500 |', '| x | 300 | 400 | 500 | – |']);
  assert.deepEqual(rows(made.ceremonies), ['| x | 1 | 2 |']);
  const { description } = plots({ visits }).visits;
  assert.ok(description.includes('an app with x, passkeys in autofill after 500 ms'), description);
});
