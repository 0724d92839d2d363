// Verdicts: `npm run bench -- --record`.

import { marginal } from '../bench-table.mjs';
import { FLOOR, OTHERS, OURS, markdownTable, number } from '../figures.mjs';

const perSecond = (us) => number(Math.round(1e6 / us));

export function tables({ cases, peers, series }) {
  const ours = (name) => cases.find((each) => each.name === name);
  const names = [...new Set(peers.map(({ name }) => name))];
  const columns = [...new Set(peers.map(({ peer }) => peer))];
  const of = (peer) => (name) => {
    const us = peers.find((each) => each.name === name && each.peer === peer)?.us;
    return us === undefined ? 'refused' : `${number(us, 1)} (${number(us / ours(name).raw_us, 2)})`;
  };
  return {
    cases: markdownTable([
      ['case', ({ name }) => name],
      ['raw µs', ({ raw_us }) => number(raw_us, 1)],
      ['verdict µs', ({ verdict_us }) => number(verdict_us, 1)],
      ['raw a second', ({ raw_us }) => perSecond(raw_us)],
      ['verdicts a second', ({ verdict_us }) => perSecond(verdict_us)],
      ['verdict / raw', ({ ratio }) => number(ratio, 3)],
      ['of the turns, from', (each) => number(each.least_ratio, 3)],
      ['to', (each) => number(each.most_ratio, 3)],
      ['goal', ({ goal }) => goal && `≤ ${number(goal, 2)}`],
      ['allocations', ({ allocations }) => number(allocations)],
      ['bytes', ({ bytes }) => number(bytes)],
    ], cases),
    peerTimes: markdownTable([
      ['case', (name) => name],
      ['Passkeep', (name) => `${number(ours(name).verdict_us, 1)} (${number(ours(name).ratio, 2)})`],
      ...columns.map((peer) => [peer, of(peer)]),
    ], names),
    series: markdownTable([
      ['input', ({ input }) => input],
      ['size', ({ size }) => number(size)],
      ['µs', ({ us }) => number(us, 1)],
      ['ns for each more', ({ more }) => number(more, 1)],
      ['power of the size', ({ power }) => number(power, 2)],
    ], series.flatMap(({ input, points, power }) => points.map((point, at) => ({
      ...point,
      input: input.replaceAll('-', ' '),
      more: marginal(points, at),
      power: at === points.length - 1 ? power : undefined,
    })))),
  };
}

const CASES = { 'registration/none': 'Registration, none', 'registration/packed-root': 'Registration, packed to a root', 'authentication/es256': 'Sign-in, ES256' };

export function plots({ cases, peers }) {
  const bars = Object.entries(CASES).flatMap(([name, title]) => {
    const { raw_us: raw, verdict_us: verdict } = cases.find((each) => each.name === name);
    const others = peers.filter((each) => each.name === name && each.us !== undefined);
    const all = [{ who: 'Passkeep', us: verdict, kind: 'ours' }, ...others.map(({ peer, us }) => ({ who: peer, us, kind: 'other' }))];
    const signature = { who: 'one bare signature', us: raw, kind: 'floor' };
    return [signature, ...all].map((bar) => ({ ...bar, ceremony: title, label: `${number(bar.us, bar.us < 100 ? 1 : 0)} µs` }));
  });
  const order = [...new Set(bars.map(({ who }) => who))];
  const colour = { field: 'kind', type: 'nominal', scale: { domain: ['ours', 'other', 'floor'], range: [OURS, OTHERS, FLOOR] }, legend: null };
  return {
    peers: {
      description: `Time of a verdict from the JSON text on: ${bars.map(({ ceremony, who, label }) => `${ceremony}: ${who} ${label}`).join('; ')}`,
      title: { text: 'From the JSON text to the verdict', subtitle: 'Microseconds, one verdict after the other, on a logarithmic scale: further left is better' },
      data: { values: bars },
      facet: { row: { field: 'ceremony', type: 'nominal', sort: Object.values(CASES), title: null, header: { labelAnchor: 'start', labelOrient: 'top', labelFontWeight: 'bold', labelColor: OTHERS } } },
      spacing: 12,
      spec: {
        width: 520,
        height: { step: 20 },
        // Points, because a logarithmic scale has no zero for a bar to begin at.
        layer: [
          { mark: { type: 'point', filled: true, size: 70, opacity: 1 }, encoding: { color: colour } },
          { mark: { type: 'text', align: 'left', dx: 9 }, encoding: { text: { field: 'label' } } },
        ],
        encoding: {
          y: { field: 'who', type: 'nominal', sort: order, title: null, axis: { ticks: false, domain: false } },
          x: { field: 'us', type: 'quantitative', scale: { type: 'log', domain: [1, 30000] }, title: null, axis: { values: [1, 10, 100, 1000, 10000], format: '~s' } },
        },
      },
    },
  };
}
