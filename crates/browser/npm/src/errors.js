// One error for everything that can go wrong in the browser.

/**
 * Why a ceremony ended without a response. `code` is what to act on, and `userMessage` what to say where the page has no
 * words of its own; `message` and `detail` are for developers, and `cause` is what the browser threw.
 */
export class PasskeyError extends Error {
  constructor({ code, message, retry, userMessage, detail = '', exceptionName, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PasskeyError';
    this.code = code;
    this.retry = retry;
    this.userMessage = userMessage;
    this.detail = detail;
    this.exceptionName = exceptionName;
  }
}

/** Whether something that was caught is a `PasskeyError`, of this copy of the module or of another. */
export function isPasskeyError(error) {
  return error instanceof Error && error.name === 'PasskeyError' && typeof error.code === 'string';
}

/** What the module rejected with, as a `PasskeyError`. What is none is a fault of ours, and says so. */
export function fromModule(rejected) {
  return typeof rejected?.code === 'string' ? new PasskeyError(rejected) : failed('the module', rejected);
}

/** What is none of the browser's failures: something has thrown that should not have. */
export function failed(what, cause) {
  const detail = `${what} failed: ${cause?.message ?? cause}`;
  return new PasskeyError({
    code: 'other',
    message: `something else went wrong: ${detail}`,
    retry: true,
    userMessage: 'Something went wrong. Please try again, or use another way.',
    detail,
    exceptionName: cause?.name,
    cause,
  });
}

/** A source of options that gave none. */
export function withoutOptions(member) {
  const detail = `\`fetchOptions\` gave no \`${member}\``;
  return new PasskeyError({
    code: 'invalid_options',
    message: `the options cannot be used: ${detail}`,
    retry: false,
    userMessage: 'Something is wrong with this page.',
    detail,
  });
}

/** What the page ended before the module had it. */
export function endedBefore() {
  const detail = 'before it started';
  return new PasskeyError({ code: 'aborted', message: `the ceremony was ended by the page: ${detail}`, retry: true, userMessage: '', detail });
}

export function wasmUnavailable(cause) {
  const blocked = /content security|unsafe-eval/i.test(`${cause?.name} ${cause?.message}`);
  const detail = blocked
    ? "the page's Content-Security-Policy needs 'wasm-unsafe-eval' in script-src"
    : `the module could not be loaded: ${cause?.message ?? cause}`;
  return new PasskeyError({
    code: 'wasm_unavailable',
    message: `WebAssembly is not available: ${detail}`,
    retry: true,
    userMessage: 'Part of this page could not be loaded. Please reload it and try again.',
    detail,
    exceptionName: cause?.name,
    cause,
  });
}
