// Starts the program. It is a file of its own because the page's policy allows no inline script: the two files it needs
// are named by the preload links that Trunk puts into the page.
const glue = document.querySelector('link[rel="modulepreload"]');
const wasm = document.querySelector('link[rel="preload"][type="application/wasm"]');

function giveUp() {
  // The message is on the static page, which web/early.js may have hidden.
  delete document.documentElement.dataset.page;
  const trouble = document.getElementById("trouble");
  if (trouble) trouble.hidden = false;
  // Nobody does any more what was pressed.
  for (const button of document.querySelectorAll("[data-door]")) {
    button.disabled = true;
    button.removeAttribute("aria-busy");
  }
}

// The program says it where it is here but lacks its words.
document.addEventListener("give-up", giveUp);
try {
  const { default: init } = await import(glue.href);
  await init({ module_or_path: fetch(wasm.href) });
} catch (error) {
  giveUp();
  throw error;
}
