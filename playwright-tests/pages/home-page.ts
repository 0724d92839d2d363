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
    await this.expectProgram();
  }

  /** Waits until the program has put its page in the place of the static one. */
  async expectProgram(): Promise<void> {
    await expect(this.page.locator('main:not(#start)')).toBeVisible();
    await expect(this.signIn).toBeEnabled();
  }

  /** Unfolds the form for a password and fills it in. */
  async fillPassword(kind: 'sign-in' | 'sign-up', userName: string, password: string): Promise<void> {
    const [name, field] = kind === 'sign-in' ? ['password-name', 'password'] : ['new-password-name', 'new-password'];
    const summary = this.page.getByTestId(`password-${kind}-open`);
    if (!(await this.page.getByTestId(field).isVisible())) await summary.click();
    await this.page.getByTestId(name).fill(userName);
    await this.page.getByTestId(field).fill(password);
  }

  async signUpWithPassword(userName: string, password: string): Promise<void> {
    await this.fillPassword('sign-up', userName, password);
    await this.page.getByTestId('password-sign-up').click();
  }

  async signInWithPassword(userName: string, password: string): Promise<void> {
    await this.fillPassword('sign-in', userName, password);
    await this.page.getByTestId('password-sign-in').click();
  }

  async signUp(userName: string): Promise<void> {
    await this.userName.fill(userName);
    await this.createPasskey.click();
  }
}
