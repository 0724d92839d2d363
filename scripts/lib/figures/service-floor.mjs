// A server beside the floors under it: `npm run load -- floor --record`.

import { FLOOR, OURS, markdownTable, number } from '../figures.mjs';

const SERVERS = {
  passkeep: 'Passkeep',
  sealing: 'a handler that draws and seals',
  server: 'an empty handler in the same server',
  axum: "an empty handler in axum's router",
  hyper: 'an empty handler in hyper',
};

export function tables({ rows, shares }) {
  return {
    rows: markdownTable([
      ['what', ({ what }) => what],
      ['who answers', ({ server }) => SERVERS[server]],
      ['a second', (row) => number(row.per_second)],
      ['p50 ms', (row) => number(row.p50_ms, 2)],
      ['p99 ms', (row) => number(row.p99_ms, 2)],
      ['processor time of the server, µs each', (row) => number(row.server_cpu_us, 1)],
      ['of the generator, µs each', (row) => number(row.generator_cpu_us, 1)],
    ], rows),
    shares: markdownTable([
      ['what', ({ what }) => what],
      ['who', ({ server }) => SERVERS[server]],
      ['beside', ({ beside }) => SERVERS[beside]],
      ['share', ({ share }) => number(share, 3)],
      ['goal', ({ goal }) => goal && `≥ ${number(goal, 2)}`],
    ], shares),
  };
}

export function plots({ rows }) {
  const bars = rows.map(({ what, server, per_second }) => ({ what, who: SERVERS[server], kind: server === 'passkeep' ? 'ours' : 'floor', per_second, label: number(per_second) }));
  return {
    bars: {
      description: `How many a second: ${bars.map(({ what, who, label }) => `${what}: ${who} ${label}`).join('; ')}`,
      title: { text: 'Sign-ins and starts a second, beside the floors', subtitle: 'Over HTTP, with the generator on the same processors: longer is better' },
      data: { values: bars },
      facet: { row: { field: 'what', type: 'nominal', sort: ['sign-ins', 'starts'], title: null, header: { labelAnchor: 'start', labelOrient: 'top', labelFontWeight: 'bold', labelColor: '#8b949e' } } },
      resolve: { scale: { x: 'independent' } },
      spacing: 12,
      spec: {
        width: 420,
        height: { step: 20 },
        layer: [
          { mark: { type: 'bar', height: 13 }, encoding: { color: { field: 'kind', type: 'nominal', scale: { domain: ['ours', 'floor'], range: [OURS, FLOOR] }, legend: null } } },
          { mark: { type: 'text', align: 'left', dx: 4 }, encoding: { text: { field: 'label' } } },
        ],
        encoding: {
          y: { field: 'who', type: 'nominal', sort: Object.values(SERVERS), title: null },
          x: { field: 'per_second', type: 'quantitative', title: null, axis: { format: '~s', tickCount: 5 } },
        },
      },
    },
  };
}
