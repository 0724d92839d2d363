import { VirtualAuthenticator } from '../fixtures/authenticator.ts';
import { signUp, withoutAutofill } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test.describe('with a passkey on another device', () => {
  test.use({ authenticatorKind: { transport: 'usb', synced: true } });

  // A security key that answers takes a request of the field too, whenever the browser offers one there.
  test.beforeEach(({ page }) => withoutAutofill(page));

  test('whoever signs in with it is offered a passkey on this one', async ({ page, home, account, authenticator, userName }) => {
    await signUp({ home, account, authenticator, userName });
    const offer = page.getByTestId('offer');
    await expect(offer).toHaveCount(0);
    await account.signOut.click();
    const here = await VirtualAuthenticator.add(page);
    await here.answers(false);
    await home.signIn.click();
    await account.expectSignedInAs(userName);
    await expect(offer).toContainText('Create a passkey on this device?');

    await authenticator.answers(false);
    await here.answers(true);
    await page.getByTestId('offer-accept').click();
    await expect(account.cards).toHaveCount(2);
    await expect(offer).toHaveCount(0);
    expect(await here.credentials()).toHaveLength(1);
  });

  test('nothing is offered where this device could not keep one', async ({ page, home, account, authenticator, userName }) => {
    await signUp({ home, account, authenticator, userName });
    await account.signOut.click();
    await home.signIn.click();
    await account.expectSignedInAs(userName);
    await expect(account.cards).toHaveCount(1);
    await expect(page.getByTestId('offer')).toHaveCount(0);
  });
});

test.describe('with one passkey that lives on a single device', () => {
  test.use({ authenticatorKind: { synced: false } });

  test('a second is offered, and a "not now" is remembered for a month', async ({ page, home, account, authenticator, userName }) => {
    await signUp({ home, account, authenticator, userName });
    const offer = page.getByTestId('offer');
    await expect(offer).toContainText('Keep a second passkey?');
    await page.getByTestId('offer-decline').click();
    await expect(offer).toHaveCount(0);
    await page.reload();
    await expect(account.cards).toHaveCount(1);
    await expect(offer).toHaveCount(0);

    const day = 24 * 60 * 60_000;
    await page.clock.setFixedTime(Date.now() + 29 * day);
    await page.reload();
    await expect(account.cards).toHaveCount(1);
    await expect(offer).toHaveCount(0);
    await page.clock.setFixedTime(Date.now() + 31 * day);
    await page.reload();
    await expect(offer).toBeVisible();
  });
});
