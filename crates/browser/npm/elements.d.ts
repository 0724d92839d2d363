// Types of `passkeep/elements`: custom elements for Passkeep's own server. Importing it defines them.

import type { Failure, PasskeepClient, Passkey, Registered, SignedIn } from './client.js';

/** The words of the elements; a page replaces those it has of its own. */
export interface Words {
  userName: string;
  signIn: string;
  register: string;
  add: string;
  notSupported: string;
  failed: string;
  none: string;
  created: string;
  lastUsed: string;
  never: string;
  rename: string;
  renameOf: (label: string) => string;
  name: string;
  save: string;
  cancel: string;
  remove: string;
  removeOf: (label: string) => string;
  really: string;
  reallyLast: string;
  removed: string;
  renamed: string;
  added: string;
  synced: string;
  'not-yet-synced': string;
  'device-bound': string;
}

declare abstract class PasskeyElement extends HTMLElement {
  baseUrl: string | null;
  get client(): PasskeepClient;
  set client(client: PasskeepClient);
  get words(): Words;
  set words(words: Partial<Words>);
}

/** `<passkey-sign-in>`. Attributes: `base-url`, `no-field`, `no-autofill`. Slots: `user-name-label`, `button`. */
export declare class PasskeySignIn extends PasskeyElement {
  noField: boolean;
  noAutofill: boolean;
}

/** `<passkey-register>`. Attributes: `base-url`, `add`, `user-name`. Slots: `user-name-label`, `button`. */
export declare class PasskeyRegister extends PasskeyElement {
  add: boolean;
  userName: string | null;
}

/** `<passkey-list>`. Attributes: `base-url`, `no-add`. Slots: `none`, `add`. */
export declare class PasskeyList extends PasskeyElement {
  noAdd: boolean;
  refresh(): Promise<void>;
}

/** The elements' events, which bubble up to the window. */
export interface PasskeepEvents {
  'passkeep-signed-in': CustomEvent<SignedIn>;
  'passkeep-registered': CustomEvent<Registered>;
  'passkeep-changed': CustomEvent<Passkey[]>;
  /** Cancel it (`preventDefault()`) to say it in your own words. */
  'passkeep-error': CustomEvent<Failure>;
  /** Passkeys cannot be offered in autofill. Nobody has asked for anything: the element says nothing. */
  'passkeep-autofill-error': CustomEvent<Failure>;
}

type Handlers = { [Name in keyof PasskeepEvents as `on${Name}`]?: (event: PasskeepEvents[Name]) => void };

/** The properties of an element that markup can set, and its events. */
type Props<Element, Names extends keyof Element> = Partial<Pick<Element, Names>> & { words?: Partial<Words> } & Handlers;

type Shared = 'baseUrl' | 'client';

/**
 * The elements for a framework that has a list of those it knows, such as `JSX.IntrinsicElements` of React and Preact: what each takes
 * beside `Html`, which every element takes.
 */
export interface PasskeyElementProps<Html = object> {
  'passkey-sign-in': Html & Props<PasskeySignIn, Shared | 'noField' | 'noAutofill'>;
  'passkey-register': Html & Props<PasskeyRegister, Shared | 'add' | 'userName'>;
  'passkey-list': Html & Props<PasskeyList, Shared | 'noAdd'>;
}

declare global {
  interface HTMLElementTagNameMap {
    'passkey-sign-in': PasskeySignIn;
    'passkey-register': PasskeyRegister;
    'passkey-list': PasskeyList;
  }
  interface GlobalEventHandlersEventMap extends PasskeepEvents {}
}
