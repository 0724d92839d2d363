//! The frame around every page, and which address shows which page.

use crate::page::t;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::path;

use crate::bench::Bench;
use crate::page::{self, HEADING};
use crate::pages::capabilities::CapabilitiesPage;
use crate::pages::how::How;
use crate::pages::inspector::Inspector;
use crate::pages::overview::Overview;
use crate::pages::playground::PlaygroundPage;
use crate::pages::readiness::Readiness;
use crate::pages::tamper::Tamper;

/// The pages, as the navigation and the overview list them: address, name, what it is for.
pub(crate) const PAGES: &[(&str, &str, &str)] = &[
    (
        "/workbench/playground",
        "Playground",
        "Every option of create() and get() as a form and as JSON, with a linter, code to copy and an address to share. Run it with this browser or without any hardware.",
    ),
    (
        "/workbench/inspector",
        "Inspector",
        "Paste a response and see every byte of it, field by field, and the verification step by step.",
    ),
    (
        "/workbench/tamper",
        "Tamper lab",
        "Change a bit, a flag, the origin or the counter, and see which step refuses it. A software authenticator makes the responses, in every attestation format.",
    ),
    (
        "/workbench/how-it-works",
        "How it works",
        "The last ceremony as a sequence diagram, message by message, with its real values and times.",
    ),
    (
        "/workbench/capabilities",
        "Capabilities",
        "What this browser says it can do, what was found out where it says nothing, and what follows from that.",
    ),
    (
        "/workbench/readiness",
        "Readiness",
        "The files that a domain must serve for browsers, Android and iOS, made from a short form, and what is left to do.",
    ),
];

const MARK: &str = "/icons/mark.svg";

#[component]
pub(crate) fn App() -> AnyView {
    Bench::provide();
    view! {
        <Router>
            <header class="top">
                <a class="brand" href="/workbench">
                    <img src=MARK alt="" width="32" height="32" />
                    {t("Passkeep workbench")}
                </a>
                <Navigation />
            </header>
            <Arrival />
            <FlatRoutes fallback=NotFound>
                <Route path=path!("/workbench") view=Overview />
                <Route path=path!("/workbench/inspector") view=Inspector />
                <Route path=path!("/workbench/playground") view=PlaygroundPage />
                <Route path=path!("/workbench/tamper") view=Tamper />
                <Route path=path!("/workbench/how-it-works") view=How />
                <Route path=path!("/workbench/capabilities") view=CapabilitiesPage />
                <Route path=path!("/workbench/readiness") view=Readiness />
            </FlatRoutes>
            <footer class="bottom">
                <p>{t("Everything on these pages happens in your browser: what you paste, make or break is sent nowhere.")}</p>
                <p class="buttons">
                    // The server's pages, not the router's.
                    <a href="/" rel="external">{t("The site")}</a>
                    <a href="/docs/api" rel="external">{t("The API of this server")}</a>
                </p>
            </footer>
        </Router>
    }
    .into_any()
}

#[component]
fn Navigation() -> AnyView {
    let path = use_location().pathname;
    let links = PAGES.iter().map(|(address, name, _)| {
        let current = move || (path.get() == *address).then_some("page");
        view! { <a href=*address aria-current=current>{*name}</a> }
    });
    view! { <nav class="tabs" aria-label="Workbench">{links.collect::<Vec<_>>()}</nav> }.into_any()
}

/// Puts the focus on the new page's heading when somebody goes from one page to another, as loading it would.
#[component]
fn Arrival() -> impl IntoView {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            page::focus_later(HEADING);
        }
        path
    });
}

#[component]
fn NotFound() -> AnyView {
    view! {
        <main class="plain">
            <h1 tabindex="-1" id=HEADING>{t("There is no such page")}</h1>
            <p><a class="button" href="/workbench">{t("To the workbench")}</a></p>
        </main>
    }
    .into_any()
}

/// How every page begins.
#[component]
pub(crate) fn PageHead(title: &'static str, lead: &'static str) -> AnyView {
    document().set_title(&format!("{title} · Passkeep workbench"));
    view! {
        <div class="page-head">
            <h1 tabindex="-1" id=HEADING>{title}</h1>
            <p class="lead">{lead}</p>
        </div>
    }
    .into_any()
}
