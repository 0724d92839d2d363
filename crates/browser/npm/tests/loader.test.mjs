import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { openPage, rejection } from './page.mjs';

let instances = 0;

/** The loader as a page has it that has just been opened. */
async function freshLoader() {
  instances += 1;
  return import(`../src/loader.js?instance=${instances}`);
}

/** Lets what is due happen. */
const settle = () => new Promise((then) => setImmediate(then));

beforeEach(() => {
  openPage();
  mock.timers.enable({ apis: ['setTimeout'] });
});
afterEach(() => mock.timers.reset());

test('a module that never comes is given up after a while, and fetched anew at the next call', async () => {
  const loader = await freshLoader();
  const given = [];
  loader.provide((signal) => {
    given.push(signal);
    return given.length === 1 ? new Promise(() => {}) : Promise.resolve('the module');
  });
  let settled = false;
  const loading = rejection(loader.loadIfSupported()).finally(() => (settled = true));
  mock.timers.tick(19_999);
  await settle();
  assert.equal(settled, false);
  mock.timers.tick(1);
  const { code, retry, detail } = await loading;
  assert.deepEqual(
    { code, retry, detail },
    { code: 'wasm_unavailable', retry: true, detail: 'the module could not be loaded: it did not come within 20 seconds' },
  );
  assert.equal(given[0].aborted, true, 'the request that stalled is ended');
  assert.equal(await loader.loadIfSupported(), 'the module');
  mock.timers.tick(60_000);
  assert.equal(given[1].aborted, false, 'nothing is left that ends what came');
});

test('whoever ends a call does not wait for the module', async () => {
  const loader = await freshLoader();
  loader.provide(() => new Promise(() => {}));
  const page = new AbortController();
  const ended = rejection(loader.loadIfSupported(page.signal));
  const before = rejection(loader.loadIfSupported(AbortSignal.abort()));
  page.abort();
  for (const error of [await ended, await before]) {
    const { name, code, message, retry, userMessage, detail } = error;
    assert.deepEqual(
      { name, code, message, retry, userMessage, detail },
      {
        name: 'PasskeyError', code: 'aborted', message: 'the ceremony was ended by the page: before it started',
        retry: true, userMessage: '', detail: 'before it started',
      },
    );
  }
});

test('a signal that outlives the load is left alone', async () => {
  const loader = await freshLoader();
  loader.provide(async () => 'the module');
  const listeners = new Set();
  const signal = { aborted: false, addEventListener: (_, it) => listeners.add(it), removeEventListener: (_, it) => listeners.delete(it) };
  assert.equal(await loader.loadIfSupported(signal), 'the module');
  await settle();
  assert.equal(listeners.size, 0);
});

test('an entry with the module inside is preferred, whichever comes first, and nothing is fetched where both are imported together', async () => {
  for (const insideFirst of [true, false]) {
    const loader = await freshLoader();
    let fetched = 0;
    const entries = [() => loader.provide(async () => 'inside', true), () => loader.provide(async () => (fetched++, 'fetched'))];
    if (!insideFirst) entries.reverse();
    for (const entry of entries) {
      entry();
      loader.preload();
    }
    await settle();
    assert.deepEqual([await loader.loadIfSupported(), fetched], ['inside', 0]);
  }
});

test('an entry with the module inside that comes later takes the place of a fetch that goes on, also for who waits for that', async () => {
  const loader = await freshLoader();
  let fail;
  loader.provide(() => new Promise((_, reject) => (fail = reject)));
  const waits = loader.loadIfSupported();
  let inside = 0;
  loader.provide(async () => `inside ${++inside}`, true);
  assert.equal(await loader.loadIfSupported(), 'inside 1');
  fail(new Error('404'));
  assert.equal(await waits, 'inside 1');
  assert.equal(await loader.loadIfSupported(), 'inside 1');
});
