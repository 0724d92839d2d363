//! The foot of every page: what this is, and in which language.

use leptos::ev::Targeted;
use leptos::prelude::*;
use leptos::web_sys::{Event, HtmlSelectElement};

use crate::language;
use crate::text::{language as words, site};

const CHOICE: &str = "language-choice";

#[component]
pub(crate) fn Footer() -> AnyView {
    let current = language::current();
    let choose =
        |event: Targeted<Event, HtmlSelectElement>| language::choose(&event.target().value());
    let option = |language: language::Language| {
        let selected = language.tag == current;
        view! {
            <option value=language.tag.clone() lang=language.tag selected=selected>
                {language.name}
            </option>
        }
    };
    view! {
        <footer class="bottom">
            <div>
                <p>{site::footer()}</p>
                <p>
                    // The server's pages, not the site's.
                    <a href="/docs/api" rel="external">
                        {site::api()}
                    </a>
                    " "
                    <a href="/workbench" rel="external">
                        {site::workbench()}
                    </a>
                </p>
            </div>
            <div class="field language">
                <label for=CHOICE>{words::choose()}</label>
                <select id=CHOICE data-testid="language" on:change:target=choose>
                    {language::all().into_iter().map(option).collect::<Vec<_>>()}
                </select>
            </div>
        </footer>
    }
    .into_any()
}
