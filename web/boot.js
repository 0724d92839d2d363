// Starts the program. It is a file of its own because the page's policy allows no inline script: the two files it needs
// are named by the preload links that Trunk puts into the page.
const glue = document.querySelector('link[rel="modulepreload"]');
const wasm = document.querySelector('link[rel="preload"][type="application/wasm"]');

try {
  const { default: init } = await import(glue.href);
  await init({ module_or_path: fetch(wasm.href) });
} catch (error) {
  // The message is on the static page, which web/early.js may have hidden.
  delete document.documentElement.dataset.page;
  const trouble = document.getElementById("trouble");
  if (trouble) trouble.hidden = false;
  throw error;
}
