// What passkeys add to a Leptos app that exists: two examples, the same but for them, each as small as a release is.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { at, localCrates } from './build.mjs';
import { fingerprint, recall, remember } from './fingerprint.mjs';
import { root, stateDir, targetDir } from './paths.mjs';
import { runStep } from './run.mjs';
import { Problem, say } from './say.mjs';
import { shrinkArgs } from './slim-wasm.mjs';
import { WASM } from './wasm-modules.mjs';

/** In bytes of brotli: of the module and its bindings together. The goal is 6,000; how a module compresses changes by some dozens. */
const BUDGET = 6_100;

const folder = join(stateDir, 'passkeys-weight');

/** Says what they weigh, and throws if it is too much. */
export async function weighPasskeys({ env, versions }) {
  const inputs = fingerprint([...localCrates(join('examples', 'leptos')), ...at('Cargo.toml', 'Cargo.lock', 'scripts/lib/passkeys-weight.mjs')], versions);
  const before = recall('passkeys-weight');
  const weight = before?.inputs === inputs ? before.weight : await weigh(env);
  say(`  passkeys add ${weight} bytes of brotli to a Leptos app (at most ${BUDGET})`);
  if (weight > BUDGET) throw new Problem(`passkeys add ${weight - BUDGET} bytes more to a Leptos app than their budget of ${BUDGET} bytes with brotli`);
  remember('passkeys-weight', { inputs, weight });
}

async function weigh(env) {
  const args = ['build', '--manifest-path', join(root, 'examples/leptos/Cargo.toml'), '--examples', '--target', WASM, '--profile', 'wasm-release'];
  await runStep({ title: 'Leptos apps with and without passkeys (cargo build)', command: 'cargo', args, env, log: 'passkeys-weight' });
  return (await bytes('with_passkeys', env)) - (await bytes('without_passkeys', env));
}

async function bytes(name, env) {
  const built = join(targetDir, WASM, 'wasm-release/examples', `${name}.wasm`);
  const [bound, small] = [join(folder, `${name}_bg.wasm`), join(folder, `${name}.wasm`)];
  const bind = [built, '--target', 'web', '--no-typescript', '--out-name', name, '--out-dir', folder];
  await runStep({ title: `${name} (wasm-bindgen)`, command: 'wasm-bindgen', args: bind, env, log: `weight-${name}-bindings`, quiet: true });
  await runStep({ title: `${name} (wasm-opt)`, command: 'wasm-opt', args: [...shrinkArgs, '--strip-debug', bound, '-o', small], env, log: `weight-${name}-shrink`, quiet: true });
  const { transform } = await import('esbuild');
  const { code } = await transform(readFileSync(join(folder, `${name}.js`), 'utf8'), { minify: true, format: 'esm' });
  return brotliCompressSync(readFileSync(small)).length + brotliCompressSync(code).length;
}
