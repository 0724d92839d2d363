import assert from 'node:assert/strict';
import test from 'node:test';
import * as crash from './figures/service-crash.mjs';
import * as floor from './figures/service-floor.mjs';
import * as memory from './figures/service-memory.mjs';
import * as scale from './figures/service-scale.mjs';
import * as startUp from './figures/service-start-up.mjs';
import { conditions } from './service-conditions.mjs';
import { planned } from './service-plan.mjs';

const lines = (table) => table.split('\n').slice(2);

test('a server stands beside its floors, with a goal where there is one, and with its own processor time beside', () => {
  const row = { what: 'starts', server: 'axum', per_second: 65657, p50_ms: 0.97, p99_ms: 2.22, server_cpu_us: 7.94, generator_cpu_us: 7.7 };
  const rows = [row, { ...row, server: 'passkeep', server_cpu_us: 21.46, log_bytes: 169 }];
  const shares = [{ what: 'starts', server: 'passkeep', beside: 'axum', share: 0.7874, least: 0.701, most: 0.9, goal: 0.9 }, { what: 'starts', server: 'sealing', beside: 'server', share: 0.871, goal: null }];
  const made = floor.tables({ rows, shares });
  assert.deepEqual(lines(made.rows), [
    "| starts | an empty handler in axum's router | 65,657 | 0.97 | 2.22 | 7.9 | 7.7 | – |",
    '| starts | Passkeep | 65,657 | 0.97 | 2.22 | 21.5 | 7.7 | 169 |',
  ]);
  assert.deepEqual(lines(made.shares), [
    "| starts | Passkeep | an empty handler in axum's router | 0.787 | 0.701 | 0.900 | ≥ 0.90 | 0.37 |",
    '| starts | a handler that draws and seals | an empty handler in the same server | 0.871 | – | – | – | – |',
  ]);
  const { description } = floor.plots({ rows: [row], shares }).bars;
  assert.equal(description, "How many a second: starts: an empty handler in axum's router 65,657");
});

test('conditions are said where they are known', () => {
  assert.equal(conditions({ credentials: 5 }), '');
  assert.equal(
    conditions({ credentials: 100_000, database_bytes: 88e6, concurrency: 256, turns: 15, turn_s: 1, log: 'info', file_systems: { SQLite: 'ext4 without a journal' }, syncs_per_second: 2100, settings: { fsync: 'on' } }),
    '100,000 credentials in a database of 88 MB; 256 people at a time; 15 turns of 1 s each; a server as it is where nobody sets anything, ' +
      'but for rate limits that count and refuse nobody; its log at the level "info", into a file; SQLite on ext4 without a journal; ' +
      '2,100 syncs of the disk a second, one after the other; PostgreSQL with fsync on.',
  );
});

test('memory and starts are as they were measured', () => {
  const rows = [{ store: 'SQLite', seconds: 600, every_s: 10, sign_ins: 1234567, growth_percent: 0.8, resident_mb: [42.95, 43.4, 43.09] }];
  assert.deepEqual(lines(memory.tables({ rows }).rows), ['| SQLite | 600 | 1,234,567 | 43.0 | 43.1 | 0.80 % |']);
  assert.deepEqual(memory.plots({ rows }).series.data.values.at(-1), { store: 'SQLite', seconds: 30, mb: 43.09 });
  const starts = [{ store: 'PostgreSQL', starts: 10, median_ms: 31.24, most_ms: 40, bytes_per_credential: 1157 }];
  assert.deepEqual(lines(startUp.tables({ credentials: 1e6, goal_ms: 100, rows: starts }).rows), ['| PostgreSQL | 1,000,000 | 10 | 31.2 | 40.0 | ≤ 100 | 1,157 |']);
});

