// What a deployment has and does, computed from what a small one was measured to do: the arithmetic of docs/planning.md.

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
  /** How many servers there are, in the run that the costs are taken from too. */
  servers: 4,
  /** How long a session lasts unused and at most, and an audit event, in days; all are defaults of the server. */
  session_days: 7,
  session_most_days: 30,
  event_days: 400,
  /** How long a spent ceremony is remembered: its ten minutes, and an hour for clocks that differ. */
  spent_minutes: 70,
  /** Of the accounts, how many use a session on a day, in how many minutes of it, and with how many requests. */
  visiting: 0.3,
  visit_minutes: 4,
  visit_requests: 20,
  /** How many minutes lie between PostgreSQL's checkpoints: its default. */
  checkpoint_minutes: 5,
};

/** In seconds. */
export const DAY = 86_400;

/** Tables that every account has rows of, and for how many days those stay that every sign-in adds a row to. */
const STANDING = ['accounts', 'credentials'];
const WRITTEN = {
  sessions: ({ session_most_days: days }) => days,
  audit_events: ({ event_days: days }) => days,
  spent_ceremonies: ({ spent_minutes: minutes }) => minutes / (24 * 60),
};

/** The run with as many servers as are planned, or else with the most. */
export const measuredFor = (rows, plan) => rows.find(({ replicas }) => replicas === plan.servers) ?? rows.at(-1);

/** What a deployment has and does, from the figures and what is assumed. */
export function planned(figures, plan = PLAN) {
  const { rows, tables_afterwards: used } = figures;
  const one = measuredFor(rows, plan);
  const sign_ins_a_day = plan.accounts * plan.daily * plan.each;
  const average = sign_ins_a_day / DAY;
  const sized = ({ table, count, size }) => ({
    table,
    rows: count,
    bytes_per_row: size.bytes_per_row,
    bytes: count * size.bytes_per_row,
    index_bytes: (count * size.index_bytes) / size.rows,
  });
  // As they are after the run, because what is changed takes more room than what was only filled in.
  const of = (table, count) => sized({ table, count, size: used.find((each) => each.table === table) });
  const tables = [
    ...STANDING.map((table) => of(table, plan.accounts)),
    ...Object.entries(WRITTEN).map(([table, days]) => of(table, sign_ins_a_day * days(plan))),
  ];
  const peak = average * plan.peak;
  const noted = plan.accounts * plan.visiting * plan.visit_minutes;
  // Once with the fewest sessions that there can be, whose last use is their first, and once with the most.
  const indexesWith = (share) => ['accounts', 'credentials', 'sessions']
    .map((name) => tables.find(({ table }) => table === name).index_bytes * (name === 'sessions' ? share : 1))
    .reduce((sum, bytes) => sum + bytes, 0);
  return {
    sign_ins_a_day,
    average,
    peak,
    tables,
    bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
    least_sessions: sign_ins_a_day * plan.session_days,
    least_index_bytes: indexesWith(plan.session_days / plan.session_most_days),
    most_index_bytes: indexesWith(1),
    logs: plannedLogs(figures, tables, average, plan),
    noted: noted / DAY,
    lookups: (plan.accounts * plan.visiting * plan.visit_requests) / DAY,
    server_processors: (peak * one.servers_cpu_us) / 1e6,
    database_processors: (peak * one.database_cpu_us) / 1e6,
    uses: plannedUses(figures, noted, plan),
    starts: peak * plan.starts,
    server_log_bytes_a_day: (sign_ins_a_day * (2 + plan.starts) * one.server_log_bytes) / 2,
  };
}

/** An index that a noted use writes at its end; what else it changes is where the session is, which is anywhere. */
const AT_THE_END = 'sessions_by_use';

/** What the use of sessions costs the database: what is noted, and what is only looked up. Each page that it changes is in the log, at most. */
function plannedUses({ uses }, noted_a_day, plan) {
  if (!uses) return undefined;
  const [noted, looked_up] = uses;
  const lookups = (plan.accounts * plan.visiting * plan.visit_requests - noted_a_day) / DAY;
  const images = noted.log.relations.filter(({ relation }) => relation !== AT_THE_END);
  const image_bytes = images.reduce((sum, { bytes_per_image, touches }) => sum + touches * bytes_per_image, 0);
  return {
    noted: { peak: (noted_a_day * plan.peak) / DAY, us: noted.database_cpu_us },
    looked_up: { peak: lookups * plan.peak, us: looked_up.database_cpu_us },
    database_processors: (plan.peak * ((noted_a_day / DAY) * noted.database_cpu_us + lookups * looked_up.database_cpu_us)) / 1e6,
    log_bytes_each: noted.log.record_bytes + image_bytes,
    log_bytes_a_day: noted_a_day * (noted.log.record_bytes + image_bytes),
  };
}

/**
 * Where a sign-in changes a page anywhere: at its account and its credential, and in indexes by what is random. All else has its new rows at
 * its end, because ids begin with the time, and a page takes many of them.
 */
const ANYWHERE = ['accounts', 'credentials', 'sessions_pkey', 'sessions_of_account', 'audit_events_of_account'];

/**
 * What a sign-in writes into the database's log where tables are as large as planned, for each way of compressing images: its records, and
 * an image of every page that is changed for the first time since a checkpoint.
 */
function plannedLogs({ logs_after_checkpoint: logs = [], tables_afterwards: used }, tables, average, plan) {
  const rowsOf = (sizes, name) => sizes.find(({ table }) => table === name)?.rows;
  const between = average * plan.checkpoint_minutes * 60;
  return logs.map(({ compression, record_bytes, relations }) => {
    const parts = relations.filter(({ relation }) => ANYWHERE.includes(relation)).map(({ bytes_per_image, pages, relation, table, touches }) => {
      const all = (pages / rowsOf(used, table)) * rowsOf(tables, table);
      // What changes a page twice in one sign-in has met it once.
      const images = distinct(all, Math.min(touches, 1) * between) / between;
      return { relation, images, bytes: images * bytes_per_image };
    });
    const image_bytes = parts.reduce((sum, { bytes }) => sum + bytes, 0);
    const images = parts.reduce((sum, part) => sum + part.images, 0);
    return { compression, record_bytes, images, image_bytes, parts, bytes: record_bytes + image_bytes };
  });
}

/** How many of so many pages are met when a page is met so often, each time any of them. */
const distinct = (pages, times) => pages * (1 - Math.exp(-times / pages));
