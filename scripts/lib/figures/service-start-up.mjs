// How soon a server is ready: `npm run load -- start-up --record`.

import { markdownTable, number } from '../figures.mjs';

export { conditions } from '../service-conditions.mjs';

export const tables = ({ credentials, goal_ms: goal, rows }) => ({
  rows: markdownTable([
    ['store', ({ store }) => store],
    ['credentials', () => number(credentials)],
    ['starts', ({ starts }) => number(starts)],
    ['median ms', (row) => number(row.median_ms, 1)],
    ['longest ms', (row) => number(row.most_ms, 1)],
    ['goal', () => `≤ ${number(goal)}`],
    ['bytes on disk for each credential', (row) => number(row.bytes_per_credential)],
  ], rows),
});
