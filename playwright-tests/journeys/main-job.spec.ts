import { VirtualAuthenticator } from '../fixtures/authenticator.ts';
import { deletePasskey, signOut, signUp } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test('a person creates a passkey, is signed in, signs out and signs in again without a name', async ({ page, home, account, authenticator, requests, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await expect(account.cards).toHaveCount(1);
  expect(await authenticator.credentials()).toMatchObject([{ rpId: 'localhost', userName }]);

  await signOut({ home, account, authenticator, requests, userName });
  await expect(page).toHaveURL(/\/$/);
  // Nobody speaks of passwords unless the server is set up for them.
  await expect(page.getByTestId('password-sign-in-open')).toHaveCount(0);

  await authenticator.answers(true);
  await home.signIn.click();
  await account.expectSignedInAs(userName);
});

test('the session is kept in a cookie no script can read, and another one comes with each sign-in', async ({ page, context, home, account, authenticator, requests, userName }) => {
  await signUp({ home, account, authenticator, userName });
  const session = async () => (await context.cookies()).find((cookie) => cookie.name.endsWith('passkeep-session'));
  const first = await session();
  expect(first).toMatchObject({ name: 'passkeep-session', httpOnly: true, sameSite: 'Strict', path: '/', domain: 'localhost' });
  expect(await page.evaluate(() => document.cookie)).toBe('');

  await signOut({ home, account, authenticator, requests, userName });
  expect(await session()).toBeUndefined();
  await authenticator.answers(true);
  await home.signIn.click();
  await account.expectSignedInAs(userName);
  expect((await session())?.value).not.toBe(first?.value);
});

test('passkeys are listed, renamed, added and deleted', async ({ page, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });

  const first = account.card(0);
  await expect(first.backup).toHaveText('Synced');
  await expect(first.root).toContainText('Created');
  await expect(first.root).toContainText('Last used');
  await first.rename('  My   laptop ');
  await expect(first.label).toHaveText('My laptop');

  // A second one, on a security key. The first authenticator would refuse, because the account has one there.
  await authenticator.answers(false);
  const key = await VirtualAuthenticator.add(page, { transport: 'usb', synced: false });
  await account.addPasskey.click();
  await expect(account.cards).toHaveCount(2);
  // The newest comes first.
  await expect(account.card(0).backup).toHaveText('This device only');
  await expect(account.card(1).label).toHaveText('My laptop');
  expect(await key.credentials()).toHaveLength(1);

  await account.card(0).deleteButton.click();
  await account.card(0).deleteCancel.click();
  await expect(account.cards).toHaveCount(2);
  await account.card(0).deleteButton.click();
  await account.card(0).deleteConfirm.click();
  await expect(account.cards).toHaveCount(1);
  await expect(account.card(0).label).toHaveText('My laptop');

  await page.reload();
  await expect(account.card(0).label).toHaveText('My laptop');
  // The browser was told, so the key has forgotten its passkey too.
  await expect.poll(() => key.credentials()).toEqual([]);
  await expect.poll(async () => (await authenticator.credentials()).length).toBe(1);
});

test('the last passkey is not deleted unawares', async ({ page, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });

  const only = account.card(0);
  await only.deleteButton.click();
  await expect(only.root).toContainText('This is your only passkey');
  await expect(only.deleteConfirm).toHaveText('Delete it and lose the account');
  await only.deleteCancel.click();
  await expect(account.cards).toHaveCount(1);

  // The server insists by itself, whatever a page shows.
  expect(await deletePasskey(page)).toEqual({ status: 409, code: 'last_passkey' });

  await only.deleteButton.click();
  await only.deleteConfirm.click();
  await expect(account.cards).toHaveCount(0);
  await expect.poll(() => authenticator.credentials()).toEqual([]);
});

test('nothing is deleted unless its owner uses a passkey', async ({ page, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await authenticator.recognises(false);
  const only = account.card(0);
  await only.deleteButton.click();
  const question = page.waitForRequest('**/api/v1/authentication/start');
  await only.deleteConfirm.click();
  expect((await question).postDataJSON()).toMatchObject({ flow: 'confirm', action: { do: 'delete-passkey' } });
  await expect(only.root).toContainText('Nothing was changed');
  await expect(account.cards).toHaveCount(1);

  await authenticator.recognises(true);
  await only.deleteConfirm.click();
  await expect(account.cards).toHaveCount(0);
});

test('everything survives a restart and a power cut', async ({ page, server, home, account, authenticator, requests, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await account.card(0).rename('Before the restart');
  await expect(account.card(0).label).toHaveText('Before the restart');

  await server.restart();
  await page.reload();
  await account.expectSignedInAs(userName);
  await expect(account.card(0).label).toHaveText('Before the restart');

  await signOut({ home, account, authenticator, requests, userName });
  await server.crash();
  await page.reload();
  await requests.expectArmed();
  await authenticator.answers(true);
  await home.signIn.click();
  await account.expectSignedInAs(userName);
});
