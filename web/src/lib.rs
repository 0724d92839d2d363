//! The Passkeep site: a person creates a passkey, signs in with it and looks after it.
//!
//! Start reading at `ceremony.rs`. The site holds no rule of WebAuthn and touches no `JsValue`: the rules are the
//! server's, the browser's objects belong to `passkeep-browser`.
//!
//! The page's policy demands Trusted Types, so nothing here may become HTML text. That includes a trap: the `view!`
//! macro turns an element below another into HTML text when all of it is literal. Words come from `text`, so they are
//! expressions and safe; an ornament without words is made by a component of its own, whose outermost element is exempt.
//!
//! Components give an `AnyView`: a view's own type names everything in it, and the module would carry a copy of the
//! rendering code for each such type.

#![allow(
    unreachable_pub,
    reason = "the component macro repeats a function's visibility in places where the lint does not see it"
)]

mod app;
mod ceremony;
mod confirmation;
mod failure;

mod api;
mod wire;

mod pages {
    pub(crate) mod account;
    pub(crate) mod enrol;
    pub(crate) mod home;
    pub(crate) mod recover;
}

mod components {
    pub(crate) mod action_button;
    pub(crate) mod activity;
    pub(crate) mod add_passkey;
    pub(crate) mod copy;
    pub(crate) mod enrolment;
    pub(crate) mod entry;
    pub(crate) mod footer;
    pub(crate) mod key_picture;
    pub(crate) mod messages;
    pub(crate) mod offer;
    pub(crate) mod part;
    pub(crate) mod passkey_card;
    pub(crate) mod passkey_delete;
    pub(crate) mod passkey_list;
    pub(crate) mod passkey_rename;
    pub(crate) mod password_card;
    pub(crate) mod password_entry;
    pub(crate) mod password_field;
    pub(crate) mod provider_tile;
    pub(crate) mod recovery_codes;
    pub(crate) mod rows;
    pub(crate) mod sessions;
    pub(crate) mod settings;
    pub(crate) mod top_bar;
}

mod account_passkeys;
mod offers;
mod session;
mod task;

mod passkey_view;
mod passkeys;
mod provider_icons;

mod clock;
mod data_url;
mod default_names;
mod dynamic;
mod focus;
mod format;
mod handover;
mod key_path;
mod language;
mod names;
mod navigation;
mod text;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Event;

use app::App;
use handover::Handover;

/// Replaces the static page of `index.html` with the live one, once the words of its language are here.
pub fn start() {
    // Leptos can spawn nothing before it has mounted something.
    wasm_bindgen_futures::spawn_local(async {
        match language::load().await {
            true => mount(),
            false => give_up(),
        }
    });
}

/// Has `web/boot.js` show the message that the static page has for this, as it does when there is no program.
fn give_up() {
    if let Ok(event) = Event::new("give-up") {
        document().dispatch_event(&event).ok();
    }
}

/// What a person did on the static page goes over to the live one.
fn mount() {
    let Some(place) = document().get_element_by_id("app") else {
        return;
    };
    let handover = Handover::take();
    place.replace_children_with_node_0();
    leptos::mount::mount_to(place.unchecked_into(), move || {
        view! { <App handover /> }
    })
    .forget();
}
