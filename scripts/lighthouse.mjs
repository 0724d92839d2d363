// `npm run lighthouse`: what Lighthouse says of the pages of a running server, in the Chromium of the tests.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAll } from './lib/build.mjs';
import { startLoopbackServer } from './lib/loopback-server.mjs';
import { main } from './lib/main.mjs';
import { npmCommand } from './lib/npm-packages.mjs';
import { serverBinary } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runStep } from './lib/run.mjs';
import { Problem, heading, say } from './lib/say.mjs';

// The last that runs on every Node.js that this project runs on. It is fetched when it is asked for: nothing else needs it.
const LIGHTHOUSE = 'lighthouse@12.8.2';
const EVERY_PAGE = { accessibility: 100, 'best-practices': 100, seo: 100 };
/** The pages, and what each should have. The workbench is a program of half a megabyte for developers, so its speed has no goal. */
const PAGES = {
  '/': { ...EVERY_PAGE, performance: 95 },
  '/recover': { ...EVERY_PAGE, performance: 95 },
  '/workbench': EVERY_PAGE,
};
const CATEGORIES = [...Object.keys(EVERY_PAGE), 'performance'];

/** The scores of a page, from 0 to 100. */
async function ask(url, report, env) {
  const [command, first] = npmCommand();
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu'].join(' ');
  const lighthouse = ['exec', '--yes', '--', LIGHTHOUSE, url, '--quiet', '--output=json', `--output-path=${report}`, `--chrome-flags=${flags}`];
  const step = { title: `Lighthouse, ${new URL(url).pathname}`, command, args: [...first, ...lighthouse], env: { ...env, CHROME_PATH: env.PASSKEEP_CHROMIUM }, log: 'lighthouse' };
  // Now and then it misses the beginning of its own recording; it says itself to run it again.
  for (let left = 2; left >= 0; left -= 1) {
    const { code } = await runStep({ ...step, mayFail: left > 0 });
    if (code === 0) break;
  }
  const { categories } = JSON.parse(readFileSync(report, 'utf8'));
  return Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(categories[name].score * 100)]));
}

await main(async () => {
  const tools = await prepare({ forTests: true, browser: true });
  heading('Build');
  await buildAll(tools);
  heading('Lighthouse');
  const folder = mkdtempSync(join(tmpdir(), 'passkeep-lighthouse-'));
  const short = [];
  const server = await startLoopbackServer(serverBinary, 'lighthouse');
  try {
    for (const [page, goals] of Object.entries(PAGES)) {
      const scores = await ask(`${server.origin}${page}`, join(folder, 'report.json'), tools.env);
      say(`  ${page}: ${Object.entries(scores).map(([name, score]) => `${name} ${score}`).join(', ')}`);
      for (const [name, goal] of Object.entries(goals)) if (scores[name] < goal) short.push(`${page}: ${name} is ${scores[name]}, and the goal is ${goal}`);
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  if (short.length > 0) throw new Problem('A page falls short', { tail: short.join('\n'), help: 'A busy machine disturbs the performance, and nothing else.' });
});
