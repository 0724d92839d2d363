import { type Locator, type Page, expect } from '@playwright/test';

/** The account page. */
export class AccountPage {
  readonly heading: Locator;
  readonly cards: Locator;
  readonly addPasskey: Locator;
  readonly signOut: Locator;
  readonly notice: Locator;
  readonly error: Locator;

  constructor(private readonly page: Page) {
    this.heading = page.getByRole('heading', { level: 1 });
    this.cards = page.getByTestId('passkey-card');
    this.addPasskey = page.getByTestId('add-passkey');
    this.signOut = page.getByTestId('sign-out');
    this.notice = page.getByTestId('notice');
    this.error = page.getByTestId('error');
  }

  async open(): Promise<void> {
    await this.page.goto('/account');
  }

  async expectSignedInAs(userName: string): Promise<void> {
    await expect(this.page).toHaveURL(/\/account$/);
    await expect(this.heading).toHaveText(`Hello, ${userName}`);
  }

  card(index: number): PasskeyCard {
    return new PasskeyCard(this.cards.nth(index));
  }
}

/** One passkey's card. */
export class PasskeyCard {
  readonly label: Locator;
  readonly backup: Locator;
  readonly renameButton: Locator;
  readonly deleteButton: Locator;
  readonly deleteConfirm: Locator;
  readonly deleteCancel: Locator;

  constructor(readonly root: Locator) {
    this.label = root.getByTestId('passkey-label');
    this.backup = root.getByTestId('passkey-backup');
    this.renameButton = root.getByTestId('passkey-rename');
    this.deleteButton = root.getByTestId('passkey-delete');
    this.deleteConfirm = root.getByTestId('passkey-delete-confirm');
    this.deleteCancel = root.getByTestId('passkey-delete-cancel');
  }

  async rename(label: string): Promise<void> {
    await this.renameButton.click();
    await this.root.getByTestId('passkey-rename-input').fill(label);
    await this.root.getByTestId('passkey-rename-save').click();
  }
}
