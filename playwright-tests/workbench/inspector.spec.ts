import { expect, test } from './bench.ts';

test.beforeEach(async ({ bench }) => bench.open('inspector', 'Inspector'));

test('a registration is decoded and judged without a request', async ({ bench, page }) => {
  await bench.button('Make a registration').click();
  await expect(bench.verdict).toContainText('Accepted: 28 steps, none refused.');
  await expect(bench.step('client_data_challenge')).toHaveClass('step passed');
  await expect(bench.step('user_verified')).toContainText('does not apply');
  const glance = page.getByTestId('glance');
  await expect(glance).toContainText('A registration');
  await expect(glance).toContainText('packed');
  await expect(glance).toContainText('0x45 UP UV AT');
  await expect(glance).toContainText('-7 (ES256)');
  await expect(glance).toContainText('CN=Passkeep testkit intermediate 1');
  expect(bench.requests).toEqual([]);
});

test('fields and bytes point at each other', async ({ bench, page }) => {
  await bench.button('Make a sign-in').click();
  await bench.page.getByRole('button', { name: /^authenticatorData/ }).click();
  const flags = page.locator('#it-byte-2-32');
  await expect(flags).toHaveText('05');
  await flags.hover();
  await expect(bench.detail).toContainText('response › authenticatorData › flags');
  await expect(bench.detail).toContainText('byte 32');
  const row = bench.fields.locator('.node.lit');
  await expect(row.locator('.name')).toHaveText('flags');
  await expect(row).toContainText('bit 2, set: the authenticator verified the user');

  // The other way: the counter's row lights up its four bytes, those of the hash are dark again.
  await page.mouse.move(0, 0);
  await bench.field('signCount').hover();
  await expect(bench.hex.locator('[aria-selected="true"]')).toHaveText(['00', '00', '00', '01']);
  await expect(bench.detail).toContainText('bytes 33 to 36 (4)');

  // A field of other bytes brings these up.
  await page.mouse.move(0, 0);
  await bench.field('origin').hover();
  await expect(page.getByRole('button', { name: /^clientDataJSON/ })).toHaveAttribute('aria-pressed', 'true');
});

test('the bytes can be walked with the keyboard alone', async ({ bench, page }) => {
  await bench.button('Make a sign-in').click();
  await page.getByRole('button', { name: /^authenticatorData/ }).focus();
  await page.keyboard.press('Enter');
  await page.locator('#it-byte-2-0').focus();
  await expect(bench.detail).toContainText('rpIdHash');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('#it-byte-2-32')).toBeFocused();
  await expect(bench.detail).toContainText('› flags');
  await page.keyboard.press('ArrowRight');
  await expect(bench.detail).toContainText('› signCount');
  await page.keyboard.press('End');
  await expect(page.locator('#it-byte-2-36')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('#it-byte-2-36')).toBeFocused();
});

test('what the server expects can be put in, and the step that refuses says why', async ({ bench, page }) => {
  await bench.button('Make a registration').click();
  await page.getByLabel('Origins').fill('https://www.example.org');
  await page.getByLabel('RP ID').fill('example.org');
  await expect(bench.verdict).toContainText('Refused by the step client data origin');
  const step = bench.step('client_data_origin');
  await expect(step).toHaveClass('step failed');
  await expect(step).toContainText('https://www.example.org');
  await expect(bench.step('rp_id_hash')).toContainText('not reached');
});

test('a pasted sign-in is judged with the key of its registration', async ({ bench, page }) => {
  await bench.button('Make a sign-in').click();
  const response = page.getByLabel('Response', { exact: true });
  const signIn = JSON.parse(await response.inputValue());
  await response.fill(JSON.stringify(signIn));
  await expect(page.getByText('These values are taken from the response itself')).toBeVisible();
  await expect(bench.verdict).toContainText('Accepted: 26 steps');
  await page.getByLabel('Public key of the credential').fill('');
  await expect(bench.verdict).toContainText('an authentication needs credential');
});

test('broken input says where it breaks', async ({ page }) => {
  await page.getByLabel('Response', { exact: true }).fill('o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUEB');
  await expect(page.getByRole('alert')).toContainText('the authenticator data is malformed at byte 0: it ends too early');
  await page.getByLabel('Response', { exact: true }).fill('nothing at all');
  await expect(page.getByRole('alert')).toContainText('neither JSON nor base64url');
});

test('a file can be dropped', async ({ bench, page }) => {
  const transfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'response.json', { type: 'application/json' }));
    return transfer;
  }, '{"id":"AQI"}');
  await page.getByTestId('intake').dispatchEvent('drop', { dataTransfer: transfer });
  await expect(page.getByLabel('Response', { exact: true })).toHaveValue('{"id":"AQI"}');
  await expect(page.getByTestId('glance')).toContainText('Nothing that is known here');
  expect(bench.requests).toEqual([]);
});

for (const format of ['none', 'packed, self attestation', 'tpm', 'android-key', 'android-safetynet', 'apple', 'fido-u2f', 'compound']) {
  test(`the software authenticator attests in ${format}`, async ({ bench, page }) => {
    await page.getByText('The software authenticator that makes them').click();
    await page.getByLabel('Attestation format').selectOption(format);
    await bench.button('Make a registration').click();
    await expect(bench.verdict).toContainText('Accepted');
    await expect(page.getByTestId('glance')).toContainText(format.split(',')[0] as string);
  });
}

test('the page is sound', async ({ bench }) => {
  await bench.expectSound('the empty inspector');
  // A sign-in has few bytes: axe looks at each of them.
  await bench.button('Make a sign-in').click();
  await expect(bench.verdict).toBeVisible();
  await bench.expectSound('the inspector');
});
