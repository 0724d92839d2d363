// Moving here from SimpleWebAuthn: its users change an import, and its README's table says what is different then.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../fixtures/package.ts';

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const here = (name: string) => fileURLToPath(new URL(`port/${name}`, import.meta.url));
const readme = readFileSync(fileURLToPath(new URL('../../crates/browser/npm/README.md', import.meta.url)), 'utf8');

const PEER = '@simplewebauthn/browser';
const PASSTHROUGH = 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY';

interface Failure {
  name: string;
  code?: unknown;
  cause?: string;
  isWebAuthnError: boolean;
  /** The code of the `PasskeyError`, which the other library has not. */
  reason?: string;
}

interface Found {
  answer?: unknown;
  error?: Failure;
  /** What the browser was asked for. */
  asked?: unknown;
}

/** What differs, by case, with the row of the README that says so. `error` is what differs in the error. */
interface Difference {
  row: string;
  answer?: unknown;
  error?: Partial<Failure>;
}

const SAME_ANSWER = expect.objectContaining({ id: 'BwgJ', type: 'public-key' });
const MISSING = { name: 'TypeError', code: 'ERROR_SIGNAL_INVALID_ARGUMENT', isWebAuthnError: true };

const DIFFERENCES: Record<string, Difference> = {
  'create: not base64': { row: 'errors', error: { name: 'WebAuthnError', cause: 'PasskeyError' } },
  'create: without the names of things': { row: 'errors', error: { name: 'TypeError', cause: undefined } },
  'create: ConstraintError, resident key': {
    row: "`ConstraintError` where only `residentKey: 'required'` was demanded",
    error: { code: 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT' },
  },
  'create: SecurityError at a host of one label': { row: '`SecurityError` at a host of one label, such as `intranet`', error: { code: 'ERROR_INVALID_RP_ID' } },
  'create: answer of a password manager without the younger methods': {
    row: '`response.transports` where the browser says none',
    answer: expect.objectContaining({ response: { attestationObject: 'oA', clientDataJSON: 'AQ', transports: [] } }),
  },
  'get: autofill without a field': { row: '`useBrowserAutofill` without a field', answer: SAME_ANSWER },
  'signal: a browser without signals': { row: '`sendSignal`', answer: null },
  'signal: refused by the browser': { row: '`sendSignal`', answer: null },
  'signal: something missing': { row: '`sendSignal`', error: { ...MISSING, cause: undefined } },
  'signal: an id with padding': { row: '`sendSignal`', error: { ...MISSING, cause: undefined } },
  'signal: of no kind': { row: '`sendSignal`', error: { ...MISSING, cause: undefined } },
  'passkeys? a browser that reports nothing': { row: '`browserSupportsPasskeys`', answer: true },
  'capabilities of a browser that reports': {
    row: '`getBrowserCapabilities`',
    answer: {
      conditionalCreate: 'unsupported', conditionalGet: 'supported', 'extension:prf': 'supported', hybridTransport: 'supported', immediateGet: 'unknown',
      passkeyPlatformAuthenticator: 'supported', relatedOrigins: 'unknown', signalAllAcceptedCredentials: 'supported',
      signalCurrentUserDetails: 'supported', signalUnknownCredential: 'supported', userVerifyingPlatformAuthenticator: 'supported',
    },
  },
  'capabilities of a browser that reports nothing': {
    row: '`getBrowserCapabilities`',
    answer: {
      conditionalCreate: 'unknown', conditionalGet: 'supported', hybridTransport: 'unknown', immediateGet: 'unknown',
      passkeyPlatformAuthenticator: 'supported', relatedOrigins: 'unknown', signalAllAcceptedCredentials: 'supported',
      signalCurrentUserDetails: 'supported', signalUnknownCredential: 'supported', userVerifyingPlatformAuthenticator: 'supported',
    },
  },
  'capabilities without WebAuthn': {
    row: '`getBrowserCapabilities`',
    answer: Object.fromEntries(
      ['conditionalCreate', 'conditionalGet', 'hybridTransport', 'immediateGet', 'passkeyPlatformAuthenticator', 'relatedOrigins', 'signalAllAcceptedCredentials',
        'signalCurrentUserDetails', 'signalUnknownCredential', 'userVerifyingPlatformAuthenticator'].map((name) => [name, 'unsupported']),
    ),
  },
};

/** The rows whose tests are elsewhere, and the one that no program can show. */
const ELSEWHERE = [
  // calls.spec.ts
  'a second call while a dialog is open',
  // start.test.mjs of the package
  'inputs of extensions',
  '`prf.results`',
  '`largeBlob.blob`',
  'a `<script>` that makes a global',
];

/** What we do where the other library does that: the same, but that every error is a `WebAuthnError` with a code. */
function expected(peer: Found, difference?: Difference): Found {
  const { asked } = peer;
  if (difference && 'answer' in difference) return { ...(asked ? { asked } : {}), answer: difference.answer };
  if (!peer.error) return peer;
  const { name } = peer.error;
  const own = name === 'Error' ? { name: 'WebAuthnError', cause: 'PasskeyError' } : { name, cause: name };
  const error = peer.error.isWebAuthnError ? peer.error : { ...own, code: PASSTHROUGH, isWebAuthnError: true };
  return { ...peer, error: { ...error, ...difference?.error } };
}

/** Without what the other library has not. */
function ofOurs({ error, ...rest }: Found): Found {
  if (!error) return rest;
  const { reason, ...common } = error;
  return { ...rest, error: common };
}

test('every answer, error and call of the browser is that of the library it replaces, or in the table of differences', async ({ installed }) => {
  copyFileSync(here('cases.mjs'), join(installed.folder, 'cases.mjs'));
  // As a bundler for pages resolves it, which the same program can be asked to do.
  const ours = JSON.parse(installed.run(process.execPath, '--conditions=browser', 'cases.mjs', 'passkeep/inline'));
  const peer = JSON.parse(execFileSync(process.execPath, [here('cases.mjs'), PEER], { encoding: 'utf8', cwd: modules }));
  expect(peer.names.filter((name: string) => !name.startsWith('_') && !ours.names.includes(name))).toEqual([]);
  const cases = Object.keys(peer.found);
  expect(cases.length).toBeGreaterThan(60);
  for (const name of cases) {
    const difference = DIFFERENCES[name];
    // What is equal to what is not there is left out.
    const found = ofOurs(ours.found[name]);
    // What the browser is asked is the same wherever both ask.
    if (difference && !peer.found[name].asked !== !found.asked) delete found.asked, delete peer.found[name].asked;
    expect.soft(found, name).toEqual(expected(peer.found[name], difference));
    if (difference) expect.soft(found, `${name} differs no longer`).not.toEqual(expected(peer.found[name]));
  }
  const section = readme.split('## Coming from another library\n')[1]!.split('\n## ')[0]!;
  const rows = [...section.matchAll(/^\| (.+?) \| .+ \| .+ \|$/gm)].map(([, what]) => what!).filter((what) => what !== 'what');
  const told = Object.entries(DIFFERENCES).map(([name, { row }]) => (expect(cases).toContain(name), row));
  expect(rows.sort()).toEqual([...new Set([...told, ...ELSEWHERE])].sort());
});

/** TypeScript as the project has it, and as the linter of the package's types brings it: older than lib.dom's types of JSON. */
const COMPILER = 'typescript/bin/tsc';
const OLD_COMPILER = '@arethetypeswrong/core/node_modules/typescript/bin/tsc';

/** Compiles a program in somebody's project, and gives what is wrong with it. */
function compile(folder: string, source: string, compiler = COMPILER): string[] {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'app.ts'), source);
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2022', 'dom'], types: [], skipLibCheck: false };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
  try {
    execFileSync(process.execPath, [join(modules, compiler), '--pretty', 'false', '-p', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return [];
  } catch (error) {
    return (error as { stdout: string }).stdout.split('\n').filter((line) => line.includes('error TS'));
  }
}

test('an app in TypeScript compiles with nothing changed but the import, before the same server', async ({ installed }) => {
  const folder = join(installed.folder, 'port');
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(join(modules, '@simplewebauthn'), join(folder, 'node_modules/@simplewebauthn'), 'junction');
  const app = readFileSync(here('example.ts'), 'utf8');
  expect(compile(join(folder, 'before'), app)).toEqual([]);
  expect(compile(join(folder, 'after'), app.replaceAll(PEER, 'passkeep'))).toEqual([]);

  const lib = readFileSync(join(modules, OLD_COMPILER, '../../lib/lib.dom.d.ts'), 'utf8');
  expect(lib).not.toContain('interface RegistrationResponseJSON');
  const older = app.replaceAll(PEER, 'passkeep').replaceAll('Uint8Array<ArrayBuffer>', 'Uint8Array');
  expect(compile(join(folder, 'older'), older, OLD_COMPILER)).toEqual([]);

  // Every name of a type that the other library exports.
  const types = readFileSync(join(modules, PEER, 'esm/types/index.d.ts'), 'utf8');
  const again = [...types.matchAll(/^export type \{(.*?)\} from/gms)].flatMap(([, names]) => names!.split(',').map((name) => name.trim()).filter(Boolean));
  const own = [...types.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name!);
  expect(again.length + own.length).toBeGreaterThan(40);
  const names = [...again, ...own];
  expect(compile(join(folder, 'names'), `import type { ${names.join(', ')} } from 'passkeep';\nexport type All = [${names.join(', ')}];\n`)).toEqual([]);
});

test('what is required is there: with its types, in Node, and in what is made for pages', async ({ installed }) => {
  const folder = join(installed.folder, 'required');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  const app = `import { startRegistration, type RegistrationResponseJSON } from 'passkeep';
    import passkeep = require('passkeep/inline');
    export const made: Promise<RegistrationResponseJSON> = startRegistration({ optionsJSON: {} as never });
    export const supported: boolean = passkeep.isSupported();`;
  expect(compile(folder, app)).toEqual([]);
  const program = `
    const passkeep = require('passkeep');
    Object.assign(globalThis, { PublicKeyCredential: class {}, location: { hostname: 'example.org' } });
    const get = async () => { throw new DOMException('no', 'SecurityError') };
    Object.defineProperty(globalThis, 'navigator', { value: { credentials: { create() {}, get } } });
    passkeep.get({ challenge: 'AA', rpId: 'example.com' }).catch(({ code }) => console.log(code + (require('passkeep/inline') === passkeep ? ' from one module' : ' from two')));`;
  writeFileSync(join(folder, 'program.js'), program);
  expect(installed.run(process.execPath, join(folder, 'program.js'))).toBe('wasm_unavailable from one module\n');
  expect(installed.run(process.execPath, '--conditions=browser', join(folder, 'program.js'))).toBe('invalid_rp_id from one module\n');
});
