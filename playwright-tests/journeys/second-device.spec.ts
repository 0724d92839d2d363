import { VirtualAuthenticator } from '../fixtures/authenticator.ts';
import { SIZES, look } from '../fixtures/look.ts';
import { signUp } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';
import { AccountPage } from '../pages/account-page.ts';
import { HomePage } from '../pages/home-page.ts';

test('a second device gets a passkey of its own by a link, which works once', async ({ page, browser, server, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await page.getByRole('button', { name: 'Add another device' }).click();
  const address = page.getByTestId('enrolment-link');
  const link = await address.inputValue();
  expect(link).toMatch(new RegExp(`^${server.origin}/#enrol=[\\w-]{43}$`));
  await expect(page.getByRole('img', { name: 'QR code with the link' })).toBeVisible();
  // It is drawn, not only there.
  expect(await page.locator('img.qr').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  await expect(page.getByTestId('enrolment-until')).toContainText(/^It works once, until \d/);

  const context = await browser.newContext({ baseURL: server.origin });
  const other = await context.newPage();
  const phone = await VirtualAuthenticator.add(other);
  await other.goto(link);
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('Add this device');
  await expect(other.getByTestId('enrol-account')).toContainText(`opens the account ${userName}. Go on only if it is yours`);
  await expect(other.getByTestId('enrol-other')).toHaveCount(0);
  await other.getByTestId('enrol').click();
  await expect(other).toHaveURL(/\/account$/);
  await expect(other.getByTestId('notice')).toHaveText(`This device is added, and you are signed in as ${userName}.`);
  await expect(other.getByTestId('passkey-card')).toHaveCount(2);
  expect(await phone.credentials()).toMatchObject([{ rpId: 'localhost', userName }]);

  await other.goto(link);
  await expect(other.getByTestId('error')).toContainText('This link has been used');
  await expect(other.getByTestId('enrol')).toHaveCount(0);

  await page.reload();
  await expect(account.cards).toHaveCount(2);
  const sessions = page.getByTestId('sessions').getByRole('listitem');
  await expect(sessions).toHaveCount(2);
  // The phone is lost, so its passkey goes, and what that had opened.
  const lost = account.card(0);
  await lost.deleteButton.click();
  await expect(lost.root).toContainText('whoever signed in with it elsewhere is signed out');
  await lost.deleteConfirm.click();
  await expect(account.notice).toContainText('Recovery codes still work. Make new ones if others may know them.');
  await expect(account.cards).toHaveCount(1);
  await expect(sessions).toHaveCount(1);
  await phone.answers(false);
  await other.goto('/account');
  await expect(other).toHaveURL(/\/$/);
  await context.close();
});

test('whoever is signed in is told that a link leads to somebody else', async ({ page, browser, server, home, account, authenticator, userName }, info) => {
  await signUp({ home, account, authenticator, userName });
  await page.getByTestId('make-enrolment-link').click();
  const bait = await page.getByTestId('enrolment-link').inputValue();

  const context = await browser.newContext({ baseURL: server.origin });
  const victim = await context.newPage();
  await VirtualAuthenticator.add(victim);
  const theirs = `${userName}-2`;
  await signUp({ home: new HomePage(victim), account: new AccountPage(victim), authenticator, userName: theirs });
  await victim.goto(bait);
  await expect(victim.getByTestId('enrol-account')).toContainText(`opens the account ${userName}.`);
  await expect(victim.getByTestId('enrol-other')).toHaveText(`You are signed in as ${theirs}. If you go on, you leave that account.`);
  for (const colorScheme of ['light', 'dark'] as const) {
    await victim.emulateMedia({ colorScheme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await victim.setViewportSize(viewport);
      await look(victim, info, 'enrol-somebody-elses', `${colorScheme}-${size}`);
    }
  }
  await context.close();
});

test('a link that has expired is taken away', async ({ page, home, account, authenticator, userName }) => {
  await page.clock.install();
  await signUp({ home, account, authenticator, userName });
  await page.getByTestId('make-enrolment-link').click();
  await expect(page.getByTestId('enrolment-link')).toBeVisible();
  await page.clock.fastForward('10:01');
  await expect(page.getByTestId('enrolment-link')).toHaveCount(0);
  await expect(account.error).toHaveText('The link has expired. Make a new one.');
});
