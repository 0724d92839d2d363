// The workbench for developers: a page and a module of its own, which is put into the site below /workbench/ when both are
// built. The people's pages load nothing of it.

import { cpSync, existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compressSite } from '../compress-site.mjs';
import { at, fetchCrates, localCrates } from './build.mjs';
import { filesUnder, fingerprint, forget, recall, remember } from './fingerprint.mjs';
import { siteDir, stateDir } from './paths.mjs';
import { runStep, stepDone } from './run.mjs';
import { Problem } from './say.mjs';
import { slimSite } from './slim-site.mjs';

/** Where Trunk puts it (workbench/Trunk.toml names the same folder). Trunk empties dist/ for every build of the site. */
const built = join(stateDir, 'workbench');

/** Where it is in the site. */
export const workbenchDir = join(siteDir, 'workbench');

/** What its module may weigh over the wire, in bytes of brotli: a verifier and an authenticator with every algorithm. */
const BUDGET = 510_000;

/** What it is made of, besides the workspace's crates. */
const TEXTS = ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml', '.cargo', 'package-lock.json', 'web/boot.js', 'web/styles'];
const SCRIPTS = ['scripts/compress-site.mjs', ...['order-wasm', 'slim-site', 'slim-wasm', 'workbench'].map((name) => `scripts/lib/${name}.mjs`)];

/** Builds it if it is out of date, and puts it into the site. */
export async function buildWorkbench({ env, versions }) {
  const inputs = fingerprint([...at(...TEXTS, ...SCRIPTS), ...localCrates('workbench')], versions);
  const before = recall('workbench');
  if (before?.inputs === inputs && before.output === contentOf(built)) {
    stepDone('Workbench', 0, 'unchanged');
  } else {
    forget('workbench');
    await compile(env);
    remember('workbench', { inputs, output: contentOf(built) });
  }
  if (contentOf(workbenchDir) === contentOf(built)) return;
  rmSync(workbenchDir, { recursive: true, force: true });
  cpSync(built, workbenchDir, { recursive: true });
}

const contentOf = (folder) => fingerprint([folder], {}, folder);

async function compile(env) {
  await fetchCrates(env);
  // Trunk leaves what an interrupted build of its own has put there.
  rmSync(built, { recursive: true, force: true });
  await runStep({
    title: 'Workbench (trunk build --release)',
    command: 'trunk',
    args: ['build', '--config', 'workbench/Trunk.toml', '--release', '--offline'],
    // As for the site: a stack of Trunk's own would push its message out of sight.
    env: { ...env, RUST_BACKTRACE: '0' },
    log: 'build-workbench',
  });
  if (!existsSync(join(built, 'index.html'))) throw new Problem('Trunk left no page of the workbench');
  await slimSite(built, { fractions: true });
  await compressSite(built);
  const wasm = filesUnder(built).filter((file) => file.endsWith('.wasm.br'));
  const bytes = wasm.reduce((sum, file) => sum + statSync(file).size, 0);
  if (bytes > BUDGET) throw new Problem(`The workbench is ${bytes - BUDGET} bytes above its budget of ${BUDGET} bytes with brotli`);
  stepDone('Workbench in dist/workbench/', 0, `${Math.round(bytes / 1024)} kB of WebAssembly over the wire`);
}
