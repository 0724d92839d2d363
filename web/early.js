// Runs before the first paint. The static page is the start page; at other addresses it would flash up while the program is
// on its way, and look to a person as if they had been signed out.
if (location.pathname !== "/") document.documentElement.dataset.page = "other";
