// Environments that imitate what the field does to `navigator.credentials`. The functions here run in the page, before its own
// scripts, and see nothing of this file.

export interface Environment {
  /** How the table of the documentation calls it. */
  name: string;
  /** What it is in the field. */
  seen: string;
  install: () => void;
}

/**
 * Runs before an environment: notes what reaches the browser's own functions, and keeps a way to them that no environment changes.
 * They still look like the browser's own.
 */
export function observe(): void {
  const native = navigator.credentials.create.bind(navigator.credentials);
  const bytes = (text: string) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const text = (bytes: any) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  let received: any[] = [];
  let arrive = () => {};
  const observed = {
    /** Ends what waits for a person, as a page would, as soon as it has arrived. */
    signal: undefined as AbortSignal | undefined,
    /** Resolves when something has arrived. */
    arrived: Promise.resolve(),
    begin(givesUp: boolean) {
      received = [];
      observed.id = undefined;
      observed.arrived = new Promise((resolve) => (arrive = resolve));
      const controller = new AbortController();
      observed.signal = controller.signal;
      if (givesUp) observed.arrived.then(() => controller.abort());
    },
    note(call: string, { publicKey, mediation, uiMode, signal }: any) {
      const { challenge, user, allowCredentials, excludeCredentials, extensions } = publicKey;
      received.push({
        call,
        how: mediation ?? uiMode ?? 'modal',
        challenge: text(challenge),
        ...(user && { user: text(user.id) }),
        ids: (allowCredentials ?? excludeCredentials ?? []).map(({ id }: any) => text(id)),
        extensions: Object.keys(extensions ?? {}).filter((name) => extensions[name]),
        signal,
      });
      arrive();
    },
    received: () => received.map(({ signal, ...rest }) => (rest.how ? { ...rest, ended: signal?.aborted ?? false } : rest)),
    /** Resolves when the page has told the browser to let go of what arrived last. */
    ended: () => new Promise<void>((resolve) => {
      const { signal } = received.at(-1);
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve());
    }),
    /** Makes passkeys, of one account each, without what is tested. */
    async hold(count: number) {
      const ids = [];
      for (const id of ['AQIDBA', 'BQYHCA', 'CQoLDA'].slice(0, count)) {
        const user = { id: bytes(id), name: 'ada', displayName: 'Ada' };
        const authenticatorSelection = { residentKey: 'required', requireResidentKey: true, userVerification: 'required' } as const;
        const publicKey = { rp: { name: 'Here' }, user, challenge: new Uint8Array(16), pubKeyCredParams: [{ type: 'public-key', alg: -7 } as const], authenticatorSelection, extensions: { prf: {} } };
        ids.push(((await native({ publicKey })) as PublicKeyCredential).id);
      }
      return ids;
    },
    /** The passkey that has answered. */
    id: undefined as string | undefined,
    /** The response, if it is one to the options. */
    checked(response: any, type: string, challenge: string, id = response.id) {
      const data = JSON.parse(atob(response.response.clientDataJSON.replaceAll('-', '+').replaceAll('_', '/')));
      const right = response.type === 'public-key' && data.type === type && data.challenge === challenge && data.origin === origin && response.id === id;
      const whole = type === 'webauthn.create' ? response.response.attestationObject.length > 100 : response.response.userHandle === 'AQIDBA';
      if (!right || !whole) throw new Error(`wrong: ${JSON.stringify(response)}`);
      observed.id = response.id;
      return response;
    },
    /** What the browser itself says that it can do. */
    reported: PublicKeyCredential.getClientCapabilities?.(),
  };
  Object.assign(window, { observed });
  const watch = (holder: any, name: string, note: (options: any) => void) => {
    if (!holder[name]) return;
    holder[name] = new Proxy(holder[name], {
      apply(target, receiver, given) {
        note(given[0]);
        return Reflect.apply(target, receiver, given);
      },
    });
  };
  for (const name of ['create', 'get']) watch(CredentialsContainer.prototype, name, (options) => observed.note(name, options));
  for (const name of ['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails']) {
    watch(PublicKeyCredential, name, (about) => received.push({ call: name, about }));
  }
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
      const text = (bytes: any) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      const bytes = (text: string) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
      const Native = PublicKeyCredential as any;
      // The app, which asks Credential Manager with the JSON: one thing at a time, and whoever asks meanwhile is told so.
      let busy = false;
      const app = async (name: 'create' | 'get', json: string): Promise<['success' | 'error', any, typeof name]> => {
        if (busy) return ['error', 'The request already in progress', name];
        busy = true;
        try {
          const options = JSON.parse(json);
          const parse = name === 'create' ? Native.parseCreationOptionsFromJSON : Native.parseRequestOptionsFromJSON;
          return ['success', ((await (native[name] as any)({ publicKey: parse.call(Native, options) })) as any).toJSON(), name];
        } catch (error) {
          return ['error', String(error), name];
        } finally {
          busy = false;
        }
      };
      // Whoever asked last gets the next reply, whosever it is; who asked before never hears again.
      const slots: Record<'create' | 'get', { resolve: (reply: any) => void; reject: (error: any) => void } | undefined> = { create: undefined, get: undefined };
      const deliver = ([outcome, reply, name]: Awaited<ReturnType<typeof app>>) => {
        const slot = slots[name];
        slots[name] = undefined;
        if (outcome === 'error') return slot?.reject(new DOMException(reply, 'NotAllowedError'));
        reply.rawId = bytes(reply.rawId);
        for (const key of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
          if (reply.response[key]) reply.response[key] = bytes(reply.response[key]);
        }
        reply.getClientExtensionResults = () => ({});
        slot?.resolve(reply);
      };
      const shim = (name: 'create' | 'get') => (request: any) => {
        if (!request.publicKey.hasOwnProperty('challenge')) throw new TypeError('no challenge');
        request.publicKey.challenge = text(request.publicKey.challenge);
        if (name === 'create') request.publicKey.user.id = text(request.publicKey.user.id);
        const answer = new Promise((resolve, reject) => (slots[name] = { resolve, reject }));
        app(name, JSON.stringify(request.publicKey)).then(deliver);
        return answer;
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
      for (const name of ['create', 'get'] as const) {
        navigator.credentials[name] = (options) => {
          (window as any).observed.note(name, options);
          return new Promise(() => {});
        };
      }
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
