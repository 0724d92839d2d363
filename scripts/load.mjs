// `npm run load`: sign-ins a second, their latency, memory and disk, on SQLite and PostgreSQL with many credentials.
// `npm run crash`: kills servers under load, two hundred times on each database, and checks what is left.
// `npm run load -- --help` and `npm run crash -- --help` say what may follow.

import { join } from 'node:path';
import { buildServer } from './lib/build.mjs';
import { inForeground } from './lib/foreground.mjs';
import { main } from './lib/main.mjs';
import { program, serverBinary, targetDir } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runStep } from './lib/run.mjs';
import { heading } from './lib/say.mjs';

const [what, ...args] = process.argv.slice(2);

await main(async () => {
  const tools = await prepare({ database: true });
  heading('Build');
  await buildServer(tools);
  // In a build of its own: what the generator needs of libraries must not find its way into the server.
  const build = ['build', '--release', '-p', 'passkeep-server', '--example', 'load'];
  await runStep({ title: 'Generator (cargo build --release --example load)', command: 'cargo', args: build, env: tools.env, log: 'build-load' });
  heading(what === 'crash' ? 'Crashes' : 'Load');
  const generator = join(targetDir, 'release', 'examples', program('load'));
  return inForeground(generator, [what, '--server', serverBinary, ...args], { env: tools.env, ownGroup: true }).ended;
});
