import { expect, test } from '../fixtures/firefox.ts';
import { CREATION, REQUEST } from '../fixtures/package.ts';
import { ENVIRONMENTS, type Environment, observe } from '../package/environments.ts';
import { CALLS, capabilitiesAfter, effects, expected, type Outcome, tried } from '../package/matrix.ts';

const page = (scripts: string[]) => ({
  type: 'text/html; charset=utf-8',
  body: `<!doctype html><html lang="en"><title>Blank</title>${scripts.map((src) => `<script src="${src}"></script>`).join('')}<input autocomplete="username webauthn" aria-label="User name"><button>Go</button></html>`,
});
const LOAD = `
  window.passkeep = await import('/node_modules/passkeep/index.js');
  window.client = await import('/node_modules/passkeep/client.js');
  return passkeep.isSupported()`;

test('Firefox registers and signs in, says what it can do, and does without signals', async ({ window, site }) => {
  site.pages.set('/', page([]));
  await window.driver.get(`${site.origin}/`);
  expect(await window.run(LOAD)).toBe(true);
  await (await window.button('Go')).click();
  const made = await window.run<any>('return passkeep.create(argument)', CREATION);
  expect(made).toMatchObject({ type: 'public-key', authenticatorAttachment: 'platform' });
  expect(made.response.transports).toEqual(['internal']);
  const { origin, type, challenge } = JSON.parse(Buffer.from(made.response.clientDataJSON, 'base64url').toString());
  expect({ origin, type, challenge }).toEqual({ origin: site.origin, type: 'webauthn.create', challenge: CREATION.challenge });
  const signed = await window.run<any>('return passkeep.get(argument)', REQUEST);
  expect([signed.id, signed.response.userHandle]).toEqual([made.id, 'AQIDBA']);

  const capabilities = await window.run<Record<string, string>>('return passkeep.getCapabilities()');
  expect(capabilities).toMatchObject({ conditionalGet: 'yes', immediateGet: 'unknown', signalUnknownCredential: 'no', signalAllAcceptedCredentials: 'no' });
  // A signal is a favour: nothing is deleted, and nothing fails.
  expect(await window.run('await passkeep.signal(argument); return "done"', { unknownCredential: { rpId: 'localhost', credentialId: made.id } })).toBe('done');
  expect(await window.credentials()).toEqual([made.id]);
});

test("what Firefox's authenticator refuses has the right code", async ({ window, site }) => {
  site.pages.set('/', page([]));
  await window.driver.get(`${site.origin}/`);
  await window.run(LOAD);
  await (await window.button('Go')).click();
  const code = (call: string, argument: unknown) => window.run<string>(`return ${call}.then(() => 'ok', (e) => e.reason?.code ?? e.code)`, argument);
  expect(await code('passkeep.get(argument)', { ...REQUEST, rpId: 'example.org' })).toBe('invalid_rp_id');
  expect(await code('passkeep.create(argument)', { ...CREATION, pubKeyCredParams: [{ type: 'other', alg: -7 }] })).toBe('invalid_options');
  expect(await code('passkeep.create(argument)', { ...CREATION, user: { ...CREATION.user, id: 'A'.repeat(87) } })).toBe('invalid_options');
  expect(await code('passkeep.create(argument, { mediation: "conditional" })', CREATION)).toBe('mode_unavailable');
  await window.driver.setUserVerified(false);
  expect(await code('passkeep.create(argument)', CREATION)).toBe('cancelled');
});

test('autofill is armed again, with fresh options, when the page comes back from the back-forward cache', async ({ window, site }) => {
  const script = `
    import { startAutofill } from '/node_modules/passkeep/index.js';
    Object.assign(window, { started: 0, armed: [], restored: false });
    addEventListener('pageshow', ({ persisted }) => (window.restored = persisted));
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = (options) => {
      window.armed.push(new Uint8Array(options.publicKey.challenge)[0]);
      return get(options);
    };
    startAutofill({
      fetchOptions: () => ({ ceremony: 'c', expiresIn: 300, options: { rpId: 'localhost', challenge: btoa(String.fromCharCode(++window.started, ...Array(15).fill(0))).replaceAll('=', '') } }),
      onResponse: () => {},
    });`;
  site.pages.set('/autofill.js', { type: 'text/javascript; charset=utf-8', body: script });
  const withModule = page([]);
  site.pages.set('/autofill', { ...withModule, body: withModule.body.replace('<button>', '<script type="module" src="/autofill.js"></script><button>') });
  site.pages.set('/elsewhere', page([]));
  const armed = () => window.run<{ armed: number[]; restored: boolean }>('return { armed: window.armed, restored: window.restored }');

  await window.driver.get(`${site.origin}/autofill`);
  await expect.poll(armed).toEqual({ armed: [1], restored: false });
  await window.driver.get(`${site.origin}/elsewhere`);
  await window.driver.navigate().back();
  await expect.poll(armed).toEqual({ armed: [1, 2], restored: true });
});

/** From then on seconds pass as milliseconds, so that the watchdog's half minute is over soon. */
const hurry = () => {
  const real = setTimeout;
  window.setTimeout = ((callback: () => void, delay: number) => real(callback, delay / 1000)) as typeof setTimeout;
};

const script = (environment: Environment) => ({
  type: 'text/javascript; charset=utf-8',
  body: `window.hurry = ${hurry};(${observe})();(${environment.install})();`,
});

for (const environment of ENVIRONMENTS) {
  test(`in Firefox too, the calls work or say why not: ${environment.name}`, async ({ window, site }) => {
    site.pages.set('/environment.js', script(environment));
    site.pages.set('/changed', page(['/environment.js']));
    await window.driver.get(`${site.origin}/changed`);
    await window.run(LOAD);
    const [said, report] = await window.run<[object, Record<string, boolean>]>('return Promise.all([passkeep.getCapabilities(), observed.reported])');
    expect.soft(said).toEqual(capabilitiesAfter('firefox', environment.name, report));
    // Now that the module is here and has asked the browser: neither is done in milliseconds everywhere.
    if (environment.name === 'promises that never settle') await window.run('hurry()');
    /** With the click that a page needs first. */
    const run = async <T>(code: string, argument: unknown): Promise<T> => {
      await (await window.button('Go')).click();
      return window.run<T>(code, argument);
    };
    for (const [name, { held: count = 0, argument: given }] of Object.entries(CALLS)) {
      await test.step(name, async () => {
        await window.forgetCredentials();
        const held = await run<string[]>('return observed.hold(argument)', count);
        const word = expected('firefox', environment.name, name);
        const { outcome, id, received } = await run<Outcome>(tried(name, word), { held, given });
        const wanted = effects(name, word, held.map((id) => ({ id })), id);
        const after = wanted.held.map((it) => it.id).sort();
        expect.soft({ outcome, received, held: (await window.credentials()).sort() }, name).toEqual({ ...wanted, held: after });
      });
    }
  });
}
