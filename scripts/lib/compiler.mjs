// The C compiler: Rust links with it, and SQLite and the cryptography are C underneath.

import { isDebian, installCommand, packageRights, providePackages } from './debian.mjs';
import { findOnPath } from './environment.mjs';
import { Problem } from './say.mjs';

const WHY = 'Rust links programs with it, and the embedded SQLite and the cryptography are written in C.';
const PACKAGES = ['gcc', 'libc6-dev'];

/** Installs a C compiler where there is none. */
export async function provideCompiler() {
  // On Windows rustup has asked for Visual Studio's, which is not on PATH.
  if (process.platform === 'win32' || ['cc', 'gcc', 'clang'].some((name) => findOnPath(name))) return;
  if (isDebian() && (await packageRights()) !== 'unpack') {
    await providePackages('compiler', async () => PACKAGES, { title: 'C compiler from Debian', why: WHY });
    return;
  }
  const help = process.platform === 'darwin' ? 'xcode-select --install' : `${installCommand(PACKAGES)}\n(or your distribution's way to install gcc)`;
  throw new Problem('No C compiler (cc)', { why: WHY, help });
}
