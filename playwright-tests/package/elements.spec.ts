import { type Page } from '@playwright/test';
import { expect, POLICY, type Project, test } from '../fixtures/package.ts';

interface Settings {
  policy?: string;
  /** Runs in the page once the elements are defined, with `fake`, a client that the test sets up. */
  setup?: string;
}

/** Passkeys as the server lists them. */
const PASSKEYS = ['Phone', 'Laptop', 'Key'].map((label) => ({ id: label.toLowerCase(), label, createdAt: 0, lastUsedAt: null, aaguid: '', backup: 'synced', current: false }));

/** A page with elements and a client of the test's: `fake.passkeys` is the list, and `asked` has what the client was asked. */
async function open(page: Page, installed: Project, body: string, { policy = POLICY, setup = '' }: Settings = {}): Promise<void> {
  const script = `
    import '/node_modules/passkeep/elements.js';
    const asked = [];
    const ask = (name) => async (...about) => { asked.push([name, ...about]); return fake.answers[name]?.(...about) };
    const fake = { list: ${JSON.stringify(PASSKEYS)}, answers: {}, autofill(settings) { asked.push(['autofill']); fake.offer = settings; return { stop() { asked.push(['stop']) } } } };
    for (const name of ['signIn', 'register', 'addPasskey', 'renamePasskey', 'deletePasskey', 'passkeys']) fake[name] = ask(name);
    fake.answers.passkeys = () => fake.list;
    fake.answers.deletePasskey = (id) => { fake.list = fake.list.filter((passkey) => passkey.id !== id) };
    const heard = [];
    for (const name of ['signed-in', 'registered', 'changed', 'error', 'autofill-error']) addEventListener('passkeep-' + name, (event) => heard.push([name, event.detail?.code ?? null]));
    const element = document.querySelector('passkey-sign-in, passkey-register, passkey-list');
    Object.assign(window, { fake, asked, heard, element });
    ${setup}`;
  const html = `<!doctype html><html lang="en"><title>Elements</title><main>${body}</main><script type="module" src="/setup.js"></script></html>`;
  await installed.serve(page, { policy, pages: { '/': html }, files: { '/setup.js': script } });
  await page.goto('/');
  await page.waitForFunction('window.element');
}

const LIST = 'element.client = fake;';

test('words that come late leave what is typed, where it is typed, and what somebody has open', async ({ page, installed }) => {
  await open(page, installed, '<passkey-register></passkey-register>', { setup: LIST });
  const field = page.getByRole('textbox');
  await field.click();
  await page.keyboard.type('ada');
  await page.keyboard.press('ArrowLeft');
  await page.evaluate("element.words = { userName: 'Nom', register: 'Créer' }");
  await expect(page.getByLabel('Nom')).toHaveValue('ada');
  await expect(field).toBeFocused();
  await page.keyboard.type('X');
  await expect(field).toHaveValue('adXa');
  await expect(page.getByRole('button', { name: 'Créer' })).toBeVisible();

  await open(page, installed, '<passkey-list></passkey-list>', { setup: LIST });
  await page.getByRole('button', { name: 'Rename Laptop' }).click();
  await page.keyboard.press('End');
  await page.keyboard.type(' of ada');
  await page.evaluate("element.words = { save: 'Sichern' }");
  await expect(page.getByLabel('Name of the passkey')).toHaveValue('Laptop of ada');
  await page.getByRole('button', { name: 'Sichern' }).click();
  expect(await page.evaluate("asked.filter(([name]) => name === 'renamePasskey')")).toEqual([['renamePasskey', 'laptop', 'Laptop of ada']]);
});

test('what is set again and is the same changes nothing', async ({ page, installed }) => {
  await open(page, installed, '<passkey-list></passkey-list>', { setup: LIST });
  await expect(page.getByRole('listitem')).toHaveCount(3);
  const kept = (change: string) => page.evaluate(`{ const button = element.shadowRoot.querySelector('button'); ${change}; button.isConnected }`);
  expect(await kept("element.words = { add: 'Add a passkey' }")).toBe(true);
  expect(await kept('element.words = undefined')).toBe(true);
  expect(await kept('element.client = fake')).toBe(true);
  expect(await kept("element.setAttribute('base-url', '/'); element.setAttribute('base-url', '/')")).toBe(false);
  await expect.poll(() => page.evaluate("asked.filter(([name]) => name === 'passkeys').length")).toBe(2);
  expect(await kept("element.words = { add: 'Add' }")).toBe(false);
});

