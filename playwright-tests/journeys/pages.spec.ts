import { LOCALES, SIZES, inkOf, look as lookAt } from '../fixtures/look.ts';
import { expect, test } from '../fixtures/test.ts';

const SCHEMES = ['light', 'dark'] as const;

for (const colorScheme of SCHEMES) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const [direction, locale] of Object.entries(LOCALES)) {
      test.describe(`${colorScheme}, ${size}, ${direction}`, () => {
        // A passkey that stays on its device brings the offer of a second with it.
        test.use({ colorScheme, viewport, locale, authenticatorKind: { synced: false } });

        test('every page is accessible, fits, and has targets that fingers hit', async ({ page, home, account, authenticator, userName }, info) => {
          void authenticator;
          const look = (name: string) => lookAt(page, info, name, `${colorScheme}-${size}-${direction}`);

          await home.open();
          await expect(page.locator('html')).toHaveAttribute('dir', direction);
          await look('home');
          await home.signUp('two words');
          await expect(home.error).toBeVisible();
          await look('home-error');
          await home.signUp(userName);
          await expect(account.cards).toHaveCount(1);
          await expect(page.getByTestId('activity').getByRole('listitem')).toHaveCount(1);
          await look('account');
          await account.card(0).renameButton.click();
          await look('account-rename');
          await page.keyboard.press('Escape');
          await account.card(0).deleteButton.click();
          await look('account-delete-last');
          await account.card(0).deleteCancel.click();
          await page.getByTestId('make-recovery-codes').click();
          await expect(page.getByTestId('recovery-codes')).toBeVisible();
          await page.getByTestId('make-enrolment-link').click();
          const link = await page.getByTestId('enrolment-link').inputValue();
          await page.getByTestId('delete-account').click();
          await look('account-ways-back');
          await page.goto('/recover');
          await page.getByTestId('recover').click();
          await look('recover');
          await page.goto(link);
          await expect(page.getByTestId('enrol')).toBeVisible();
          await look('enrol');
          await page.goto('/nowhere');
          await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
          await look('not-found');
        });
      });
    }
  }
}

/** The words of the buttons that go over the edge of what they are in. */
function standingOut(buttons: Element[]): string[] {
  const out = buttons.filter((button) => {
    const around = button.closest('.row, .panel, .passkey, .frame')!;
    const { paddingLeft, paddingRight } = getComputedStyle(around);
    const [inner, outer] = [button.getBoundingClientRect(), around.getBoundingClientRect()];
    // A pixel for the edge itself.
    return inner.left < outer.left + parseFloat(paddingLeft) - 1 || inner.right > outer.right - parseFloat(paddingRight) + 1;
  });
  return out.map((button) => button.textContent ?? '');
}

test('in forced colours every word on a button can be seen, no button stands out, and the focus can be seen too', async ({ page, home, account, authenticator, userName }, info) => {
  void authenticator;
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
  const look = async (name: string) => {
    // What axe says of contrast goes by the page's own colours.
    await page.screenshot({ path: info.outputPath(`${name}-forced-colours.png`), fullPage: true });
    for (const button of await page.locator('button:visible:not(:empty), a.button:visible').all()) {
      expect.soft(await inkOf(page, button), `${name}: the words of “${await button.textContent()}” are to be seen`).toBeGreaterThan(0.1);
    }
    expect.soft(await page.locator('.button-quiet:visible').evaluateAll(standingOut), `${name}: these stand out over the edge`).toEqual([]);
  };
  await home.open();
  await look('home');
  await home.signIn.focus();
  expect(await home.signIn.evaluate((it) => getComputedStyle(it).outlineStyle)).toBe('solid');
  await home.signUp(userName);
  await expect(account.cards).toHaveCount(1);
  await look('account');
  await account.card(0).renameButton.click();
  await look('account-rename');
  await page.keyboard.press('Escape');
  await account.card(0).deleteButton.click();
  await look('account-delete');
});

test('the description of the API is a page of the server', async ({ page, home }) => {
  await home.open();
  await page.getByRole('link', { name: 'The API of this server' }).click();
  await expect(page).toHaveTitle('Passkeep: the API');
});

test('the whole journey works by keyboard', async ({ page, home, account, authenticator, tab, userName }) => {
  void authenticator;
  await home.open();
  await tab('username');
  await page.keyboard.type(userName);
  await page.keyboard.press('Enter');
  await account.expectSignedInAs(userName);
  await expect(account.heading).toBeFocused();
  await tab('passkey-rename');
  await page.keyboard.press('Enter');
  await expect(account.card(0).root.getByTestId('passkey-rename-input')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await expect(account.card(0).label).toHaveText('By keyboard');
  await expect(account.card(0).renameButton).toBeFocused();
  await tab('passkey-delete');
  await page.keyboard.press('Enter');
  await expect(account.card(0).deleteCancel).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(account.card(0).deleteButton).toBeFocused();

  // Recovery codes: from the button to their list, and back to the heading.
  await tab('make-recovery-codes');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('recovery-codes')).toBeFocused();
  await tab('codes-kept');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Recovery codes' })).toBeFocused();
  await tab('make-enrolment-link');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('enrolment-link')).toBeFocused();
  await tab('enrolment-close');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Another device' })).toBeFocused();
  await tab('display-name');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await expect(account.heading).toHaveText('Hello, Ada');
  await expect(page.getByTestId('display-name')).toBeFocused();
  await tab('delete-account');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('delete-account-name')).toBeFocused();
  await page.keyboard.type(userName);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/$/);
  await expect(account.notice).toHaveText('Your account is deleted.');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('the page explains itself', async ({ page }) => {
    await page.goto('/');
    // By its element: Playwright looks for text outside of noscript only.
    const explanation = page.locator('noscript p:lang(en)');
    await expect(explanation).toBeVisible();
    await expect(explanation).toHaveText(/^This page needs JavaScript/);
    // In every language, because nothing can choose one.
    await expect(page.locator('noscript p')).toHaveText([/^This/, /JavaScript/, /^Diese Seite/, /^パスキー/]);
  });
});

test('a browser without WebAuthn gets an explanation', async ({ page, home }) => {
  await page.addInitScript(() => {
    delete (window as { PublicKeyCredential?: unknown }).PublicKeyCredential;
  });
  await page.goto('/');
  await expect(page.getByText('This browser cannot use passkeys here')).toBeVisible();
  await expect(home.signIn).toBeDisabled();
});

test.describe('without WebAssembly', () => {
  test.use({ expectedFault: /WebAssembly/ });
  test('the page explains itself, in the language it is in', async ({ browser, server }) => {
    for (const [locale, explanation] of [['en-GB', /^This browser could not start the page/], ['de-DE', /^Dieser Browser konnte die Seite nicht starten/]] as const) {
      const context = await browser.newContext({ baseURL: server.origin, locale });
      const page = await context.newPage();
      await page.addInitScript(() => delete (window as { WebAssembly?: unknown }).WebAssembly);
      // At an address where the static page is hidden at first, too.
      for (const address of ['/', '/account']) {
        await page.goto(address);
        await expect(page.getByRole('alert')).toBeVisible();
        await expect(page.getByRole('alert')).toHaveText(explanation);
      }
      await context.close();
    }
  });
});
