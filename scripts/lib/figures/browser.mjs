// What a page downloads, and how soon it can be used: `npm run bench:browser -- --record`.

import { OTHERS, OURS, markdownTable, number } from '../figures.mjs';

export function tables({ ceremonies, visits, weights }) {
  return {
    weights: markdownTable([
      ['what', ({ entry }) => entry],
      ['raw', ({ raw }) => number(raw)],
      ['gzip', ({ gzip }) => number(gzip)],
      ['brotli', ({ brotli }) => number(brotli)],
      ['at most, gzip', ({ most_gzip: most }) => number(most)],
    ], weights),
    visitTimes: markdownTable([
      ['page', ({ page }) => page],
      ['first paint ms', ({ painted }) => number(painted)],
      ['interactive ms', ({ interactive }) => number(interactive)],
      ['passkeys in autofill ms', ({ armed }) => number(armed)],
      ['goal, interactive', ({ goal_ms: goal }) => goal && `≤ ${number(goal)}`],
    ], visits),
    ceremonies: markdownTable([
      ['library', ({ library }) => library],
      ['`create()` µs', ({ create_us }) => number(create_us)],
      ['`get()` µs', ({ get_us }) => number(get_us)],
    ], ceremonies),
  };
}

const MILESTONES = { painted: 'first paint', interactive: 'interactive', armed: 'passkeys in autofill' };
const PAGES = { site: 'Passkeep, the site', passkeep: 'an app with passkeep' };

export function plots({ visits }) {
  const bars = visits.flatMap(({ page, ...visit }) => Object.entries(MILESTONES).map(([name, milestone]) => ({
    page: PAGES[page] ?? `an app with ${page}`,
    milestone,
    ms: visit[name],
    kind: page in PAGES ? 'ours' : 'other',
    label: `${number(visit[name])} ms`,
  })));
  const header = { labelAnchor: 'start', labelOrient: 'top', labelFontWeight: 'bold', labelColor: OTHERS };
  return {
    visits: {
      description: `A first visit from a slow phone: ${bars.map(({ page, milestone, label }) => `${page}, ${milestone} after ${label}`).join('; ')}`,
      title: { text: 'A first visit from a slow phone', subtitle: 'Milliseconds from the navigation, with a quarter of the processor and 1.6 Mbit/s: shorter is better' },
      data: { values: bars },
      facet: { row: { field: 'page', type: 'nominal', sort: null, title: null, header } },
      spacing: 12,
      spec: {
        width: 520,
        height: { step: 20 },
        layer: [
          { mark: { type: 'bar', height: 13 }, encoding: { color: { field: 'kind', type: 'nominal', scale: { domain: ['ours', 'other'], range: [OURS, OTHERS] }, legend: null } } },
          { mark: { type: 'text', align: 'left', dx: 4 }, encoding: { text: { field: 'label' } } },
        ],
        encoding: {
          y: { field: 'milestone', type: 'nominal', sort: Object.values(MILESTONES), title: null },
          x: { field: 'ms', type: 'quantitative', title: null },
        },
      },
    },
  };
}
