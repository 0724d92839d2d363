import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { needs } from '../fixtures/needs.ts';
import { expect, type Project, TARBALL, test } from '../fixtures/package.ts';

const readme = readFileSync(fileURLToPath(new URL('../../crates/browser/npm/README.md', import.meta.url)), 'utf8');
const module = (path: string) => fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));

test('the package is well formed, and its types resolve as its code does', async ({ installed }) => {
  const lint = installed.run(process.execPath, module('publint/src/cli.js'), 'run', TARBALL, '--strict');
  expect(lint).toContain('All good!');
  const types = installed.run(process.execPath, module('@arethetypeswrong/cli/dist/index.js'), TARBALL, '--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm', '--exclude-entrypoints', './passkeep.wasm', '--no-color', '--no-emoji');
  // It ends with an error when it finds a problem.
  expect(types.match(/OK \(ESM\)/g)).toHaveLength(10);
  expect(types.match(/OK \(CJS\)/g)).toHaveLength(2);
});

/** Imports every entry, calls what there is to call, and prints what came of it and what is global now that was not. */
const WITHOUT_BROWSER = `
  const before = new Set(Reflect.ownKeys(globalThis));
  const entries = {};
  for (const name of ['', '/inline', '/client', '/elements', '/inspect']) entries[name] = Object.keys(await import('passkeep' + name)).length > 0;
  const { isSupported, get, getCapabilities, signal, startAuthentication } = await import('passkeep');
  const refused = await get({ challenge: 'AA' }).catch(({ name, code }) => ({ name, code }));
  const compatible = await startAuthentication({ optionsJSON: { challenge: 'AA' } }).catch(({ name, reason }) => ({ name, reason: reason.code }));
  await signal({ unknownCredential: { rpId: 'a', credentialId: 'AA' } });
  const capabilities = new Set(Object.values(await getCapabilities()));
  const added = Reflect.ownKeys(globalThis).filter((key) => !before.has(key));
  console.log(JSON.stringify({ entries, supported: isSupported(), refused, compatible, capabilities: [...capabilities], added }));`;

const UNSUPPORTED = {
  entries: { '': true, '/inline': true, '/client': true, '/elements': true, '/inspect': true },
  supported: false,
  refused: { name: 'PasskeyError', code: 'not_supported' },
  compatible: { name: 'WebAuthnError', reason: 'not_supported' },
  capabilities: ['no'],
  added: [],
};

test('every entry can be imported in Node, and says that nothing is supported', async ({ installed }) => {
  writeFileSync(join(installed.folder, 'server.mjs'), WITHOUT_BROWSER);
  expect(JSON.parse(installed.run(process.execPath, 'server.mjs'))).toEqual(UNSUPPORTED);
});

test('the same in Deno, which may read the files and do nothing else', async ({ installed }, info) => {
  const deno = process.env.PASSKEEP_TEST_DENO;
  needs(info, deno, 'Deno');
  writeFileSync(join(installed.folder, 'deno.mjs'), WITHOUT_BROWSER);
  const flags = ['--no-prompt', '--no-remote', '--no-config', '--no-lock', '--node-modules-dir=manual', `--allow-read=${installed.folder}`];
  expect(JSON.parse(installed.run(deno!, 'run', ...flags, 'deno.mjs'))).toEqual(UNSUPPORTED);
});

