// The entry for pages: the module is a file of its own beside this one, fetched when this is imported.

import { Call, call, initSync } from './bindings/passkeep.js';
import { preload, provide } from './loader.js';

provide(async (signal) => {
  const url = new URL('./passkeep.wasm', import.meta.url);
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url} is not there (${response.status})`);
  // Whole, and not as a stream: a stream needs a server that knows the type of the file, and gains nothing for one so small.
  initSync({ module: await WebAssembly.compile(await response.arrayBuffer()) });
  return { Call, call };
});
preload();

export * from './api.js';
