import { LOCALES, SIZES, look } from '../fixtures/look.ts';
import { withUpgrades, withoutAutofill } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ serverSettings: { PASSKEEP_PASSWORDS: 'sign-up' } });

// A virtual authenticator that answers takes the field's request as soon as it has a passkey.
test.beforeEach(({ page }) => withoutAutofill(page));

const PASSWORD = 'correct horse battery';
const REFUSED = 'This user name and password do not go together. Check both, then try again.';

test('upgrade from password: the browser makes a passkey by itself, which then signs in', async ({ page, home, account, authenticator, userName }) => {
  await withUpgrades(page, true);
  await home.open();
  await home.signUpWithPassword(userName, PASSWORD);
  await account.expectSignedInAs(userName);
  await expect(account.notice).toHaveText('Your device has made a passkey for you: next time you need no password.');
  await expect(account.cards).toHaveCount(1);
  await expect(page.getByTestId('offer')).toHaveCount(0);
  await expect(page.getByTestId('sessions')).toContainText('Signed in with a password just now');
  expect(await authenticator.credentials()).toMatchObject([{ rpId: 'localhost', userName }]);

  await account.signOut.click();
  await home.signIn.click();
  await account.expectSignedInAs(userName);
  // There is one now: another sign-in with the password adds none.
  await account.signOut.click();
  await home.signInWithPassword(userName, PASSWORD);
  await account.expectSignedInAs(userName);
  await expect(account.cards).toHaveCount(1);
  await expect(account.notice).toHaveText('You are signed in.');
});

test('upgrade from password: by invitation, and the password is removed and then refused', async ({ page, home, account, authenticator, userName }) => {
  await withUpgrades(page, false);
  await home.open();
  await home.signUpWithPassword(userName, PASSWORD);
  await account.expectSignedInAs(userName);
  await expect(account.notice).toHaveText(`Your account is ready, and you are signed in as ${userName}.`);
  const card = page.getByTestId('password-card');
  await expect(card).toContainText('You sign in with a password');
  await expect(page.getByTestId('password-drop')).toHaveCount(0);
  // What a passkey would have to confirm is not offered.
  await expect(page.getByTestId('make-recovery-codes')).toHaveCount(0);
  await expect(page.getByTestId('offer')).toContainText('Create a passkey?');
  await page.getByTestId('offer-accept').click();
  await expect(account.cards).toHaveCount(1);
  await expect(page.getByTestId('offer')).toHaveCount(0);
  await expect(page.getByTestId('make-recovery-codes')).toBeVisible();
  expect(await authenticator.credentials()).toHaveLength(1);

  await expect(card).toContainText('You also have a password');
  await account.card(0).deleteButton.click();
  await expect(account.card(0).root).toContainText('Without it, only your password opens this account.');
  await expect(account.card(0).deleteConfirm).toHaveText('Delete this passkey');
  await account.card(0).deleteCancel.click();
  await authenticator.recognises(false);
  await page.getByTestId('password-drop').click();
  await expect(card).toContainText('Nothing was changed');
  await authenticator.recognises(true);
  await page.getByTestId('password-drop').click();
  await expect(account.notice).toHaveText('The password is gone: only your passkeys open this account now.');
  await expect(card).toHaveCount(0);
  await expect(page.getByTestId('activity').getByRole('listitem').first()).toContainText('Your password was removed');
  await page.reload();
  await expect(account.cards).toHaveCount(1);
  await expect(card).toHaveCount(0);

  await account.signOut.click();
  await home.signInWithPassword(userName, PASSWORD);
  await expect(home.error).toHaveText(REFUSED);
  await home.signIn.click();
  await account.expectSignedInAs(userName);
});

