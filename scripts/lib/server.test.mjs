import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { assertFree, listenAddress } from './server.mjs';

test('the printed address is localhost, whose passkeys the site uses', () => {
  assert.equal(listenAddress('127.0.0.1:9000').url, 'http://localhost:9000');
  assert.equal(listenAddress('0.0.0.0:9000').url, 'http://localhost:9000');
});

test('a server on all addresses is asked at this machine', () => {
  assert.equal(listenAddress('0.0.0.0:9000').probe, 'http://127.0.0.1:9000');
  assert.equal(listenAddress('[::]:9000').probe, 'http://[::1]:9000');
  assert.equal(listenAddress('192.168.1.5:80').probe, 'http://192.168.1.5:80');
});

for (const wrong of ['8080', '127.0.0.1', '127.0.0.1:0', '127.0.0.1:70000', '::1:8080', 'a b:1']) {
  test(`PASSKEEP_LISTEN=${wrong} is refused`, () => {
    assert.throws(() => listenAddress(wrong), { message: /is not an address and a port/ });
  });
}

test('a port that is taken is reported by its number', async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  try {
    await assert.rejects(assertFree(listenAddress(`127.0.0.1:${port}`)), { message: `Port ${port} is in use` });
  } finally {
    server.close();
  }
  await assertFree(listenAddress(`127.0.0.1:${port}`));
});
