// What the tests' stubs are made of. Everything defined through `define` is undone when a test's Page is dropped.

const realSetTimeout = globalThis.setTimeout.bind(globalThis);
const undo = [];

const members = {
  /** The options of each call of a stub, in order. */
  calls: [],

  /** Replaces a property until the end of the test. */
  define(object, name, value) {
    const before = Object.getOwnPropertyDescriptor(object, name);
    Object.defineProperty(object, name, { value, configurable: true, writable: true });
    undo.push(() => (before ? Object.defineProperty(object, name, before) : delete object[name]));
  },

  /** Replaces `navigator.credentials.create()`, or `get()`, by a function of its options. */
  create(answer) {
    members.stub('create', answer);
  },
  get(answer) {
    members.stub('get', answer);
  },
  stub(name, answer) {
    const stubbed = function (options) {
      if (this !== navigator.credentials) throw new TypeError('Illegal invocation');
      members.calls.push(options);
      return answer(options, members.calls.length);
    };
    // It passes for the browser's own.
    stubbed.toString = () => 'function () { [native code] }';
    members.define(navigator.credentials, name, stubbed);
  },

  /** Makes a second of `setTimeout` a millisecond. */
  hurry() {
    members.define(globalThis, 'setTimeout', (callback, delay) => realSetTimeout(callback, delay / 1000));
  },

  bytes: (...values) => new Uint8Array(values).buffer,

  error: (name) => new DOMException('said the stub', name),

  never: () => new Promise(() => {}),

  wait: (milliseconds) => new Promise((resolve) => realSetTimeout(resolve, milliseconds)),

  /** What a browser does with a request nobody answers: it stays pending until it is aborted. */
  untilAborted: ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => realSetTimeout(() => reject(signal.reason), 5));
    }),

  /** A credential as password managers and web views return it: a plain object without methods. */
  registration: (more = {}) =>
    merge(
      {
        id: 'BwgJ',
        rawId: members.bytes(7, 8, 9),
        type: 'public-key',
        response: merge(
          { clientDataJSON: members.bytes(123, 125), attestationObject: members.bytes(160) },
          more.response,
        ),
      },
      more.credential,
    ),

  assertion: (more = {}) =>
    merge(
      {
        id: 'BwgJ',
        rawId: members.bytes(7, 8, 9),
        type: 'public-key',
        response: merge(
          {
            clientDataJSON: members.bytes(123, 125),
            authenticatorData: members.bytes(1),
            signature: members.bytes(2),
            userHandle: members.bytes(3),
          },
          more.response,
        ),
      },
      more.credential,
    ),
};

/** Takes members over as they are; a spread would call their getters. */
function merge(object, more = {}) {
  return Object.defineProperties(object, Object.getOwnPropertyDescriptors(more));
}

export function page() {
  globalThis.page = members;
  return members;
}

export function setup() {
  members.calls.length = 0;
  // A page somebody just clicked in, in a browser with autofill.
  members.define(document, 'hasFocus', () => true);
  members.define(navigator, 'userActivation', { isActive: true });
  members.define(PublicKeyCredential, 'isConditionalMediationAvailable', async () => true);
}

export function restore() {
  while (undo.length > 0) undo.pop()();
}

export function real_wait(_, milliseconds) {
  return members.wait(milliseconds);
}
