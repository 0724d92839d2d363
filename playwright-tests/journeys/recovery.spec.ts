import { readFileSync } from 'node:fs';
import { VirtualAuthenticator } from '../fixtures/authenticator.ts';
import { signOut, signUp } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

const CODE = /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/;

test('recovery codes are made, shown once, copied and saved', async ({ page, context, server, home, account, authenticator, userName }) => {
  await context.grantPermissions(['clipboard-write'], { origin: server.origin });
  await signUp({ home, account, authenticator, userName });
  await expect(page.getByTestId('recovery-left')).toHaveText('You have no codes yet.');
  await page.getByRole('button', { name: 'Make recovery codes' }).click();
  await expect(page.getByTestId('recovery-codes')).toBeFocused();
  const codes = await page.getByTestId('recovery-codes').getByRole('listitem').allTextContents();
  expect(codes).toHaveLength(10);
  for (const code of codes) expect(code).toMatch(CODE);

  await page.getByTestId('copy').click();
  await expect(account.notice).toHaveText('Copied.');
  // The page may not read the clipboard, but the person can paste: into one line here.
  await page.getByTestId('display-name').fill('');
  await page.getByTestId('display-name').press('ControlOrMeta+v');
  expect((await page.getByTestId('display-name').inputValue()).replaceAll(' ', '')).toBe(codes.join(''));
  const saving = page.waitForEvent('download');
  await page.getByTestId('save-codes').click();
  const file = await saving;
  expect(file.suggestedFilename()).toBe('passkeep-recovery-codes.txt');
  expect(readFileSync(await file.path(), 'utf8')).toBe(`${codes.join('\n')}\n`);

  await page.getByTestId('codes-kept').click();
  await expect(page.getByTestId('recovery-codes')).toHaveCount(0);
  await page.reload();
  await expect(page.getByTestId('recovery-left')).toHaveText('10 codes are left. Made just now.');
  await expect(page.getByTestId('recovery-codes')).toHaveCount(0);
});

test('a person who has lost every passkey comes back with a code, once', async ({ page, home, account, authenticator, requests, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await page.getByTestId('make-recovery-codes').click();
  await expect(page.getByTestId('recovery-codes')).toBeVisible();
  const [code = ''] = await page.getByTestId('recovery-codes').getByRole('listitem').allTextContents();
  await signOut({ home, account, authenticator, requests, userName });
  await authenticator.remove();
  const phone = await VirtualAuthenticator.add(page);

  await page.getByRole('link', { name: 'Lost your passkeys?' }).click();
  await expect(page).toHaveURL(/\/recover$/);
  await expect(page).toHaveTitle('Recover your account – Passkeep');
  await expect(account.heading).toBeFocused();
  await page.getByTestId('recover').click();
  await expect(account.error).toHaveText('Type a name first.');
  await page.getByTestId('recovery-user-name').fill(userName);
  await page.getByTestId('recovery-code').fill('0000-0000-0000-0000');
  await page.getByTestId('recover').click();
  await expect(account.error).toContainText('do not go together');
  expect(await phone.credentials()).toEqual([]);

  // As people type it.
  await page.getByTestId('recovery-code').fill(code.toLowerCase().replaceAll('-', ' '));
  await page.getByTestId('recover').click();
  await account.expectSignedInAs(userName);
  await expect(account.notice).toContainText('You are back in');
  await expect(account.cards).toHaveCount(2);
  await expect(page.getByTestId('recovery-left')).toContainText('9 codes are left.');
  expect(await phone.credentials()).toHaveLength(1);

  await account.signOut.click();
  await page.goto('/recover');
  await page.getByTestId('recovery-user-name').fill(userName);
  await page.getByTestId('recovery-code').fill(code);
  await page.getByTestId('recover').click();
  await expect(account.error).toContainText('the code has been used');
});
