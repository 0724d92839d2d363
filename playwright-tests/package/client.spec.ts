import { VirtualAuthenticator } from '../fixtures/authenticator.ts';
import { expect, test } from '../fixtures/package.ts';

test('a list that the server gave before a passkey was made, and that comes after, makes the browser forget nothing', async ({ package: it, page, authenticator, userName }) => {
  await it.open();
  await it.run('window.server = new client.PasskeepClient(); await server.register({ userName: argument })', userName);
  // The next passkey is made on another device.
  await authenticator.remove();
  const second = await VirtualAuthenticator.add(page);
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const answered = new Promise<void>((resolve) => {
    void page.route(
      '**/api/v1/passkeys',
      async (route) => {
        const answer = await route.fetch();
        resolve();
        await arrived;
        await route.fulfill({ response: answer });
      },
      { times: 1 },
    );
  });
  await it.run('window.listed = server.passkeys()');
  await answered;
  await it.run('await server.addPasskey()');
  expect(await second.credentials()).toHaveLength(1);
  arrive();
  expect(await it.run<unknown[]>('return window.listed')).toHaveLength(1);
  expect(await second.credentials()).toHaveLength(1);
  // The next list says all, and is told.
  const deleted = second.deletedBySignal();
  await page.route('**/api/v1/passkeys', async (route) => {
    const answer = await route.fetch();
    const json = await answer.json();
    json.signals.allAcceptedCredentials.allAcceptedCredentialIds = [];
    await route.fulfill({ response: answer, json });
  });
  expect(await it.run<unknown[]>('return server.passkeys()')).toHaveLength(2);
  await deleted;
  expect(await second.credentials()).toHaveLength(0);
});

test('an immediate sign-in ends with its signal, although the browser takes none', async ({ package: it, authenticator, userName }) => {
  await it.open();
  await it.run('window.server = new client.PasskeepClient(); await server.register({ userName: argument })', userName);
  await authenticator.answers(false);
  const ended = await it.run<{ code: string; modes: unknown[] }>(`
    const controller = new AbortController();
    const { get } = navigator.credentials;
    const modes = [];
    navigator.credentials.get = function (options) { modes.push([options.uiMode, 'signal' in options]); return get.call(this, options) };
    setTimeout(() => controller.abort(), 300);
    const code = await server.signIn({ immediate: true, signal: controller.signal }).then(() => 'signed in', (error) => error.code);
    return { code, modes };`);
  expect(ended).toEqual({ code: 'aborted', modes: [['immediate', false]] });
});

test('recovery codes and a link are made with a passkey and buy the next one, and the account goes with its passkeys', async ({ package: it, page, authenticator, userName }) => {
  await it.open();
  const made = await it.run<{ codes: string[]; link: { url: string; qrSvg: string; expiresIn: number } }>(
    `window.server = new client.PasskeepClient();
     await server.register({ userName: argument });
     return { codes: await server.makeRecoveryCodes(), link: await server.makeEnrolmentLink() };`,
    userName,
  );
  expect(made.codes).toHaveLength(10);
  expect(made.link).toEqual({ url: expect.stringMatching(/^http:\/\/localhost:\d+\/#enrol=[\w-]+$/), qrSvg: expect.stringContaining('<svg '), expiresIn: 600 });
  // Without the passkey, on devices that have none.
  await it.run('await server.signOut()');
  await authenticator.remove();
  const enrolled = await VirtualAuthenticator.add(page);
  expect(await it.run('await server.enrol(argument); return (await server.passkeys()).length', { link: made.link.url })).toBe(2);
  expect(await it.run('await server.signOut(); return server.enrol(argument).catch(({ code }) => code)', { link: made.link.url })).toBe('enrolment_link_unknown');
  expect(await enrolled.credentials()).toHaveLength(1);
  await it.run('await server.signIn(); window.unused = await server.makeEnrolmentLink(); await server.signOut()');
  await enrolled.remove();
  const recovered = await VirtualAuthenticator.add(page);
  expect(await it.run('await server.recover(argument); return (await server.passkeys()).length', { userName, code: made.codes[3] })).toBe(3);
  // Whoever recovers may have lost what the link was made on.
  expect(await it.run('await server.signOut(); return server.enrol({ link: unused.url }).catch(({ code }) => code)')).toBe('enrolment_link_unknown');
  await it.run('await server.signIn()');
  expect(await it.run('return server.dropPassword().catch(({ code }) => code)')).toBe('not_found');
  await it.run('await server.deleteAccount()');
  expect(await it.run('return server.session()')).toBeNull();
  await expect.poll(() => recovered.credentials()).toEqual([]);
});