test('each passkey that is renamed has a field of its own', async ({ page, installed }) => {
  await open(page, installed, '<passkey-list></passkey-list>', { setup: LIST });
  await page.getByRole('button', { name: 'Rename Phone' }).click();
  await page.keyboard.type('half a name');
  await page.getByRole('button', { name: 'Rename Key' }).click();
  await expect(page.getByLabel('Name of the passkey')).toHaveValue('Key');
  await expect(page.getByLabel('Name of the passkey')).toBeFocused();
});

test('attributes count whenever they change, and are properties', async ({ page, installed }) => {
  await open(page, installed, '<passkey-register></passkey-register>');
  await expect(page.getByLabel('User name')).toBeVisible();
  await page.evaluate("element.add = true");
  await expect(page.getByRole('button', { name: 'Add a passkey' })).toBeVisible();
  await expect(page.getByLabel('User name')).toHaveCount(0);
  expect(await page.evaluate("[element.outerHTML, element.add, element.userName]")).toEqual(['<passkey-register add=""></passkey-register>', true, null]);
  await page.evaluate("element.removeAttribute('add'); element.setAttribute('user-name', 'ada')");
  await expect(page.getByRole('button', { name: 'Create a passkey' })).toBeVisible();
  await expect(page.getByLabel('User name')).toHaveCount(0);
  expect(await page.evaluate("[element.add, element.userName]")).toEqual([false, 'ada']);

  await open(page, installed, '<passkey-list no-add></passkey-list>', { setup: LIST });
  await expect(page.getByRole('listitem')).toHaveCount(3);
  const add = page.getByRole('button', { name: 'Add a passkey' });
  await expect(add).toHaveCount(0);
  await page.evaluate('element.noAdd = false');
  await expect(add).toBeVisible();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.evaluate("element.client = undefined; element.baseUrl = '/auth'");
  await expect.poll(() => asked).toContain('/auth/api/v1/passkeys');

  await open(page, installed, '<passkey-sign-in></passkey-sign-in>', { setup: LIST });
  await expect.poll(() => page.evaluate('asked')).toEqual([['autofill']]);
  await page.evaluate('element.noAutofill = true');
  await expect.poll(() => page.evaluate('asked')).toEqual([['autofill'], ['stop']]);
  await page.evaluate('element.noAutofill = false; element.noField = true');
  await expect(page.getByLabel('User name')).toHaveCount(0);
});

test('a property that was set before the element was defined is not lost', async ({ page, installed }) => {
  const early = "const early = document.querySelector('passkey-list'); early.noAdd = true; early.words = { none: 'Rien' };";
  await installed.serve(page, {
    pages: { '/': '<!doctype html><html lang="en"><title>Early</title><passkey-list></passkey-list><script type="module" src="/early.js"></script></html>' },
    files: { '/early.js': `${early} import('/node_modules/passkeep/elements.js');` },
  });
  await page.goto('/');
  await expect(page.locator('passkey-list')).toContainText('Rien');
  await expect(page.getByRole('button')).toHaveCount(0);
});

