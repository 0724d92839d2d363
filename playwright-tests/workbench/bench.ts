import { expect, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/accessible.ts';
import { test as base } from '../fixtures/test.ts';

export { expect } from '@playwright/test';

/** What the pages of the workbench have in common. */
export class Bench {
  readonly heading: Locator;
  readonly verdict: Locator;
  readonly trace: Locator;
  readonly hex: Locator;
  readonly fields: Locator;
  readonly detail: Locator;
  /** What was asked of any server since the page was there. */
  readonly requests: string[] = [];

  constructor(readonly page: Page) {
    this.heading = page.getByRole('heading', { level: 1 });
    this.verdict = page.getByTestId('verdict');
    this.trace = page.getByTestId('trace');
    this.hex = page.getByTestId('hex');
    this.fields = page.getByTestId('fields');
    this.detail = page.getByTestId('detail');
  }

  async open(name: string, title: string, fragment = ''): Promise<void> {
    await this.page.goto(`/workbench/${name}${fragment}`);
    await expect(this.heading).toHaveText(title);
    // The page's own picture may be asked for late.
    this.page.on('request', (request) => {
      if (!request.url().endsWith('/icons/mark.svg')) this.requests.push(request.url());
    });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** The step of a verification with this code. */
  step(code: string, trace: Locator = this.trace): Locator {
    return trace.locator(`[data-check="${code}"]`);
  }

  /** The row of the field with this name. */
  field(name: string): Locator {
    return this.fields.locator('.node', { has: this.page.locator('.name', { hasText: new RegExp(`^${name}$`) }) });
  }

  /** Holds the page against axe's rules in both schemes, and against a sideways scroll at three widths. */
  async expectSound(name: string): Promise<void> {
    for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark'], [320, 'light']] as const) {
      await this.page.setViewportSize({ width, height: 900 });
      await this.page.emulateMedia({ colorScheme });
      await expectAccessible(this.page, `${name}, ${width} pixels, ${colorScheme}`);
      const surplus = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(surplus, `${name} scrolls sideways at ${width} pixels`).toBeLessThanOrEqual(0);
    }
  }
}

export const test = base.extend<{ bench: Bench }>({
  bench: async ({ page }, use) => use(new Bench(page)),
});
