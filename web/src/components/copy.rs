//! A button that copies a text.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::session::Session;
use crate::text::recovery as words;

#[component]
pub(crate) fn CopyButton(text: String) -> AnyView {
    let session = Session::current();
    let copy = move |_| {
        let copying = window().navigator().clipboard().write_text(&text);
        spawn_local(async move {
            session.tell(match JsFuture::from(copying).await {
                Ok(_) => words::copied(),
                Err(_) => words::not_copied(),
            });
        });
    };
    view! {
        <button class="button" type="button" data-testid="copy" on:click=copy>
            {words::copy()}
        </button>
    }
    .into_any()
}
