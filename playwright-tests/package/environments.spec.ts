import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, REQUEST, test } from '../fixtures/package.ts';
import { ENVIRONMENTS, observe } from './environments.ts';
import { CALLS, capabilitiesAfter, effects, expected, type Held, type Outcome, tables, tried } from './matrix.ts';

test.use({ authenticatorKind: { extensions: ['prf'] } });

for (const environment of ENVIRONMENTS) {
  test(`in an environment like this the calls work or say why not: ${environment.name}`, async ({ page, browser, package: it, authenticator }) => {
    const never = environment.name === 'promises that never settle';
    if (never) await page.clock.install();
    await page.addInitScript(observe);
    await page.addInitScript(environment.install);
    await it.open();
    const holds = async () => {
      const credentials = await authenticator.credentials();
      return inOrder(credentials.map(({ credentialId: id, userName }) => ({ id, ...(userName !== undefined && { userName }) })));
    };
    // The immediate dialog is younger than the browsers of some machines.
    const tooOld = Number.parseInt(browser.version(), 10) < 149;
    for (const [name, { held: count = 0, argument: given }] of Object.entries(CALLS)) {
      for (const { id } of await holds()) await authenticator.forget(id);
      const held = await it.run<string[]>('return observed.hold(argument)', count);
      const word = tooOld && name === '`get`, immediate' ? 'mode_unavailable' : expected('chromium', environment.name, name);
      const calling = it.run<Outcome>(tried(name, word), { held, given });
      // Time goes by in steps: how soon the call has set its timer depends on the machine.
      let ended = !never;
      const end = () => (ended = true);
      calling.then(end, end);
      while (!ended) {
        await page.waitForTimeout(100);
        await page.clock.runFor(50_000);
      }
      const { outcome, id, received } = await calling;
      const wanted = effects(name, word, held.map((id) => ({ id, userName: 'ada' })), id);
      expect.soft({ outcome, received, held: await holds() }, name).toEqual({ ...wanted, held: inOrder(wanted.held) });
    }
    const [said, report] = await it.run<[object, Record<string, boolean>]>('return Promise.all([passkeep.getCapabilities(), observed.reported])');
    expect.soft(said).toEqual(capabilitiesAfter('chromium', environment.name, report));
  });
}

test("the web view's shim answers whoever asked last, and the module never asks twice", async ({ page, package: it, authenticator }) => {
  await page.addInitScript(observe);
  await page.addInitScript(ENVIRONMENTS.find(({ name }) => name === 'Android web view')!.install);
  await it.open();
  await it.run('return observed.hold(1)');
  const settled = `(promise) => promise.then(({ id }) => 'answered', ({ name }) => name)`;
  const twice = `const settled = ${settled}; const outcomes = ['open', 'open'];`;
  // Without the module: the app refuses the second, in the slot that is the second's, and its answer to the first goes nowhere.
  const raw = `${twice} observed.begin(false);
    const ask = (i) => settled(navigator.credentials.get({ publicKey: { challenge: new Uint8Array(16), userVerification: 'required' } })).then((it) => (outcomes[i] = it));
    ask(0);
    await ask(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return [...outcomes, observed.received().length]`;
  expect(await it.run(raw)).toEqual(['open', 'NotAllowedError', 1]);
  const module = `${twice} observed.begin(false);
    await Promise.all([0, 1].map((i) => settled(passkeep.get(argument)).then((it) => (outcomes[i] = it))));
    return [...outcomes, observed.received().length]`;
  expect(await it.run(module, REQUEST)).toEqual(['answered', 'PasskeyError', 1]);
  expect(await authenticator.credentials()).toHaveLength(1);
});

test('the documentation says what these tests hold', () => {
  const file = fileURLToPath(new URL('../../docs/environments.md', import.meta.url));
  const text = readFileSync(file, 'utf8');
  let wanted = text;
  for (const [name, table] of Object.entries(tables)) {
    const [before, after] = [`<!-- matrix.ts: ${name} -->\n`, '\n<!-- end -->'];
    const from = wanted.indexOf(before);
    expect(from, `a place for ${name}`).toBeGreaterThan(0);
    wanted = `${wanted.slice(0, from + before.length)}${table()}${wanted.slice(wanted.indexOf(after, from))}`;
  }
  if (process.env.UPDATE) writeFileSync(file, wanted);
  else expect(text, 'run this test with UPDATE=1').toBe(wanted);
});

/** An authenticator keeps its passkeys in no order. */
function inOrder(held: Held[]): Held[] {
  return [...held].sort((one, other) => one.id.localeCompare(other.id));
}
