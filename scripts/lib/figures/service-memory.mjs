// A server's memory under load: `npm run load -- memory --record`.

import { FLOOR, OURS, markdownTable, number } from '../figures.mjs';

export { conditions } from '../service-conditions.mjs';

export function tables({ rows }) {
  return {
    rows: markdownTable([
      ['store', ({ store }) => store],
      ['seconds', ({ seconds }) => number(seconds)],
      ['sign-ins', (row) => number(row.sign_ins)],
      ['memory at first, MB', (row) => number(row.resident_mb.at(0), 1)],
      ['at the end, MB', (row) => number(row.resident_mb.at(-1), 1)],
      ['growth from the second fifth to the last', (row) => `${number(row.growth_percent, 2)} %`],
    ], rows),
  };
}

export function plots({ rows }) {
  const points = rows.flatMap(({ store, every_s, resident_mb }) => resident_mb.map((mb, index) => ({ store, seconds: (index + 1) * every_s, mb })));
  const ends = rows.map(({ store, resident_mb }) => `${store} from ${number(resident_mb.at(0), 1)} to ${number(resident_mb.at(-1), 1)} MB`);
  return {
    series: {
      description: `Resident memory of a server under load: ${ends.join('; ')}`,
      title: { text: "A server's memory under load", subtitle: 'Resident set in MB, by the seconds under load' },
      width: 560,
      height: 180,
      data: { values: points },
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        x: { field: 'seconds', type: 'quantitative', title: null },
        y: { field: 'mb', type: 'quantitative', title: null, scale: { zero: true } },
        color: { field: 'store', type: 'nominal', scale: { domain: rows.map(({ store }) => store), range: [OURS, FLOOR] }, legend: { title: null, orient: 'bottom' } },
      },
    },
  };
}
