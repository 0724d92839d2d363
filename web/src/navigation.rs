//! Which page is shown: the address, and the ways to change it without loading everything anew.
//!
//! Written by hand, because the site has a handful of fixed addresses: a router for more would be a twentieth of what a
//! person downloads.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, MouseEvent};

use crate::focus::{self, PAGE_HEADING};

/// The pages of the site. `PAGES` in the server's `site.rs` lists their addresses too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Page {
    Home,
    Account,
    Recover,
    /// The start page's address with a link for another device.
    Enrol,
    NotFound,
}

impl Page {
    fn at(path: &str, hash: &str) -> Self {
        match path {
            "/" if hash.starts_with(ENROL) => Self::Enrol,
            "/" => Self::Home,
            "/account" => Self::Account,
            "/recover" => Self::Recover,
            _ => Self::NotFound,
        }
    }
}

/// How the part of an address that stays in the browser begins in an enrolment link.
const ENROL: &str = "#enrol=";

/// The address, for all components.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Navigation {
    page: RwSignal<Page>,
}

impl Navigation {
    /// Makes it known to all components below, and takes over the links of the page and the browser's way back.
    pub(crate) fn provide() -> Self {
        let navigation = Self {
            page: RwSignal::new(here()),
        };
        provide_context(navigation);
        // The page lives as long as the site does, so nobody takes these away.
        let _ = window_event_listener(ev::popstate, move |_| navigation.arrive());
        let _ = window_event_listener(ev::click, move |click| {
            if let Some(address) = followed(&click) {
                click.prevent_default();
                navigation.go(&address);
            }
        });
        navigation
    }

    pub(crate) fn current() -> Self {
        expect_context()
    }

    pub(crate) fn page(self) -> Page {
        self.page.get()
    }

    /// The token of the enrolment link that led here.
    pub(crate) fn enrolment_token(self) -> Option<String> {
        hash().strip_prefix(ENROL).map(str::to_owned)
    }

    /// Goes to another page.
    ///
    /// What led to this one is kept in the browser's history, unless it is a link that is as good as a key.
    pub(crate) fn go(self, address: &str) {
        if self.page.get_untracked() == Page::Enrol {
            self.go_instead(address);
            return;
        }
        if let Ok(history) = window().history() {
            // Without a state of our own: the address says all.
            history
                .push_state_with_url(&Default::default(), "", Some(address))
                .ok();
        }
        window().scroll_to_with_x_and_y(0.0, 0.0);
        self.arrive();
    }

    /// Goes to another page, to which the browser's way back leads instead of this one.
    pub(crate) fn go_instead(self, address: &str) {
        if let Ok(history) = window().history() {
            history
                .replace_state_with_url(&Default::default(), "", Some(address))
                .ok();
        }
        self.arrive();
    }

    /// Shows the page of the address, and puts the focus on its heading, as loading it would.
    fn arrive(self) {
        let page = here();
        if self.page.get_untracked() != page {
            self.page.set(page);
            focus::later(PAGE_HEADING);
        }
    }
}

fn here() -> Page {
    Page::at(&window().location().pathname().unwrap_or_default(), &hash())
}

fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

/// The address on this site that a click leads to, when it is a plain click on a link of ours.
fn followed(click: &MouseEvent) -> Option<String> {
    let other_window = click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key();
    if click.default_prevented() || click.button() != 0 || other_window {
        return None;
    }
    let target = click.target()?.dyn_into::<Element>().ok()?;
    let link = target.closest("a[href]").ok().flatten()?;
    // Files and pages of the server are marked as such.
    if link.has_attribute("download") || link.has_attribute("rel") || link.has_attribute("target") {
        return None;
    }
    link.get_attribute("href")
        .filter(|address| address.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_its_page() {
        assert_eq!(Page::at("/", ""), Page::Home);
        assert_eq!(Page::at("/", "#facts"), Page::Home);
        assert_eq!(Page::at("/", "#enrol=abc"), Page::Enrol);
        assert_eq!(Page::at("/account", "#enrol=abc"), Page::Account);
        assert_eq!(Page::at("/recover", ""), Page::Recover);
        assert_eq!(Page::at("/account/", ""), Page::NotFound);
        assert_eq!(Page::at("/nowhere", ""), Page::NotFound);
    }
}
