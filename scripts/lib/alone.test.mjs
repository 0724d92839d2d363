import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { alone } from './alone.mjs';

async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'passkeep-alone-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('work of one name is done by one at a time, and of another name meanwhile', () =>
  inFolder(async (folder) => {
    const said = [];
    const work = (who, name) =>
      alone(name, async () => {
        said.push(`${who} begins`);
        await sleep(100);
        said.push(`${who} ends`);
        return who;
      }, folder);
    assert.deepEqual(await Promise.all([work('a', 'package'), work('b', 'package'), work('c', 'site')]), ['a', 'b', 'c']);
    const of = (who) => said.filter((it) => who.includes(it[0]));
    assert.deepEqual(of('ab'), ['a begins', 'a ends', 'b begins', 'b ends']);
    assert.ok(said.indexOf('c begins') < said.indexOf('a ends'), said.join(', '));
    assert.equal(existsSync(join(folder, 'package.lock')), false);
  }));

test('work that fails lets the next one begin', () =>
  inFolder(async (folder) => {
    await assert.rejects(alone('package', async () => { throw new Error('no room'); }, folder), { message: 'no room' });
    assert.equal(await alone('package', async () => 'done', folder), 'done');
  }));

test('a process that has ended keeps nobody waiting, and neither does half a lock', () =>
  inFolder(async (folder) => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    for (const left of [`${pid}`, '']) {
      writeFileSync(join(folder, 'package.lock'), left);
      assert.equal(await alone('package', async () => 'done', folder), 'done');
    }
  }));
