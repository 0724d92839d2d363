//! A button that copies a text, and says that it did.

use leptos::prelude::*;

use crate::page;

#[component]
pub(crate) fn Copy(
    /// What is copied, as the button says it: "Copy the file".
    label: &'static str,
    #[prop(into)] text: Signal<String>,
) -> AnyView {
    let said = RwSignal::new(None::<bool>);
    let press = move |_| page::copy(text.get_untracked(), move |done| said.set(Some(done)));
    // A text that has changed since is no longer the one that was copied.
    Effect::new(move || {
        text.track();
        said.set(None);
    });
    view! {
        <button type="button" class="button button-small" on:click=press>
            {label}
        </button>
        <span role="status" class="hint">
            {move || match said.get() {
                Some(true) => "Copied.",
                Some(false) => "The browser did not allow it.",
                None => "",
            }}
        </span>
    }
    .into_any()
}
