//! Moves the keyboard's focus to where a change put the person, so that nobody is left on an element that is gone.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, HtmlInputElement};

/// The id of the heading that every page begins with.
pub(crate) const PAGE_HEADING: &str = "page-heading";

/// Focuses the element with this id once the page has been redrawn.
pub(crate) fn later(id: impl Into<String>) {
    let id = id.into();
    request_animation_frame(move || {
        if let Some(element) = document().get_element_by_id(&id) {
            // An element that cannot be focused is no reason to fail.
            element.unchecked_into::<HtmlElement>().focus().ok();
        }
    });
}

/// Focuses the text field with this id and selects its text, once the page has been redrawn.
pub(crate) fn select_later(id: impl Into<String>) {
    let id = id.into();
    request_animation_frame(move || {
        if let Some(element) = document().get_element_by_id(&id) {
            element.unchecked_into::<HtmlInputElement>().select();
        }
    });
}