test('a "not now" to the first passkey is remembered', async ({ page, home, account, authenticator, userName }) => {
  void authenticator;
  await withUpgrades(page, false);
  await home.open();
  await home.signUpWithPassword(userName, PASSWORD);
  await page.getByTestId('offer-decline').click();
  await expect(page.getByTestId('offer')).toHaveCount(0);
  await expect(page.getByText('You have no passkey yet. Your password opens this account.')).toBeVisible();
  await account.signOut.click();
  await home.signInWithPassword(userName, PASSWORD);
  await expect(page.getByTestId('password-card')).toBeVisible();
  await expect(page.getByTestId('offer')).toHaveCount(0);
});

test('a browser that does not decide is not waited for', async ({ page, home, account, authenticator, userName }) => {
  // Chromium leaves the request of a virtual authenticator open.
  void authenticator;
  await home.open();
  await home.signUpWithPassword(userName, PASSWORD);
  await account.expectSignedInAs(userName);
  await account.addPasskey.click();
  await expect(account.cards).toHaveCount(1);
  await expect(account.error).toHaveCount(0);

  // Nor for ever, where the person does nothing.
  await account.signOut.click();
  await home.signUpWithPassword(`${userName}-2`, PASSWORD);
  await expect(page.getByTestId('offer')).toContainText('Create a passkey?');
});