test('after a deletion the focus is on what has taken its place, or on what is left', async ({ page, installed }) => {
  await open(page, installed, '<passkey-list no-add></passkey-list>', { setup: LIST });
  const remove = async (label: string) => {
    await page.getByRole('button', { name: `Delete ${label}` }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(page.getByRole('status')).toHaveText('The passkey was deleted.');
  };
  await remove('Phone');
  await expect(page.getByRole('button', { name: 'Rename Laptop' })).toBeFocused();
  await remove('Key');
  await expect(page.getByRole('button', { name: 'Rename Laptop' })).toBeFocused();
  await remove('Laptop');
  await expect(page.locator('p', { hasText: 'No passkeys yet.' })).toBeFocused();
});

test('what focuses an element focuses its first control', async ({ page, installed }) => {
  await open(page, installed, '<passkey-sign-in></passkey-sign-in>', { setup: LIST });
  await page.evaluate('element.focus()');
  await expect(page.getByLabel('User name')).toBeFocused();
  await open(page, installed, '<passkey-list></passkey-list>', { setup: LIST });
  await page.getByText('Created').first().click();
  expect(await page.evaluate('document.activeElement.localName')).toBe('body');
  await page.evaluate('element.focus()');
  await expect(page.getByRole('button', { name: 'Rename Phone' })).toBeFocused();
});

test('the place for messages is there before there are any', async ({ page, installed }) => {
  await open(page, installed, '<passkey-sign-in></passkey-sign-in>', { setup: LIST });
  const status = page.getByRole('status');
  await expect(status).toHaveText('');
  // What is not displayed is not in the accessibility tree.
  expect(await status.evaluate((element) => getComputedStyle(element).display)).toBe('block');
  await page.evaluate("fake.answers.signIn = () => Promise.reject(Object.assign(new Error(''), { name: 'ServerError', code: 'nobody', userMessage: 'No.' }))");
  await page.getByRole('button').click();
  await expect(status).toHaveText('No.');
  // An error of another copy of the package is one all the same.
  expect(await page.evaluate('heard')).toEqual([['error', 'nobody']]);
});

test('what nobody has asked for is told to the page, and not to the person', async ({ page, installed }) => {
  await open(page, installed, '<passkey-sign-in></passkey-sign-in>', { setup: LIST });
  await expect.poll(() => page.evaluate('Boolean(fake.offer)')).toBe(true);
  const tell = (code: string, signed: boolean) => page.evaluate(`fake.offer.onError(Object.assign(new Error(''), { name: 'ServerError', code: '${code}', userMessage: 'No.' }), { signed: ${signed} })`);
  await tell('unreachable', false);
  await expect(page.getByRole('status')).toHaveText('');
  await tell('authentication_rejected', true);
  await expect(page.getByRole('status')).toHaveText('No.');
  expect(await page.evaluate('heard')).toEqual([['autofill-error', 'unreachable'], ['error', 'authentication_rejected']]);
});

test('of two lists on their way, the one that was asked for later stays', async ({ page, installed }) => {
  await open(page, installed, '<passkey-list></passkey-list>', { setup: LIST });
  await expect(page.getByRole('listitem')).toHaveCount(3);
  await page.evaluate(`
    const first = new Promise((then) => window.arrive = () => then(fake.list));
    fake.answers.passkeys = () => first;
    window.late = element.refresh();
    fake.answers.passkeys = () => fake.list.slice(1);
    element.refresh()`);
  await expect(page.getByRole('listitem')).toHaveCount(2);
  await page.evaluate('arrive(); window.late');
  await expect(page.getByRole('listitem')).toHaveCount(2);
});

test.describe('a fault of the page', () => {
  test.use({ expectedFault: /^threw: none of ours/ });

  test('is not kept from it, and the person is told that something went wrong', async ({ page, installed }) => {
    await open(page, installed, '<passkey-sign-in></passkey-sign-in>', { setup: LIST });
    const thrown = page.waitForEvent('pageerror');
    await page.evaluate("fake.answers.signIn = () => Promise.reject(new TypeError('none of ours'))");
    await page.getByRole('button').click();
    expect((await thrown).message).toBe('none of ours');
    await expect(page.getByRole('status')).toHaveText('Something went wrong. Please try again.');
    expect(await page.evaluate('heard')).toEqual([]);
  });
});

test.describe('in the browsers of 2021', () => {
  test.use({ expectedFault: /^policy: style-src|^logged: Applying inline style/ });

  for (const [what, policy, height] of [['a policy that allows inline styles', POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"), '48px'], ['the strict policy, in the look of the browser', POLICY, '0px']] as const) {
    test(`the elements work under ${what}`, async ({ page, installed }) => {
      await page.addInitScript(() => {
        for (const prototype of [ShadowRoot.prototype, Document.prototype]) Reflect.deleteProperty(prototype, 'adoptedStyleSheets');
        Reflect.deleteProperty(window, 'CSSStyleSheet');
        Reflect.deleteProperty(Object, 'hasOwn');
        for (const list of [Array, String]) Reflect.deleteProperty(list.prototype, 'at');
      });
      await open(page, installed, '<passkey-list></passkey-list>', { policy, setup: LIST });
      await expect(page.getByRole('listitem')).toHaveCount(3);
      expect(await page.getByRole('button').first().evaluate((element) => getComputedStyle(element).minHeight)).toBe(height);
      await page.getByRole('button', { name: 'Rename Phone' }).click();
      await page.keyboard.type('Tablet');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('status')).toHaveText('The passkey was renamed.');
      await open(page, installed, '<passkey-sign-in></passkey-sign-in>', { policy, setup: LIST });
      await expect.poll(() => page.evaluate('asked')).toEqual([['autofill']]);
    });
  }
});

test('the ring of the focus is seen on the page, around the main button too', async ({ page, installed }) => {
  for (const [colorScheme, ring] of [['light', 'rgb(0, 0, 0)'], ['dark', 'rgb(255, 255, 255)']] as const) {
    await page.emulateMedia({ colorScheme });
    await open(page, installed, '<passkey-register add></passkey-register>', { setup: "document.documentElement.style.colorScheme = 'light dark'" });
    await page.keyboard.press('Tab');
    const button = page.getByRole('button');
    await expect(button).toBeFocused();
    expect(await button.evaluate((element) => [getComputedStyle(element).outlineStyle, getComputedStyle(element).outlineColor])).toEqual(['solid', ring]);
  }
});
