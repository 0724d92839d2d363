import { type Locator, type Page, expect } from '@playwright/test';

/** The start page. */
export class HomePage {
  readonly userName: Locator;
  readonly createPasskey: Locator;
  readonly signIn: Locator;
  readonly error: Locator;

  constructor(private readonly page: Page) {
    this.userName = page.getByLabel('Choose a user name');
    this.createPasskey = page.getByRole('button', { name: 'Create a passkey' });
    this.signIn = page.getByRole('button', { name: 'Sign in with a passkey' });
    this.error = page.getByTestId('error');
  }

  /** Opens the page and waits until the program is there. */
  async open(): Promise<void> {
    await this.page.goto('/');
    await expect(this.signIn).toBeEnabled();
  }

  async signUp(userName: string): Promise<void> {
    await this.userName.fill(userName);
    await this.createPasskey.click();
  }
}
