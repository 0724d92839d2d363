// Environments that imitate what the field does to `navigator.credentials`, the calls that are made in each, and what is
// expected. An environment runs in the page before its own scripts.

import { CREATION, REQUEST } from '../fixtures/package.ts';

/** What stands in for a browser's window; the functions below run in the page and see nothing of this file. */
export interface Environment {
  /** How the table of the documentation calls it. */
  name: string;
  /** What it is in the field. */
  seen: string;
  install: () => void;
}

export const ENVIRONMENTS: Environment[] = [
  { name: 'the browser itself', seen: '', install: () => {} },
  {
    name: 'plain objects',
    seen: 'password managers: no `toJSON`, no `getTransports`, no prototype of a credential',
    install: () => {
      const bare = (credential: any) => {
        const { id, rawId, type, authenticatorAttachment, response } = credential;
        const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle } = response;
        return { id, rawId, type, authenticatorAttachment, response: { clientDataJSON, attestationObject, authenticatorData, signature, userHandle } };
      };
      for (const name of ['create', 'get'] as const) {
        const original = navigator.credentials[name].bind(navigator.credentials);
        navigator.credentials[name] = (async (options: any) => bare(await original(options))) as any;
      }
    },
  },
  {
    name: 'getters that throw',
    seen: 'proxies of extensions, which refuse what they do not know',
    install: () => {
      const guarded = (value: any, refused: string[]): any =>
        new Proxy({}, {
          get: (_, key) => {
            if (refused.includes(String(key))) throw new TypeError(`Illegal access to ${String(key)}`);
            const member = value[key];
            return key === 'response' ? guarded(member, ['getTransports', 'getPublicKey', 'getAuthenticatorData', 'getPublicKeyAlgorithm']) : member;
          },
        });
      for (const name of ['create', 'get'] as const) {
        const original = navigator.credentials[name].bind(navigator.credentials);
        navigator.credentials[name] = (async (options: any) => guarded(await original(options), ['toJSON', 'getClientExtensionResults', 'authenticatorAttachment'])) as any;
      }
    },
  },
  {
    name: 'Android web view',
    seen: 'the shim that apps inject: it writes into the options, has one slot for an answer, and knows no other method',
    install: () => {
      const { create, get } = navigator.credentials;
      const native = { create: create.bind(navigator.credentials), get: get.bind(navigator.credentials) };
      const text = (bytes: any) => btoa(String.fromCharCode(...new Uint8Array(bytes.buffer ?? bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      const bytes = (text: string) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
      const Native = PublicKeyCredential as any;
      // The way over the bridge to the app, which asks Credential Manager with the JSON and answers with JSON.
      const bridge = async (name: 'create' | 'get', json: string) => {
        const options = JSON.parse(json);
        const parse = name === 'create' ? Native.parseCreationOptionsFromJSON : Native.parseRequestOptionsFromJSON;
        return JSON.stringify(((await (native[name] as any)({ publicKey: parse.call(Native, options) })) as any).toJSON());
      };
      const shim = (name: 'create' | 'get') => async (request: any) => {
        if (!request.publicKey.hasOwnProperty('challenge')) throw new TypeError('no challenge');
        request.publicKey.challenge = text(request.publicKey.challenge);
        if (name === 'create') request.publicKey.user.id = text(request.publicKey.user.id);
        let reply: any;
        try {
          reply = JSON.parse(await bridge(name, JSON.stringify(request.publicKey)));
        } catch (error) {
          throw new DOMException(String(error), 'NotAllowedError');
        }
        reply.rawId = bytes(reply.rawId);
        for (const key of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
          if (reply.response[key]) reply.response[key] = bytes(reply.response[key]);
        }
        delete reply.toJSON;
        reply.getClientExtensionResults = () => ({});
        return reply;
      };
      Object.assign(navigator.credentials, { create: shim('create'), get: shim('get') });
      const Shim: any = function () {};
      Shim.isUserVerifyingPlatformAuthenticatorAvailable = async () => false;
      Object.defineProperty(window, 'PublicKeyCredential', { value: Shim });
    },
  },
  {
    name: 'no JSON methods',
    seen: 'Chrome before 129, Safari before 18.4',
    install: () => {
      const Native = PublicKeyCredential as any;
      for (const name of ['parseCreationOptionsFromJSON', 'parseRequestOptionsFromJSON', 'getClientCapabilities']) delete Native[name];
      delete Native.prototype.toJSON;
    },
  },
  {
    name: '`getPublicKey()` is null',
    seen: 'Safari, for EdDSA and RS256',
    install: () => {
      (AuthenticatorAttestationResponse.prototype as any).getPublicKey = () => null;
    },
  },
  {
    name: 'wrapped by an extension',
    seen: 'wrappers that insist on their receiver and reject with a plain object',
    install: () => {
      for (const name of ['create', 'get'] as const) {
        const original = navigator.credentials[name];
        navigator.credentials[name] = function (this: any, options: any) {
          if (this !== navigator.credentials) throw new TypeError('Illegal invocation');
          return (original as any).call(this, options).catch((error: any) => Promise.reject({ name: error.name, message: error.message }));
        } as any;
      }
    },
  },
  {
    name: 'promises that never settle',
    seen: 'extensions whose dialog was closed, web views after a second call',
    install: () => {
      for (const name of ['create', 'get'] as const) navigator.credentials[name] = () => new Promise(() => {});
    },
  },
  {
    name: 'no WebAuthn',
    seen: 'pages over plain http, old or locked-down browsers',
    install: () => {
      Reflect.deleteProperty(window, 'PublicKeyCredential');
    },
  },
];

/** The calls of the table. Each gives `ok`, or the code of its error. */
export const CALLS: Record<string, { code: string; argument?: unknown }> = {
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
/** The browsers in which it is tried. */
export type Browser = 'chromium' | 'firefox';

/** What comes out of a call in an environment: `ok`, or the code of the error. */
export function expected(browser: Browser, environment: string, call: string): string {
  const code = EXPECTED[environment]?.[call];
  if (browser === 'firefox' && call === 'immediate' && code !== 'not_supported') return 'mode_unavailable';
  if (code) return code;
  if (call === 'a second passkey') return 'already_registered';
  // Nobody can be made to take a suggestion there, so the page gives up.
  if (browser === 'firefox' && call === 'autofill') return 'aborted';
  return 'ok';
}

/** The code of a call, which gives its outcome. One that `givesUp` ends an autofill request that nobody answers. */
export function tried(call: string, { givesUp }: { givesUp: boolean }): string {
  const code = CALLS[call]!.code.replace('mediation: "conditional"', givesUp ? 'mediation: "conditional", signal: AbortSignal.timeout(100)' : '$&');
  return `try { const r = await (async () => { ${code} })(); return r === 'public-key' ? 'ok' : 'wrong: ' + r } catch (e) { return e.reason?.code ?? e.code ?? 'untyped: ' + e }`;
}
