import { Key } from 'selenium-webdriver';
import { expect, test } from '../fixtures/firefox.ts';

const page = (markup: string) => ({
  type: 'text/html; charset=utf-8',
  body: `<!doctype html><html lang="en"><title>Elements</title><main>${markup}</main><script type="module" src="/node_modules/passkeep/elements.js"></script></html>`,
});

test("the elements work in Firefox, with Passkeep's server: sign up, rename, sign in, delete", async ({ window, served }) => {
  served.pages.set('/register', page('<passkey-register></passkey-register>'));
  served.pages.set('/sign-in', page('<passkey-sign-in></passkey-sign-in>'));
  served.pages.set('/list', page('<passkey-list></passkey-list>'));
  const open = (path: string) => window.driver.get(`${served.origin}${path}`);
  const whoIsThere = () => window.run<string | null>("return (await (await fetch('/api/v1/session')).json()).account?.userName ?? null");
  const said = async (element: string) => (await window.within(element, '[role=status]')).getText();

  await open('/register');
  await (await window.within('passkey-register', 'input')).sendKeys('ada-of-the-elements');
  await (await window.within('passkey-register', 'button')).click();
  await expect.poll(whoIsThere).toBe('ada-of-the-elements');
  expect(await window.credentials()).toHaveLength(1);

  await open('/list');
  await (await window.within('passkey-list', 'li button[data-focus^=rename]')).click();
  const name = await window.within('passkey-list', 'li input');
  await name.clear();
  await name.sendKeys('Key of Firefox', Key.ENTER);
  await expect.poll(() => said('passkey-list')).toBe('The passkey was renamed.');
  expect(await (await window.within('passkey-list', 'li [part=name]')).getText()).toBe('Key of Firefox');

  await window.run("await fetch('/api/v1/session', { method: 'DELETE' })");
  expect(await whoIsThere()).toBeNull();
  await open('/sign-in');
  expect(await (await window.within('passkey-sign-in', 'input')).getAttribute('autocomplete')).toBe('username webauthn');
  await (await window.within('passkey-sign-in', 'button')).click();
  await expect.poll(whoIsThere).toBe('ada-of-the-elements');

  await open('/list');
  await (await window.within('passkey-list', 'li button[data-focus^=remove]')).click();
  await (await window.within('passkey-list', 'li button[type=submit]')).click();
  await expect.poll(() => said('passkey-list')).toBe('The passkey was deleted.');
  expect(await (await window.within('passkey-list', '[part=none]')).getText()).toBe('No passkeys yet.');
  // Firefox has no signals: the server's list is empty, the authenticator's is not.
  expect(await window.credentials()).toHaveLength(1);
});
