// What the tests and benchmarks take from PyPI, into the cache: py_webauthn and python-fido2, implementations that ours is held
// against, and schemathesis, the client that holds the server against its description.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { whileInstalling } from './cache.mjs';
import { findOnPath } from './environment.mjs';
import { fingerprint } from './fingerprint.mjs';
import { cacheDir, root } from './paths.mjs';
import { capture, runStep, stepDone } from './run.mjs';
import { say } from './say.mjs';
import { atLeast } from './versions.mjs';

const OLDEST = '3.10';
// The tag tells builds of Python apart, because some of the packages are compiled.
const DESCRIBE = 'import platform, sys; print(platform.python_version(), sys.implementation.cache_tag, platform.machine())';

/** See `provide`. */
export const providePythonPeer = () => provide('py_webauthn', join(root, 'peers', 'requirements.txt'));

/** See `provide`. */
export const provideTimedPeers = () => provide('py_webauthn and python-fido2', join(root, 'peers', 'speed-requirements.txt'));

/** See `provide`. */
export const provideSchemathesis = () => provide('schemathesis', join(root, 'api-tests', 'requirements.txt'));

/**
 * Resolves with `{ python, packages }`: a Python, and the folder of the packages for its path. Without a Python there is
 * nothing of the kind, which is said; tests count as skipped, and fail in CI. Everything else can be done all the same.
 */
async function provide(what, requirements) {
  const found = await findPython();
  if (!found) return without(what, `there is no Python of version ${OLDEST} or later`);
  const { python, description } = found;
  const packages = join(cacheDir, 'python', fingerprint([requirements], { description }).slice(0, 16));
  if (!existsSync(packages)) {
    const installed = () => existsSync(packages);
    const problem = await whileInstalling(() => (installed() ? undefined : install(what, requirements, python, packages)));
    if (problem) return without(what, problem);
  }
  stepDone(`${what}, for Python ${description.split(' ')[0]}`);
  return { python, packages };
}

async function findPython() {
  for (const name of ['python3', 'python']) {
    const python = findOnPath(name);
    const description = python && (await capture(python, ['-c', DESCRIBE]));
    if (description && atLeast(description.split(' ')[0], OLDEST)) return { python, description };
  }
  return undefined;
}

function without(what, reason) {
  say(`  ${what} is left out: ${reason}.`);
  return undefined;
}

/** Installs beside the folder and renames, so that the folder is there only when it is whole. Resolves with what went wrong. */
async function install(what, requirements, python, packages) {
  const temporary = `${packages}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const pip = await findPip(python, join(temporary, 'environment'));
  if (!pip) return `${python} has neither pip nor venv (on Debian: apt-get install python3-pip)`;
  const options = ['--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--root-user-action=ignore'];
  const args = ['-m', 'pip', 'install', ...options, '--target', join(temporary, 'packages'), '-r', requirements];
  const run = await runStep({ title: `${what} (pip install)`, command: pip, args, log: 'pip-install', mayFail: true });
  if (run.code !== 0) return 'pip could not install it (see target/passkeep/logs/pip-install.log)';
  renameSync(join(temporary, 'packages'), packages);
  rmSync(temporary, { recursive: true, force: true });
  return undefined;
}

/** A Python that has pip: this one, or one of a virtual environment, which brings its own. */
async function findPip(python, environment) {
  if ((await capture(python, ['-m', 'pip', '--version'])) !== undefined) return python;
  if ((await capture(python, ['-m', 'venv', environment])) === undefined) return undefined;
  return [join(environment, 'bin', 'python'), join(environment, 'Scripts', 'python.exe')].find(existsSync);
}
