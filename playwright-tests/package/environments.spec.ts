import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../fixtures/package.ts';
import { type Browser, CALLS, ENVIRONMENTS, expected, tried } from './environments.ts';

for (const environment of ENVIRONMENTS) {
  test(`in an environment like this the calls work or say why not: ${environment.name}`, async ({ page, package: it, authenticator }) => {
    const never = environment.name === 'promises that never settle';
    if (never) await page.clock.install();
    await page.addInitScript(environment.install);
    await it.open();
    const immediate = (await it.run<Record<string, string>>('return passkeep.getCapabilities()')).immediateGet;
    for (const [name, { argument }] of Object.entries(CALLS)) {
      // The person whose field is filled comes by at once; one whose request never ends gives up.
      const outcome = it.run<string>(tried(name, { givesUp: never }), argument);
      let ended = !never;
      const end = () => (ended = true);
      outcome.then(end, end);
      // Time goes by in steps: how soon the call has set its timer depends on the machine.
      while (!ended) {
        await page.waitForTimeout(100);
        await page.clock.runFor(50_000);
      }
      // The immediate dialog is younger than the browsers of some machines.
      const tooOld = name === 'immediate' && immediate === 'unknown';
      const wanted = tooOld ? 'mode_unavailable' : expected('chromium', environment.name, name);
      expect(await outcome, name).toBe(wanted);
    }
    void authenticator;
  });
}

test('the tables in the documentation are those of these tests', () => {
  const calls = Object.keys(CALLS);
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const table = (browser: Browser) => {
    const cell = (environment: string, call: string) => {
      const outcome = expected(browser, environment, call);
      return outcome === 'ok' ? 'ok' : `\`${outcome}\``;
    };
    return [
      row(['environment', ...calls.map((call) => (call.includes(' ') ? call : `\`${call}\``))]),
      row(['environment', ...calls].map(() => '---')),
      ...ENVIRONMENTS.map(({ name, seen }) => row([`**${name}**${seen ? `: ${seen}` : ''}`, ...calls.map((call) => cell(name, call))])),
    ].join('\n');
  };
  const file = fileURLToPath(new URL('../../docs/environments.md', import.meta.url));
  const text = readFileSync(file, 'utf8');
  let wanted = text;
  for (const browser of ['chromium', 'firefox'] as const) {
    const [before, after] = [`<!-- table: environments.spec.ts, ${browser} -->\n`, '\n<!-- end of table -->'];
    const from = wanted.indexOf(before) + before.length;
    wanted = `${wanted.slice(0, from)}${table(browser)}${wanted.slice(wanted.indexOf(after, from))}`;
  }
  if (process.env.UPDATE) writeFileSync(file, wanted);
  else expect(text, 'run this test with UPDATE=1').toBe(wanted);
});