test('the types are exact: errors are told apart by their code, and wrong calls do not compile', async ({ installed }) => {
  const folder = join(installed.folder, 'types');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'use.ts'),
    `import { create, get, getCapabilities, isPasskeyError, startAutofill, startRegistration, type PasskeyErrorCode } from 'passkeep';
     import { CONFIRMATION_HEADER, type Failure, PasskeepClient, ServerError, isServerError } from 'passkeep/client';
     import { PasskeyList } from 'passkeep/elements';
     import { decode, verify } from 'passkeep/inspect';
     import { test } from 'passkeep/testing';

     export async function use(options: PublicKeyCredentialCreationOptionsJSON, request: PublicKeyCredentialRequestOptionsJSON) {
       const made: RegistrationResponseJSON = await create(options, { mediation: 'conditional' });
       const { response, clientExtensionResults: results } = await startRegistration({ optionsJSON: options });
       const same: string[] | undefined = response.transports;
       const key: ArrayBuffer | undefined = results.prf?.results?.first;
       await create({ ...options, attestationFormats: ['packed'], extensions: { credBlob: 'AA', prf: { eval: { first: 'AA' } } } });
       await create({ ...options, extensions: { hmacCreateSecret: true, payment: { isPayment: true, rpId: 'a' }, ofALaterLevel: { any: 1 } } });
       await get({ ...request, extensions: { appidExclude: 'https://example.org', prf: { eval: { first: new Uint8Array() } } } });
       // @ts-expect-error: an input is bytes, as they are or as base64url
       await get({ ...request, extensions: { prf: { eval: { first: 7 } } } });
       // @ts-expect-error: a request is one of the two
       await get(request, { mediation: 'conditional', uiMode: 'immediate' });
       const signed: AuthenticationResponseJSON = await get(request, { uiMode: 'immediate' });
       // @ts-expect-error: passkeys are not made in that way
       await create(options, { uiMode: 'immediate' });
       // @ts-expect-error: no such code
       const code: PasskeyErrorCode = 'no_such_code';
       const answer: 'yes' | 'no' | 'unknown' = (await getCapabilities()).conditionalGet;
       try {
         await new PasskeepClient().signIn();
       } catch (error) {
         if (isPasskeyError(error)) {
           const again: boolean = error.retry;
           switch (error.code) {
             case 'cancelled': return again;
             // @ts-expect-error: no such code
             case 'canceled': return again;
           }
         } else if (error instanceof ServerError) return error.retryAfter ?? 0;
       }
       const autofill = startAutofill({ fetchOptions: () => ({ options: request, ceremony: 'c', expiresIn: 60 }), onResponse: () => {} });
       (await autofill.pause())();
       startAutofill({ fetchOptions: async () => ({ options: request, expiresIn: 60 }), onResponse: (response, ceremony: undefined) => void response });
       startAutofill({ fetchOptions: async () => ({ options: request, ceremony: { id: 7 }, expiresIn: 60 }), onResponse: (_, { id }) => void id.toFixed() });
       const token: string = await new PasskeepClient().reauthenticate({ do: 'drop-password' });
       await fetch('/api/v1/password', { method: 'DELETE', headers: { [CONFIRMATION_HEADER]: token } });
       const common = { origins: ['https://example.org'], challenge: 'AA', response: signed };
       await verify({ kind: 'authentication', rpId: 'example.org', credential: { id: 'AA', publicKey: 'AA', signCount: 1 }, ...common });
       await verify({ kind: 'authentication', rp_id: 'example.org', credential: { id: 'AA', public_key: 'AA', sign_count: 1 }, ...common });
       // @ts-expect-error: the credential is missing
       await verify({ kind: 'authentication', rpId: 'example.org', ...common });
       const failed = (failure: Failure): string => (isServerError(failure) ? failure.requestId ?? '' : failure.detail);
       const list: PasskeyList = document.createElement('passkey-list');
       list.words = { rename: 'Umbenennen' };
       list.addEventListener('passkeep-changed', ({ detail }) => detail[0]?.label);
       list.noAdd = true;
       // @ts-expect-error: of the elements that have a field
       list.noField = true;
       addEventListener('passkeep-autofill-error', ({ detail }) => detail.code);
       new PasskeepClient().autofill({ onSignedIn: ({ account }) => account.userName, onError: (error, { signed }) => signed && isServerError(error) && error.retryAfter });
       const inspected = await decode(JSON.stringify(signed));
       void [made, same, key, code, answer, inspected, verify, test, failed];
       return undefined;
     }`,
  );
  expect(complaints(installed, folder, { files: ['use.ts'] })).toEqual([]);
});

