// The start page before the program is here: what a person does on it is not lost.

import type { Page } from '@playwright/test';
import { signOut, signUp, withoutAutofill } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

/** Opens the start page, whose program comes when it is let go. */
async function openWithoutProgram(page: Page): Promise<() => void> {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/');
  return letGo;
}

test('the form is there before the program is', async ({ page, home }) => {
  await page.route('**/*.wasm', () => undefined);
  await page.goto('/');
  await expect(home.userName).toBeVisible();
  expect((await home.userName.boundingBox())?.height).toBeGreaterThanOrEqual(48);
  await home.userName.fill('typed-early');
  await expect(home.createPasskey).toBeEnabled();
  await page.unroute('**/*.wasm');
});

test('the program, and who is signed in, are asked for once', async ({ page, home }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith('.wasm')) asked.push('program');
    if (pathname === '/api/v1/session') asked.push('session');
  });
  await home.open();
  // Who does not find what the page has asked for ahead of time asks again.
  await page.waitForLoadState('networkidle');
  expect(asked.sort()).toEqual(['program', 'session']);
});

test('what was typed before the program came is kept', async ({ page, home }) => {
  const letGo = await openWithoutProgram(page);
  await home.userName.fill('typed-early');
  letGo();
  await home.expectProgram();
  await expect(home.userName).toHaveValue('typed-early');
  await expect(home.userName).toBeFocused();
});

/** The paths of the ceremonies' requests from now on, as they come. */
function ceremonies(page: Page): string[] {
  const paths: string[] = [];
  page.on('request', (request) => {
    const [, path] = /\/api\/v1\/(.+\/(?:start|finish))$/.exec(request.url()) ?? [];
    if (path) paths.push(path);
  });
  return paths;
}

test('what was pressed before the program came is done when it is here', async ({ page, home, account, authenticator, userName }) => {
  await authenticator.answers(true);
  const letGo = await openWithoutProgram(page);
  const asked = ceremonies(page);
  await home.userName.fill(userName);
  await home.userName.press('Enter');
  await expect(home.createPasskey).toHaveAttribute('aria-busy', 'true');
  // One thing at a time.
  await home.signIn.click();
  await expect(home.signIn).not.toHaveAttribute('aria-busy');
  letGo();
  await account.expectSignedInAs(userName);
  // And not the autofill's beside it: a browser without a cookie would be given two.
  expect(asked).toEqual(['registration/start', 'registration/finish']);
});

test('a sign-in that was pressed before the program came begins when it is here', async ({ page, home, account, authenticator, requests, userName }) => {
  await signUp({ home, account, authenticator, userName });
  await signOut({ home, account, authenticator, requests, userName });
  await withoutAutofill(page);
  const letGo = await openWithoutProgram(page);
  await authenticator.answers(true);
  await home.signIn.click();
  await expect(home.signIn).toHaveAttribute('aria-busy', 'true');
  letGo();
  await account.expectSignedInAs(userName);
});

test('what was pressed is forgotten when somebody is signed in already', async ({ page, home, account, authenticator, userName }) => {
  await signUp({ home, account, authenticator, userName });
  const letGo = await openWithoutProgram(page);
  const asked = ceremonies(page);
  await home.signIn.click();
  letGo();
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
  expect(asked).toEqual([]);
});
