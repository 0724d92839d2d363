// The entry with the module inside, for pages that cannot serve a .wasm file: a third larger, and one request less.

import bytes from 'passkeep.wasm';
import { Call, call, initSync } from './bindings/passkeep.js';
import { preload, provide } from './loader.js';

provide(async () => {
  initSync({ module: await WebAssembly.compile(bytes) });
  return { Call, call };
}, true);
preload();

export * from './api.js';