test('who signed in a while ago types the password once more before a passkey is added', async ({ page, home, account, authenticator, userName }) => {
  void authenticator;
  await withUpgrades(page, false);
  await home.open();
  await home.signUpWithPassword(userName, PASSWORD);
  await account.expectSignedInAs(userName);
  // As the server answers after five minutes.
  const refusal = { type: 'urn:passkeep:problem:confirmation_required', title: 'Confirmation required', status: 403, code: 'confirmation_required' };
  await page.route('**/api/v1/registration/start', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', json: refusal }), { times: 1 });
  await page.getByTestId('offer-accept').click();
  const form = page.getByTestId('password-again-form');
  await expect(form).toContainText('You signed in a while ago.');
  const field = page.getByTestId('password-again');
  await expect(field).toBeFocused();
  await field.press('Enter');
  await expect(account.error).toHaveText('Type your password first.');
  await field.fill('something else');
  await field.press('Enter');
  await expect(account.error).toHaveText(REFUSED);
  await field.fill(PASSWORD);
  await field.press('Enter');
  await expect(account.cards).toHaveCount(1);
  await expect(form).toHaveCount(0);
  await expect(account.card(0).renameButton).toBeFocused();
});

test('what is wrong with a password is said in words', async ({ page, home, account, userName }) => {
  await home.open();
  await home.signInWithPassword(userName, PASSWORD);
  await expect(home.error).toHaveText(REFUSED);
  await expect(page.getByTestId('password')).toHaveAttribute('aria-invalid', 'true');
  await home.signInWithPassword(userName, '');
  await expect(home.error).toHaveText('Type your password first.');
  await expect(page.getByTestId('password')).toBeFocused();
  await home.signInWithPassword(' ', PASSWORD);
  await expect(home.error).toHaveText('Type a name first.');
  await expect(page.getByTestId('password-name')).toBeFocused();
  await home.signUpWithPassword(userName, 'short');
  await expect(home.error).toHaveText('This password cannot be used. Take 8 to 256 characters that are hard to guess.');
  await home.signUpWithPassword(userName, PASSWORD);
  await account.expectSignedInAs(userName);
  await account.signOut.click();
  await home.signUpWithPassword(userName, PASSWORD);
  await expect(home.error).toContainText('This user name is taken.');
});

test('an account without a passkey is deleted by who types its name and its password', async ({ page, home, account, userName }) => {
  await withUpgrades(page, false);
  await home.open();
  await home.signUpWithPassword(userName, PASSWORD);
  await account.expectSignedInAs(userName);
  await expect(page.getByTestId('password-card')).toBeVisible();
  await page.getByTestId('delete-account').click();
  const error = page.getByTestId('delete-account-form').getByTestId('error');
  await page.getByTestId('delete-account-name').fill(userName);
  await page.getByTestId('delete-account-confirm').click();
  await expect(error).toHaveText('Type your password first.');
  await page.getByTestId('delete-account-password').fill('something else');
  await page.getByTestId('delete-account-confirm').click();
  await expect(error).toHaveText(REFUSED);
  await page.getByTestId('delete-account-password').fill(PASSWORD);
  await page.getByTestId('delete-account-confirm').click();
  await expect(page).toHaveURL(/\/$/);
  await expect(account.notice).toHaveText('Your account is deleted.');
  await home.signInWithPassword(userName, PASSWORD);
  await expect(home.error).toHaveText(REFUSED);
});

test('passwords serve a browser without WebAuthn, and nothing is offered there', async ({ page, home, account, userName }) => {
  await page.addInitScript(() => delete (window as { PublicKeyCredential?: unknown }).PublicKeyCredential);
  await page.goto('/');
  await home.signUpWithPassword(userName, PASSWORD);
  await account.expectSignedInAs(userName);
  await expect(page.getByTestId('password-card')).toBeVisible();
  await expect(page.getByTestId('offer')).toHaveCount(0);
});

test('the way through a password works by keyboard', async ({ page, home, account, authenticator, tab, userName }) => {
  void authenticator;
  await withUpgrades(page, false);
  await home.open();
  await tab('password-sign-up-open');
  await page.keyboard.press('Enter');
  await tab('new-password-name');
  await page.keyboard.type(userName);
  await tab('new-password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await account.expectSignedInAs(userName);
  await expect(account.heading).toBeFocused();
  await tab('offer-accept');
  await page.keyboard.press('Enter');
  await expect(account.card(0).renameButton).toBeFocused();
  await tab('password-drop');
  await page.keyboard.press('Enter');
  await expect(account.notice).toContainText('The password is gone');
  await expect(page.getByRole('heading', { name: 'Your account', exact: true })).toBeFocused();
});

const SCHEMES = ['light', 'dark'] as const;
const WAYS = SCHEMES.flatMap((colorScheme) => Object.keys(SIZES).flatMap((size) => Object.keys(LOCALES).map((direction) => [colorScheme, size, direction])));
for (const [colorScheme, size, direction] of WAYS as ['light' | 'dark', keyof typeof SIZES, keyof typeof LOCALES][]) {
  test.describe(`${colorScheme}, ${size}, ${direction}`, () => {
    test.use({ colorScheme, viewport: SIZES[size], locale: LOCALES[direction] });

    test('the pages with a password are accessible, fit, and have targets that fingers hit', async ({ page, home, account, authenticator, userName }, info) => {
      void authenticator;
      await withUpgrades(page, false);
      const see = (name: string) => look(page, info, name, `${colorScheme}-${size}-${direction}`);
      await home.open();
      await expect(page.getByTestId('password-sign-in-open')).toBeVisible();
      await see('home-passwords');
      await home.signInWithPassword(userName, PASSWORD);
      await expect(home.error).toBeVisible();
      await home.fillPassword('sign-up', userName, PASSWORD);
      await see('home-passwords-open');
      await home.signUpWithPassword(userName, PASSWORD);
      await expect(page.getByTestId('offer')).toBeVisible();
      await expect(page.getByTestId('activity').getByRole('listitem')).toHaveCount(1);
      await page.getByTestId('delete-account').click();
      await expect(page.getByTestId('delete-account-password')).toBeVisible();
      await see('account-password');
      await page.keyboard.press('Escape');
      await page.getByTestId('offer-decline').click();
      const refusal = { type: 'urn:passkeep:problem:confirmation_required', title: 'Confirmation required', status: 403, code: 'confirmation_required' };
      await page.route('**/api/v1/registration/start', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', json: refusal }), { times: 1 });
      await account.addPasskey.click();
      await page.getByTestId('password-again').fill(PASSWORD);
      await see('account-password-again');
      await page.getByTestId('password-again-confirm').click();
      await expect(page.getByTestId('password-drop')).toBeVisible();
      await see('account-password-also');
    });
  });
}
