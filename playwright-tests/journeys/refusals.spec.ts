import { VirtualAuthenticator } from '../fixtures/authenticator.ts';
import { deletePasskey, signOut, signUp } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test('a taken user name is said beside the field, and nothing typed is lost', async ({ page, home, account, authenticator, requests, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await signOut({ home, account, authenticator, requests, userName });

  await home.signUp(userName.toUpperCase());
  await expect(home.error).toContainText('taken');
  await expect(home.userName).toHaveValue(userName.toUpperCase());
  await expect(page).toHaveURL(/\/$/);
  expect(await authenticator.credentials()).toHaveLength(1);
});

test('names that cannot be are refused in words', async ({ home, authenticator }) => {
  await home.open();
  await home.createPasskey.click();
  await expect(home.error).toBeVisible();
  await home.signUp('two words');
  await expect(home.error).toBeVisible();
  await expect(home.userName).toHaveValue('two words');
  expect(await authenticator.credentials()).toEqual([]);
});

test('a cancelled dialog can be tried again', async ({ home, account, authenticator, userName }) => {
  await home.open();
  await authenticator.recognises(false);
  await home.signUp(userName);
  await expect(home.error).toBeVisible();
  await expect(home.userName).toHaveValue(userName);

  await authenticator.recognises(true);
  await home.createPasskey.click();
  await account.expectSignedInAs(userName);
});

test('the same authenticator makes no second passkey for the account', async ({ home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await account.addPasskey.click();
  await expect(account.error).toBeVisible();
  await expect(account.cards).toHaveCount(1);
  expect(await authenticator.credentials()).toHaveLength(1);
});

for (const [what, lie] of [
  ['a forged signature', { signature: true }],
  ['an assertion without user verification', { userVerified: true }],
  ['an assertion without user presence', { userPresent: true }],
] as const) {
  test(`${what} is refused by the server`, async ({ page, home, account, authenticator, requests, userName }) => {
    await signUp({ home, account, authenticator, userName });
    await signOut({ home, account, authenticator, requests, userName });

    await authenticator.lies(lie);
    await authenticator.answers(true);
    const answer = page.waitForResponse('**/api/v1/authentication/finish');
    await home.signIn.click();
    const refusal = await answer;
    expect(refusal.status()).toBe(401);
    expect(await refusal.json()).toMatchObject({ code: 'authentication_rejected', status: 401 });
    await expect(home.error).toBeVisible();
    await expect(page).toHaveURL(/\/$/);
  });
}

test('a passkey the server has forgotten is forgotten by the browser too', async ({ page, home, account, authenticator, requests, userName }) => {
  await signUp({ home, account, authenticator, userName });
  // Another device deletes it; this browser does not hear of that until it tries.
  expect(await deletePasskey(page, '?evenIfLast=true')).toEqual({ status: 200 });
  await signOut({ home, account, authenticator, requests, userName });
  await authenticator.answers(true);
  await home.signIn.click();
  await expect(home.error).toBeVisible();
  await expect.poll(() => authenticator.credentials()).toEqual([]);
});

test('somebody else’s passkey can be neither renamed nor deleted', async ({ page, browser, server, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });
  const id = await page.evaluate(async () => (await (await fetch('/api/v1/passkeys')).json()).passkeys[0].id as string);

  const context = await browser.newContext({ baseURL: server.origin });
  const other = await context.newPage();
  await VirtualAuthenticator.add(other);
  await other.goto('/');
  await other.getByLabel('Choose a user name').fill(`${userName}-eve`);
  await other.getByRole('button', { name: 'Create a passkey' }).click();
  await expect(other.getByTestId('passkey-card')).toHaveCount(1);
  const answers = await other.evaluate(async (id) => {
    const headers = { 'content-type': 'application/json' };
    const patch = await fetch(`/api/v1/passkeys/${id}`, { method: 'PATCH', headers, body: '{"label":"mine"}' });
    const remove = await fetch(`/api/v1/passkeys/${id}?evenIfLast=true`, { method: 'DELETE' });
    return [patch.status, (await patch.json()).code, remove.status, (await remove.json()).code];
  }, id);
  expect(answers).toEqual([404, 'passkey_not_found', 403, 'confirmation_required']);
  await context.close();

  await page.reload();
  await expect(account.cards).toHaveCount(1);
  await expect(account.card(0).label).not.toHaveText('mine');
});
