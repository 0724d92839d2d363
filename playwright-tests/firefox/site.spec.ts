import { expect, test } from '../fixtures/firefox.ts';

test('the main job in Firefox: create a passkey, sign out, sign in with it', async ({ window, server }) => {
  await window.driver.get(server.origin);
  const field = await window.element('input[autocomplete~="webauthn"]');
  await field.sendKeys('ada in firefox');
  await (await window.button('Create a passkey')).click();
  await window.shows('Your passkeys');
  expect(await window.countCredentials()).toBe(1);
  await (await window.button('Sign out')).click();
  await (await window.button('Sign in with a passkey')).click();
  await window.shows('Your passkeys');
});
