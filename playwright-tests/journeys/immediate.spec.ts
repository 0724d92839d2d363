import type { Page } from '@playwright/test';
import { signOut, signUp, withoutImmediate } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

/** How the page has asked, besides its request for the field: `immediate`, or `modal`. */
async function watchModes(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const modes: string[] = [];
    Object.assign(window, { modes });
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = (options) => {
      if (options?.mediation !== 'conditional') modes.push((options as { uiMode?: string }).uiMode ?? 'modal');
      return get(options);
    };
  });
  return () => page.evaluate(() => (window as unknown as { modes: string[] }).modes);
}

test('the button asks for the passkeys of this device first', async ({ page, home, account, authenticator, requests, userName }) => {
  const modes = await watchModes(page);
  await signUp({ home, account, authenticator, userName });
  await signOut({ home, account, authenticator, requests, userName });
  await authenticator.answers(true);
  await home.signIn.click();
  await account.expectSignedInAs(userName);
  expect(await modes()).toEqual(['immediate']);
});

test('where this device has none, the button asks for those of others', async ({ page, home, account, authenticator, requests, userName }) => {
  const modes = await watchModes(page);
  await signUp({ home, account, authenticator, userName });
  await signOut({ home, account, authenticator, requests, userName });
  await authenticator.answers(true);
  // The browser finds nothing at once; the request after that reaches the person.
  await requests.dismissNextDialog();
  await home.signIn.click();
  await account.expectSignedInAs(userName);
  expect(await modes()).toEqual(['immediate', 'modal']);
});

test('a browser that cannot is asked as always', async ({ page, home, account, authenticator, requests, userName }) => {
  await withoutImmediate(page);
  const modes = await watchModes(page);
  await signUp({ home, account, authenticator, userName });
  await signOut({ home, account, authenticator, requests, userName });
  await authenticator.answers(true);
  await home.signIn.click();
  await account.expectSignedInAs(userName);
  expect(await modes()).toEqual(['modal']);
});
