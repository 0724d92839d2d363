// The set-up: everything a build needs, checked and installed when missing.

import { npmBin, withPath } from './environment.mjs';
import { provideBrowser } from './browser-install.mjs';
import { provideCompiler } from './compiler.mjs';
import { provideDeno } from './deno-install.mjs';
import { warnOfLittleRoom } from './disk.mjs';
import { provideFirefox } from './firefox-install.mjs';
import { npmPackages } from './npm-packages.mjs';
import { providePostgres } from './postgres-install.mjs';
import { providePythonPeer, provideSchemathesis } from './python-packages.mjs';
import { root } from './paths.mjs';
import { heading } from './say.mjs';
import { environmentForInstalls, rustToolchain } from './toolchain.mjs';
import { siteTools } from './tools.mjs';

/**
 * Resolves with `{ env, versions }`: an environment in which cargo, trunk, wasm-bindgen and wasm-opt are the
 * right ones, and which ones these are.
 * @param {{forTests?: boolean, browser?: boolean, firefox?: boolean, deno?: boolean, database?: boolean, peers?: boolean, api?: boolean}} need
 */
export async function prepare({ forTests = false, browser = false, firefox = false, deno = false, database = false, peers = false, api = false } = {}) {
  heading('Set-up');
  // Child scripts, such as Trunk's hook, must find the repository wherever they run.
  process.chdir(root);
  warnOfLittleRoom();
  await provideCompiler();
  const rust = await rustToolchain({ forTests });
  const tools = await siteTools(await environmentForInstalls(rust));
  // Rust first: the folder of an installed Trunk may hold rustup's own cargo as well.
  const env = withPath([rust.bin, ...tools.map((tool) => tool.folder), npmBin], rust.env);
  await npmPackages(env);
  if (browser) env.PASSKEEP_CHROMIUM = await provideBrowser(env);
  const second = firefox ? await provideFirefox(await environmentForInstalls(rust)) : undefined;
  if (second) Object.assign(env, { PASSKEEP_FIREFOX: second.firefox, PASSKEEP_TEST_GECKODRIVER: second.driver });
  if (deno) env.PASSKEEP_TEST_DENO = await provideDeno(env);
  if (database) env.PASSKEEP_POSTGRES_BIN = await providePostgres();
  const peer = peers ? await providePythonPeer() : undefined;
  if (peer) Object.assign(env, { PASSKEEP_PEER_PYTHON: peer.python, PASSKEEP_PEER_PACKAGES: peer.packages });
  const client = api ? await provideSchemathesis() : undefined;
  if (client) Object.assign(env, { PASSKEEP_API_PYTHON: client.python, PASSKEEP_API_PACKAGES: client.packages });
  // What a build depends on besides the repository's files.
  const versions = { rust: rust.stamp, tools: tools.map((tool) => tool.version), flags: process.env.RUSTFLAGS ?? '' };
  return { env, versions };
}
