// The entry for pages: the module is a file of its own beside this one, fetched when this is imported.

import * as bindings from './bindings/passkeep.js';
import { preload, provide } from './loader.js';

provide(async () => {
  await bindings.default({ module_or_path: new URL('./passkeep.wasm', import.meta.url) });
  return bindings;
});
preload();

export * from './api.js';