test("types with the specification's names fit, whether they are from the package or from the browser's own, and for whichever function", async ({ installed }) => {
  const folder = join(installed.folder, 'names');
  mkdirSync(folder, { recursive: true });
  const use = (names: string) => `import { create, get, startAuthentication, startRegistration } from 'passkeep';
     ${names}
     export async function use(options: CreationOptions, request: RequestOptions): Promise<[Registration, Authentication][]> {
       const made: Registration = await create(options);
       const signed: Authentication = await get(request, { mediation: 'conditional' });
       const extensions = { ...request.extensions, credProps: true };
       await get({ ...request, extensions });
       await startAuthentication({ optionsJSON: { ...request, extensions } });
       await startRegistration({ optionsJSON: options });
       const exactly = [await get(request), await startAuthentication({ optionsJSON: request })] as const;
       const text: string | undefined = exactly[0].clientExtensionResults.largeBlob?.blob;
       const bytes: ArrayBuffer | undefined = exactly[1].clientExtensionResults.largeBlob?.blob ?? exactly[1].clientExtensionResults.getCredBlob;
       console.log(text, bytes);
       return [[made, signed]];
     }`;
  const types = ['CreationOptions = PublicKeyCredentialCreationOptionsJSON', 'RequestOptions = PublicKeyCredentialRequestOptionsJSON', 'Registration = RegistrationResponseJSON', 'Authentication = AuthenticationResponseJSON'];
  writeFileSync(join(folder, 'browser.ts'), use(types.map((type) => `type ${type};`).join(' ')));
  const names = types.map((type) => type.split(' = ').reverse().join(' as '));
  writeFileSync(join(folder, 'package.ts'), use(`import type { ${names.join(', ')} } from 'passkeep';`));
  // The functions of the other library give what the package's names are for.
  writeFileSync(
    join(folder, 'both.ts'),
    `import { get, startAuthentication, startRegistration, type AuthenticationResponseJSON, type RegistrationResponseJSON } from 'passkeep';
     export const made = async (): Promise<RegistrationResponseJSON> => startRegistration({ optionsJSON: {} as never });
     export const signed = async (other: boolean): Promise<AuthenticationResponseJSON> => (other ? startAuthentication({ optionsJSON: {} as never }) : get({ challenge: '' }));
     export const key = async (): Promise<ArrayBuffer | undefined> => (await signed(true)).clientExtensionResults.prf?.results?.first;`,
  );
  expect(complaints(installed, folder, { files: ['browser.ts', 'package.ts', 'both.ts'] })).toEqual([]);
});

test('the elements are typed in JSX, as the README says how', async ({ installed }) => {
  const folder = join(installed.folder, 'jsx');
  const types = join(folder, 'node_modules/@types');
  mkdirSync(types, { recursive: true });
  symlinkSync(module('@types/react'), join(types, 'react'));
  const [, declared] = readme.match(/```ts\n(import type \{ HTMLAttributes[^]+?)```/)!;
  writeFileSync(join(folder, 'jsx.d.ts'), declared!);
  writeFileSync(
    join(folder, 'use.tsx'),
    `import { PasskeepClient } from 'passkeep/client';
     export const App = ({ say }: { say: (text: string) => void }) => <main>
       <passkey-sign-in client={new PasskeepClient()} noAutofill words={{ signIn: 'Come in' }} className="wide" onpasskeep-signed-in={({ detail }) => say(detail.account.userName)} />
       <passkey-register add userName="ada" onpasskeep-error={(event) => { event.preventDefault(); say(event.detail.code); }} />
       <passkey-list ref={(list) => list?.focus()} noAdd onpasskeep-changed={({ detail }) => say(String(detail.length))} />
       {/* @ts-expect-error: of the elements that have a field */}
       <passkey-list noField />
       {/* @ts-expect-error: no such word */}
       <passkey-list words={{ delete: 'Away' }} />
       {/* @ts-expect-error: who registered has an account, and this is the list */}
       <passkey-list onpasskeep-changed={({ detail }) => say(detail.account.userName)} />
     </main>;`,
  );
  expect(complaints(installed, folder, { files: ['jsx.d.ts', 'use.tsx'], jsx: 'react-jsx' })).toEqual([]);
});

