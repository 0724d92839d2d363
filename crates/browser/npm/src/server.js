// The entry for programs that are no pages: a server that renders, a test in Node. Everything says that it is not supported.

import { provide } from './loader.js';

provide(async () => {
  throw new Error('there is no module outside of a browser');
});

export * from './api.js';
