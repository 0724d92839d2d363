import assert from 'node:assert/strict';
import test from 'node:test';
import * as floor from './figures/service-floor.mjs';
import * as memory from './figures/service-memory.mjs';
import * as scale from './figures/service-scale.mjs';
import * as startUp from './figures/service-start-up.mjs';

const lines = (table) => table.split('\n').slice(2);

test('a server stands beside its floors, with a goal where there is one', () => {
  const row = { what: 'starts', server: 'axum', per_second: 65657, p50_ms: 0.97, p99_ms: 2.22, server_cpu_us: 7.94, generator_cpu_us: 7.7 };
  const shares = [{ what: 'starts', server: 'passkeep', beside: 'server', share: 0.7874, goal: 0.9 }, { what: 'starts', server: 'sealing', beside: 'server', share: 0.871, goal: null }];
  const made = floor.tables({ rows: [row], shares });
  assert.deepEqual(lines(made.rows), ["| starts | an empty handler in axum's router | 65,657 | 0.97 | 2.22 | 7.9 | 7.7 |"]);
  assert.deepEqual(lines(made.shares), [
    '| starts | Passkeep | an empty handler in the same server | 0.787 | ≥ 0.90 |',
    '| starts | a handler that draws and seals | an empty handler in the same server | 0.871 | – |',
  ]);
  const { description } = floor.plots({ rows: [row], shares }).bars;
  assert.equal(description, "How many a second: starts: an empty handler in axum's router 65,657");
});

test('memory and starts are as they were measured', () => {
  const rows = [{ store: 'SQLite', seconds: 600, every_s: 10, sign_ins: 1234567, growth_percent: 0.8, resident_mb: [42.95, 43.4, 43.09] }];
  assert.deepEqual(lines(memory.tables({ rows }).rows), ['| SQLite | 600 | 1,234,567 | 43.0 | 43.1 | 0.80 % |']);
  assert.deepEqual(memory.plots({ rows }).series.data.values.at(-1), { store: 'SQLite', seconds: 30, mb: 43.09 });
  const starts = [{ store: 'PostgreSQL', starts: 10, median_ms: 31.24, most_ms: 40, bytes_per_credential: 1157 }];
  assert.deepEqual(lines(startUp.tables({ credentials: 1e6, goal_ms: 100, rows: starts }).rows), ['| PostgreSQL | 1,000,000 | 10 | 31.2 | 40.0 | ≤ 100 | 1,157 |']);
});

test('a plan multiplies what was measured by what is assumed, and the growing tables by how long their rows stay', () => {
  const size = (table, bytes_per_row) => ({ table, rows: 10, table_bytes: 1, index_bytes: 1, bytes_per_row });
  const figures = {
    rows: [{ replicas: 1, per_second: 1500, p50_ms: 8, p99_ms: 20, servers_cpu_us: 200, database_cpu_us: 500, generator_cpu_us: 180, busy_processors: 1.9, log_bytes_per_sign_in: 2000 }],
    tables_when_filled: [size('accounts', 300), size('credentials', 800)],
    tables_afterwards: [size('accounts', 9), size('credentials', 9), size('sessions', 400), size('audit_events', 250), size('spent_ceremonies', 150)],
  };
  const plan = scale.planned(figures, { accounts: 864_000, daily: 0.5, each: 2, peak: 3, starts: 4, session_days: 2, event_days: 10 });
  assert.equal(plan.sign_ins_a_day, 864_000);
  assert.equal(plan.average, 10);
  assert.equal(plan.peak, 30);
  assert.equal(plan.starts, 120);
  assert.equal(plan.log_bytes_a_day, 1_728_000_000);
  assert.equal(plan.database_processors, 0.015);
  assert.deepEqual(plan.tables.map(({ table, rows }) => [table, rows]), [
    ['accounts', 864_000], ['credentials', 864_000], ['sessions', 1_728_000], ['audit_events', 8_640_000], ['spent_ceremonies', 6000],
  ]);
  assert.equal(plan.bytes, 864_000 * 1100 + 1_728_000 * 400 + 8_640_000 * 250 + 6000 * 150);
  const made = scale.tables(figures);
  assert.equal(lines(made.plan)[0], '| `accounts` | 100,000,000 | 300 | 30 GB |');
  assert.equal(lines(made.plan).at(-2), '| `spent_ceremonies` | 208,333 | 150 | 31 MB |');
  assert.equal(lines(made.arithmetic)[1], '| sign-ins a second, on average | 30,000,000 / 86,400 | 347 |');
  assert.equal(lines(made.tables)[0], '| `accounts` | 10 | 1 | 1 | 300 |');
});
