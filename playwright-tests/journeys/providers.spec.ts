import { look } from '../fixtures/look.ts';
import { signUp } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

const PROVIDERS = ['Bitwarden', 'YubiKey 5 Series with NFC', 'NordPass', 'Keeper', 'Apple Passwords', 'Devolutions', 'LogMeOnce'];

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 } });

    test('a provider is shown with its mark, or with a letter', async ({ page, home, account, authenticator, userName }, info) => {
      const pictures: string[] = [];
      page.on('request', (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith('/icons/providers/')) pictures.push(pathname.replace(/-[0-9a-f]{16}\./, '.'));
      });
      await signUp({ home, account, authenticator, userName });
      await expect(account.cards).toHaveCount(1);
      expect(pictures, 'nothing is loaded for who has none').toEqual([]);

      // A virtual authenticator does not say what it is.
      await page.route('**/api/v1/passkeys', async (route) => {
        const answer = await route.fetch();
        const { passkeys: [passkey], ...rest } = await answer.json();
        const passkeys = PROVIDERS.map((provider, index) => ({ ...passkey, id: `${'ABCDEFG'[index]}${passkey.id.slice(1)}`, provider, label: provider }));
        await route.fulfill({ response: answer, json: { passkeys, ...rest, signals: { ...rest.signals, allAcceptedCredentials: undefined } } });
      });
      await page.reload();
      const tiles = account.cards.locator('.tile');
      await expect(tiles).toHaveCount(PROVIDERS.length);
      await expect(account.cards.nth(2).locator('.tile')).toHaveText('N');
      const image = account.cards.nth(0).locator('img.tile');
      await expect(image).toHaveAttribute('alt', '');
      await expect.poll(() => image.evaluate((it: HTMLImageElement) => it.naturalWidth)).toBeGreaterThan(0);
      await expect.poll(() => pictures.sort()).toEqual(['apple.svg', 'bitwarden.svg', 'keeper.svg', 'table.txt', 'yubico.svg'].map((name) => `/icons/providers/${name}`));
      const src = await image.getAttribute('src');
      const file = await page.request.get(src ?? '');
      expect(file.headers()).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=31536000, immutable' });
      await look(page, info, 'providers', colorScheme);
    });
  });
}
