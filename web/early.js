// Runs before the first paint, so that the page begins in the right language and direction, and shows nothing that would have to
// be taken back.
{
  const page = document.documentElement;
  // The static page is the start page. At other addresses it would flash up while the program is on its way, and look to a
  // person as if they had been signed out.
  if (location.pathname !== "/" || location.hash) page.dataset.page = "other";

  const languages = document
    .querySelector("meta[name=languages]")
    .content.split("\n")
    .map((line) => line.split(" "))
    .map(([tag, direction, file]) => ({ tag, direction, file }));
  let choice;
  try {
    choice = localStorage.getItem("language");
  } catch {
    // Forbidden: then the browser's languages decide.
  }
  const wanted = [choice, ...navigator.languages].filter(Boolean).map((tag) => tag.toLowerCase());
  const find = (tag) => languages.find((language) => language.tag.toLowerCase() === tag);
  // Exactly, or without the country: `pt-BR` may be a language of its own, and `de-AT` is German.
  const language = wanted.map((tag) => find(tag) ?? find(tag.split("-")[0])).find(Boolean) ?? languages[0];
  page.lang = language.tag;
  page.dir = language.direction;

  const parsed = new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve));

  // What is pressed before the program is here stays busy, and the program does it when it comes.
  parsed.then(() => {
    const start = document.getElementById("start");
    if (!document.getElementById("trouble").hidden) return;
    for (const button of start.querySelectorAll("[data-door]")) button.disabled = false;
    // Enter in the field is a click on the button of its form.
    start.addEventListener("click", (click) => {
      const button = click.target.closest("[data-door]");
      if (!button) return;
      click.preventDefault();
      if (!start.querySelector("[aria-busy]")) button.setAttribute("aria-busy", "true");
    });
  });

  // Fetched now, so that the program finds them in the browser's cache.
  const words = fetch(language.file).then((answer) => (answer.ok ? answer.text() : Promise.reject(answer)));
  if (language === languages[0]) {
    // The page is in English as it comes. The program says what is to be said of a failure.
    words.catch(() => {});
  } else {
    page.dataset.words = "coming";
    const english = () => {
      page.lang = "en";
      page.dir = "ltr";
    };
    const translate = (words) => {
      for (const element of document.querySelectorAll("[data-text]")) element.textContent = words[element.dataset.text];
      for (const name of ["aria-label", "content"]) {
        for (const element of document.querySelectorAll(`[data-text-${name}]`)) {
          element.setAttribute(name, words[element.getAttribute(`data-text-${name}`)]);
        }
      }
    };
    words
      .then((words) => parsed.then(() => translate(words.split("\n"))))
      .catch(english)
      .finally(() => delete page.dataset.words);
  }
}