test("the README's programs for Passkeep's server and for the inspector compile", async ({ installed }) => {
  const folder = join(installed.folder, 'readme');
  mkdirSync(folder, { recursive: true });
  const around = `declare function welcome(name: string): void;
     declare function say(text: string): void;
     declare const response: AuthenticationResponseJSON, options: PublicKeyCredentialRequestOptionsJSON, publicKey: string;`;
  const files = ['client', 'inspect'].map((entry) => {
    const program = readme.split('```ts\n').map((rest) => rest.split('```')[0]!).find((text) => text.includes(`} from 'passkeep/${entry}'`));
    writeFileSync(join(folder, `${entry}.mts`), `${program}\n${around}`);
    return `${entry}.mts`;
  });
  expect(complaints(installed, folder, { files })).toEqual([]);
});

/** What TypeScript says of these files of a project that has the package. */
function complaints(installed: Project, folder: string, { files, jsx }: { files: string[]; jsx?: string }): string[] {
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2022', 'dom'], types: [], skipLibCheck: false, jsx };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const output = () => {
    try {
      return installed.run(process.execPath, module('typescript/bin/tsc'), '--pretty', 'false', '-p', folder);
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };
  // Playwright itself is not installed in the project: its types come from here.
  return output().split('\n').filter((line) => line.includes('error TS') && !line.includes("'@playwright/test'"));
}

test("the documented example of the most popular library works with nothing changed but the import", async ({ page, installed, authenticator }) => {
  // SimpleWebAuthn's "Browser" guide: the two functions, an element for messages, and the check of the error's name.
  const example = `
    import { startRegistration, startAuthentication, browserSupportsWebAuthn } from '/node_modules/passkeep/index.js';
    const elemSuccess = document.getElementById('success');
    const elemError = document.getElementById('error');
    window.challenge = 'BAUGBwgJCgsMDQ4PEBESEw';
    document.getElementById('btnRegister').addEventListener('click', async () => {
      elemSuccess.innerText = ''; elemError.innerText = '';
      const optionsJSON = { rp: { id: 'localhost', name: 'Here' }, user: { id: 'AQIDBA', name: 'ada', displayName: 'Ada' }, challenge, excludeCredentials: window.known ?? [],
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }], authenticatorSelection: { residentKey: 'required' } };
      let attResp;
      try {
        attResp = await startRegistration({ optionsJSON });
      } catch (error) {
        if (error.name === 'InvalidStateError') elemError.innerText = 'Error: Authenticator was probably already registered by user';
        else elemError.innerText = error;
        throw error;
      }
      window.known = [{ id: attResp.id, type: 'public-key', transports: attResp.response.transports }];
      elemSuccess.innerText = 'Success!';
    });
    document.getElementById('btnAuthenticate').addEventListener('click', async () => {
      elemSuccess.innerText = ''; elemError.innerText = '';
      const asseResp = await startAuthentication({ optionsJSON: { challenge, rpId: 'localhost', allowCredentials: window.known } });
      elemSuccess.innerText = asseResp.id === window.known[0].id ? 'Signed in!' : 'Somebody else';
    });
    document.getElementById('supported').innerText = String(browserSupportsWebAuthn());`;
  const html = '<!doctype html><title>Example</title><p id="supported"></p><button id="btnRegister">Register</button><button id="btnAuthenticate">Authenticate</button><span id="success"></span><span id="error"></span><script type="module" src="/example.js"></script>';
  writeFileSync(join(installed.folder, 'example.js'), example);
  await installed.serve(page, { pages: { '/': html } });
  await page.goto('/');
  await expect(page.locator('#supported')).toHaveText('true');
  await page.locator('#btnRegister').click();
  await expect(page.locator('#success')).toHaveText('Success!');
  await page.locator('#btnAuthenticate').click();
  await expect(page.locator('#success')).toHaveText('Signed in!');
  expect(await authenticator.credentials()).toHaveLength(1);
});

test('the example in TypeScript is typed right, is built by Vite and signs up', async ({ page, createProject, authenticator, userName }) => {
  const project = createProject('vite');
  project.run('npm', 'run', 'build');
  await project.serve(page, { below: 'dist' });
  await page.goto('/');
  await page.getByLabel('User name').fill(userName);
  await page.getByRole('button', { name: 'Create a passkey' }).click();
  await expect(page.getByRole('status')).toHaveText(`Signed in as ${userName}`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(`Signed in as ${userName}`);
  expect(await authenticator.credentials()).toHaveLength(1);
});
