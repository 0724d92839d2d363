import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { inkOf, look, SIZES } from '../fixtures/look.ts';
import { expect, type Project, test } from '../fixtures/package.ts';

const MODES = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'forced-colours': { forcedColors: 'active', colorScheme: 'dark' },
} as const;

const STYLE = readFileSync(new URL('../../examples/plain/style.css', import.meta.url), 'utf8');

/** Pages with elements in them, by path, in the look of the plain example. */
async function serve(page: Page, installed: Project, markup: Record<string, string>): Promise<void> {
  const whole = (elements: string) => `<!doctype html>
    <html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Elements</title><link rel="stylesheet" href="/style.css">
    <main><h1>A page with passkeys</h1><section>${elements}</section></main><script type="module" src="/node_modules/passkeep/elements.js"></script></html>`;
  const pages = Object.fromEntries(Object.entries(markup).map(([path, elements]) => [path, whole(elements)]));
  await installed.serve(page, { pages, files: { '/style.css': STYLE } });
}

/** How a control that has the focus shows it, and whether it has an edge where a page's own colours are not shown. */
const drawn = (control: Locator) =>
  control.evaluate((element) => {
    const { outlineStyle, outlineWidth, borderTopStyle, borderTopWidth } = getComputedStyle(element);
    return { outline: `${outlineWidth} ${outlineStyle}`, border: `${borderTopWidth} ${borderTopStyle}` };
  });
const VISIBLE = { outline: '3px solid', border: '1px solid' };

const sizes = Object.entries(SIZES);
for (const [mode, settings] of Object.entries(MODES)) {
  test(`the elements are to be read and used in each of their states: ${mode}`, async ({ page, installed, authenticator, requests, userName }, info) => {
    await page.emulateMedia(settings);
    // Without autofill, which an authenticator that answers would take at once.
    await serve(page, installed, { '/': '<passkey-sign-in no-autofill></passkey-sign-in><passkey-register></passkey-register>', '/list': '<passkey-list></passkey-list>' });
    await page.goto('/');
    const signIn = page.locator('passkey-sign-in');
    const register = page.locator('passkey-register');
    const list = page.locator('passkey-list');
    const see = async (state: string) => {
      // Colours are the same in every size.
      for (const [size, viewport] of mode === 'light' ? sizes : sizes.slice(0, 1)) {
        await page.setViewportSize(viewport);
        await look(page, info, state, `${mode}-${size}`);
      }
      for (const button of await page.getByRole('button').all()) {
        expect.soft(await inkOf(page, button), `${state}: the words of “${await button.textContent()}” are to be seen`).toBeGreaterThan(0.1);
      }
    };

    await expect(signIn.getByRole('button')).toBeVisible();
    await requests.dismissNextDialog();
    await signIn.getByRole('button').click();
    await expect(signIn.getByRole('status')).not.toBeEmpty();
    await see('an-error');

    await register.getByLabel('User name').fill(userName);
    const finished = page.waitForResponse('**/api/v1/registration/finish');
    await register.getByRole('button').click();
    expect((await finished).status()).toBe(201);
    await page.goto('/list');
    await expect(list.getByRole('listitem')).toHaveCount(1);
    await list.getByRole('button', { name: /^Rename/ }).click();
    const name = list.getByLabel('Name of the passkey');
    await expect(name).toBeFocused();
    expect(await drawn(name)).toEqual(VISIBLE);
    await see('renaming');
    await page.keyboard.press('Escape');

    await list.getByRole('button', { name: /^Delete/ }).click();
    await expect(list.getByText('This is your last passkey.')).toBeFocused();
    await see('deleting');
    await requests.dismissNextDialog();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(list.getByRole('status')).not.toBeEmpty();
    const remove = list.getByRole('button', { name: 'Delete', exact: true });
    await expect(remove).toBeFocused();
    expect(await drawn(remove)).toEqual(VISIBLE);
    await see('not-deleted');
    expect(await authenticator.credentials()).toHaveLength(1);
  });
}

test('who wants less motion gets none', async ({ page, installed }) => {
  await serve(page, installed, { '/': '<passkey-sign-in></passkey-sign-in>' });
  const button = page.locator('passkey-sign-in').getByRole('button');
  const moves = () => button.evaluate((element) => getComputedStyle(element).transitionDuration);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.goto('/');
  expect(await moves()).toBe('0.15s');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await moves()).toBe('0s');
});

test('passkeys are offered in the field of `<passkey-sign-in>` while it is shown, and without it not at all', async ({ page, installed, authenticator, requests, userName }) => {
  await serve(page, installed, {
    '/': '<passkey-register></passkey-register>',
    '/field': '<passkey-sign-in hidden></passkey-sign-in>',
    '/no-field': '<passkey-sign-in no-field></passkey-sign-in>',
    '/no-autofill': '<passkey-sign-in no-autofill></passkey-sign-in>',
  });
  const field = page.getByLabel('User name');
  await page.goto('/');
  // Here a new name is chosen.
  await expect(field).toHaveAttribute('autocomplete', 'username');
  await field.fill(userName);
  const finished = page.waitForResponse('**/api/v1/registration/finish');
  await page.getByRole('button').click();
  expect((await finished).status()).toBe(201);

  await authenticator.answers(false);
  await page.goto('/field');
  const element = page.locator('passkey-sign-in');
  const open = () => page.evaluate(() => (window as any).__passkeep_testing__.openInField);
  await expect.poll(() => element.evaluate((it) => it.shadowRoot !== null)).toBe(true);
  expect((await requests.asked()).conditional).toBe(0);
  await element.evaluate((it) => it.removeAttribute('hidden'));
  await requests.expectArmed();
  await expect(field).toHaveAttribute('autocomplete', 'username webauthn');
  await element.evaluate((it) => it.setAttribute('hidden', ''));
  await expect.poll(open).toBe(0);

  await authenticator.answers(true);
  for (const path of ['/no-field', '/no-autofill']) {
    await page.goto(path);
    const signed = authenticator.asserted();
    await page.getByRole('button').click();
    await signed;
    expect(await requests.asked()).toEqual({ conditional: 0, modal: 1, create: 0 });
    await expect(field).toHaveCount(path === '/no-field' ? 0 : 1);
  }
});
