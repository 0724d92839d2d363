import { expect, test } from '../fixtures/test.ts';

/** Counts the page's ceremonies by what they ask the browser for. */
const countRequests = () => {
  const seen = { conditional: 0, modal: 0 };
  Object.assign(window, { seen });
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = (options?: CredentialRequestOptions) => {
    seen[(options as { mediation?: string } | undefined)?.mediation === 'conditional' ? 'conditional' : 'modal'] += 1;
    return get(options);
  };
};

const seen = () => (window as unknown as { seen: { conditional: number; modal: number } }).seen;

test('a passkey chosen in the field signs in', async ({ home, account, authenticator, userName }) => {
  await home.open();
  await home.signUp(userName);
  await account.expectSignedInAs(userName);
  // Whoever loads the start page with an authenticator that answers has chosen: so it must not answer yet.
  await authenticator.answers(false);
  await account.signOut.click();
  await expect(home.signIn).toBeEnabled();

  const asserted = authenticator.asserted();
  await home.chooseFromAutofill();
  await authenticator.answers(true);
  await asserted;
  await account.expectSignedInAs(userName);
});

test('autofill is armed on load and again after a cancelled dialog', async ({ page, home, account, authenticator, userName }) => {
  await page.addInitScript(countRequests);
  await home.open();
  await home.signUp(userName);
  await account.expectSignedInAs(userName);
  await authenticator.answers(false);
  await account.signOut.click();
  await page.reload();
  await expect.poll(() => page.evaluate(seen)).toEqual({ conditional: 1, modal: 0 });

  // The person opens the dialog and is not recognised there, as if it had been dismissed.
  await authenticator.recognises(false);
  await authenticator.answers(true);
  await home.signIn.click();
  await expect(home.error).toBeVisible();
  await authenticator.answers(false);
  await expect.poll(() => page.evaluate(seen)).toEqual({ conditional: 2, modal: 1 });

  await authenticator.recognises(true);
  await home.chooseFromAutofill();
  await authenticator.answers(true);
  await account.expectSignedInAs(userName);
});

test('an open request of the field does not stand in the way of the button', async ({ page, home, account, authenticator, userName }) => {
  await page.addInitScript(countRequests);
  await home.open();
  await home.signUp(userName);
  await account.expectSignedInAs(userName);
  await authenticator.answers(false);
  await account.signOut.click();
  await page.reload();
  await expect.poll(() => page.evaluate(seen)).toEqual({ conditional: 1, modal: 0 });

  await home.signIn.click();
  await expect.poll(() => page.evaluate(seen)).toEqual({ conditional: 1, modal: 1 });
  await authenticator.answers(true);
  await account.expectSignedInAs(userName);
});
