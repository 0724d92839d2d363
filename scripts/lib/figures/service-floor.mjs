// A server beside the floors under it: `npm run load -- floor --record`.

import { FLOOR, OURS, markdownTable, number } from '../figures.mjs';

const SERVERS = {
  passkeep: 'Passkeep',
  sealing: 'a handler that draws and seals',
  server: 'an empty handler in the same server',
  axum: "an empty handler in axum's router",
  hyper: 'an empty handler in hyper',
};

export { conditions } from '../service-conditions.mjs';

export function tables({ rows, shares }) {
  const cpu = (what, server) => rows.find((row) => row.what === what && row.server === server)?.server_cpu_us;
  const cpuShare = (what, one, other) => cpu(what, one) && cpu(what, other) && cpu(what, one) / cpu(what, other);
  return {
    rows: markdownTable([
      ['what', ({ what }) => what],
      ['who answers', ({ server }) => SERVERS[server]],
      ['a second', (row) => number(row.per_second)],
      ['p50 ms', (row) => number(row.p50_ms, 2)],
      ['p99 ms', (row) => number(row.p99_ms, 2)],
      ['processor time of the server, µs each', (row) => number(row.server_cpu_us, 1)],
      ['of the generator, µs each', (row) => number(row.generator_cpu_us, 1)],
      ['bytes logged, each', (row) => number(row.log_bytes)],
    ], rows),
    shares: markdownTable([
      ['what', ({ what }) => what],
      ['who', ({ server }) => SERVERS[server]],
      ['beside', ({ beside }) => SERVERS[beside]],
      ['share', ({ share }) => number(share, 3)],
      ['of the turns, from', ({ least }) => number(least, 3)],
      ['to', ({ most }) => number(most, 3)],
      ['goal', ({ goal }) => goal && `≥ ${number(goal, 2)}`],
      ["in the server's processor time alone", ({ what, server, beside }) => number(cpuShare(what, beside, server), 2)],
    ], shares),
  };
}

export function plots({ rows }) {
  const bars = rows.map(({ what, server, per_second }) => ({ what, who: SERVERS[server], kind: server === 'passkeep' ? 'ours' : 'floor', per_second, label: number(per_second) }));
  // One below the other and not facets of one, because each has those who are asked for it, and its own scale.
  const plot = (what) => ({
    title: { text: what, fontSize: 10, color: '#8b949e' },
    data: { values: bars.filter((bar) => bar.what === what) },
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
  });
  return {
    bars: {
      description: `How many a second: ${bars.map(({ what, who, label }) => `${what}: ${who} ${label}`).join('; ')}`,
      title: { text: 'Sign-ins and starts a second, beside the floors', subtitle: 'Over HTTP, with the generator on the same processors: longer is better' },
      spacing: 12,
      vconcat: [...new Set(bars.map(({ what }) => what))].map(plot),
    },
  };
}
