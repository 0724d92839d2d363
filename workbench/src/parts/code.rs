//! The settings as code, in the language of choice.

use leptos::prelude::*;

use super::copy::Copy;
use crate::playground::code::{LANGUAGES, code};
use crate::playground::settings::Settings;

#[component]
pub(crate) fn CodeView(settings: RwSignal<Settings>) -> AnyView {
    let language = RwSignal::new("JavaScript");
    let chips = LANGUAGES.map(|name| {
        view! {
            <button type="button" class="chip" aria-pressed=move || (language.get() == name).to_string() on:click=move |_| language.set(name)>
                {name}
            </button>
        }
    });
    let text = Signal::derive(move || settings.with(|it| code(language.get(), it)));
    view! {
        <div class="chips" role="group" aria-label="Language">{chips.into_iter().collect::<Vec<_>>()}</div>
        <pre class="code-block" tabindex="0" aria-label="Code" role="region" data-testid="code"><code>{move || text.get()}</code></pre>
        <div class="buttons"><Copy label="Copy the code" text /></div>
    }
    .into_any()
}
