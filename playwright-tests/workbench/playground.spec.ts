import { expect, test } from './bench.ts';

const json = (page: import('@playwright/test').Page) => page.getByLabel('Options', { exact: true });

test.beforeEach(async ({ bench }) => bench.open('playground', 'Playground'));

test('the form and the JSON stay in step', async ({ page }) => {
  const options = json(page);
  await page.getByLabel('Resident key').selectOption('preferred');
  await expect(options).toHaveValue(/"residentKey": "preferred"/);
  await page.getByLabel('Algorithms').fill('-7, -257');
  await expect(options).toHaveValue(/"pubKeyCredParams": \[\n    \{ "type": "public-key", "alg": -7 \},\n    \{ "type": "public-key", "alg": -257 \}\n  \]/);
  await page.getByLabel('PRF, first input').fill('AQID');
  await expect(options).toHaveValue(/"prf": \{ "eval": \{ "first": "AQID" \} \}/);
  await page.getByLabel('PRF, first input').fill('');
  await expect(options).not.toHaveValue(/prf/);

  // The other way, with a moment in which it is no JSON.
  const text = await options.inputValue();
  await options.fill(text.slice(0, -1));
  await expect(page.getByRole('alert')).toContainText('This is not JSON yet');
  await expect(page.getByLabel('User name', { exact: true })).toHaveValue('ada');
  await options.fill(text.replace('"name": "ada"', '"name": "grace"'));
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByLabel('User name', { exact: true })).toHaveValue('grace');
});

test('the linter says what is risky, why, and what to do', async ({ page }) => {
  const lint = page.getByTestId('lint');
  await expect(lint).toContainText('Nothing: no risky or old option.');
  await page.getByLabel('User verification').selectOption('discouraged');
  const rule = lint.locator('[data-rule="user-verification-discouraged"]');
  await expect(rule).toContainText('Nobody checks that it is the owner');
  await expect(rule).toContainText('Ask for "required"');
  await page.getByLabel('RP ID').fill('example.com');
  await expect(lint.locator('[data-rule]')).toHaveCount(2);
  await expect(lint.locator('[data-rule="rp-id-foreign"]')).toContainText('SecurityError');
});

test('an address brings the same settings back', async ({ bench, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'get()' }).click();
  await page.getByLabel('How the browser asks').selectOption('conditional');
  await page.getByLabel('Timeout in milliseconds').fill('45000');
  const before = await json(page).inputValue();
  await bench.button('Copy an address with these settings').click();
  await expect(page.getByText('Copied.')).toBeVisible();
  // The page itself may not read the clipboard, so another field is pasted into.
  await page.getByLabel('A field for autofill').focus();
  await page.keyboard.press('ControlOrMeta+v');
  const address = await page.getByLabel('A field for autofill').inputValue();
  expect(address).toContain('/workbench/playground#get,conditional,');
  await page.goto('about:blank');
  await page.goto(address);
  await expect(json(page)).toHaveValue(before);
  await expect(page.getByLabel('How the browser asks')).toHaveValue('conditional');
  await expect(page.getByTestId('lint').locator('[data-rule="timeout-short"]')).toBeVisible();
});

test('the software authenticator answers PRF and keeps a large blob', async ({ bench, page }) => {
  const software = bench.button('With the software authenticator');
  const outcome = page.getByTestId('outcome');
  await page.getByLabel('PRF, first input').fill('AQ');
  await page.getByLabel('largeBlob').selectOption('required');
  await software.click();
  await expect(outcome).toContainText('PRF gave the page 32 secret bytes, and 0 for the second input. They are not in the response.');
  await expect(outcome).toContainText('Accepted');
  await page.getByText('The software authenticator', { exact: true }).click();
  await page.getByLabel('keeps large blobs').uncheck();
  await software.click();
  await expect(outcome).toContainText('the authenticator cannot keep a large blob');
});

test('the software authenticator registers and signs in, and refuses as a browser does', async ({ bench, page }) => {
  const software = bench.button('With the software authenticator');
  await software.click();
  await expect(bench.verdict).toContainText('Accepted: 28 steps');
  await page.getByRole('button', { name: 'get()' }).click();
  await software.click();
  await expect(bench.verdict).toContainText('Accepted: 26 steps');
  await page.getByLabel('RP ID').fill('example.com');
  await software.click();
  await expect(page.getByTestId('outcome')).toContainText('SecurityError');
  expect(bench.requests).toEqual([]);
});

test.describe('with an authenticator that has PRF', () => {
  test.use({ authenticatorKind: { extensions: ['prf'] } });

  test('this browser registers and signs in with PRF, and the response can be looked into', async ({ bench, page, authenticator }) => {
    expect(authenticator).toBeDefined();
    await page.getByLabel('PRF, first input').fill('AQID');
    await bench.button('With this browser').click();
    await expect(bench.verdict).toContainText('Accepted: 28 steps');
    await page.getByRole('button', { name: 'get()' }).click();
    await page.getByLabel('PRF, first input').fill('AQID');
    await bench.button('With this browser').click();
    await expect(bench.verdict).toContainText('Accepted: 26 steps');
    await expect(page.getByTestId('outcome')).toContainText('PRF gave the page 32 secret bytes, and 0 for the second input.');
    await page.getByRole('link', { name: 'Look into it' }).click();
    await expect(bench.heading).toHaveText('Inspector');
    await expect(page.getByTestId('glance')).toContainText('A sign-in');
    await expect(bench.verdict).toContainText('Accepted: 26 steps');
    expect(bench.requests).toEqual([]);
  });
});

test('a request that nobody answers can be cancelled', async ({ bench, page, authenticator }) => {
  await authenticator.answers(false);
  await bench.button('With this browser').click();
  await expect(page.getByRole('button', { name: 'The browser is asking…' })).toBeVisible();
  await bench.button('Cancel').click();
  await expect(page.getByTestId('outcome')).toContainText('the ceremony was ended by the page');
  await expect(bench.button('With this browser')).toBeVisible();
});

test('the code makes the call that was set', async ({ page }) => {
  const code = page.getByTestId('code');
  await expect(code).toContainText('navigator.credentials.create({ publicKey });');
  for (const [language, line] of [
    ['TypeScript', '} as PublicKeyCredentialCreationOptionsJSON;'],
    ['Rust', 'let response = create(&options, &Abort::new()).await?;'],
    ['Kotlin', 'CreatePublicKeyCredentialRequest('],
  ] as const) {
    await page.getByRole('button', { name: language, exact: true }).click();
    await expect(code).toContainText(line);
  }
});

test('a signal is sent as the credential manager wants it', async ({ bench, page }) => {
  await page.evaluate(() => {
    const sent: unknown[] = [];
    Object.assign(window, { sent });
    PublicKeyCredential.signalCurrentUserDetails = async (options) => void sent.push(options);
  });
  await page.getByLabel('Signal', { exact: true }).selectOption('signalCurrentUserDetails');
  await page.getByLabel('User handle of the account').fill('YWRh');
  await page.getByLabel('New user name').fill('ada');
  await page.getByLabel('New display name').fill('Ada Byron');
  await bench.button('Send the signal').click();
  await expect(page.getByText('Browsers do not say what came of it')).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { sent: unknown[] }).sent)).toEqual([
    { rpId: 'localhost', userId: 'YWRh', name: 'ada', displayName: 'Ada Byron' },
  ]);
});

test('the page is sound', async ({ bench, page }) => {
  await page.getByLabel('Attestation', { exact: true }).selectOption('indirect');
  await bench.button('With the software authenticator').click();
  await bench.expectSound('the playground');
});
