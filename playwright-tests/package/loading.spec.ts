// How the module comes to a page, and what happens where it does not.

import { expect, test } from '../fixtures/package.ts';

const BLANK = '<!doctype html><html lang="en"><title>Blank</title><button>Go</button></html>';
const AT = '/node_modules/passkeep';

test('a module that never comes keeps nobody waiting who ends the call, and is said to be missing after a while', async ({ page, installed }) => {
  await page.clock.install();
  await installed.serve(page, { pages: { '/': BLANK } });
  let asked = 0;
  let hold = true;
  await page.route('**/passkeep.wasm', async (route) => {
    asked += 1;
    if (!hold) await route.fallback();
  });
  await page.goto('/');
  await page.evaluate(async (at) => {
    const passkeep = await import(`${at}/index.js`);
    const code = (promise: Promise<unknown>) => promise.then(() => 'an answer', (error: { code: string }) => error.code);
    Object.assign(window, { passkeep, code });
  }, AT);
  const run = (script: string) => page.evaluate(`(async () => { ${script} })()`);
  expect(await run(`
    const end = new AbortController();
    const call = code(passkeep.get({ challenge: 'AA' }, { signal: end.signal }));
    const port = code(passkeep.startAuthentication({ optionsJSON: { challenge: 'AA' } }));
    setTimeout(() => { end.abort(); passkeep.WebAuthnAbortService.cancelCeremony(); });
    return Promise.all([call, port]);`)).toEqual(['aborted', 'ERROR_CEREMONY_ABORTED']);
  expect(await run("return passkeep.get({ challenge: 'AA' }, { signal: AbortSignal.abort() }).catch(({ code }) => code)")).toBe('aborted');
  // Whether autofill is there needs no module to be known.
  expect(await run('return passkeep.isConditionalMediationAvailable()')).toBe(true);
  await run("window.waiting = Promise.all([code(passkeep.get({ challenge: 'AA' })), passkeep.getCapabilities()])");
  await page.clock.runFor(20_000);
  const [code, capabilities] = (await run('return waiting')) as [string, Record<string, string>];
  expect([code, capabilities.conditionalGet]).toEqual(['wasm_unavailable', 'unknown']);
  expect(asked).toBe(1);
  // The next call fetches anew.
  hold = false;
  expect(await run("return code(passkeep.get({ challenge: 'AA', rpId: 'example.org' }))")).toBe('invalid_rp_id');
  expect(asked).toBe(2);
});

test('the inlined entry is what counts, also where it is imported after the client that would fetch a file', async ({ page, installed }) => {
  const app = `import { PasskeepClient } from '${AT}/client.js';
    import { get } from '${AT}/inline.js';
    window.said = get({ challenge: 'AA', rpId: 'example.org' }).catch(({ code }) => code + (PasskeepClient ? '' : '?'));`;
  const html = BLANK.replace('</button>', '</button><script type="module" src="/app.js"></script>');
  await installed.serve(page, { pages: { '/': html }, files: { '/app.js': app } });
  const files: string[] = [];
  page.on('request', (request) => files.push(new URL(request.url()).pathname));
  await page.goto('/');
  expect(await page.evaluate('said')).toBe('invalid_rp_id');
  expect(files.filter((path) => path.endsWith('.wasm'))).toEqual([]);
});

test('autofill that is stopped while its module comes asks the browser for nothing', async ({ page, installed }) => {
  await installed.serve(page, { pages: { '/': BLANK.replace('<button>', '<input autocomplete="username webauthn" aria-label="User name"><button>') } });
  await page.goto('/');
  const armed = await page.evaluate(async (at) => {
    const { preload, startAutofill } = await import(`${at}/index.js`);
    let open = 0;
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = (options) => {
      open += 1;
      options!.signal!.addEventListener('abort', () => (open -= 1));
      return get(options);
    };
    const settings = { fetchOptions: () => ({ options: { challenge: 'AA', rpId: 'localhost' }, ceremony: 'c', expiresIn: 300 }), onResponse() {} };
    const later = () => new Promise((then) => setTimeout(then, 200));
    const counts: number[] = [];
    // Told at whatever moment of the beginning.
    for (let turns = 0; turns < 12; turns += 1) {
      const ready = preload();
      const autofill = startAutofill(settings);
      await ready;
      for (let turn = 0; turn < turns; turn += 1) await undefined;
      autofill.stop();
      await later();
      counts.push(open);
    }
    const last = startAutofill(settings);
    await later();
    counts.push(open);
    last.stop();
    return counts;
  }, AT);
  expect(armed).toEqual([...Array.from({ length: 12 }, () => 0), 1]);
});
