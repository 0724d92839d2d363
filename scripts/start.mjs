// `npm start`: set-up, release builds of the site and the server, and the server in the foreground.
// PASSKEEP_LISTEN (127.0.0.1:8080) and PASSKEEP_DATA_DIR (./data) say where it listens and keeps its database;
// PASSKEEP_DATABASE_URL names one on PostgreSQL instead.

import { buildAll } from './lib/build.mjs';
import { main } from './lib/main.mjs';
import { prepare } from './lib/prepare.mjs';
import { bold, heading, say } from './lib/say.mjs';
import { assertFree, listenAddress, serve } from './lib/server.mjs';

await main(async () => {
  // Asked first: nobody should wait for a build to learn that the port is taken.
  const address = listenAddress();
  await assertFree(address);

  const tools = await prepare();
  heading('Build');
  await buildAll(tools);
  heading('Server');
  return serve(address, () => say(`\nPasskeep is ready: ${bold(address.url)}`));
});
