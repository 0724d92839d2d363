// The examples in front of a server at another port, started as their READMEs say.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { expectAccessible } from '../fixtures/accessible.ts';
import { expect, LEPTOS_EXAMPLE, test as base } from '../fixtures/package.ts';
import { freePort, Server } from '../fixtures/server.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const AXUM_EXAMPLE = process.env.PASSKEEP_TEST_AXUM_EXAMPLE ?? fileURLToPath(new URL('../../target/debug/axum-minimal', import.meta.url));

/** A site that somebody started in a folder, until the test is over. */
type Start = (folder: string, command: string, args: (server: string) => string[], settings?: (server: string) => Record<string, string>) => Promise<void>;

const test = base.extend<{ port: number; start: Start }>({
  port: async ({}, use) => use(await freePort()),
  baseURL: async ({ port }, use) => use(`http://localhost:${port}`),
  start: async ({ port, baseURL }, use) => {
    const server = await Server.start({ PASSKEEP_ORIGINS: baseURL! });
    const started: ChildProcess[] = [];
    await use(async (folder, command, args, settings) => {
      const env = { ...process.env, ...settings?.(server.origin) };
      // In a group of its own, as npm leaves what it runs behind.
      const child = spawn(command, args(server.origin), { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
      started.push(child);
      let said = '';
      child.stdout!.on('data', (chunk) => (said += stripVTControlCharacters(String(chunk))));
      await expect.poll(() => said, { message: `${command} says where the site is` }).toContain(`http://localhost:${port}`);
    });
    for (const child of started) {
      const ended = child.exitCode ?? once(child, 'exit');
      process.kill(-child.pid!);
      await ended;
    }
    await server.stop();
  },
});

/** The README of an example tells people to run this in its folder. */
function expectTold(example: string, command: string): void {
  const readme = readFileSync(join(examples, example, 'README.md'), 'utf8');
  expect(readme).toContain('PASSKEEP_ORIGINS=http://localhost:5173 npm start ');
  expect(readme).toContain(`\n${command} `);
}

const serve = (folder: string, port: number) => (server: string) => [join(examples, 'serve.mjs'), folder, '--port', String(port), '--server', server];

test('the plain page, behind `serve.mjs`', async ({ page, port, start, createProject, authenticator, requests, userName }) => {
  expectTold('plain', 'node ../serve.mjs .');
  const { folder } = createProject('plain');
  await start(folder, process.execPath, serve('.', port));
  const answer = await page.goto('/');
  const readme = readFileSync(join(examples, 'plain/README.md'), 'utf8');
  expect(readme).toContain(`\nContent-Security-Policy: ${answer!.headers()['content-security-policy']}\n`);
  await page.locator('passkey-register').getByLabel('User name').fill(userName);
  await page.getByRole('button', { name: 'Create a passkey' }).click();
  await expect(page.getByRole('heading', { name: `Hello, ${userName}` })).toBeVisible();
  await authenticator.answers(false);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await requests.expectArmed();
  // Nothing outside of the folder is served.
  for (const path of ['/%2e%2e%2fserve.mjs', '/%', '/node_modules']) expect((await page.request.get(path)).status()).toBe(404);
});

test('the app in Leptos, behind `serve.mjs`', async ({ page, port, start, authenticator, userName }) => {
  expectTold('leptos', 'node ../serve.mjs dist');
  await start(examples, process.execPath, serve(LEPTOS_EXAMPLE, port));
  await page.goto('/');
  await page.getByLabel('User name').fill(userName);
  await page.getByRole('button', { name: 'Create a passkey' }).click();
  await expect(page.getByRole('status')).toHaveText(`Signed in as ${userName}`);
  expect(await authenticator.credentials()).toHaveLength(1);
});

test("the app in TypeScript, in Vite's own server", async ({ page, port, start, createProject, authenticator, userName }) => {
  expectTold('vite', 'npm run dev');
  const { folder } = createProject('vite');
  await start(folder, 'npm', () => ['run', 'dev', '--', '--port', String(port)], (server) => ({ API_ORIGIN: server }));
  await page.goto('/');
  await page.getByLabel('User name').fill(userName);
  await page.getByRole('button', { name: 'Create a passkey' }).click();
  await expect(page.getByRole('status')).toHaveText(`Signed in as ${userName}`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(`Signed in as ${userName}`);
  expect(await authenticator.credentials()).toHaveLength(1);
});

test('the application in axum, with its own users: a passkey is added, confirmed when the sign-in is old, and signs in', async ({ page, port, start, userName, authenticator, requests }, info) => {
  await start(examples, AXUM_EXAMPLE, () => [String(port), info.outputPath('passkeys.sqlite')]);
  await page.goto('/');
  await authenticator.answers(false);
  await requests.expectArmed();
  await expectAccessible(page, 'the application in axum');
  const name = page.locator('#name');
  await page.getByLabel('Name').fill(userName);
  await page.getByRole('button', { name: 'Sign in the old way' }).click();
  await expect(name).toHaveText(userName);
  /** Presses a button that ends with the page being there anew. */
  const press = async (button: string) => {
    await page.evaluate(() => document.documentElement.setAttribute('data-before', ''));
    await page.getByRole('button', { name: button }).click();
    await expect(page.locator('html:not([data-before])')).toBeAttached();
  };
  await authenticator.answers(true);
  await press('Add a passkey');
  expect(await authenticator.credentials()).toHaveLength(1);

  // It is on this device already, which the server would only say of a session that may add one.
  const status = page.getByRole('status');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(status).toHaveText(/already/);
  // As the server answers when the sign-in is more than five minutes old.
  const refusal = { code: 'confirmation_required', title: 'Please confirm this with your passkey.', status: 403 };
  await page.route('**/registration/start', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', json: refusal }), { times: 1 });
  const confirmation = page.waitForRequest('**/authentication/start');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  expect((await confirmation).postDataJSON()).toEqual({ flow: 'confirm', action: { do: 'add-passkey' } });
  await expect(status).toHaveText(/already/);

  await authenticator.answers(false);
  await press('Sign out');
  await expect(name).toHaveText('nobody');
  await requests.expectArmed();
  await requests.dismissNextDialog();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(status).toHaveText('Nothing was done. You can try again, or use another way.');
  await authenticator.answers(true);
  await page.reload();
  await expect(name).toHaveText(userName);
});
