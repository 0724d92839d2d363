import { signUp } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test('sessions are listed with this one marked, and others are ended', async ({ page, browser, server, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });
  const sessions = page.getByTestId('sessions').getByRole('listitem');
  await expect(sessions).toHaveCount(1);
  await expect(sessions.first()).toContainText('Chrome on');
  await expect(sessions.first()).toContainText('This one');
  await expect(sessions.first().getByRole('button')).toHaveCount(0);

  const others = [];
  for (let count = 0; count < 2; count += 1) {
    const context = await browser.newContext({ baseURL: server.origin });
    const other = await context.newPage();
    const clone = await authenticator.cloneTo(other);
    await other.goto('/');
    // The clone answers the field's request at once.
    await expect(other).toHaveURL(/\/account$/);
    others.push({ context, other, clone });
  }
  await page.reload();
  await expect(sessions).toHaveCount(3);
  await page.getByTestId('sessions').getByRole('button', { name: /^End the session on Chrome/ }).first().click();
  await expect(account.notice).toHaveText('The session has ended.');
  await expect(sessions).toHaveCount(2);
  await page.getByTestId('end-other-sessions').click();
  await expect(account.notice).toHaveText('1 other session has ended. Recovery codes still work. Make new ones if others may know them.');
  await expect(sessions).toHaveCount(1);
  await expect(page.getByTestId('end-other-sessions')).toHaveCount(0);
  for (const { context, other, clone } of others) {
    await clone.answers(false);
    await other.reload();
    await expect(other).toHaveURL(/\/$/);
    await context.close();
  }
});

test('what one row is doing outlasts another row', async ({ page, browser, server, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });
  const contexts = [];
  for (let count = 0; count < 2; count += 1) {
    const context = await browser.newContext({ baseURL: server.origin });
    const other = await context.newPage();
    await authenticator.cloneTo(other);
    await other.goto('/');
    await expect(other).toHaveURL(/\/account$/);
    contexts.push(context);
  }
  await page.reload();
  const ends = page.getByTestId('sessions').getByRole('button');
  await expect(ends).toHaveCount(2);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/v1/sessions/*', async (route) => {
    await held;
    await route.continue();
  }, { times: 1 });
  await ends.nth(0).click();
  await expect(ends.nth(0)).toHaveAttribute('aria-busy', 'true');
  await ends.nth(1).click();
  await expect(ends).toHaveCount(1);
  await expect(ends).toHaveAttribute('aria-busy', 'true');
  release();
  await expect(ends).toHaveCount(0);
  await expect(page.getByTestId('sessions').getByRole('listitem')).toHaveCount(1);
  for (const context of contexts) await context.close();
});

test('what happened is listed in plain words', async ({ page, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });
  const events = page.getByTestId('activity').getByRole('listitem');
  await expect(events).toHaveText([/^Your account was created.*Chrome on/s]);
  for (const name of ['One', 'Two', 'Three', 'Four', 'Five', 'Six']) {
    await account.card(0).rename(name);
    await expect(account.card(0).label).toHaveText(name);
  }
  // What is done on the page is there without loading it again.
  await expect(events).toHaveText(Array(5).fill(/^A passkey was renamed/));
  // Page by page, to the end. With pages of one event there are enough of them.
  await page.route(/limit=200/, (route) => route.continue({ url: route.request().url().replace('limit=200', 'limit=1') }));
  const more = page.getByTestId('more-activity');
  await more.click();
  await expect(events).toHaveText([...Array(6).fill(/^A passkey was renamed/)]);
  await expect(more).toBeFocused();
  await more.click();
  await expect(events).toHaveText([...Array(6).fill(/^A passkey was renamed/), /^Your account was created/]);
  await expect(more).toHaveCount(0);
});

test('the name is changed, and the device hears of it', async ({ page, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByTestId('save-display-name').click();
  await expect(account.heading).toHaveText('Hello, Ada Lovelace');
  await expect(account.notice).toHaveText('From now on you are called Ada Lovelace.');
  // The page signals the names that it opens with, too; what the device ends with is what counts.
  await expect.poll(() => authenticator.credentials()).toMatchObject([{ userName, userDisplayName: 'Ada Lovelace' }]);
  await page.reload();
  await expect(page.getByLabel('Your name')).toHaveValue('Ada Lovelace');
});

test('the account is deleted by who types its name and uses a passkey, and by nobody else', async ({ page, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await page.getByTestId('delete-account').click();
  const form = page.getByTestId('delete-account-form');
  const typed = page.getByTestId('delete-account-name');
  await expect(typed).toBeFocused();
  await typed.fill('somebody');
  await page.getByTestId('delete-account-confirm').click();
  await expect(form.getByTestId('error')).toHaveText('This is not your user name. Nothing was deleted.');

  await typed.fill(userName);
  await authenticator.recognises(false);
  await page.getByTestId('delete-account-confirm').click();
  await expect(form.getByTestId('error')).toContainText('Nothing was changed');
  await page.keyboard.press('Escape');

  await authenticator.recognises(true);
  await page.getByTestId('delete-account').click();
  await typed.fill(userName);
  await page.getByTestId('delete-account-confirm').click();
  await expect(page).toHaveURL(/\/$/);
  await expect(account.notice).toHaveText('Your account is deleted.');
  await expect.poll(() => authenticator.credentials()).toEqual([]);
  // The name is free again.
  await home.signUp(userName);
  await account.expectSignedInAs(userName);
});
