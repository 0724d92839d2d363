import { expectAccessible } from '../fixtures/accessible.ts';
import { expect, LEPTOS_EXAMPLE, serveFolder, test } from '../fixtures/package.ts';

test('the example in Leptos signs up, signs out, and signs in by button and by autofill, under the strict policy', async ({ page, authenticator, requests, userName }) => {
  await serveFolder(page, LEPTOS_EXAMPLE);
  await authenticator.answers(false);
  await page.goto('/');
  await requests.expectArmed();
  await expectAccessible(page, 'the page');
  const status = page.getByRole('status');
  await authenticator.answers(true);
  await page.getByLabel('User name').fill(userName);
  await page.getByRole('button', { name: 'Create a passkey' }).click();
  await expect(status).toHaveText(`Signed in as ${userName}`);
  expect(await authenticator.credentials()).toHaveLength(1);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(status).toHaveText('Signed out');
  await requests.dismissNextDialog();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(status).toHaveText('Nothing was done. You can try again, or use another way.');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(status).toHaveText(`Signed in as ${userName}`);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(status).toHaveText('Signed out');
  // Whoever comes back is offered the passkey in the field, and takes it.
  await page.reload();
  await expect(status).toHaveText(`Signed in as ${userName}`);
});
