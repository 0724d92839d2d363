// `npm run setup`: checks what building and testing need, and installs what is missing.
// With --no-browser, --no-database or --no-peers it leaves out the browser, PostgreSQL or py_webauthn, which only the
// tests need.

import { prepare } from './lib/prepare.mjs';
import { main } from './lib/main.mjs';
import { duration, say } from './lib/say.mjs';

await main(async () => {
  const began = Date.now();
  const wanted = (name) => !process.argv.includes(`--no-${name}`);
  await prepare({ forTests: true, browser: wanted('browser'), database: wanted('database'), peers: wanted('peers') });
  say(`\nEverything is in place (${duration(Date.now() - began)}). Next: npm start, or npm test.`);
});
