// Several servers on one PostgreSQL: `npm run load -- scale --record`. What docs/planning.md computes comes from here too.

import { FLOOR, OTHERS, OURS, markdownTable, number } from '../figures.mjs';
import { bytesInWords } from '../service-conditions.mjs';
import { DAY, PLAN, measuredFor, planned } from '../service-plan.mjs';

export { conditions } from '../service-conditions.mjs';

/** What connections wait for, in three words, by the beginnings of PostgreSQL's names for it. */
const LOG_WAITS = ['IO WAL', 'LWLock WAL'];
function connectionsOf({ connections }) {
  const sum = (isOne) => Object.entries(connections).filter(([name]) => isOne(name)).reduce((total, [, count]) => total + count, 0);
  const isLog = (name) => LOG_WAITS.some((beginning) => name.startsWith(beginning));
  return { work: connections['at work'] ?? 0, log: sum(isLog), others: sum((name) => name !== 'at work' && !isLog(name)) };
}

/** From what share on the processors are the limit. */
const BUSY = 0.9;

/** What limits each run: the processors where they are busy, or else what most connections were seen with. */
export function limitsOf({ processors, rows }) {
  const limits = rows.map((row) => {
    const servers = `With ${row.replicas} ${row.replicas === 1 ? 'server' : 'servers'}`;
    const busy = `${number(row.busy_processors, 2)} of ${processors} processors are busy`;
    if (row.busy_processors >= BUSY * processors) return `${servers}, ${busy}: they are the limit.`;
    if (!row.connections) return `${servers}, ${busy}.`;
    const { log, others, work } = connectionsOf(row);
    const waits = `${number(log, 1)} connections wait for the log, ${number(others, 1)} for something else, and ${number(work, 1)} are at work`;
    return `${servers}, ${busy}; at a time ${waits}${log > others + work ? ", so the log's writes and syncs are the limit" : ''}.`;
  });
  return limits.join(' ');
}

export function tables(figures) {
  const { rows, tables_when_filled: filled, tables_afterwards: used } = figures;
  const plan = planned(figures);
  const one = measuredFor(rows, PLAN);
  const days = number(plan.sign_ins_a_day);
  const { logs: [plainLog, compressedLog], uses } = plan;
  const logRow = (log, how) => log && [`the same with images of pages${how}`, `${days} × (${number(log.record_bytes)} + ${number(log.images, 1)} pages, ${number(log.image_bytes)}) bytes`, bytesInWords(plan.sign_ins_a_day * log.bytes)];
  const arithmetic = [
    ['sign-ins a day', `${number(PLAN.accounts)} accounts × ${number(PLAN.daily * 100)} % × ${number(PLAN.each, 1)}`, days],
    ['sign-ins a second, on average', `${days} / 86,400`, number(plan.average)],
    ['at the peak', `${number(plan.average)} × ${PLAN.peak}`, number(plan.peak)],
    ['starts a second, at the peak', `${number(plan.peak)} × ${PLAN.starts}`, number(plan.starts)],
    ['processors of servers for the sign-ins, at the peak', `${number(plan.peak)} × ${number(one.servers_cpu_us)} µs`, number(plan.server_processors, 1)],
    ['processors of the database for the sign-ins, at the peak', `${number(plan.peak)} × ${number(one.database_cpu_us)} µs`, number(plan.database_processors, 1)],
    uses && ['and for the use of sessions', `${number(uses.noted.peak)} noted × ${number(uses.noted.us)} µs + ${number(uses.looked_up.peak)} × ${number(uses.looked_up.us)} µs`, number(uses.database_processors, 1)],
    plainLog && ["the database's log of sign-ins, a day, records alone", `${days} × ${number(plainLog.record_bytes)} bytes`, bytesInWords(plan.sign_ins_a_day * plainLog.record_bytes)],
    logRow(plainLog, ', a checkpoint every five minutes'),
    logRow(compressedLog, ` compressed (\`wal_compression = ${compressedLog?.compression}\`)`),
    plainLog && ['between two checkpoints at the peak, without compression', `${number(plan.peak)} × ${PLAN.checkpoint_minutes * 60} s × ${number(plainLog.bytes)} bytes`, bytesInWords(plan.peak * PLAN.checkpoint_minutes * 60 * plainLog.bytes)],
    uses && ["the database's log of noted uses, a day, at most, without compression", `${number(plan.noted * DAY)} × ${number(uses.log_bytes_each)} bytes`, bytesInWords(uses.log_bytes_a_day)],
    one.server_log_bytes !== undefined && ["the servers' own log, a day", `${days} × ${2 + PLAN.starts} requests × ${number(one.server_log_bytes / 2)} bytes`, bytesInWords(plan.server_log_bytes_a_day)],
    ['memory for the indexes of accounts, credentials and sessions, if no session is used again', `${number(plan.least_sessions)} sessions`, bytesInWords(plan.least_index_bytes)],
    ['if all are used until they end', `${number(plan.sign_ins_a_day * PLAN.session_most_days)} sessions`, bytesInWords(plan.most_index_bytes)],
  ].filter(Boolean);
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
    limits: limitsOf(figures),
    tables: markdownTable([
      ['table', ({ table }) => `\`${table}\``],
      ['rows', (row) => number(row.rows)],
      ['table, bytes', (row) => number(row.table_bytes)],
      ['indexes, bytes', (row) => number(row.index_bytes)],
      ['bytes for each row', (row) => number(row.bytes_per_row)],
      ['when filled, before anybody signed in', ({ table }) => number(filled.find((each) => each.table === table && each.rows > 0)?.bytes_per_row)],
    ], used.filter((each) => each.rows > 0 && each.bytes_per_row < 10_000)),
    arithmetic: markdownTable([['what', ([what]) => what], ['from', ([, from]) => from], ['is', ([, , is]) => is]], arithmetic),
    writes: markdownTable([['what', ([what]) => what], ['rows a second, on average', ([, each]) => number(each)], ['at the peak', ([, each, peak]) => number(each * peak)]], [
      ['updated by a sign-in: a credential', plan.average, PLAN.peak],
      ['inserted by it: a session, an event, a spent ceremony', 3 * plan.average, PLAN.peak],
      ['deleted for it, once they are old', 3 * plan.average, 1],
      ['updated by the use of a session, noted once a minute', plan.noted, PLAN.peak],
      ['only read, by the uses that are not noted', plan.lookups - plan.noted, PLAN.peak],
    ]),
    plan: markdownTable([
      ['table', ({ table }) => (table === sum.table ? table : `\`${table}\``)],
      ['rows', (row) => number(row.rows && Math.round(row.rows))],
      ['bytes for each row', (row) => number(row.bytes_per_row)],
      ['on disk', ({ bytes }) => bytesInWords(bytes)],
    ], [...plan.tables, sum]),
    images: markdownTable([
      ['table or index', ({ relation }) => `\`${relation}\``],
      ['pages for the first time, a sign-in', ({ images }) => number(images, 2)],
      ['bytes of an image', (part) => number(part.bytes / part.images)],
      ['compressed', ({ relation }) => {
        const part = compressedLog?.parts.find((each) => each.relation === relation);
        return number(part && part.bytes / part.images);
      }],
    ], plainLog?.parts ?? []),
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
