// `npm run with-tools -- cargo test -p passkeep-verify`: any command, with the same cargo, trunk, wasm-bindgen
// and wasm-opt that `npm start` and `npm test` use.

import { inForeground } from './lib/foreground.mjs';
import { main } from './lib/main.mjs';
import { prepare } from './lib/prepare.mjs';
import { Problem, say } from './lib/say.mjs';

const [command, ...args] = process.argv.slice(2);

await main(async () => {
  if (!command) throw new Problem('No command given', { help: 'For example: npm run with-tools -- cargo test' });
  const { env } = await prepare({ forTests: true });
  say();
  // Trunk reads NO_COLOR as a truth value and refuses the customary 1.
  if (env.NO_COLOR) env.NO_COLOR = 'true';
  return inForeground(command, args, { env }).ended;
});
