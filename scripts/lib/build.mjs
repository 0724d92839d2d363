// The release builds behind `npm start` and the journeys: the site, the workbench in it, then the server that embeds both.
// Each runs only when something it reads has changed.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, fingerprint, forget, recall, remember } from './fingerprint.mjs';
import { root, serverBinary, siteDir } from './paths.mjs';
import { runStep, stepDone } from './run.mjs';
import { Problem } from './say.mjs';
import { buildWorkbench, workbenchDir } from './workbench.mjs';

/** Paths below the repository's root. */
export const at = (...names) => names.map((name) => join(root, name));
const WORKSPACE = at('Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml', '.cargo');

/** What the site is made of. A file that index.html takes from elsewhere belongs in this list. */
const siteInputs = () => [
  ...WORKSPACE,
  ...at('index.html', 'Trunk.toml', 'package-lock.json', 'scripts/compress-site.mjs'),
  ...at(...['order-wasm', 'provider-icons', 'site-messages', 'slim-site', 'slim-wasm'].map((name) => `scripts/lib/${name}.mjs`)),
  ...localCrates('web'),
];

/** What the server is made of, besides the site. */
const serverInputs = () => [...WORKSPACE, ...at('crates')];

/** The folder of a crate and of the workspace's crates it depends on, however far. */
export function localCrates(folder, found = new Set()) {
  const path = join(root, folder);
  if (found.has(path) || !existsSync(join(path, 'Cargo.toml'))) return [...found];
  found.add(path);
  const manifest = readFileSync(join(path, 'Cargo.toml'), 'utf8');
  for (const [, name] of manifest.matchAll(/\bpasskeep-([a-z]+)/g)) localCrates(join('crates', name), found);
  return [...found];
}

/** Builds what is out of date. */
export async function buildAll({ env, versions }) {
  await buildSite(env, versions);
  await buildWorkbench({ env, versions });
  await buildServer({ env, versions });
}

async function buildSite(env, versions) {
  const inputs = fingerprint(siteInputs(), versions);
  const before = recall('site');
  if (before?.inputs === inputs && before.output === fingerprint(siteFiles())) {
    stepDone('Site', 0, 'unchanged');
    return;
  }
  forget('site');
  await fetchCrates(env);
  await runStep({
    title: 'Site (trunk build --release)',
    command: 'trunk',
    // Offline: all it needs is on PATH, and a tool that does not fit should be an error, not a download.
    args: ['build', '--release', '--offline'],
    // A stack of Trunk's own would push its message out of sight.
    env: { ...env, RUST_BACKTRACE: '0' },
    log: 'build-site',
  });
  if (!existsSync(join(siteDir, 'index.html'))) throw new Problem('Trunk left no dist/index.html');
  remember('site', { inputs, output: fingerprint(siteFiles()) });
  stepDone('Site in dist/', 0, `${kilobytes('.wasm.br')} of WebAssembly over the wire`);
}

/** What Trunk made of the site; the workbench has its own record. */
const siteFiles = () => filesUnder(siteDir).filter((file) => !file.startsWith(workbenchDir));

const kilobytes = (suffix) => {
  const bytes = siteFiles().filter((file) => file.endsWith(suffix)).reduce((sum, file) => sum + statSync(file).size, 0);
  return `${Math.round(bytes / 1024)} kB`;
};

/** Builds the server, with whatever site there is: the API needs none. */
export async function buildServer({ env, versions }) {
  const inputs = fingerprint(serverInputs(), { ...versions, site: recall('site')?.output, workbench: recall('workbench')?.output });
  const before = recall('server');
  if (before?.inputs === inputs && before.output === stampOf(serverBinary)) {
    stepDone('Server', 0, 'unchanged');
    return;
  }
  forget('server');
  await fetchCrates(env);
  const args = ['build', '--release', '-p', 'passkeep-server', ...locked];
  await runStep({ title: 'Server (cargo build --release)', command: 'cargo', args, env, log: 'build-server' });
  if (!existsSync(serverBinary)) throw new Problem('cargo left no server program `passkeep` in target/release');
  remember('server', { inputs, output: stampOf(serverBinary) });
}

/** Whether a program is still the one that was built: cargo writes it anew for every change. */
function stampOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.size} ${stat.mtimeMs}`;
}

// In CI the lock file is taken as it is; a developer who has just added a dependency gets it updated.
export const locked = process.env.CI ? ['--locked'] : [];

let fetched = false;

/** Downloads the crates, so that builds can do without a network. */
export async function fetchCrates(env) {
  if (fetched) return;
  await runStep({
    title: 'Crates (cargo fetch)',
    why: 'they are the libraries the server and the site are built from.',
    command: 'cargo',
    args: ['fetch', ...locked],
    env,
    log: 'cargo-fetch',
    help: 'See that crates.io can be reached, then: cargo fetch',
  });
  fetched = true;
}
