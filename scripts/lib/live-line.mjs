// Shows that a long step is alive: on a terminal one line that is rewritten every second, elsewhere a line every ten
// seconds and, after the first minute, every thirty. A step that is over in a moment shows nothing.

import { dim, duration, isTerminal, say, withoutHosts } from './say.mjs';

const PATIENCE_MS = 2_000;
const REDRAW_MS = 1_000;
const heartbeat = (elapsed) => (elapsed < 60_000 ? 10_000 : 30_000);

/** @param {string} title @param {() => string[]} lines the output so far */
export function liveLine(title, lines) {
  const began = Date.now();
  const elapsed = () => duration(Math.round((Date.now() - began) / 1000) * 1000);
  // The folder cargo names behind a crate would push the rest out of sight.
  const last = () => withoutHosts(lines().findLast((line) => line.trim())?.trim().replace(/ \(\/.*\)$/, '') ?? '');

  const redraw = () => {
    const room = (process.stdout.columns ?? 80) - 1;
    process.stdout.write(`\r\u001b[K${`  ${title} (${elapsed()}) ${last()}`.slice(0, room)}`);
  };
  const beat = () => say(dim(`    … ${[elapsed(), last().slice(0, 100)].filter(Boolean).join('  ')}`));
  const show = () => {
    if (isTerminal) redraw();
    else beat();
    timer = setTimeout(show, isTerminal ? REDRAW_MS : heartbeat(Date.now() - began));
  };

  let timer = setTimeout(() => {
    if (isTerminal) redraw();
    else say(`  ${title} …`);
    timer = setTimeout(show, isTerminal ? REDRAW_MS : heartbeat(0));
  }, PATIENCE_MS);
  const clear = () => isTerminal && process.stdout.write('\r\u001b[K');

  return {
    print(line) {
      clear();
      say(`  ${line}`);
    },
    stop() {
      clearTimeout(timer);
      clear();
    },
  };
}
