import type { Page } from '@playwright/test';
import { signOut, signUp } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

interface Watched {
  /** How often the page has asked the browser, by the kind of request. */
  requests: { conditional: number; modal: number };
  /** Whether the next dialog is dismissed. */
  dismiss: boolean;
}

/**
 * Counts the page's requests, and can dismiss a dialog in the way a browser reports it: a virtual authenticator has no
 * dialog that a test could cancel. Everything else goes to the browser.
 */
const watch = () => {
  const watched = { requests: { conditional: 0, modal: 0 }, dismiss: false };
  Object.assign(window, { watched });
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = (options?: CredentialRequestOptions) => {
    const kind = (options as { mediation?: string } | undefined)?.mediation === 'conditional' ? 'conditional' : 'modal';
    watched.requests[kind] += 1;
    if (kind === 'conditional' || !watched.dismiss) return get(options);
    watched.dismiss = false;
    return Promise.reject(new DOMException('The operation either timed out or was not allowed.', 'NotAllowedError'));
  };
};

const requests = (page: Page) => page.evaluate(() => (window as unknown as { watched: Watched }).watched.requests);

test.beforeEach(async ({ page, home, account, authenticator, userName }) => {
  await page.addInitScript(watch);
  await signUp({ home, account, authenticator, userName });
  await signOut({ home, account, authenticator, userName });
});

test('a passkey chosen in the field signs in, without a click on any button', async ({ page, account, authenticator, userName }) => {
  const asserted = authenticator.asserted();
  await authenticator.answers(true);
  await page.reload();
  await asserted;
  await account.expectSignedInAs(userName);
  expect(await requests(page)).toEqual({ conditional: 1, modal: 0 });
});

test('autofill is armed on load and again after a cancelled dialog', async ({ page, home, account, authenticator, userName }) => {
  await page.reload();
  await expect.poll(() => requests(page)).toEqual({ conditional: 1, modal: 0 });

  await page.evaluate(() => {
    (window as unknown as { watched: Watched }).watched.dismiss = true;
  });
  // What is armed after the dialog is a real request again: this time the person takes what the field offers.
  await authenticator.answers(true);
  await home.signIn.click();
  await account.expectSignedInAs(userName);
  expect(await requests(page)).toEqual({ conditional: 2, modal: 1 });
});

test('an open request of the field does not stand in the way of the button', async ({ page, home, account, authenticator, userName }) => {
  await page.reload();
  await expect.poll(() => requests(page)).toEqual({ conditional: 1, modal: 0 });

  await authenticator.answers(true);
  await home.signIn.click();
  await account.expectSignedInAs(userName);
  expect(await requests(page)).toEqual({ conditional: 1, modal: 1 });
});
