//! Reads the server's JSON into the contract's types.
//!
//! The browser parses it, and serde-wasm-bindgen hands out what it found. serde_json's reader would be a tenth of what a person
//! downloads, most of it for fractions, which the contract has none of, and for words about what is wrong, which nobody reads.

use js_sys::JSON;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

/// Reads a text. `None` for what is not JSON, or not of the expected form.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let value = JSON::parse(text).ok()?;
    serde_wasm_bindgen::from_value(value).ok()
}

/// A value that nobody here looks into.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Raw(#[serde(with = "serde_wasm_bindgen::preserve")] JsValue);

impl Raw {
    /// Its JSON; empty for what has none, which no answer of a server contains.
    pub(crate) fn to_json(&self) -> String {
        JSON::stringify(&self.0).map_or_else(|_| String::new(), String::from)
    }
}
