//! What the pages ask of the browser beyond their own elements.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

/// The id of the heading that every page begins with.
pub(crate) const HEADING: &str = "page-heading";

/// This moment, in milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    passkeep_browser::page::clock::now_ms()
}

/// The page's own origin.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The page's own host.
pub(crate) fn host() -> String {
    window().location().hostname().unwrap_or_default()
}

/// What stands after the hash sign in the page's address, with it.
pub(crate) fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// The page's address without a fragment.
pub(crate) fn address() -> String {
    let path = window().location().pathname().unwrap_or_default();
    format!("{}{path}", origin())
}

/// Random bytes of the browser's.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Ok(crypto) = window().crypto() {
        // It fails for more than 65536 bytes only.
        crypto.get_random_values_with_u8_array(&mut bytes).ok();
    }
    bytes
}

/// Focuses the element with this id once the page has been redrawn.
pub(crate) fn focus_later(id: impl Into<String>) {
    let id = id.into();
    request_animation_frame(move || {
        if let Some(element) = document().get_element_by_id(&id) {
            element.unchecked_into::<HtmlElement>().focus().ok();
        }
    });
}

/// Moves what is around an element so far that it is seen, and no further.
pub(crate) fn reveal(id: &str) {
    let Some(element) = document().get_element_by_id(id) else {
        return;
    };
    // Only inside of its own scroller: the page itself must not jump under the pointer.
    let Ok(Some(scroller)) = element.closest("[data-scroller]") else {
        return;
    };
    let (inner, outer) = (
        element.get_bounding_client_rect(),
        scroller.get_bounding_client_rect(),
    );
    let above = inner.top() - outer.top();
    let below = inner.bottom() - outer.bottom();
    if above < 0.0 {
        scroller.set_scroll_top(scroller.scroll_top() + above as i32 - 8);
    } else if below > 0.0 {
        scroller.set_scroll_top(scroller.scroll_top() + below as i32 + 8);
    }
}

/// Puts a text on the clipboard, and says whether it went there.
pub(crate) fn copy(text: String, done: impl FnOnce(bool) + 'static) {
    let promise = window().navigator().clipboard().write_text(&text);
    spawn_local(async move {
        let written = wasm_bindgen_futures::JsFuture::from(promise).await;
        done(written.is_ok());
    });
}

/// Milliseconds since the page was opened, with what is after the point.
pub(crate) fn now_precise() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Words of an element below another. As a literal they would make HTML text of the element, which the page's policy refuses.
pub(crate) const fn t(words: &'static str) -> &'static str {
    words
}
