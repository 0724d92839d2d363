//! The exports for JavaScript. What they hand out are plain objects, also where something is wrong: nothing is thrown.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

#[cfg(feature = "js-decode")]
pub use self::decoding::decode;
#[cfg(feature = "js-verify")]
pub use self::verifying::verify;

#[cfg(feature = "js-decode")]
mod decoding {
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    use crate::{Inspection, decode as inspect};

    /// Decodes a response, or one of the structures in it.
    #[wasm_bindgen]
    #[must_use]
    pub fn decode(input: &JsValue) -> JsValue {
        let inspection = match super::text_of(input) {
            Ok(input) => inspect(&input),
            Err(problem) => Inspection::unusable(problem),
        };
        super::to_js(&inspection)
    }
}

#[cfg(feature = "js-verify")]
mod verifying {
    use passkeep_verify::Timestamp;
    use passkeep_verify::algorithm::PORTABLE;
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    use crate::verify::{self, Report};

    /// Judges the ceremony that a document describes, at `now` in milliseconds unless it says another time.
    #[wasm_bindgen]
    #[must_use]
    pub fn verify(document: &JsValue, now: f64) -> JsValue {
        let report = match super::text_of(document) {
            Ok(document) => verify::verify(&document, timestamp(now), PORTABLE),
            Err(problem) => Report::unusable(problem),
        };
        super::to_js(&report.to_value())
    }

    /// `None` for what is no time after 1970.
    fn timestamp(milliseconds: f64) -> Option<Timestamp> {
        // The largest number of milliseconds that a `Date` can have.
        let valid = (0.0..=8.64e15).contains(&milliseconds);
        valid.then_some(Timestamp(milliseconds as u64))
    }
}

/// A text, or the JSON of anything else.
fn text_of(value: &JsValue) -> Result<String, String> {
    if let Some(text) = value.as_string() {
        return Ok(text);
    }
    let text = js_sys::JSON::stringify(value);
    let text = text.ok().and_then(|text| JsValue::from(text).as_string());
    text.ok_or_else(|| "it is neither text nor something that can be written as JSON".to_owned())
}

fn to_js(value: &impl Serialize) -> JsValue {
    // Nothing that is handed out can fail to be written: names are text, and numbers are safe integers.
    value
        .serialize(&Serializer::json_compatible())
        .unwrap_or_else(JsValue::from)
}
