import { APP_SETTINGS, App } from '../fixtures/app.ts';
import { signUp } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ serverSettings: APP_SETTINGS });

test('apps that come back by themselves are listed, and removed', async ({ page, server, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await expect(account.cards).toHaveCount(1);
  const devices = page.getByTestId('devices').getByRole('listitem');
  await expect(devices).toHaveCount(0);

  const [passkey] = await authenticator.credentials();
  if (!passkey) throw new Error('the page has made a passkey');
  for (const device of ['Pixel 12', 'Galaxy S30']) {
    const app = await App.start(server.origin);
    await app.signIn(passkey);
    await app.backUp(device);
  }
  await page.reload();
  await expect(devices).toHaveCount(2);
  await expect(page.getByTestId('devices')).toContainText('Pixel 12');
  await expect(devices.first()).toContainText('org.example.app, added just now');
  await page.getByRole('button', { name: 'Remove Pixel 12' }).click();
  await expect(account.notice).toHaveText('The device is removed.');
  await expect(devices).toHaveText([/^Galaxy S30/]);
  await page.reload();
  await expect(devices).toHaveText([/^Galaxy S30/]);
  await page.getByRole('button', { name: 'Remove Galaxy S30' }).click();
  await expect(page.getByRole('heading', { name: 'Apps that come back by themselves' })).toHaveCount(0);
});

test('a list of devices that does not come is said so', async ({ page, home, account, authenticator, userName }) => {
  await page.route('**/api/v1/devices', (route) => route.abort());
  await signUp({ home, account, authenticator, userName });
  await expect(account.error).toHaveText('The server cannot be reached. Check your connection, then try again.');
  await expect(page.getByRole('heading', { name: 'Apps that come back by themselves' })).toBeVisible();
});
