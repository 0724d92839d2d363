//! A part of the account page: what it is about, beside what is in it.

use leptos::prelude::*;

#[component]
pub(crate) fn Part(
    /// The heading's id.
    id: &'static str,
    title: &'static str,
    lead: &'static str,
    children: Children,
) -> AnyView {
    view! {
        <section class="part" aria-labelledby=id>
            <div class="part-head">
                <h2 id=id tabindex="-1">{title}</h2>
                <p class="hint">{lead}</p>
            </div>
            <div class="part-body">{children()}</div>
        </section>
    }
    .into_any()
}
