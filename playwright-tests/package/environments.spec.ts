import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CREATION, expect, REQUEST, test } from '../fixtures/package.ts';
import { ENVIRONMENTS } from './environments.ts';

/** The calls of the table. Each gives `ok`, or the code of its error. */
const CALLS: Record<string, { code: string; argument?: unknown }> = {
  create: { code: 'const r = await passkeep.create(argument); window.made = r.id; return r.response.attestationObject.length > 100 && r.type', argument: CREATION },
  get: { code: 'const r = await passkeep.get(argument); return (!window.made || r.id === window.made) && r.response.userHandle === "AQIDBA" && r.type', argument: REQUEST },
  'get with a list': { code: 'const r = await passkeep.get({ ...argument, allowCredentials: [{ type: "public-key", id: window.made ?? "AA" }] }); return r.type', argument: REQUEST },
  'a second passkey': { code: 'const r = await passkeep.create({ ...argument, excludeCredentials: [{ type: "public-key", id: window.made ?? "AA" }] }); return r.type', argument: CREATION },
  autofill: { code: 'const r = await passkeep.get(argument, { mediation: "conditional" }); return r.type', argument: REQUEST },
  immediate: { code: 'const r = await passkeep.get(argument, { uiMode: "immediate" }); return r.type', argument: REQUEST },
  startRegistration: { code: 'const r = await passkeep.startRegistration({ optionsJSON: { ...argument, user: { ...argument.user, id: "BQYHCA" } } }); return r.type', argument: CREATION },
  startAuthentication: { code: 'const r = await passkeep.startAuthentication({ optionsJSON: argument }); return r.type', argument: REQUEST },
  signal: { code: 'await passkeep.signal({ unknownCredential: { rpId: "localhost", credentialId: "AAAA" } }); return "public-key"' },
  getCapabilities: { code: 'return Object.values(await passkeep.getCapabilities()).every((it) => ["yes", "no", "unknown"].includes(it)) && "public-key"' },
};

/** What is expected where a call does not succeed. */
const EXPECTED: Record<string, Record<string, string>> = {
  'Android web view': { 'a second passkey': 'cancelled', autofill: 'mode_unavailable', immediate: 'mode_unavailable' },
  'no JSON methods': { immediate: 'mode_unavailable' },
  'promises that never settle': {
    create: 'unresponsive', get: 'unresponsive', 'get with a list': 'unresponsive', 'a second passkey': 'unresponsive',
    startRegistration: 'unresponsive', startAuthentication: 'unresponsive', autofill: 'aborted', immediate: 'unresponsive',
  },
  'no WebAuthn': Object.fromEntries(Object.keys(CALLS).filter((name) => name !== 'signal' && name !== 'getCapabilities').map((name) => [name, 'not_supported'])),
};
const expected = (environment: string, call: string): string => {
  const code = EXPECTED[environment]?.[call];
  if (code) return code;
  if (call === 'a second passkey') return 'already_registered';
  return 'ok';
};

for (const environment of ENVIRONMENTS) {
  test(`in an environment like this the calls work or say why not: ${environment.name}`, async ({ page, package: it, authenticator }) => {
    const never = environment.name === 'promises that never settle';
    if (never) await page.clock.install();
    await page.addInitScript(environment.install);
    await it.open();
    const immediate = (await it.run<Record<string, string>>('return passkeep.getCapabilities()')).immediateGet;
    for (const [name, { code, argument }] of Object.entries(CALLS)) {
      const tried = `try { const r = await (async () => { ${code} })(); return r === 'public-key' ? 'ok' : 'wrong: ' + r } catch (e) { return e.reason?.code ?? e.code ?? 'untyped: ' + e }`;
      // The person whose field is filled comes by at once; one whose request never ends gives up.
      const aborting = never && name === 'autofill' ? tried.replace('mediation: "conditional"', 'mediation: "conditional", signal: AbortSignal.timeout(100)') : tried;
      const outcome = it.run<string>(aborting, argument);
      if (never) {
        await page.waitForTimeout(300);
        await page.clock.runFor(100_000);
      }
      // The immediate dialog is younger than the browsers of some machines.
      const tooOld = name === 'immediate' && immediate === 'unknown';
      const wanted = tooOld ? 'mode_unavailable' : expected(environment.name, name);
      expect(await outcome, name).toBe(wanted);
    }
    void authenticator;
  });
}

test('the table in the documentation is that of these tests', () => {
  const calls = Object.keys(CALLS);
  const cell = (environment: string, call: string) => {
    const outcome = expected(environment, call);
    return outcome === 'ok' ? 'ok' : `\`${outcome}\``;
  };
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const table = [
    row(['environment', ...calls.map((call) => (call.includes(' ') ? call : `\`${call}\``))]),
    row(['environment', ...calls].map(() => '---')),
    ...ENVIRONMENTS.map(({ name, seen }) => row([`**${name}**: ${seen}`, ...calls.map((call) => cell(name, call))])),
  ].join('\n');
  const file = fileURLToPath(new URL('../../docs/environments.md', import.meta.url));
  const text = readFileSync(file, 'utf8');
  const [before, after] = ['<!-- table: playwright-tests/package/environments.spec.ts -->\n', '\n<!-- end of table -->'];
  const wanted = `${text.slice(0, text.indexOf(before) + before.length)}${table}${text.slice(text.indexOf(after))}`;
  if (process.env.UPDATE) writeFileSync(file, wanted);
  else expect(text, 'run this test with UPDATE=1').toBe(wanted);
});
