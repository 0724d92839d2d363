// py_webauthn, one of the implementations that the tests hold ours against: from PyPI into the cache.

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
const requirements = join(root, 'peers', 'requirements.txt');
// The tag tells builds of Python apart, because some of the packages are compiled.
const DESCRIBE = 'import platform, sys; print(platform.python_version(), sys.implementation.cache_tag, platform.machine())';

/**
 * Resolves with `{ python, packages }`: a Python, and the folder of the packages for its path. Without a Python there is
 * nothing to compare with, which is said and counted as skipped: everything else can be tested all the same.
 */
export async function providePythonPeer() {
  const found = await findPython();
  if (!found) return without(`there is no Python of version ${OLDEST} or later`);
  const { python, description } = found;
  const packages = join(cacheDir, 'python', fingerprint([requirements], { description }).slice(0, 16));
  if (!existsSync(packages)) {
    const problem = await whileInstalling(() => (existsSync(packages) ? undefined : install(python, packages)));
    if (problem) return without(problem);
  }
  stepDone(`py_webauthn, for Python ${description.split(' ')[0]}`);
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

function without(reason) {
  say(`  py_webauthn is left out: ${reason}. Its tests will be skipped.`);
  return undefined;
}

/** Installs beside the folder and renames, so that the folder is there only when it is whole. Resolves with what went wrong. */
async function install(python, packages) {
  const temporary = `${packages}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const pip = await findPip(python, join(temporary, 'environment'));
  if (!pip) return `${python} has neither pip nor venv (on Debian: apt-get install python3-pip)`;
  const options = ['--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--root-user-action=ignore'];
  const args = ['-m', 'pip', 'install', ...options, '--target', join(temporary, 'packages'), '-r', requirements];
  const run = await runStep({ title: 'py_webauthn (pip install)', command: pip, args, log: 'pip-install', mayFail: true });
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
