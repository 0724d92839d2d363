// `npm run bench:browser`: what a page downloads, how soon it can be used on a slow phone, and what a ceremony costs around the
// browser's own function, each beside the most popular client library. `npm run bench:browser -- --record` keeps the figures.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesOfFirstVisit } from './compress-site.mjs';
import { readLines } from './lib/bench-table.mjs';
import { buildAll } from './lib/build.mjs';
import { main } from './lib/main.mjs';
import { tables } from './lib/figures/browser.mjs';
import { buildNpmPackage, packageDir, tarball } from './lib/npm-package.mjs';
import { sizes, weigh } from './lib/package-sizes.mjs';
import { root, serverBinary, siteDir, stateDir } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runStep } from './lib/run.mjs';
import { Problem, heading, say } from './lib/say.mjs';

const report = join(stateDir, 'bench-browser.jsonl');

/** What the tests kept, by its kind. */
function kept() {
  const rows = readLines(readFileSync(report, 'utf8'));
  const of = (kind) => rows.filter((row) => row.kind === kind).map(({ kind: _, ...figures }) => figures);
  const [{ version: chromium }] = of('browser');
  return { chromium, visits: of('first-visit'), ceremonies: of('ceremony') };
}

const PEER = '@simplewebauthn/browser';

/** What there is to download: the entries of the package, the other library in a bundle, and the site. */
async function weights() {
  const { build } = await import('esbuild');
  const contents = `export { startAuthentication, startRegistration } from '${PEER}';`;
  const bundled = await build({ stdin: { contents, resolveDir: root }, bundle: true, minify: true, format: 'esm', target: 'es2022', write: false });
  const site = filesOfFirstVisit(siteDir).map((file) => readFileSync(join(siteDir, file)));
  return [
    ...(await sizes(packageDir)).map(({ budget, ...row }) => ({ ...row, most_gzip: budget })),
    { entry: `${PEER}, in a bundle`, ...weigh([bundled.outputFiles[0].contents]) },
    { entry: 'the site, a first visit', ...weigh(site) },
  ];
}

await main(async () => {
  const tools = await prepare({ forTests: true, browser: true });
  heading('Build');
  await buildAll(tools);
  await buildNpmPackage(tools);
  heading('Browser');
  const { circumstances, packageVersion, recordFigures, writeRendered } = await import('./lib/figures.mjs');
  const measured = circumstances();
  rmSync(report, { force: true });
  const command = process.execPath;
  const args = [join(root, 'node_modules/@playwright/test/cli.js'), 'test', '-c', 'playwright-tests/bench.config.ts'];
  const env = { ...tools.env, PASSKEEP_BINARY: serverBinary, PASSKEEP_NPM_TARBALL: tarball, PASSKEEP_TEST_FIGURES: report };
  const { code } = await runStep({ title: 'Chromium, slowed down and not', command, args, env, log: 'bench-browser', mayFail: true });
  const figures = { ...kept(), weights: await weights() };
  for (const table of Object.values(tables(figures))) say(`\n${table}`);
  if (process.argv.includes('--record')) {
    recordFigures('browser', figures, { ...measured, versions: { Chromium: figures.chromium, [PEER]: packageVersion(PEER) } });
    await writeRendered();
  }
  if (code !== 0) throw new Problem('Something took longer than its goal', { help: 'A busy machine disturbs it. Run it again when nothing else runs.' });
});
