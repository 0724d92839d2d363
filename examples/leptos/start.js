// Starts the app. Trunk would put this into the page itself, which a strict Content-Security-Policy forbids.

import init from '/leptos-example.js';

await init({ module_or_path: '/leptos-example_bg.wasm' });
