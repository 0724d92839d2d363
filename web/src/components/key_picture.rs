//! The picture of a key, cut for a name or a passkey.

use leptos::prelude::*;

use crate::key_path::key_path;

const GROOVE: &str = "M114 40H292";

#[component]
pub(crate) fn KeyPicture(#[prop(into)] seed: Signal<Vec<u8>>) -> AnyView {
    view! {
        <svg class="key" viewBox="0 0 320 104" aria-hidden="true">
            <path class="key-metal" fill-rule="evenodd" d=move || key_path(&seed.get())></path>
            <path class="key-groove" d=GROOVE></path>
        </svg>
    }
    .into_any()
}
