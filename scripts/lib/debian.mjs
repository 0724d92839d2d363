// Debian's packages. As root (or with sudo that asks nothing) they are installed as usual;
// as anybody else they are unpacked into the cache, where nothing else on the machine notices them.

import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './paths.mjs';
import { capture, runStep } from './run.mjs';
import { findOnPath } from './environment.mjs';

const SYSTEM_LISTS = '/var/lib/apt/lists';
const aptFolder = join(cacheDir, 'apt');

let listsAreFresh = false;

/** Whether this is Debian. Relatives use apt too, but name these packages differently or lack them. */
export function isDebian() {
  if (process.platform !== 'linux' || !findOnPath('apt-get')) return false;
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** How packages can be had here: 'root', 'sudo' or 'unpack'. */
export async function packageRights() {
  if (process.getuid() === 0) return 'root';
  return (await capture('sudo', ['-n', 'true'])) === undefined ? 'unpack' : 'sudo';
}

/** The command a person would type to install packages. */
export const installCommand = (names) => `sudo apt-get install -y --no-install-recommends ${names.join(' ')}`;

/** Whether every one of these packages is installed on the system. */
export async function areInstalled(names) {
  const states = await capture('dpkg-query', ['-W', '-f', '${db:Status-Abbrev}\n', ...names]);
  return states !== undefined && states.split('\n').every((state) => state.startsWith('ii'));
}

/**
 * Makes packages usable and resolves with the folder their files are in: '/' or one in the cache.
 *
 * @param {string} name names the folder and the log
 * @param {() => Promise<string[]>} choose names the packages; asked again after the lists were fetched
 * @param {{title: string, why: string, otherwise?: string}} words `otherwise`: what a person can do instead
 */
export async function providePackages(name, choose, words) {
  const rights = await packageRights();
  let apt = rights === 'unpack' ? unprivilegedApt(SYSTEM_LISTS) : systemApt(rights);
  if (!hasLists(apt.lists)) apt = await withFreshLists(apt);
  try {
    return await provide(name, await choose(apt.options), words, apt);
  } catch (error) {
    // Old lists name files that mirrors no longer have, or lack the package altogether.
    if (listsAreFresh) throw error;
    apt = await withFreshLists(apt);
    return provide(name, await choose(apt.options), words, apt);
  }
}

function systemApt(rights) {
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=300'];
  const prefix = rights === 'sudo' ? ['sudo', '-n', ...environment] : environment;
  return { unpack: false, lists: SYSTEM_LISTS, options: [], command: (args) => [...prefix, ...args] };
}

/** apt without rights: it reads the system's package lists, or keeps its own in the cache. */
function unprivilegedApt(lists) {
  const options = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${aptFolder}`, '-o', 'Debug::NoLocking=1'];
  return { unpack: true, lists, options, command: (args) => ['apt-get', ...options, ...args] };
}

function hasLists(folder) {
  return existsSync(folder) && readdirSync(folder).some((file) => file.includes('_Packages'));
}

async function withFreshLists(apt) {
  const fresh = apt.unpack ? unprivilegedApt(join(aptFolder, 'lists')) : apt;
  if (apt.unpack) mkdirSync(join(fresh.lists, 'partial'), { recursive: true });
  // Without this mode apt calls an update that reached nothing a success.
  const [command, ...args] = fresh.command(['update', '-o', 'APT::Update::Error-Mode=any']);
  await runStep({ title: 'Package lists', command, args, log: 'apt-update', mayFail: true });
  listsAreFresh = true;
  return hasLists(fresh.lists) ? fresh : apt;
}

async function provide(name, packages, { otherwise, ...step }, apt) {
  const words = { ...step, help: [installCommand(packages), otherwise].filter(Boolean).join('\nor: ') };
  if (apt.unpack) return unpack(name, packages, words, apt);
  // Never at the price of another package: a Rust of Debian's own, for one, excludes this one.
  const [command, ...args] = apt.command(['install', '-y', '--no-install-recommends', '--no-remove', ...packages]);
  await runStep({ ...words, command, args, log: `apt-${name}` });
  return '/';
}

async function unpack(name, packages, words, apt) {
  const folder = join(cacheDir, 'debian', name);
  const temporary = `${folder}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(join(temporary, 'debs'), { recursive: true });

  const [command, ...plan] = apt.command(['install', '-s', '--no-install-recommends', ...packages]);
  const planned = await runStep({ ...words, command, args: plan, log: `apt-${name}-plan`, quiet: true });
  const missing = [...planned.output.matchAll(/^Inst (\S+) .*?\(([^ )]+)/gm)].map(([, pack, version]) => `${pack}=${version}`);

  const [, ...download] = apt.command(['download', ...missing]);
  const debs = join(temporary, 'debs');
  const title = `${words.title}: downloading ${missing.length} packages`;
  await runStep({ ...words, title, command, args: download, cwd: debs, log: `apt-${name}`, quiet: true });
  const script = 'for deb in debs/*.deb; do dpkg-deb -x "$deb" . || exit 1; done';
  const last = `${words.title}, unpacked into the cache`;
  await runStep({ ...words, title: last, command: 'sh', args: ['-c', script], cwd: temporary, log: `unpack-${name}` });
  rmSync(debs, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(temporary, folder);
  return folder;
}

/** The folders of shared libraries under an unpacked folder, for LD_LIBRARY_PATH. None for the system itself. */
export function libraryFolders(prefix) {
  if (prefix === '/') return [];
  const found = [];
  const visit = (folder) => {
    if (!existsSync(folder)) return;
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.some((entry) => /\.so(\.|$)/.test(entry.name))) found.push(folder);
    for (const entry of entries) if (entry.isDirectory()) visit(join(folder, entry.name));
  };
  visit(join(prefix, 'usr/lib'));
  visit(join(prefix, 'lib'));
  return found;
}
