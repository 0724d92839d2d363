import { expect, test } from './bench.ts';

test.beforeEach(async ({ bench }) => {
  await bench.open('tamper', 'Tamper lab');
  await bench.button('Make a sign-in').click();
});

test('a changed origin is refused by its step, beside the trace as it was', async ({ bench, page }) => {
  const [changed, original] = [page.getByTestId('changed'), page.getByTestId('original')];
  await expect(changed.getByRole('heading')).toHaveText('Nothing is changed yet');
  await page.getByLabel('Origin', { exact: true }).fill('https://evil.example');
  await expect(changed.getByRole('heading')).toHaveText('With the changes');
  await expect(changed.getByTestId('verdict')).toContainText('Refused by the step client data origin');
  await expect(bench.step('client_data_origin', changed)).toHaveClass('step failed');
  await expect(bench.step('client_data_origin', original)).toHaveClass('step passed');
  await expect(original.getByTestId('verdict')).toContainText('Accepted: 26 steps');
  await bench.button('Undo all changes').click();
  await expect(changed.getByTestId('verdict')).toContainText('Accepted: 26 steps');
  expect(bench.requests).toEqual([]);
});

test('whoever can sign gets past the signature, and whoever cannot does not', async ({ page }) => {
  const verdict = page.getByTestId('changed').getByTestId('verdict');
  await page.getByLabel('Signature counter').fill('41');
  await expect(verdict).toContainText('Accepted');
  await page.getByLabel(/^Sign everything anew/).uncheck();
  await expect(verdict).toContainText('Refused by the step signature');
});

test('flags are turned over one by one', async ({ page }) => {
  const verdict = page.getByTestId('changed').getByTestId('verdict');
  await page.getByLabel('UP', { exact: true }).uncheck();
  await expect(verdict).toContainText('Refused by the step user present');
  await page.getByLabel('UP', { exact: true }).check();
  await page.getByLabel('BS', { exact: true }).check();
  await expect(verdict).toContainText('Refused by the step backup flags');
});

test('a bit is picked in the hex view and turned over, with the keyboard alone', async ({ bench, page }) => {
  await page.getByRole('button', { name: /^signature/ }).focus();
  await page.keyboard.press('Enter');
  const byte = page.locator('[data-at="20"]');
  await page.locator('[data-at="0"]').focus();
  await page.keyboard.press('ArrowDown');
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowRight');
  await expect(byte).toBeFocused();
  const before = await byte.innerText();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('picked')).toContainText('Byte 20 of signature');
  await bench.button('bit 0').focus();
  await page.keyboard.press('Enter');
  await expect(bench.button('bit 0')).toBeFocused();
  await expect(byte).toHaveClass('byte changed');
  await expect(byte).toHaveText((Number.parseInt(before, 16) ^ 1).toString(16).padStart(2, '0'));
  await expect(page.getByTestId('changed').getByTestId('verdict')).toContainText('Refused by the step signature');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('changed').getByTestId('verdict')).toContainText('Accepted');
});

test('the page is sound', async ({ bench, page }) => {
  await page.getByLabel('Origin', { exact: true }).fill('https://evil.example');
  await bench.expectSound('the tamper lab');
});
