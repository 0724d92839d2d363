// Under what conditions a service was measured, in a sentence: what its figures depend on besides the machine.

import { number } from './figures.mjs';

/** A size for people. */
export const bytesInWords = (bytes) => (bytes < 1e9 ? `${number(bytes / 1e6)} MB` : `${number(bytes / 1e9, bytes < 1e10 ? 1 : 0)} GB`);

/** Nothing of figures that were recorded without their conditions. */
export function conditions({ concurrency, credentials, database_bytes, file_systems = {}, log, settings = {}, syncs_per_second, turn_s, turns }) {
  if (log === undefined) return '';
  const disks = Object.entries(file_systems).map(([name, system]) => `${name} on ${system}`);
  const set = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  const all = [
    `${number(credentials)} credentials${database_bytes === undefined ? '' : ` in a database of ${bytesInWords(database_bytes)}`}`,
    concurrency && `${number(concurrency)} people at a time`,
    turns && `${number(turns)} turns of ${number(turn_s, 0)} s each`,
    `a server as it is where nobody sets anything, but for rate limits that count and refuse nobody; its log at the level "${log}", into a file`,
    ...disks,
    syncs_per_second && `${number(syncs_per_second)} syncs of the disk a second, one after the other`,
    set.length > 0 && `PostgreSQL with ${set.join(', ')}`,
  ];
  return `${all.filter(Boolean).join('; ')}.`;
}
