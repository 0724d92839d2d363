import { expect, test } from '../fixtures/firefox.ts';

test('the main job in Firefox: create a passkey, sign out, sign in with it', async ({ window, server }) => {
  await window.driver.get(server.origin);
  // The program puts a page of its own in the place of the first.
  const signIn = () => window.element('main:not(#start) [data-testid=sign-in]:enabled');
  await signIn();
  await (await window.element('[data-testid=username]')).sendKeys('ada-in-firefox');
  await (await window.button('Create a passkey')).click();
  await window.shows('Your passkey is ready, and you are signed in as ada-in-firefox.');
  expect(await window.credentials()).toHaveLength(1);
  await (await window.button('Sign out')).click();
  await (await signIn()).click();
  await window.shows('Hello, ada-in-firefox');
});