const size = (table, bytes_per_row) => ({ table, rows: 10, table_bytes: bytes_per_row * 6, index_bytes: bytes_per_row * 4, bytes_per_row });
const cost = { per_second: 1500, p50_ms: 8, p99_ms: 20, servers_cpu_us: 200, database_cpu_us: 500, generator_cpu_us: 180, busy_processors: 1.9, log_bytes_per_sign_in: 2000, server_log_bytes: 340 };
const FIGURES = {
  processors: 2,
  rows: [{ ...cost, replicas: 1 }, { ...cost, replicas: 4, servers_cpu_us: 300, database_cpu_us: 600 }],
  tables_when_filled: [size('accounts', 9), { ...size('sessions', 0), rows: 0 }],
  tables_afterwards: [size('accounts', 300), size('credentials', 800), size('sessions', 400), size('audit_events', 250), size('spent_ceremonies', 150)],
};
const PLANNED = {
  accounts: 864_000, daily: 0.5, each: 2, peak: 3, starts: 4, servers: 4, session_days: 2, session_most_days: 8, event_days: 10, spent_minutes: 10,
  visiting: 0.5, visit_minutes: 2, visit_requests: 10, checkpoint_minutes: 5,
};

test('a plan multiplies what was measured with as many servers by what is assumed, and growing tables by how long their rows stay', () => {
  const plan = planned(FIGURES, PLANNED);
  assert.equal(plan.sign_ins_a_day, 864_000);
  assert.equal(plan.average, 10);
  assert.equal(plan.peak, 30);
  assert.equal(plan.starts, 120);
  assert.equal(plan.server_processors, 0.009);
  assert.equal(plan.database_processors, 0.018);
  assert.equal(plan.noted, 10);
  assert.equal(plan.lookups, 50);
  assert.equal(plan.server_log_bytes_a_day, 864_000 * 6 * 170);
  assert.deepEqual(plan.tables.map(({ table, rows }) => [table, rows]), [
    ['accounts', 864_000], ['credentials', 864_000], ['sessions', 6_912_000], ['audit_events', 8_640_000], ['spent_ceremonies', 6000],
  ]);
  assert.equal(plan.bytes, 864_000 * 1100 + 6_912_000 * 400 + 8_640_000 * 250 + 6000 * 150);
  // Of a row's bytes four tenths are indexes here.
  assert.equal(plan.most_index_bytes, 864_000 * 440 + 6_912_000 * 160);
  assert.equal(plan.least_index_bytes, 864_000 * 440 + 1_728_000 * 160);
});

test('the log has an image of each page that is met for the first time since a checkpoint, where pages are met anywhere', () => {
  const relation = (relation, table, more) => ({ relation, table, pages: 100, touches: 1, bytes_per_image: 8000, ...more });
  const relations = [
    relation('credentials', 'credentials', { touches: 2 }),
    relation('sessions_of_account', 'sessions', { bytes_per_image: 5000 }),
    // Written at its end.
    relation('sessions', 'sessions'),
  ];
  const figures = { ...FIGURES, logs_after_checkpoint: [{ compression: 'off', record_bytes: 2000, relations }] };
  const [log] = planned(figures, PLANNED).logs;
  // Between two checkpoints 3,000 people sign in. Of 8,640,000 pages of credentials 3,000 are met, hardly one twice; and of
  // 69,120,000 of the index as many. That a sign-in changes a page of credentials twice meets none more.
  assert.deepEqual(log.parts.map(({ relation, images }) => [relation, images.toFixed(4)]), [['credentials', '0.9998'], ['sessions_of_account', '1.0000']]);
  assert.equal(log.bytes.toFixed(0), '14999');
  // With few pages there are no more images than pages.
  const [small] = planned(figures, { ...PLANNED, accounts: 864_000, checkpoint_minutes: 1440 * 10_000 }).logs;
  assert.equal((small.images * 8_640_000_000).toFixed(0), String(8_640_000 + 69_120_000));
});

test('a crash leaves what was done and what was not', () => {
  const rows = [{ store: 'SQLite', kills: 200, database_crashes: 0, registrations: 3183, sign_ins: 3147, done_in_doubt: 318, undone_in_doubt: 758 }];
  assert.deepEqual(lines(crash.tables({ rows }).rows), ['| SQLite | 200 | 0 | 3,183 | 3,147 | 0 | 0 | 318 and 758 of 1,076 |']);
});

test('where few wait for the log it is not called the limit', () => {
  const connections = { 'at work': 1, 'IO WALSync': 1, 'Lock transactionid': 0.5 };
  assert.match(scale.limitsOf({ processors: 2, rows: [{ replicas: 2, busy_processors: 1.2, connections }] }), /^With 2 servers, .* and 1\.0 are at work\.$/);
});

