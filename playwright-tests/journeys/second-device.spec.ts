import { VirtualAuthenticator } from '../fixtures/authenticator.ts';
import { signUp } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

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
  await other.getByTestId('enrol').click();
  await expect(other).toHaveURL(/\/account$/);
  await expect(other.getByTestId('notice')).toHaveText(`This device is added, and you are signed in as ${userName}.`);
  await expect(other.getByTestId('passkey-card')).toHaveCount(2);
  expect(await phone.credentials()).toMatchObject([{ rpId: 'localhost', userName }]);

  await other.goto(link);
  await other.getByTestId('enrol').click();
  await expect(other.getByTestId('error')).toContainText('This link has been used');
  await context.close();

  await page.reload();
  await expect(account.cards).toHaveCount(2);
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
