//! Reading a server's JSON with what the browser has, for apps that would otherwise carry a reader only for that.
//!
//! The browser parses it, and serde-wasm-bindgen hands out what it found. serde_json's reader would be a tenth of what the site's
//! visitors download, most of it for fractions, and for words about what is wrong with a text.

use alloc::string::String;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::reflect::{at, parse, stringify};

/// Reads a text. `None` for what is not JSON, or not of the expected form.
#[must_use]
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let value = parse(&JsValue::from_str(text)).ok()?;
    serde_wasm_bindgen::from_value(value).ok()
}

/// A value that is handed on as it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Raw(#[serde(with = "serde_wasm_bindgen::preserve")] JsValue);

impl Raw {
    /// Its JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // What was read from JSON has JSON.
        stringify(&self.0).unwrap_or_default()
    }

    /// The text that is found by going from member to member, as in `user.name`.
    #[must_use]
    pub fn text(&self, path: &'static str) -> Option<String> {
        at(&self.0, path).as_string()
    }
}
