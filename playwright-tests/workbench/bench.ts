import { expect, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/accessible.ts';
import { SIZES } from '../fixtures/look.ts';
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

  /** Takes a picture of the page in both schemes at each width, and holds it against axe's rules and against a sideways scroll. */
  async expectSound(name: string): Promise<void> {
    for (const [size, { width, height }] of Object.entries(SIZES)) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const how = `${size}, ${colorScheme}`;
        await this.page.setViewportSize({ width, height });
        await this.page.emulateMedia({ colorScheme });
        // Kept as artefacts, to be looked at.
        const path = test.info().outputPath(`${name}, ${how}.png`.replaceAll(/\W+(?!png$)/g, '-'));
        await this.page.screenshot({ path, fullPage: true, animations: 'disabled' });
        await test.info().attach(`${name}, ${how}`, { path });
        await expectAccessible(this.page, `${name}, ${how}`);
        const surplus = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(surplus, `${name} scrolls sideways: ${how}`).toBeLessThanOrEqual(0);
      }
    }
  }
}

export const test = base.extend<{ bench: Bench }>({
  bench: async ({ page }, use) => use(new Bench(page)),
});
