//! What there is.

use leptos::prelude::*;

use crate::app::{PAGES, PageHead};

#[component]
pub(crate) fn Overview() -> AnyView {
    let cards = PAGES.iter().map(|(address, name, about)| {
        view! {
            <li>
                <a class="card tool" href=*address>
                    <strong>{*name}</strong>
                    <span>{*about}</span>
                </a>
            </li>
        }
    });
    view! {
        <main class="bench">
            <PageHead
                title="The passkey workbench"
                lead="For developers: look into a ceremony byte by byte, make one without any hardware, break it, and see which step of the specification refuses it. The verifier in this page is the one that the server runs."
            />
            <ul class="tools">{cards.collect::<Vec<_>>()}</ul>
        </main>
    }
    .into_any()
}
