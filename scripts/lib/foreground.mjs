// Runs a program on this terminal, as if it had been started there itself.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';
import { Problem } from './say.mjs';

/**
 * Starts a program and passes signals on to it. Returns `{ ended, stop }`; `ended` resolves with its status.
 * With `ownGroup`, Ctrl-C reaches it once, through us, and not also from the terminal.
 */
export function inForeground(command, args, { env, ownGroup = false }) {
  const child = spawn(command, args, { cwd: root, env, stdio: 'inherit', detached: ownGroup && process.platform !== 'win32' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // In place of the handlers that end this process at once: here it ends when the program does.
    process.removeAllListeners(signal);
    process.on(signal, () => child.kill(signal));
  }
  const ended = new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Problem(`${command}: ${error.code === 'ENOENT' ? 'not found' : error.message}`)));
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code));
  });
  return { ended, stop: () => child.kill('SIGTERM') };
}
