//! The frame around every page, and which address shows which page.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::path;

use crate::components::messages::Notice;
use crate::components::top_bar::TopBar;
use crate::focus::{self, PAGE_HEADING};
use crate::handover::Handover;
use crate::pages::account::Account;
use crate::pages::home::Home;
use crate::session::Session;
use crate::text;

#[component]
pub(crate) fn App(handover: Handover) -> AnyView {
    handover.provide();
    Session::provide();
    view! {
        <Router>
            <TopBar />
            <Notice />
            <Arrival />
            <FlatRoutes fallback=NotFound>
                <Route path=path!("/") view=Home />
                <Route path=path!("/account") view=Account />
            </FlatRoutes>
            <footer class="bottom">
                <p>{text::FOOTER}</p>
                <p>
                    // The server's page, not one of the router's.
                    <a href="/docs/api" rel="external">
                        {text::API}
                    </a>
                </p>
            </footer>
        </Router>
    }
    .into_any()
}

/// Puts the focus on the new page's heading when a person goes from one page to another, as loading it would.
#[component]
fn Arrival() -> impl IntoView {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            focus::later(PAGE_HEADING);
        }
        path
    });
}

#[component]
fn NotFound() -> AnyView {
    view! {
        <main class="plain">
            <h1 tabindex="-1" id=PAGE_HEADING>{text::NOT_FOUND_TITLE}</h1>
            <p class="lead">{text::NOT_FOUND}</p>
            <p>
                <a class="button" href="/">{text::TO_START}</a>
            </p>
        </main>
    }
    .into_any()
}
