// The npm packages: wasm-opt, Playwright, TypeScript, SimpleWebAuthn.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { whileInstalling } from './cache.mjs';
import { fingerprint } from './fingerprint.mjs';
import { root } from './paths.mjs';
import { runStep, stepDone } from './run.mjs';

const folder = join(root, 'node_modules');
// Inside node_modules, so that whoever deletes the one deletes the other.
const marker = join(folder, '.passkeep-lock-hash');

/** npm's command and its first arguments: npm names the script of its own that started us; called by hand, the npm on PATH does. */
export function npmCommand() {
  const npm = process.env.npm_execpath;
  return npm ? [process.execPath, [npm]] : ['npm', []];
}

/** Runs `npm ci` unless node_modules is what the lock file says. */
export async function npmPackages(env) {
  const wanted = fingerprint([join(root, 'package.json'), join(root, 'package-lock.json')]);
  const installed = () => existsSync(marker) && readFileSync(marker, 'utf8') === wanted;
  // Two that install into one folder leave it broken.
  if (!installed()) await whileInstalling(() => installed() || install(env, wanted));
  stepDone('npm packages');
}

async function install(env, wanted) {
  const [command, first] = npmCommand();
  await runStep({
    title: 'npm packages (npm ci)',
    why: 'they bring wasm-opt, which shrinks the site, and the browser tests.',
    command,
    args: [...first, 'ci', '--no-fund', '--no-audit'],
    env: { ...env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
    log: 'npm-ci',
    help: 'See that the npm registry can be reached, then: npm ci',
  });
  writeFileSync(marker, wanted);
}