test('the use of a session costs what was measured where it is noted, and less where it is only looked up', () => {
  const touched = (relation, touches, bytes_per_image) => ({ relation, table: 'sessions', pages: 100, touches, distinct_pages: 9, bytes_per_image });
  const relations = [touched('sessions', 2, 6000), touched('sessions_pkey', 1, 5000), touched('sessions_by_use', 1, 3000)];
  const uses = [{ database_cpu_us: 100, log: { record_bytes: 500, relations } }, { database_cpu_us: 10, log: { record_bytes: 0, relations: [] } }];
  const plan = planned({ ...FIGURES, uses }, PLANNED);
  // Of fifty a second ten are noted.
  assert.deepEqual(plan.uses.noted, { peak: 30, us: 100 });
  assert.deepEqual(plan.uses.looked_up, { peak: 120, us: 10 });
  assert.equal(plan.uses.database_processors, 0.0042);
  assert.equal(plan.uses.log_bytes_each, 17_500);
  assert.equal(plan.uses.log_bytes_a_day, 864_000 * 17_500);
  const made = lines(scale.tables({ ...FIGURES, uses }).arithmetic);
  assert.equal(made[6], '| and for the use of sessions | 5,556 noted × 100 µs + 22,222 × 10 µs | 0.8 |');
  assert.equal(made[7], "| the database's log of noted uses, a day, at most, without compression | 120,000,000 × 17,500 bytes | 2,100 GB |");
});

test('what limits the servers is what the run has seen', () => {
  const connections = { 'at work': 1.25, 'IO WALSync': 2, 'LWLock WALWrite': 5.04, 'Lock transactionid': 0.3 };
  const limits = scale.limitsOf({ processors: 2, rows: [{ replicas: 1, busy_processors: 1.2, connections }, { replicas: 4, busy_processors: 1.9, connections }] });
  assert.equal(
    limits,
    'With 1 server, 1.20 of 2 processors are busy; at a time 7.0 connections wait for the log, 0.3 for something else, and 1.3 are at work, ' +
      "so the log's writes and syncs are the limit. " +
      'With 4 servers, 1.90 of 2 processors are busy: they are the limit.',
  );
});

test('the tables of a plan say from what each figure is', () => {
  const relations = [{ relation: 'credentials', table: 'credentials', pages: 100, touches: 1, distinct_pages: 95, bytes_per_image: 8000 }];
  const log = (compression, bytes_per_image) => ({ compression, sign_ins: 500, record_bytes: 2000, relations: relations.map((each) => ({ ...each, bytes_per_image })) });
  const made = scale.tables({ ...FIGURES, logs_after_checkpoint: [log('off', 8000), log('lz4', 3000)] });
  assert.equal(lines(made.plan)[0], '| `accounts` | 100,000,000 | 300 | 30 GB |');
  assert.equal(lines(made.plan)[2], '| `sessions` | 900,000,000 | 400 | 360 GB |');
  assert.equal(lines(made.arithmetic)[1], '| sign-ins a second, on average | 30,000,000 / 86,400 | 347 |');
  assert.equal(lines(made.arithmetic)[4], '| processors of servers for the sign-ins, at the peak | 1,389 × 300 µs | 0.4 |');
  assert.equal(lines(made.arithmetic)[7], '| the same with images of pages, a checkpoint every five minutes | 30,000,000 × (2,000 + 1.0 pages, 8,000) bytes | 300 GB |');
  assert.equal(lines(made.arithmetic)[8], '| the same with images of pages compressed (`wal_compression = lz4`) | 30,000,000 × (2,000 + 1.0 pages, 3,000) bytes | 150 GB |');
  assert.equal(lines(made.images)[0], '| `credentials` | 1.00 | 8,000 | 3,000 |');
  assert.equal(lines(made.tables)[0], '| `accounts` | 10 | 1,800 | 1,200 | 300 | 9 |');
  assert.equal(lines(made.tables)[2], '| `sessions` | 10 | 2,400 | 1,600 | 400 | – |');
  assert.equal(lines(made.writes)[1], '| inserted by it: a session, an event, a spent ceremony | 1,042 | 4,167 |');
  assert.equal(lines(made.writes)[3], '| updated by the use of a session, noted once a minute | 1,389 | 5,556 |');
});
