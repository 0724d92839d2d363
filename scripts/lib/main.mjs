// How every script begins and ends: signals reach the programs it runs, problems are explained, the status tells.

import { stopChildrenOnSignals } from './run.mjs';
import { explain } from './say.mjs';

/** Runs `body` and sets the process's status. */
export async function main(body) {
  stopChildrenOnSignals();
  endWithNpm();
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    explain(error);
    process.exitCode = 1;
  }
}

/**
 * npm starts its scripts through a shell, and a `kill` of npm ends that shell without telling us. So a parent that is
 * gone counts as the signal it did not pass on; else the server would go on, unseen, and keep its port.
 */
function endWithNpm() {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.emit('SIGTERM', 'SIGTERM');
  }, 500);
  timer.unref();
}
