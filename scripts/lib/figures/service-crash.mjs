// What is left after kills under load: `npm run crash -- --record`.

import { markdownTable, number } from '../figures.mjs';

export const tables = ({ rows }) => ({
  rows: markdownTable([
    ['store', ({ store }) => store],
    ['kills', ({ kills }) => number(kills)],
    ['crashes of the database', (row) => number(row.database_crashes)],
    ['registrations acknowledged', ({ registrations }) => number(registrations)],
    ['sign-ins acknowledged', (row) => number(row.sign_ins)],
    // Either ends the run, and leaves no figures.
    ['lost', () => '0'],
    ['spent twice', () => '0'],
    ['under way: done or not at all', ({ done_in_doubt: done, undone_in_doubt: not }) => `${number(done)} and ${number(not)} of ${number(done + not)}`],
  ], rows),
});
