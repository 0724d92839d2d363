// `npm run bench:browser`: a first visit to the site from a slow phone.

import { keepFigures } from '../fixtures/figures.ts';
import { expect, test } from '../fixtures/test.ts';
import { visitSlowly } from '../fixtures/throttled.ts';

/** Milliseconds until the site can be used. */
const GOAL = 1500;

test('a first visit from a slow phone', async ({ browser, server }) => {
  test.setTimeout(120_000);
  const site = await visitSlowly(browser, server.origin, 'main:not(#start) [data-testid=create-passkey]');
  keepFigures('browser', { version: browser.version() });
  keepFigures('first-visit', { page: 'site', goal_ms: GOAL, ...site });
  expect(site.interactive).toBeLessThan(GOAL);
});
