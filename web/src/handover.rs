//! What the static page knows when the live one takes its place.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlInputElement;

use crate::components::entry::Door;
use crate::focus;

/// The id of the user-name field, in both pages.
pub(crate) const USER_NAME_FIELD: &str = "user-name";

/// What `web/early.js` makes of a button that is pressed before there is somebody to do it.
const PRESSED: &str = "[data-door][aria-busy]";

/// What a person did before the program was there.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Handover {
    user_name: String,
    typing: bool,
    pressed: Option<Door>,
}

impl Handover {
    /// Reads the static page: the user name as far as it is typed, whether the cursor is still there, and what was pressed.
    pub(crate) fn take() -> Self {
        let pressed = document().query_selector(PRESSED).ok().flatten();
        let pressed = pressed.and_then(|button| button.get_attribute("data-door"));
        let Some(field) = document().get_element_by_id(USER_NAME_FIELD) else {
            return Self::default();
        };
        Self {
            typing: document().active_element().as_ref() == Some(&field),
            user_name: field.unchecked_into::<HtmlInputElement>().value(),
            pressed: pressed.and_then(|door| Door::on_static_page(&door)),
        }
    }

    /// Keeps it for the page that asks for it.
    pub(crate) fn provide(self) {
        if self.typing {
            focus::later(USER_NAME_FIELD);
        } else if let Some(door) = self.pressed {
            focus::later(door.button());
        }
        provide_context(StoredValue::new(self));
    }

    fn kept() -> Option<StoredValue<Self>> {
        use_context()
    }

    /// The user name to begin with.
    pub(crate) fn user_name() -> String {
        let kept = Self::kept();
        kept.map(|kept| kept.with_value(|it| it.user_name.clone()))
            .unwrap_or_default()
    }

    /// What was pressed, for the first who asks.
    pub(crate) fn take_pressed() -> Option<Door> {
        Self::kept()?.try_update_value(|it| it.pressed.take())?
    }
}
