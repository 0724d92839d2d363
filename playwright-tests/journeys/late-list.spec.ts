import { VirtualAuthenticator } from '../fixtures/authenticator.ts';
import { expect, test } from '../fixtures/test.ts';

test('a list that comes late makes the browser forget no passkey that was made since, and the page shows it', async ({ page, home, account, authenticator, userName }) => {
  await home.open();
  await home.signUp(userName);
  await account.expectSignedInAs(userName);
  // The next passkey is made on another device.
  await authenticator.remove();
  const second = await VirtualAuthenticator.add(page);
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  await page.route(
    '**/api/v1/passkeys',
    async (route) => {
      const answer = await route.fetch();
      await arrived;
      await route.fulfill({ response: answer });
    },
    { times: 1 },
  );
  await page.reload();
  await account.addPasskey.click();
  await expect.poll(async () => (await second.credentials()).length).toBe(1);
  await expect(account.notice).toBeVisible();
  arrive();
  await expect(account.cards).toHaveCount(2);
  // What the list says to the browser is on its way when the page shows it.
  await page.waitForTimeout(500);
  expect(await second.credentials()).toHaveLength(1);
});
