//! The frame around every page, and which address shows which page.

use leptos::prelude::*;

use crate::components::footer::Footer;
use crate::components::messages::Notice;
use crate::components::top_bar::TopBar;
use crate::dynamic::dynamic;
use crate::focus::PAGE_HEADING;
use crate::handover::Handover;
use crate::navigation::{Navigation, Page};
use crate::pages::account::Account;
use crate::pages::enrol::Enrol;
use crate::pages::home::Home;
use crate::pages::recover::Recover;
use crate::session::Session;
use crate::text::site;

#[component]
pub(crate) fn App(handover: Handover) -> AnyView {
    handover.provide();
    Session::provide();
    let navigation = Navigation::provide();
    let page = dynamic(move || match navigation.page() {
        Page::Home => view! { <Home /> },
        Page::Account => view! { <Account /> },
        Page::Recover => view! { <Recover /> },
        Page::Enrol => view! { <Enrol /> },
        Page::NotFound => view! { <NotFound /> },
    });
    view! {
        <TopBar />
        <Notice />
        {page}
        <Footer />
    }
    .into_any()
}

#[component]
fn NotFound() -> AnyView {
    document().set_title(site::not_found_title());
    view! {
        <main class="plain">
            <h1 tabindex="-1" id=PAGE_HEADING>{site::not_found_title()}</h1>
            <p class="lead">{site::not_found()}</p>
            <p>
                <a class="button" href="/">{site::to_start()}</a>
            </p>
        </main>
    }
    .into_any()
}
