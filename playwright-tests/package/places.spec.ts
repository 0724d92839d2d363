// Where a page is when it asks: in a frame of somebody else's, and at an origin that is related to its RP ID.

import { once } from 'node:events';
import { createServer } from 'node:https';
import { type Browser, chromium, type Frame } from '@playwright/test';
import { generate } from 'selfsigned';
import { chromiumLaunchOptions } from '../../scripts/lib/browser.mjs';
import { VirtualAuthenticator } from '../fixtures/authenticator.ts';
import { CREATION, expect, fileBelow, POLICY, REQUEST, test } from '../fixtures/package.ts';

const BLANK = '<!doctype html><html lang="en"><title>Blank</title><button>Go</button></html>';

/** Runs code in a frame with `passkeep` and `argument` in scope, after a click there. */
async function run<T>(frame: Frame, code: string, argument: unknown): Promise<T> {
  await frame.getByRole('button').click();
  return frame.evaluate(`(async (argument) => { const passkeep = await import('/node_modules/passkeep/index.js'); ${code} })(${JSON.stringify(argument)})`) as Promise<T>;
}
const clientData = (response: any) => JSON.parse(Buffer.from(response.response.clientDataJSON, 'base64url').toString());
const OUTCOME = ".then((made) => made, (error) => error.code)";

test.describe('in a frame of another site', () => {
  // The browser says in the console that the policy forbids it; that is what the test is about.
  test.use({ expectedFault: /permissions policy|publickey-credentials/i });

  test('passkeys work where the page allows it, and the error says so where it does not', async ({ page, installed, server, authenticator }) => {
    const other = server.origin.replace('localhost', 'frame.localhost');
    const frames = `<iframe name="allowed" src="${other}/framed" allow="publickey-credentials-create; publickey-credentials-get"></iframe><iframe name="forbidden" src="${other}/framed"></iframe>`;
    const pages = { '/': `<!doctype html><html lang="en"><title>Outer</title>${frames}</html>`, '/framed': BLANK };
    await installed.serve(page, { pages, policy: `${POLICY}; frame-src ${other}` });
    await page.goto('/');
    const creation = { ...CREATION, rp: { id: 'frame.localhost', name: 'Framed' } };
    const request = { ...REQUEST, rpId: 'frame.localhost' };

    const forbidden = page.frame('forbidden')!;
    expect(await run(forbidden, `return passkeep.create(argument)${OUTCOME}`, creation)).toBe('blocked_by_permissions_policy');
    expect(await run(forbidden, `return passkeep.get(argument)${OUTCOME}`, request)).toBe('blocked_by_permissions_policy');

    const allowed = page.frame('allowed')!;
    const made = await run<any>(allowed, `return passkeep.create(argument)${OUTCOME}`, creation);
    expect(clientData(made)).toMatchObject({ type: 'webauthn.create', origin: other, crossOrigin: true });
    const signed = await run<any>(allowed, `return passkeep.get(argument)${OUTCOME}`, request);
    expect(signed.id).toBe(made.id);
    expect(clientData(signed)).toMatchObject({ type: 'webauthn.get', origin: other, crossOrigin: true });
    expect(await authenticator.credentials()).toHaveLength(1);
  });
});

test('a related origin uses the passkeys of the RP ID that lists it, and no other origin does', async ({ installed }) => {
  const certificate = await generate([{ name: 'commonName', value: 'example.com' }], { keySize: 2048 });
  const site = createServer({ key: certificate.private, cert: certificate.cert }, (incoming, answer) => {
    const path = new URL(incoming.url ?? '/', 'https://localhost').pathname;
    const file = fileBelow(installed.folder, path);
    if (path === '/') answer.setHeader('content-type', 'text/html').end(BLANK);
    else if (path === '/.well-known/webauthn' && incoming.headers.host === 'example.com') answer.setHeader('content-type', 'application/json').end('{"origins":["https://example.net"]}');
    else if (file) answer.setHeader('content-type', file.contentType).end(file.body);
    else answer.writeHead(404).end();
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const address = site.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address with a port');
  const there = `127.0.0.1:${address.port}`;
  const rules = ['example.com', 'example.net', 'example.org'].map((host) => `MAP ${host}:443 ${there}`).join(', ');
  const launch = chromiumLaunchOptions();
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ ...launch, args: [...launch.args, `--host-resolver-rules=${rules}`, '--ignore-certificate-errors'] });
    const create = async (origin: string) => {
      const page = await browser!.newPage();
      await VirtualAuthenticator.add(page);
      await page.goto(origin);
      return run<any>(page.mainFrame(), `return passkeep.create(argument)${OUTCOME}`, { ...CREATION, rp: { id: 'example.com', name: 'Example' } });
    };
    expect(clientData(await create('https://example.com/')).origin).toBe('https://example.com');
    expect(clientData(await create('https://example.net/')).origin).toBe('https://example.net');
    expect(await create('https://example.org/')).toBe('invalid_rp_id');
  } finally {
    await browser?.close();
    site.closeAllConnections();
    site.close();
  }
});
