import { type Locator, type Page, expect } from '@playwright/test';

/** The start page, in any language. */
export class HomePage {
  readonly userName: Locator;
  readonly createPasskey: Locator;
  readonly signIn: Locator;
  readonly error: Locator;

  constructor(private readonly page: Page) {
    this.userName = page.getByTestId('username');
    this.createPasskey = page.getByTestId('create-passkey');
    this.signIn = page.getByTestId('sign-in');
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
