// What the custom elements have in common: words, look, and one action at a time.

import { PasskeepClient, isServerError } from './client.js';
import { isPasskeyError } from './errors.js';
import { isSupported } from './loader.js';

// Importing this where there are no elements does nothing, so that a page can be rendered on a server.
const Base = globalThis.HTMLElement ?? class {};

const WORDS = {
  userName: 'User name',
  signIn: 'Sign in with a passkey',
  register: 'Create a passkey',
  add: 'Add a passkey',
  notSupported: 'This browser cannot use passkeys here.',
  failed: 'Something went wrong. Please try again.',
  none: 'No passkeys yet.',
  created: 'Created',
  lastUsed: 'Last used',
  never: 'never',
  rename: 'Rename',
  renameOf: (label) => `Rename ${label}`,
  name: 'Name of the passkey',
  save: 'Save',
  cancel: 'Cancel',
  remove: 'Delete',
  removeOf: (label) => `Delete ${label}`,
  really: 'Delete this passkey? You will not be able to sign in with it any more.',
  reallyLast: 'This is your last passkey. Without it you cannot sign in any more, except with a recovery code.',
  removed: 'The passkey was deleted.',
  renamed: 'The passkey was renamed.',
  added: 'The passkey was added.',
  synced: 'Synced by its password manager',
  'not-yet-synced': 'Not synced yet',
  'device-bound': 'Only on its device',
};

const STYLES = `
:host { display: block; color: inherit; font: inherit; }
:host([hidden]) { display: none; }
[part~="body"], form, ul, li, label { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; margin: 0; padding: 0; list-style: none; }
[part~="body"] > button { justify-self: start; }
.row { display: flex; flex-wrap: wrap; gap: 0.75rem; }
label { gap: 0.25rem; }
input, button { box-sizing: border-box; min-height: 48px; padding: 0 1rem; font: inherit; border-radius: 0.5rem; }
input { max-width: 100%; color: inherit; background: transparent; border: 1px solid currentColor; }
button { cursor: pointer; color: inherit; background: transparent; border: 1px solid currentColor; }
button[part~="primary"] { color: Canvas; background: CanvasText; border-color: CanvasText; }
button[aria-disabled="true"] { cursor: progress; opacity: 0.6; }
:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
button[part~="primary"]:focus-visible { outline-color: CanvasText; }
[part~="passkey"] { padding: 1rem; border: 1px solid currentColor; border-radius: 0.5rem; }
p { margin: 0; }
[part~="status"]:not(:empty) { margin-top: 0.75rem; }
@media (forced-colors: active) { button[part~="primary"] { color: ButtonText; background: ButtonFace; border-color: ButtonText; } }
@media (prefers-reduced-motion: no-preference) { button { transition: opacity 0.15s; } }
`;

let sheet;

