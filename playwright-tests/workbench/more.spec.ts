import { expect, test } from './bench.ts';

test('the overview leads to every page, and each has its own title', async ({ bench, page }) => {
  await bench.open('', 'The passkey workbench');
  const names = ['Playground', 'Inspector', 'Tamper lab', 'How it works', 'Capabilities', 'Readiness'];
  await expect(page.locator('.tool strong')).toHaveText(names);
  for (const name of names) {
    await page.getByRole('navigation', { name: 'Workbench' }).getByRole('link', { name }).click();
    await expect(bench.heading).toHaveText(name);
    await expect(bench.heading).toBeFocused();
    await expect(page).toHaveTitle(`${name} · Passkeep workbench`);
    await expect(page.getByRole('navigation').getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
  }
  await bench.open('', 'The passkey workbench');
  await bench.expectSound('the overview');
});

test('an address of the workbench that shows nothing says so', async ({ page }) => {
  const answer = await page.goto('/workbench/nowhere');
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such page');
});

test('people who sign in load nothing of the workbench, and its link leads there', async ({ bench, page }) => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto('/');
  await expect(page.getByTestId('sign-in')).toBeEnabled();
  expect(loaded.filter((path) => path.startsWith('/workbench'))).toEqual([]);
  await page.getByRole('link', { name: 'Workbench for developers' }).click();
  await expect(bench.heading).toHaveText('The passkey workbench');
  await bench.page.getByRole('link', { name: 'The site' }).click();
  await expect(page.getByTestId('sign-in')).toBeEnabled();
});

test.describe('how it works', () => {
  test.beforeEach(async ({ bench }) => bench.open('how-it-works', 'How it works'));

  test('the last ceremony is drawn with its real values and times', async ({ bench, page }) => {
    await expect(page.getByText('There was no ceremony yet. Run one.')).toBeVisible();
    await bench.button('Make a registration').click();
    const sequence = page.getByTestId('sequence');
    await expect(sequence.getByRole('heading')).toHaveText('A registration');
    const steps = sequence.getByRole('listitem');
    await expect(steps).toHaveCount(8);
    await expect(steps.nth(1)).toContainText('Page → Browser navigator.credentials.create() 0.0 ms');
    await expect(steps.nth(4)).toContainText('flags 0x45 UP UV AT, packed');
    await expect(steps.nth(5)).toContainText(`origin ${new URL(page.url()).origin}`);
    await expect(steps.nth(7)).toContainText('28 steps, accepted');
    await expect(sequence.locator('svg .arrow')).toHaveCount(8);
    await expect(sequence.locator('svg .arrow').last()).toContainText(/verification · \d+\.\d ms/);
    await bench.button('Make a sign-in').click();
    await expect(sequence.getByRole('heading')).toHaveText('A sign-in');
    await expect(steps.nth(4)).toContainText(/a signature of (6|7)\d/);
  });

  test('the page is sound', async ({ bench }) => {
    await bench.button('Make a sign-in').click();
    await bench.expectSound('how it works');
  });
});

test('capabilities are this browser’s own, and a missing answer is no "no"', async ({ bench, page }) => {
  await page.addInitScript(() => {
    PublicKeyCredential.getClientCapabilities = async () => ({ conditionalGet: true, hybridTransport: false, somethingNew: true }) as never;
  });
  await bench.open('capabilities', 'Capabilities');
  const row = (name: string) => page.locator(`[data-capability="${name}"]`);
  await expect(row('conditionalGet')).toContainText('yes');
  await expect(row('hybridTransport')).toContainText('Do not tell people to take their phone.');
  await expect(row('relatedOrigins')).toContainText('not said');
  await expect(row('signalUnknownCredential')).toContainText('yes');
  await expect(row('somethingNew')).toContainText('Reported by this browser.');
  await bench.expectSound('capabilities');
});

test.describe('readiness', () => {
  test.beforeEach(async ({ bench }) => bench.open('readiness', 'Readiness'));

  test('the files are made from the form', async ({ bench, page }) => {
    const fingerprint = 'BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD';
    const file = (name: string) => page.locator(`[data-file="${name}"]`);
    await expect(file('assetlinks.json')).toContainText('There is no Android app.');
    await page.getByLabel('Domain (the RP ID)').fill('shop.example');
    await page.getByLabel('Android package').fill('com.example.shop');
    await page.getByLabel('SHA-256 fingerprints').fill('BA:78');
    await expect(file('assetlinks.json')).toContainText('is no SHA-256 fingerprint');
    await page.getByLabel('SHA-256 fingerprints').fill(fingerprint);
    await page.getByLabel('Apple app ids').fill('ABCDE12345.com.example.shop');
    await page.getByLabel('Origins of other domains').fill('https://shop.example.de');
    await page.getByLabel('Page where passkeys are managed').fill('/account');
    const content = async (name: string) => JSON.parse(await file(name).locator('code').last().innerText());
    expect(await content('assetlinks.json')).toMatchObject([
      { target: { namespace: 'android_app', package_name: 'com.example.shop', sha256_cert_fingerprints: [fingerprint] } },
      { target: { namespace: 'web', site: 'https://shop.example' } },
    ]);
    expect(await content('apple-app-site-association')).toEqual({ webcredentials: { apps: ['ABCDE12345.com.example.shop'] } });
    expect(await content('webauthn')).toEqual({ origins: ['https://shop.example.de'] });
    expect(await content('passkey-endpoints')).toEqual({ manage: 'https://shop.example/account' });
    await expect(page.getByTestId('tasks')).toContainText('webcredentials:shop.example');
    await expect(page.getByTestId('tasks')).toContainText('android:apk-key-hash:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
    await page.getByLabel('Domain (the RP ID)').fill('https://shop.example');
    await expect(page.getByRole('alert')).toContainText('An RP ID is a domain alone');
    expect(bench.requests).toEqual([]);
  });

  test('the page is sound', async ({ bench, page }) => {
    await page.getByLabel('Apple app ids').fill('nothing');
    await bench.expectSound('readiness');
  });
});
