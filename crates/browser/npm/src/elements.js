// Custom elements for Passkeep's own server: <passkey-sign-in>, <passkey-register>, <passkey-list>.
//
// Each works in any framework or none. The look is the page's: every piece is a `part`, colours and fonts are inherited, and
// words can be replaced by slots or by the property `words`. No markup is parsed and no style attribute is written, so they
// work under a strict Content-Security-Policy with Trusted Types.

import { PasskeepClient, ServerError } from './client.js';
import { PasskeyError } from './errors.js';
import { isSupported } from './loader.js';

// Importing this where there are no elements does nothing, so that a page can be rendered on a server.
const Base = globalThis.HTMLElement ?? class {};

const WORDS = {
  userName: 'User name',
  signIn: 'Sign in with a passkey',
  register: 'Create a passkey',
  add: 'Add a passkey',
  notSupported: 'This browser cannot use passkeys here.',
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
[part~="body"], form, ul, li, .row { display: grid; gap: 0.75rem; margin: 0; padding: 0; list-style: none; }
[part~="body"] > button { justify-self: start; }
.row { grid-auto-flow: column; justify-content: start; }
label { display: grid; gap: 0.25rem; }
input, button { box-sizing: border-box; min-height: 48px; padding: 0 1rem; font: inherit; border-radius: 0.5rem; }
input { color: inherit; background: transparent; border: 1px solid currentColor; }
button { cursor: pointer; color: inherit; background: transparent; border: 1px solid currentColor; }
button[part~="primary"] { color: Canvas; background: CanvasText; border-color: CanvasText; }
button[aria-disabled="true"] { cursor: progress; opacity: 0.6; }
:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
[part~="passkey"] { padding: 1rem; border: 1px solid currentColor; border-radius: 0.5rem; }
[part~="status"]:empty { display: none; }
p { margin: 0; }
@media (prefers-reduced-motion: no-preference) { button { transition: opacity 0.15s; } }
`;

let sheet;

/** Makes an element. Members of `about` that are functions named `on…` become listeners. */
function h(name, about = {}, ...children) {
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
class PasskeyElement extends Base {
  #client;
  #busy = false;
  #words = WORDS;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLES);
    }
    root.adoptedStyleSheets = [sheet];
    this.status = h('p', { part: 'status', role: 'status' });
    this.body = h('div', { part: 'body' });
    root.append(this.body, this.status);
  }

  /** The client that the element uses. A page that has one sets it; otherwise it is made for the attribute `base-url`. */
  get client() {
    this.#client ??= new PasskeepClient({ baseUrl: this.getAttribute('base-url') ?? '/' });
    return this.#client;
  }

  set client(client) {
    this.#client = client;
  }

  /** The element's words. Setting some replaces those, and keeps the rest. */
  get words() {
    return this.#words;
  }

  set words(words) {
    this.#words = { ...this.#words, ...words };
    if (this.isConnected) this.render();
  }

  connectedCallback() {
    // What was set before the element was defined shadows the property.
    for (const name of ['client', 'words']) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    this.render();
    if (!isSupported()) this.say(this.words.notSupported);
  }

  say(text) {
    this.status.textContent = text;
  }

  tell(name, detail) {
    return this.dispatchEvent(new CustomEvent(`passkeep:${name}`, { detail, bubbles: true, composed: true, cancelable: name === 'error' }));
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
    if (!(error instanceof PasskeyError || error instanceof ServerError)) throw error;
    if (this.tell('error', error)) this.say(error.userMessage);
  }

  #setBusy(busy) {
    this.#busy = busy;
    this.body.setAttribute('aria-busy', String(busy));
    for (const button of this.body.querySelectorAll('button')) {
      if (busy) button.setAttribute('aria-disabled', 'true');
      else button.removeAttribute('aria-disabled');
    }
  }

  field(name, label, about = {}) {
    const input = h('input', { part: 'input', name, required: true, ...about });
    return { input, label: h('label', { part: 'label' }, h('slot', { name: `${name}-label` }, label), input) };
  }

  submit(name, words) {
    return h('button', { part: 'button primary', type: 'submit' }, h('slot', { name }, words));
  }
}

/**
 * Signs in. The field offers passkeys in autofill; the button opens the browser's dialog.
 *
 * Attributes: `base-url`; `no-field` leaves the button alone; `no-autofill`. Events: `passkeep:signed-in`, `passkeep:error`.
 */
export class PasskeySignIn extends PasskeyElement {
  #autofill;
  /** Sees whether the element is shown at all, wherever it is scrolled: a hidden field must not sign anybody in. */
  #observer;

  render() {
    const { words } = this;
    const { label } = this.field('user-name', words.userName, { autocomplete: 'username webauthn', required: false, autocapitalize: 'none', spellcheck: 'false' });
    const form = h('form', { part: 'form', novalidate: true, onsubmit: (event) => this.#signIn(event) });
    if (!this.hasAttribute('no-field')) form.append(label);
    form.append(this.submit('button', words.signIn));
    this.body.replaceChildren(form);
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasAttribute('no-autofill') || this.hasAttribute('no-field')) return;
    const settings = { rootMargin: '1000000px' };
    this.#observer = new IntersectionObserver((seen) => (seen.at(-1).isIntersecting ? this.#arm() : this.#disarm()), settings);
    this.#observer.observe(this);
  }

  disconnectedCallback() {
    this.#observer?.disconnect();
    this.#disarm();
  }

  #disarm() {
    this.#autofill?.stop();
    this.#autofill = undefined;
  }

  #arm() {
    this.#disarm();
    this.#autofill = this.client.autofill({
      onSignedIn: (signedIn) => this.tell('signed-in', signedIn),
      onError: (error) => this.fail(error),
    });
  }

  #signIn(event) {
    event.preventDefault();
    const userName = this.body.querySelector('input')?.value.trim() || undefined;
    this.run(async () => {
      const signedIn = await this.client.signIn({ userName });
      this.#disarm();
      this.tell('signed-in', signedIn);
    });
  }
}

/**
 * Makes a passkey: for a new account, or with the attribute `add` one more for whoever is signed in.
 *
 * Attributes: `base-url`, `add`, `user-name` (leaves the field out). Events: `passkeep:registered`, `passkeep:error`.
 */
export class PasskeyRegister extends PasskeyElement {
  render() {
    const { words } = this;
    const add = this.hasAttribute('add');
    const form = h('form', { part: 'form', onsubmit: (event) => this.#register(event) });
    if (!add && !this.hasAttribute('user-name')) {
      form.append(this.field('user-name', words.userName, { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', maxlength: '64' }).label);
    }
    form.append(this.submit('button', add ? words.add : words.register));
    this.body.replaceChildren(form);
  }

  #register(event) {
    event.preventDefault();
    this.run(async () => {
      const userName = this.getAttribute('user-name') ?? this.body.querySelector('input')?.value.trim();
      const registered = this.hasAttribute('add') ? await this.client.addPasskey() : await this.client.register({ userName });
      this.tell('registered', registered);
    });
  }
}

/**
 * The passkeys of whoever is signed in: renamed in place, deleted after a question, added by a button.
 *
 * Attributes: `base-url`, `no-add`. Events: `passkeep:changed`, `passkeep:error`. Method: `refresh()`.
 */
export class PasskeyList extends PasskeyElement {
  #passkeys = [];
  /** Which passkey is being renamed or deleted: `{ id, what }`. */
  #open;

  connectedCallback() {
    super.connectedCallback();
    this.refresh();
  }

  /** Asks the server again. What somebody has open, a question or a name half written, stays open. */
  async refresh() {
    try {
      await this.#load();
    } catch (error) {
      // Before anybody has signed in there is nothing to show, and nothing wrong.
      if (error.code !== 'not_signed_in') this.fail(error);
    }
  }

  async #load() {
    this.#passkeys = await this.client.passkeys();
    if (!this.#passkeys.some(({ id }) => id === this.#open?.id)) this.#open = undefined;
    if (this.#open) return;
    const focused = this.shadowRoot.activeElement?.dataset.focus;
    this.render();
    if (focused) this.#focus(focused);
  }

  /** After something was done: the list as it is now, and where the focus goes. */
  async #done(words, focus) {
    this.#open = undefined;
    await this.#load();
    this.#focus(focus);
    this.say(words);
    this.tell('changed', this.#passkeys);
  }

  render() {
    const { words } = this;
    const cards = this.#passkeys.map((passkey) => this.#card(passkey));
    const list = cards.length > 0 ? h('ul', { part: 'list', role: 'list' }, ...cards) : h('p', { part: 'none' }, h('slot', { name: 'none' }, words.none));
    const add = h('button', { part: 'button primary', type: 'button', 'data-focus': 'add', onclick: () => this.#add() }, h('slot', { name: 'add' }, words.add));
    this.body.replaceChildren(list, ...(this.hasAttribute('no-add') ? [] : [add]));
  }

  #card(passkey) {
    const { words } = this;
    const { id, label, provider, createdAt, lastUsedAt, lastUsedOn, backup } = passkey;
    const used = lastUsedAt === null ? words.never : this.#date(lastUsedAt) + (lastUsedOn ? `, ${lastUsedOn}` : '');
    const about = [
      h('strong', { part: 'name' }, label),
      ...(provider && provider !== label ? [h('p', { part: 'provider' }, provider)] : []),
      h('p', { part: 'dates' }, `${words.created} ${this.#date(createdAt)}. ${words.lastUsed} ${used}.`),
      h('p', { part: 'backup' }, words[backup] ?? ''),
    ];
    const open = this.#open?.id === id ? this.#open.what : undefined;
    const below = { rename: () => this.#renaming(passkey), remove: () => this.#removing(passkey) }[open] ?? (() => this.#choices(passkey));
    return h('li', { part: 'passkey' }, ...about, below());
  }

  #choices({ id, label }) {
    const { words } = this;
    const choice = (what, text, name) =>
      h('button', { part: 'button', type: 'button', 'aria-label': name(label), 'data-focus': `${what} ${id}`, onclick: () => this.#show({ id, what }) }, text);
    return h('div', { class: 'row', part: 'choices' }, choice('rename', words.rename, words.renameOf), choice('remove', words.remove, words.removeOf));
  }

  #renaming({ id, label }) {
    const { words } = this;
    const { input, label: field } = this.field('name', words.name, { maxlength: '64', value: label, autocomplete: 'off', 'data-focus': 'open' });
    const save = (event) => {
      event.preventDefault();
      this.run(async () => {
        await this.client.renamePasskey(id, input.value.trim());
        await this.#done(words.renamed, `rename ${id}`);
      });
    };
    return h('form', { part: 'form', onsubmit: save, onkeydown: (event) => this.#escape(event, `rename ${id}`) }, field, this.#buttons(words.save, `rename ${id}`));
  }

  #removing({ id }) {
    const { words } = this;
    const last = this.#passkeys.length === 1;
    const remove = (event) => {
      event.preventDefault();
      this.run(async () => {
        await this.client.deletePasskey(id, { evenIfLast: last });
        await this.#done(words.removed, 'add');
      });
    };
    const question = h('p', { part: 'question', tabindex: '-1', 'data-focus': 'open' }, last ? words.reallyLast : words.really);
    return h('form', { part: 'form', onsubmit: remove, onkeydown: (event) => this.#escape(event, `remove ${id}`) }, question, this.#buttons(words.remove, `remove ${id}`));
  }

  #buttons(words, back) {
    return h(
      'div',
      { class: 'row', part: 'choices' },
      h('button', { part: 'button primary', type: 'submit' }, words),
      h('button', { part: 'button', type: 'button', onclick: () => this.#show(undefined, back) }, this.words.cancel),
    );
  }

  #escape(event, back) {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.#show(undefined, back);
  }

  #show(open, focus = 'open') {
    this.#open = open;
    this.say('');
    this.render();
    this.#focus(focus);
  }

  #focus(name) {
    const all = [...this.body.querySelectorAll('[data-focus]')];
    all.find((element) => element.dataset.focus === name)?.focus();
  }

  #add() {
    this.run(async () => {
      await this.client.addPasskey();
      await this.#done(this.words.added, 'add');
    });
  }

  #date(milliseconds) {
    const language = this.closest('[lang]')?.lang || undefined;
    return new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(new Date(milliseconds));
  }
}

if (globalThis.customElements) {
  const all = { 'passkey-sign-in': PasskeySignIn, 'passkey-register': PasskeyRegister, 'passkey-list': PasskeyList };
  for (const [name, element] of Object.entries(all)) {
    if (!customElements.get(name)) customElements.define(name, element);
  }
}
