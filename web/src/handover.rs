//! What the static page knows when the live one takes its place.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlInputElement;

use crate::focus;

/// The id of the user-name field, in both pages.
pub(crate) const USER_NAME_FIELD: &str = "user-name";

/// What a person did before the program was there.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Handover {
    user_name: String,
    typing: bool,
}

impl Handover {
    /// Reads the static page: the user name as far as it is typed, and whether the cursor is still there.
    pub(crate) fn take() -> Self {
        let Some(field) = document().get_element_by_id(USER_NAME_FIELD) else {
            return Self::default();
        };
        Self {
            typing: document().active_element().as_ref() == Some(&field),
            user_name: field.unchecked_into::<HtmlInputElement>().value(),
        }
    }

    /// Keeps it for the page that asks for it.
    pub(crate) fn provide(self) {
        if self.typing {
            focus::later(USER_NAME_FIELD);
        }
        provide_context(self);
    }

    /// The user name to begin with.
    pub(crate) fn user_name() -> String {
        use_context::<Self>().unwrap_or_default().user_name
    }
}
