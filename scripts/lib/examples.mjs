// Builds the examples that are Rust programs of their own in the browser, for the tests that use them.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { at, localCrates } from './build.mjs';
import { fingerprint, forget, recall, remember } from './fingerprint.mjs';
import { root, stateDir } from './paths.mjs';
import { runStep, stepDone } from './run.mjs';
import { Problem } from './say.mjs';

/** Where an example's site comes to be. */
export const exampleDir = (name) => join(stateDir, 'examples', name);

/** Builds what is out of date. */
export async function buildExamples({ env, versions }) {
  const name = 'leptos';
  const folder = join('examples', name);
  const inputs = fingerprint([...localCrates(folder), ...at('Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml')], versions);
  const before = recall(`example-${name}`);
  if (before?.inputs === inputs && before.output === fingerprint([exampleDir(name)])) {
    stepDone(`Example ${name}`, 0, 'unchanged');
    return;
  }
  forget(`example-${name}`);
  await runStep({
    title: `Example ${name} (trunk build --release)`,
    command: 'trunk',
    args: ['build', '--release', '--offline', '--dist', exampleDir(name), '--config', join(root, folder)],
    env: { ...env, RUST_BACKTRACE: '0' },
    log: `build-example-${name}`,
  });
  if (!existsSync(join(exampleDir(name), 'index.html'))) throw new Problem(`Trunk left no index.html of examples/${name}`);
  remember(`example-${name}`, { inputs, output: fingerprint([exampleDir(name)]) });
}
