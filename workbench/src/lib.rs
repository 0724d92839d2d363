//! The workbench: what developers of passkeys want to see, make, break and read.
//!
//! It is a page of its own below `/workbench`, with its own module, so that the people's pages stay small. Nothing here makes
//! a request: responses are decoded by `passkeep-inspect`, judged by `passkeep-verify`, made by the browser or by
//! `passkeep-testkit`, all in the page.
//!
//! What decides is in plain structs without DOM (`ceremony`, `layout`, `software`, `tamper`, ...), tested on the host; `parts`
//! and `pages` show it.
//!
//! As on the site, the page's policy demands Trusted Types, so nothing may become HTML text: words inside of elements are
//! expressions, because the `view!` macro turns an element of literals below another into HTML.

#![allow(
    unreachable_pub,
    reason = "the component macro repeats a function's visibility in places where the lint does not see it"
)]

mod app;
mod bench;

mod ceremony;
mod diagram;
mod layout;
mod playground;
mod readiness;
mod run;
mod software;
mod tamper;

mod pages {
    pub(crate) mod capabilities;
    pub(crate) mod how;
    pub(crate) mod inspector;
    pub(crate) mod overview;
    pub(crate) mod playground;
    pub(crate) mod readiness;
    pub(crate) mod tamper;
}

mod parts {
    pub(crate) mod authenticator;
    pub(crate) mod code;
    pub(crate) mod copy;
    pub(crate) mod expectation;
    pub(crate) mod fields;
    pub(crate) mod form;
    pub(crate) mod glance;
    pub(crate) mod hex;
    pub(crate) mod inspection;
    pub(crate) mod intake;
    pub(crate) mod lint;
    pub(crate) mod options;
    pub(crate) mod signals;
    pub(crate) mod trace;
    pub(crate) mod value;
}

mod page;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use app::App;

/// Replaces the static page of `index.html` with the live one.
pub fn mount() {
    let Some(place) = document().get_element_by_id("app") else {
        return;
    };
    place.replace_children_with_node_0();
    leptos::mount::mount_to(place.unchecked_into(), || view! { <App /> }).forget();
}