/** Makes an element. Members of `about` that are functions named `on…` become listeners. */
export function h(name, about = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(about)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** What the three have in common: a client, a place for messages, and one action at a time. */
export class PasskeyElement extends Base {
  #client;
  /** The one that is made for the attribute `base-url`. */
  #made;
  #busy = false;
  #words = WORDS;
  #connected = false;

  /** With `delegatesFocus`, whoever focuses the element, or clicks beside its controls, gets to the first of them. */
  constructor(delegatesFocus = true) {
    super();
    const root = this.attachShadow({ mode: 'open', delegatesFocus });
    if (root.adoptedStyleSheets) {
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLES);
      }
      root.adoptedStyleSheets = [sheet];
    } else {
      // Older browsers. A policy without inline styles leaves them with the browser's own look.
      root.append(h('style', {}, STYLES));
    }
    // It is there before it says anything: what comes into the tree together with its text is not read out everywhere.
    this.status = h('p', { part: 'status', role: 'status' });
    this.body = h('div', { part: 'body' });
    root.append(this.body, this.status);
  }

  /** The client that the element uses. A page that has one sets it; otherwise it is made for the attribute `base-url`. */
  get client() {
    if (this.#client) return this.#client;
    this.#made ??= new PasskeepClient({ baseUrl: this.getAttribute('base-url') ?? '/' });
    return this.#made;
  }

  set client(client) {
    if (client === this.#client) return;
    this.#client = client;
    this.#begin();
  }

  /** The element's words. Setting some replaces those, and keeps the rest. */
  get words() {
    return this.#words;
  }

  set words(words) {
    const before = this.#words;
    this.#words = { ...before, ...words };
    // Frameworks set the same words again and again, and what is drawn anew under a finger is not pressed.
    const changed = Object.keys(this.#words).some((name) => this.#words[name] !== before[name]);
    if (changed && this.#connected) this.draw();
  }

  connectedCallback() {
    // What was set before the element was defined shadows the property.
    for (const [name, value] of Object.entries(this)) {
      if (!(name in Object.getPrototypeOf(this))) continue;
      delete this[name];
      this[name] = value;
    }
    this.#connected = true;
    this.#begin();
  }

  disconnectedCallback() {
    this.#connected = false;
    this.stop();
  }

  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name === 'base-url') this.#made = undefined;
    this.#begin();
  }

  #begin() {
    if (!this.#connected) return;
    this.stop();
    this.draw();
    this.start();
  }

  /** What an element does besides waiting to be asked, from when it is in the page. */
  start() {}

  /** Ends that. */
  stop() {}

  /** Draws what there is to see. Fields and the focus stay as they are. */
  draw() {
    const focused = this.shadowRoot.activeElement;
    this.render();
    this.#showBusy();
    if (focused) this.focusOn(focused.dataset.focus);
    if (!isSupported()) this.say(this.words.notSupported);
  }

  find(name) {
    return [...this.body.querySelectorAll('[data-focus]')].find((element) => element.dataset.focus === name);
  }

  /** Focuses the first of the controls of these names that is there. */
  focusOn(...names) {
    names.map((name) => this.find(name)).find(Boolean)?.focus();
  }

  say(text) {
    this.status.textContent = text;
  }

  tell(name, detail) {
    return this.dispatchEvent(new CustomEvent(`passkeep-${name}`, { detail, bubbles: true, composed: true, cancelable: name === 'error' }));
  }

  /** Runs what somebody asked for. A second click while it runs does nothing; the button keeps the focus. */
  async run(action) {
    if (this.#busy) return;
    this.#setBusy(true);
    this.say('');
    try {
      await action();
    } catch (error) {
      this.fail(error);
    } finally {
      this.#setBusy(false);
    }
  }

  fail(error) {
    if (!isPasskeyError(error) && !isServerError(error)) {
      this.say(this.words.failed);
      throw error;
    }
    if (this.tell('error', error)) this.say(error.userMessage);
  }

  #setBusy(busy) {
    this.#busy = busy;
    this.#showBusy();
  }

  #showBusy() {
    this.body.setAttribute('aria-busy', String(this.#busy));
    for (const button of this.body.querySelectorAll('button')) {
      if (this.#busy) button.setAttribute('aria-disabled', 'true');
      else button.removeAttribute('aria-disabled');
    }
  }

  /** A field with its label: the one that is there already, with what was typed, or a new one. */
  field(name, label, about = {}) {
    const focus = about['data-focus'] ?? name;
    const input = this.find(focus) ?? h('input', { part: 'input', name, required: true, 'data-focus': focus, ...about });
    return { input, label: h('label', { part: 'label' }, h('slot', { name: `${name}-label` }, label), input) };
  }

  submit(name, words) {
    return h('button', { part: 'button primary', type: 'submit', 'data-focus': 'submit' }, h('slot', { name }, words));
  }
}

/** An attribute as a property, which frameworks set: `noAdd` for `no-add`. */
export function reflect(prototype, attribute) {
  const isText = attribute === 'base-url' || attribute === 'user-name';
  Object.defineProperty(prototype, attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase()), {
    configurable: true,
    enumerable: true,
    get() {
      return isText ? this.getAttribute(attribute) : this.hasAttribute(attribute);
    },
    set(value) {
      if (value === null || value === undefined || value === false) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value === true ? '' : value);
    },
  });
}
