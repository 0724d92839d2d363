import { expect, test } from '../fixtures/test.ts';

/** The start page's heading, its button, and the direction of the page. */
const LANGUAGES = {
  en: ['Sign in without a password', 'Sign in with a passkey', 'ltr', 'en-GB'],
  de: ['Anmelden ohne Passwort', 'Mit Passkey anmelden', 'ltr', 'de-AT'],
  ja: ['パスワードなしでログイン', 'パスキーでログイン', 'ltr', 'ja-JP'],
  ar: ['سجِّل الدخول بلا كلمة مرور', 'تسجيل الدخول بمفتاح مرور', 'rtl', 'ar-EG'],
} as const;

for (const [tag, [heading, signIn, direction, locale]] of Object.entries(LANGUAGES)) {
  test.describe(tag, () => {
    test.use({ locale });

    test(`a browser that prefers ${locale} gets the page in its language, and downloads no other`, async ({ page }) => {
      const words: string[] = [];
      page.on('request', (request) => {
        const file = /\/words-([\w-]+)-[0-9a-f]{16}\.txt$/.exec(request.url());
        if (file?.[1]) words.push(file[1]);
      });
      await page.goto('/');
      await expect(page.locator('main:not(#start)').getByRole('button', { name: signIn })).toBeEnabled();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
      await expect(page.locator('html')).toHaveAttribute('lang', tag);
      await expect(page.locator('html')).toHaveAttribute('dir', direction);
      await expect(page.getByTestId('language')).toHaveValue(tag);
      expect(new Set(words)).toEqual(new Set([tag]));
    });

    test(`the form is there in ${tag} before the program is`, async ({ page }) => {
      await page.route('**/*.wasm', () => undefined);
      await page.goto('/');
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
      await expect(page.locator('#start').getByRole('button', { name: signIn })).toBeEnabled();
      await expect(page.locator('html')).toHaveAttribute('dir', direction);
      await page.unroute('**/*.wasm');
    });
  });
}

test.describe('a language the site does not speak', () => {
  test.use({ locale: 'fi-FI' });
  test('is answered in English', async ({ page }) => {
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(LANGUAGES.en[0]);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  });
});

test('another language is chosen in the footer, and remembered', async ({ page }) => {
  await page.goto('/');
  await page.getByTestId('language').selectOption({ label: 'العربية' });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(LANGUAGES.ar[0]);
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await page.goto('/nowhere');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('لا توجد صفحة هنا');
  await page.getByLabel('اللغة').selectOption('de');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hier gibt es keine Seite');
  await page.goto('/');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
});

test.describe('in German', () => {
  test.use({ locale: 'de-DE' });

  test('refusals, times and names are said in it', async ({ page, home, account, authenticator, userName }) => {
    void authenticator;
    await page.goto('/');
    await page.getByTestId('create-passkey').click();
    await expect(home.error).toHaveText('Geben Sie zuerst einen Namen ein.');
    await page.getByTestId('username').fill(userName);
    await page.getByTestId('create-passkey').click();
    await expect(account.heading).toHaveText(`Hallo, ${userName}`);
    await expect(page).toHaveTitle('Ihr Konto – Passkeep');
    await expect(account.card(0).root).toContainText('gerade eben');
    // What the server has called the passkey and the device, but not what a person calls them.
    await expect(account.card(0).label).toHaveText('Passkey aus Chrome auf Windows');
    await expect(page.getByTestId('sessions').getByRole('listitem')).toContainText('Chrome auf Windows');
    await expect(page.getByTestId('activity').getByRole('listitem')).toContainText('Chrome auf Windows');
    await account.card(0).rename('Passkey from Chrome on Sunday');
    await expect(account.card(0).label).toHaveText('Passkey from Chrome on Sunday');
  });

  test('days and dates are said as its speakers do', async ({ page, account, authenticator, userName }) => {
    void authenticator;
    await page.goto('/');
    await page.getByTestId('username').fill(userName);
    await page.getByTestId('create-passkey').click();
    await expect(account.cards).toHaveCount(1);
    const day = 24 * 60 * 60_000;
    for (const [later, said] of [[5 * 60_000, 'vor 5 Minuten'], [day, 'gestern'], [3 * day, 'vor 3 Tagen']] as const) {
      await page.clock.setFixedTime(Date.now() + later);
      await page.reload();
      await expect(account.card(0).root).toContainText(said);
    }
    await page.clock.setFixedTime(Date.now() + 40 * day);
    await page.reload();
    await expect(account.card(0).root).toContainText(new RegExp(`am \\d{1,2}\\. \\p{L}+ \\d{4}`, 'u'));
  });
});

test.describe('in Arabic', () => {
  test.use({ locale: 'ar-EG' });

  test('counted words have the form of their number, and numbers the digits of the country', async ({ page, home }) => {
    await page.goto('/');
    await page.getByTestId('username').fill('x'.repeat(65));
    await page.getByTestId('create-passkey').click();
    await expect(home.error).toHaveText('هذا الاسم طويل جدًا: الحد الأقصى \u2068٦٤\u2069 حرفًا.');
  });

  test('a Latin name does not turn the sentence around it', async ({ page, account, authenticator, userName }) => {
    void authenticator;
    await page.goto('/');
    await page.getByTestId('username').fill(userName);
    await page.getByTestId('create-passkey').click();
    await expect(account.heading).toHaveText(`مرحبًا، \u2068${userName}\u2069`);
  });
});

test.describe('without words in any language', () => {
  test.use({ locale: 'de-DE' });
  test('the page says that it could not start', async ({ page }) => {
    await page.route('**/words-*', (route) => route.abort());
    // At an address where the static page is hidden at first, too.
    for (const address of ['/', '/account']) {
      await page.goto(address);
      await expect(page.getByRole('alert')).toHaveText(/^This browser could not start the page/);
    }
  });
});

test('words that do not come leave the page in English', async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.origin, locale: 'ja-JP' });
  const page = await context.newPage();
  await page.route('**/words-ja-*', (route) => route.abort());
  await page.goto('/');
  await expect(page.getByRole('button', { name: LANGUAGES.en[1] })).toBeEnabled();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await context.close();
});
