// `npm run figures`: fills the tables and plots of the documents in from docs/performance/*.json, after a command with `--record`.

import { relative } from 'node:path';
import { writeRendered } from './lib/figures.mjs';
import { main } from './lib/main.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/say.mjs';

await main(async () => {
  const changed = await writeRendered();
  say(changed.length === 0 ? 'Everything is as the figures say.' : changed.map((path) => `wrote ${relative(root, path)}`).join('\n'));
});
