// The entry with the module inside, for pages that cannot serve a .wasm file: a third larger, and one request less.

import bytes from 'passkeep.wasm';
import * as bindings from './bindings/passkeep.js';
import { preload, provide } from './loader.js';

provide(async () => {
  await bindings.default({ module_or_path: bytes });
  return bindings;
});
preload();

export * from './api.js';
