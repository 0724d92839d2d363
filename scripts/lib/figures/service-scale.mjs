// Several servers on one PostgreSQL: `npm run load -- scale --record`. What docs/planning.md computes comes from here too.

import { FLOOR, OTHERS, OURS, markdownTable, number } from '../figures.mjs';

/** The deployment that docs/planning.md plans: what it assumes, each in one place. */
export const PLAN = {
  accounts: 100_000_000,
  /** Of the accounts, how many sign in on a day. */
  daily: 0.2,
  /** How often each of them does on such a day. */
  each: 1.5,
  /** How much busier the busiest second is than the average one. */
  peak: 4,
  /** How many starts of armed autofill pages there are for every sign-in. */
  starts: 5,
  /** How long a session lasts unused, and an audit event, in days; both are defaults of the server. */
  session_days: 7,
  event_days: 400,
};

/** Tables that every account has rows of, and those that every sign-in adds a row to. */
const STANDING = ['accounts', 'credentials'];
const WRITTEN = { sessions: ({ session_days }) => session_days, audit_events: ({ event_days }) => event_days, spent_ceremonies: () => 10 / (24 * 60) };

/** What a deployment has and does, from the figures and what is assumed. */
export function planned({ rows, tables_when_filled: filled, tables_afterwards: used }, plan = PLAN) {
  const one = rows.find(({ replicas }) => replicas === 1) ?? rows[0];
  const sign_ins_a_day = plan.accounts * plan.daily * plan.each;
  const average = sign_ins_a_day / 86_400;
  const tables = [
    ...STANDING.map((table) => ({ table, count: plan.accounts, size: filled.find((each) => each.table === table) })),
    ...Object.entries(WRITTEN).map(([table, days]) => ({ table, count: sign_ins_a_day * days(plan), size: used.find((each) => each.table === table) })),
  ].map(({ table, count, size }) => ({ table, rows: count, bytes_per_row: size.bytes_per_row, bytes: count * size.bytes_per_row }));
  const peak = average * plan.peak;
  return {
    sign_ins_a_day,
    average,
    peak,
    tables,
    bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
    log_bytes_a_day: sign_ins_a_day * one.log_bytes_per_sign_in,
    server_processors: (peak * one.servers_cpu_us) / 1e6,
    database_processors: (peak * one.database_cpu_us) / 1e6,
    starts: peak * plan.starts,
  };
}

const gigabytes = (bytes) => (bytes < 1e9 ? `${number(bytes / 1e6)} MB` : `${number(bytes / 1e9, bytes < 1e10 ? 1 : 0)} GB`);

export function tables(figures) {
  const { rows, tables_when_filled: filled, tables_afterwards: used } = figures;
  const plan = planned(figures);
  const one = rows.find(({ replicas }) => replicas === 1) ?? rows[0];
  const arithmetic = [
    ['sign-ins a day', `${number(PLAN.accounts)} accounts × ${number(PLAN.daily * 100)} % × ${number(PLAN.each, 1)}`, number(plan.sign_ins_a_day)],
    ['sign-ins a second, on average', `${number(plan.sign_ins_a_day)} / 86,400`, number(plan.average)],
    ['at the peak', `${number(plan.average)} × ${PLAN.peak}`, number(plan.peak)],
    ['starts a second, at the peak', `${number(plan.peak)} × ${PLAN.starts}`, number(plan.starts)],
    ['processors of servers for the sign-ins', `${number(plan.peak)} × ${number(one.servers_cpu_us)} µs`, number(plan.server_processors, 1)],
    ['processors of the database', `${number(plan.peak)} × ${number(one.database_cpu_us)} µs`, number(plan.database_processors, 1)],
    ["the database's log, a day", `${number(plan.sign_ins_a_day)} × ${number(one.log_bytes_per_sign_in)} bytes`, gigabytes(plan.log_bytes_a_day)],
  ];
  const sum = { table: 'together', bytes: plan.bytes };
  return {
    rows: markdownTable([
      ['servers', ({ replicas }) => number(replicas)],
      ['sign-ins a second', (row) => number(row.per_second)],
      ['p50 ms', (row) => number(row.p50_ms, 2)],
      ['p99 ms', (row) => number(row.p99_ms, 2)],
      ['servers, µs each', (row) => number(row.servers_cpu_us)],
      ['database, µs each', (row) => number(row.database_cpu_us)],
      ['generator, µs each', (row) => number(row.generator_cpu_us)],
      ['processors busy', (row) => number(row.busy_processors, 2)],
      ['log, bytes each', (row) => number(row.log_bytes_per_sign_in)],
    ], rows),
    tables: markdownTable([
      ['table', ({ table }) => `\`${table}\``],
      ['rows', (row) => number(row.rows)],
      ['table, bytes', (row) => number(row.table_bytes)],
      ['indexes, bytes', (row) => number(row.index_bytes)],
      ['bytes for each row', (row) => number(row.bytes_per_row)],
    ], used.filter((each) => each.rows > 0 && each.bytes_per_row < 10_000).map((each) => filled.find(({ table }) => STANDING.includes(table) && table === each.table) ?? each)),
    arithmetic: markdownTable([['what', ([what]) => what], ['from', ([, from]) => from], ['is', ([, , is]) => is]], arithmetic),
    plan: markdownTable([
      ['table', ({ table }) => (table === sum.table ? table : `\`${table}\``)],
      ['rows', (row) => number(row.rows && Math.round(row.rows))],
      ['bytes for each row', (row) => number(row.bytes_per_row)],
      ['on disk', ({ bytes }) => gigabytes(bytes)],
    ], [...plan.tables, sum]),
  };
}

const PARTS = { servers_cpu_us: 'servers', database_cpu_us: 'database', generator_cpu_us: 'generator' };

export function plots({ rows }) {
  const parts = rows.flatMap((row) => Object.entries(PARTS).map(([key, part], index) => ({ index, servers: `${row.replicas} (${number(row.per_second)} a second)`, part, us: row[key] })));
  const texts = rows.map((row) => `${row.replicas}: ${number(row.per_second)} sign-ins a second, ${Object.entries(PARTS).map(([key, part]) => `${part} ${number(row[key])} µs`).join(', ')}`);
  return {
    parts: {
      description: `What a sign-in costs by the number of servers: ${texts.join('; ')}`,
      title: { text: 'Where the time of a sign-in goes on PostgreSQL', subtitle: 'Processor time in microseconds, by the number of servers' },
      width: 480,
      height: { step: 28 },
      data: { values: parts },
      mark: { type: 'bar', height: 18 },
      encoding: {
        y: { field: 'servers', type: 'ordinal', sort: null, title: null },
        x: { field: 'us', type: 'quantitative', title: null },
        order: { field: 'index' },
        color: { field: 'part', type: 'nominal', scale: { domain: Object.values(PARTS), range: [OURS, FLOOR, OTHERS] }, legend: { title: null, orient: 'bottom' } },
      },
    },
  };
}
