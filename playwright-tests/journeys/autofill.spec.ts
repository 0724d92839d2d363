import { signOut, signUp, withoutImmediate } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test.beforeEach(async ({ home, account, authenticator, requests, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await signOut({ home, account, authenticator, requests, userName });
});

test('a passkey chosen in the field signs in, without a click on any button', async ({ page, account, authenticator, requests, userName }) => {
  const asserted = authenticator.asserted();
  await authenticator.answers(true);
  await page.reload();
  await asserted;
  await account.expectSignedInAs(userName);
  expect(await requests.asked()).toMatchObject({ conditional: 1, modal: 0 });
});

test('autofill is armed on load and again after a cancelled dialog', async ({ page, home, account, authenticator, requests, userName }) => {
  await withoutImmediate(page);
  await page.reload();
  await requests.expectArmed();
  expect(await requests.asked()).toMatchObject({ conditional: 1, modal: 0 });
  // A virtual authenticator answers without it; a person sees passkeys nowhere else.
  await expect(page.locator('input[autocomplete="username webauthn"]')).toBeVisible();

  await requests.dismissNextDialog();
  // What is armed after the dialog is a real request again: this time the person takes what the field offers.
  await authenticator.answers(true);
  await home.signIn.click();
  await account.expectSignedInAs(userName);
  expect(await requests.asked()).toMatchObject({ conditional: 2, modal: 1 });
});

test('an open request of the field does not stand in the way of the button', async ({ page, home, account, authenticator, requests, userName }) => {
  await page.reload();
  await requests.expectArmed();
  expect(await requests.asked()).toMatchObject({ conditional: 1, modal: 0 });

  await authenticator.answers(true);
  await home.signIn.click();
  await account.expectSignedInAs(userName);
  expect(await requests.asked()).toMatchObject({ conditional: 1, modal: 1 });
});
