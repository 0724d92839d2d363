//! The two kinds of messages: news, and what went wrong.

use leptos::prelude::*;

use crate::dynamic::dynamic;
use crate::session::Session;

/// The news of the session. Screen readers watch the outer element, so it is there before there is any.
#[component]
pub(crate) fn Notice() -> AnyView {
    let session = Session::current();
    let text = move || Some(session.notice()).filter(|text| !text.is_empty());
    view! {
        <div role="status" class="notice" data-testid="notice">
            {dynamic(move || text().map(|text| view! { <p class="message">{text}</p> }))}
        </div>
    }
    .into_any()
}

/// What went wrong, next to where it did. Nothing is shown while nothing has.
#[component]
pub(crate) fn ErrorMessage(
    /// The id by which a field says that this is about it.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(into)] text: Signal<Option<String>>,
) -> AnyView {
    dynamic(move || {
        text.get().map(|text| {
            view! { <p id=id.clone() role="alert" class="message message-error" data-testid="error">{text}</p> }
        })
    })
}
