// Custom elements for Passkeep's own server: <passkey-sign-in>, <passkey-register>, <passkey-list>.
//
// Each works in any framework or none. The look is the page's: every piece is a `part`, colours and fonts are inherited, and
// words can be replaced by slots or by the property `words`. No markup is parsed and no style attribute is written, so they
// work under a strict Content-Security-Policy with Trusted Types.

import { PasskeyElement, h, reflect } from './elements-base.js';

/**
 * Signs in. The field offers passkeys in autofill; the button opens the browser's dialog.
 *
 * Attributes: `base-url`; `no-field` leaves the button alone; `no-autofill`. Events: `passkeep-signed-in`, `passkeep-error`;
 * `passkeep-autofill-error` when passkeys cannot be offered in the field, which nobody has asked for, so nothing is said.
 */
export class PasskeySignIn extends PasskeyElement {
  static observedAttributes = ['base-url', 'no-field', 'no-autofill'];

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

  start() {
    if (this.hasAttribute('no-autofill') || this.hasAttribute('no-field')) return;
    const settings = { rootMargin: '1000000px' };
    this.#observer = new IntersectionObserver((seen) => (seen[seen.length - 1].isIntersecting ? this.#arm() : this.#disarm()), settings);
    this.#observer.observe(this);
  }

  stop() {
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
      onError: (error, { signed }) => (signed ? this.fail(error) : this.tell('autofill-error', error)),
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
 * Attributes: `base-url`, `add`, `user-name` (leaves the field out). Events: `passkeep-registered`, `passkeep-error`.
 */
export class PasskeyRegister extends PasskeyElement {
  static observedAttributes = ['base-url', 'add', 'user-name'];

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
 * Attributes: `base-url`, `no-add`. Events: `passkeep-changed`, `passkeep-error`. Method: `refresh()`.
 */
export class PasskeyList extends PasskeyElement {
  static observedAttributes = ['base-url', 'no-add'];

  #passkeys = [];
  /** Which passkey is being renamed or deleted: `{ id, what }`. */
  #open;
  /** How often the server was asked, and which answer is shown. */
  #asked = 0;
  #shown = 0;

  constructor() {
    // Who clicks on a passkey's text is not taken to the first button.
    super(false);
  }

  focus(options) {
    this.body.querySelector('[data-focus]')?.focus(options);
  }

  start() {
    this.refresh();
  }

  /** Asks the server again. What somebody has open, a question or a name half written, stays open. */
  async refresh() {
    try {
      await this.#load();
    } catch (error) {
      // Before anybody has signed in there is nothing to show, and nothing wrong.
      if (error?.code !== 'not_signed_in') this.fail(error);
    }
  }

  async #load() {
    this.#asked += 1;
    const asked = this.#asked;
    const passkeys = await this.client.passkeys();
    // Answers may overtake each other.
    if (asked < this.#shown) return;
    this.#shown = asked;
    this.#passkeys = passkeys;
    if (!passkeys.some(({ id }) => id === this.#open?.id)) this.#open = undefined;
    if (!this.#open) this.draw();
  }

  /** After something was done: the list as it is now, and where the focus goes. */
  async #done(words, focus) {
    this.#open = undefined;
    await this.#load();
    this.focusOn(...focus());
    this.say(words);
    this.tell('changed', this.#passkeys);
  }

  render() {
    const { words } = this;
    const cards = this.#passkeys.map((passkey) => this.#card(passkey));
    const list = cards.length > 0 ? h('ul', { part: 'list', role: 'list' }, ...cards) : h('p', { part: 'none', tabindex: '-1', 'data-focus': 'none' }, h('slot', { name: 'none' }, words.none));
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
      h('button', { part: 'button', type: 'button', 'aria-label': name(label), 'data-focus': `${what} ${id}`, onclick: () => this.#show({ id, what }, `name ${id}`, `question ${id}`) }, text);
    return h('div', { class: 'row', part: 'choices' }, choice('rename', words.rename, words.renameOf), choice('remove', words.remove, words.removeOf));
  }

  #renaming({ id, label }) {
    const { words } = this;
    const { input, label: field } = this.field('name', words.name, { maxlength: '64', value: label, autocomplete: 'off', 'data-focus': `name ${id}` });
    const save = (event) => {
      event.preventDefault();
      this.run(async () => {
        await this.client.renamePasskey(id, input.value.trim());
        await this.#done(words.renamed, () => [`rename ${id}`]);
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
        const place = this.#passkeys.findIndex((passkey) => passkey.id === id);
        await this.client.deletePasskey(id, { evenIfLast: last });
        // To the one that is in its place now, or the last.
        const after = () => this.#passkeys[Math.min(place, this.#passkeys.length - 1)]?.id;
        await this.#done(words.removed, () => [`rename ${after()}`, 'add', 'none']);
      });
    };
    const question = h('p', { part: 'question', tabindex: '-1', 'data-focus': `question ${id}` }, last ? words.reallyLast : words.really);
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

  #show(open, ...focus) {
    this.#open = open;
    this.say('');
    this.draw();
    this.focusOn(...focus);
  }

  #add() {
    this.run(async () => {
      await this.client.addPasskey();
      await this.#done(this.words.added, () => ['add']);
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
    for (const attribute of element.observedAttributes) reflect(element.prototype, attribute);
    if (!customElements.get(name)) customElements.define(name, element);
  }
}
