// `npm run load`: sign-ins a second, their latency, memory and disk, on SQLite and PostgreSQL with many credentials.
// `npm run crash`: kills servers under load, two hundred times on each database, and checks what is left.
// `npm run load -- floor`: sign-ins and starts beside the same HTTP server with nothing behind it; `memory`, `start-up`, `scale`
// and `flame` are other questions, and `--record` keeps the figures in docs/performance.
// `npm run load -- --help`, `npm run load -- floor --help` and `npm run crash -- --help` say what may follow.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildServer } from './lib/build.mjs';
import { inForeground } from './lib/foreground.mjs';
import { main } from './lib/main.mjs';
import { program, serverBinary, stateDir, targetDir } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { capture, runStep } from './lib/run.mjs';
import { heading } from './lib/say.mjs';

/** What else can be asked for by its name, as the first word after `npm run load --`. */
const QUESTIONS = ['floor', 'memory', 'start-up', 'scale', 'flame'];

let [what, ...args] = process.argv.slice(2);
if (what === 'measure' && QUESTIONS.includes(args[0])) [what, ...args] = args;
// A flame graph is a picture, and has no figures. The generator refuses the flag where it means nothing.
const isRecorded = args.includes('--record') && [...QUESTIONS, 'crash'].includes(what) && what !== 'flame';
if (isRecorded) args = args.filter((arg) => arg !== '--record');

await main(async () => {
  const tools = await prepare({ database: true });
  heading('Build');
  await buildServer(tools);
  // In a build of its own: what the generator needs of libraries must not find its way into the server.
  const build = ['build', '--release', '-p', 'passkeep-server', '--example', 'load'];
  await runStep({ title: 'Generator (cargo build --release --example load)', command: 'cargo', args: build, env: tools.env, log: 'build-load' });
  heading(what === 'crash' ? 'Crashes' : 'Load');
  const generator = join(targetDir, 'release', 'examples', program('load'));
  const file = join(stateDir, `load-${what}.json`);
  if (isRecorded) {
    // What an earlier run measured must not be taken for this one's.
    rmSync(file, { force: true });
    args.push('--json', file);
  }
  const { circumstances, circumstancesInWords, recordFigures, writeRendered } = await import('./lib/figures.mjs');
  const measured = { ...circumstances(), versions: await versions(tools.env) };
  if (what === 'flame' && !args.includes('--note')) args.push('--note', circumstancesInWords(measured));
  const status = await inForeground(generator, [what, '--server', serverBinary, ...args], { env: tools.env, ownGroup: true }).ended;
  // A goal that is missed is a figure too.
  if (isRecorded && existsSync(file)) {
    recordFigures(`service-${what}`, JSON.parse(readFileSync(file, 'utf8')), measured);
    await writeRendered();
  }
  return status;
});

/** Of what a question is about; of these, SQLite alone is behind a floor and a flame graph. */
async function versions(env) {
  const { crateVersion } = await import('./lib/figures.mjs');
  const said = async (command) => (await capture(command, ['--version'], { env }))?.match(/\d+(\.\d+)+/)?.[0];
  const postgres = { PostgreSQL: await said(join(env.PASSKEEP_POSTGRES_BIN, 'postgres')) };
  const sqlite = { rusqlite: crateVersion('rusqlite') };
  const stores = { floor: sqlite, flame: sqlite, scale: postgres }[what] ?? { ...sqlite, ...postgres };
  return { rustc: await said('rustc'), axum: crateVersion('axum'), hyper: crateVersion('hyper'), ...stores };
}
