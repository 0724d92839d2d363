import { expectAccessible } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/package.ts';

test('the plain example signs up, lists, renames, signs out, and signs in by autofill and by button, under the strict policy', async ({ page, createProject, authenticator, requests, userName }) => {
  const project = createProject('plain');
  await project.serve(page);
  await page.goto('/');
  const register = page.locator('passkey-register');
  await expect(register.getByRole('button')).toBeVisible();
  await expectAccessible(page, 'signed out');
  await register.getByLabel('User name').fill(userName);
  await register.getByRole('button', { name: 'Create a passkey' }).click();
  await expect(page.getByRole('heading', { name: `Hello, ${userName}` })).toBeVisible();

  const list = page.locator('passkey-list');
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await expect(list).toContainText('Synced by its password manager');
  await expectAccessible(page, 'the list');
  await list.getByRole('button', { name: /^Rename/ }).click();
  await expect(list.getByLabel('Name of the passkey')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('Key of the plain page');
  await page.keyboard.press('Enter');
  await expect(list.getByRole('status')).toHaveText('The passkey was renamed.');
  await expect(list.getByRole('button', { name: 'Rename Key of the plain page' })).toBeFocused();

  await authenticator.answers(false);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await requests.expectArmed();
  // Somebody comes back and takes the suggestion of the field.
  await authenticator.answers(true);
  await page.reload();
  await expect(page.getByRole('heading', { name: `Hello, ${userName}` })).toBeVisible();

  await authenticator.answers(false);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await requests.expectArmed();
  const button = page.getByRole('button', { name: 'Sign in with a passkey' });
  await authenticator.answers(true);
  await button.click();
  await expect(page.getByRole('heading', { name: `Hello, ${userName}` })).toBeVisible();
});

test('what autofill asks the server for first is on its way while the module is', async ({ page, createProject, requests }) => {
  const project = createProject('plain');
  await project.serve(page);
  let starts = 0;
  page.on('request', (request) => (starts += Number(request.url().endsWith('/api/v1/authentication/start'))));
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  await page.route('**/passkeep.wasm', async (route) => {
    await arrived;
    await route.fallback();
  });
  await page.goto('/', { waitUntil: 'commit' });
  await expect.poll(() => starts).toBe(1);
  arrive();
  await requests.expectArmed();
  expect(starts).toBe(1);
});

test('the last passkey is deleted only after a question, and the browser forgets it', async ({ page, createProject, authenticator, userName }) => {
  const project = createProject('plain');
  await project.serve(page);
  await page.goto('/');
  await page.locator('passkey-register').getByLabel('User name').fill(userName);
  await page.getByRole('button', { name: 'Create a passkey' }).click();
  const list = page.locator('passkey-list');
  await list.getByRole('button', { name: /^Delete/ }).click();
  await expect(list.getByText('This is your last passkey.')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(list.getByRole('button', { name: /^Delete/ })).toBeFocused();
  await list.getByRole('button', { name: /^Delete/ }).click();
  await list.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(list).toContainText('No passkeys yet.');
  await expect.poll(() => authenticator.credentials()).toEqual([]);
});

test('the elements need no mouse: every control is named, reached by Tab, and visibly focused', async ({ page, createProject, authenticator, userName }) => {
  const project = createProject('plain');
  await project.serve(page);
  await authenticator.answers(false);
  await page.goto('/');
  await expect(page.locator('passkey-register').getByRole('button')).toBeVisible();
  const signIn = page.getByRole('button', { name: 'Sign in with a passkey' });
  const field = page.locator('passkey-register').getByLabel('User name');
  const create = page.getByRole('button', { name: 'Create a passkey' });
  const list = page.locator('passkey-list');
  /** Presses Tab until the control has the focus, which takes a few presses at most, and looks whether that can be seen. */
  const tabTo = async (control: typeof field) => {
    for (let presses = 0; presses < 8; presses++) {
      await page.keyboard.press('Tab');
      if (await control.evaluate((element) => element.matches(':focus-visible'))) break;
    }
    await expect(control).toBeFocused();
    const outline = await control.evaluate((element) => getComputedStyle(element).outlineStyle);
    expect(outline).not.toBe('none');
  };
  await tabTo(signIn);
  await tabTo(field);
  await page.keyboard.type(userName);
  await tabTo(create);
  await authenticator.answers(true);
  await page.keyboard.press('Space');
  await expect(list.getByRole('listitem')).toHaveCount(1);

  await tabTo(list.getByRole('button', { name: /^Rename/ }));
  await page.keyboard.press('Enter');
  await expect(list.getByLabel('Name of the passkey')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(list.getByRole('button', { name: /^Rename/ })).toBeFocused();
  await tabTo(list.getByRole('button', { name: /^Delete/ }));
  await page.keyboard.press('Enter');
  await tabTo(list.getByRole('button', { name: 'Delete', exact: true }));
  await page.keyboard.press('Enter');
  await expect(list).toContainText('No passkeys yet.');
  expect(await authenticator.credentials()).toEqual([]);
});

test('a page without WebAuthn says so, and nothing throws', async ({ page, createProject }) => {
  const project = createProject('plain');
  await page.addInitScript(() => Reflect.deleteProperty(window, 'PublicKeyCredential'));
  await project.serve(page);
  await page.goto('/');
  await expect(page.locator('passkey-sign-in').getByRole('status')).toHaveText('This browser cannot use passkeys here.');
});
