// `npm run setup`: checks what building and testing need, and installs what is missing.
// With --no-browser it leaves out the browser, which only the tests need.

import { prepare } from './lib/prepare.mjs';
import { main } from './lib/main.mjs';
import { duration, say } from './lib/say.mjs';

await main(async () => {
  const began = Date.now();
  await prepare({ forTests: true, browser: !process.argv.includes('--no-browser') });
  say(`\nEverything is in place (${duration(Date.now() - began)}). Next: npm start, or npm test.`);
});
