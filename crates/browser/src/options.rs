//! From the JSON of a server to the object the browser wants.

use alloc::borrow::Cow;
use alloc::string::String;

use js_sys::{Array, Reflect, Uint8Array};
use passkeep_protocol::base64url::decode;
use passkeep_protocol::shape::{CREATION_OPTIONS, REQUEST_OPTIONS, Shape};
use wasm_bindgen::prelude::*;

use crate::ceremony::Ceremony;
use crate::error::{ClientError, ClientErrorCode, joined};
use crate::reflect::{call, get, get_value, global, keys, name, set};

/// Makes the `publicKey` member for the browser, in place.
///
/// `json` must come fresh from `JSON.parse`: some web views write into the options they are given, so no two calls may
/// share an object, and its plain objects are what those web views expect. Members that the tables do not name stay as
/// they are, so that the options of a later level reach the browser.
pub(crate) fn for_browser(ceremony: Ceremony, json: JsValue) -> Result<JsValue, ClientError> {
    if !json.is_object() || Array::is_array(&json) {
        return Err(invalid("the options are not a JSON object"));
    }
    let shape = match ceremony {
        Ceremony::Create => &CREATION_OPTIONS,
        Ceremony::Get => &REQUEST_OPTIONS,
    };
    match convert(&json, shape) {
        Ok(_) => {}
        Err(Flaw { path, what }) => return Err(invalid(joined(&["`", &path, "`", &what]))),
    }
    if ceremony == Ceremony::Create {
        attach_as_hinted(&json);
    }
    Ok(json)
}

/// What cannot be converted, and where: the names on the way to it, joined by dots.
struct Flaw {
    path: String,
    what: Cow<'static, str>,
}

/// Walks along the shape. Returns the value to put in place of the one given; `undefined`, if it can stay.
fn convert(value: &JsValue, shape: &Shape) -> Result<JsValue, Flaw> {
    match shape {
        Shape::Bytes => return to_bytes(value),
        Shape::Object(members) => {
            for (member, shape) in *members {
                replace(value, name(member), shape)?;
            }
        }
        Shape::Array(shape) | Shape::Record(shape) => {
            for name in keys(value) {
                replace(value, &name, shape)?;
            }
        }
    }
    Ok(JsValue::UNDEFINED)
}

fn to_bytes(value: &JsValue) -> Result<JsValue, Flaw> {
    let flaw = |what| Flaw {
        path: String::new(),
        what,
    };
    let Some(text) = value.as_string() else {
        return Err(flaw(" is not base64url text".into()));
    };
    let bytes = match decode(&text) {
        Ok(bytes) => Uint8Array::from(bytes.as_slice()),
        Err(offset) => {
            let offset = call(&global(), "String", &JsValue::from_f64(offset as f64));
            let offset = offset.as_string().unwrap_or_default();
            let (before, after) = (
                ": a base64url value is malformed at byte ",
                ": it is not unpadded base64url",
            );
            return Err(flaw(joined(&[before, &offset, after]).into()));
        }
    };
    say_base64url_as_json(&bytes, value);
    Ok(bytes.into())
}

/// Gives bytes the method that `JSON.stringify()` asks for. Android's web views hand parts of the options on in that way,
/// and without it a credential id arrives as `{"0":…}`. Browsers take the bytes and do not look at it.
fn say_base64url_as_json(bytes: &JsValue, text: &JsValue) {
    set(bytes, "toJSON", &value_of(text));
}

fn replace(object: &JsValue, name: &JsValue, shape: &Shape) -> Result<(), Flaw> {
    // What is not an object where one should be is left for the browser to judge.
    if !object.is_object() {
        return Ok(());
    }
    let value = get_value(object, name);
    if value.is_undefined() {
        return Ok(());
    }
    match convert(&value, shape) {
        Ok(converted) => {
            if !converted.is_undefined() {
                let _ = Reflect::set(object, name, &converted);
            }
            Ok(())
        }
        Err(mut flaw) => {
            let name = name.as_string().unwrap_or_default();
            let dot = if flaw.path.is_empty() { "" } else { "." };
            flaw.path = joined(&[&name, dot, &flaw.path]);
            Err(flaw)
        }
    }
}

/// Gives browsers that do not know `hints` the attachment that comes closest, unless the server chose one itself.
///
/// The first hint that means something counts: on conflict the first one wins. Source: L3 §5.8.8.
fn attach_as_hinted(options: &JsValue) {
    let hints = get(options, "hints");
    if !Array::is_array(&hints) {
        return;
    }
    let attachment =
        hints
            .unchecked_into::<Array>()
            .iter()
            .find_map(|hint| match hint.as_string()?.as_str() {
                "security-key" | "hybrid" => Some("cross-platform"),
                "client-device" => Some("platform"),
                _ => None,
            });
    let Some(attachment) = attachment else {
        return;
    };
    let mut selection = get(options, "authenticatorSelection");
    if !selection.is_object() {
        selection = js_sys::Object::new().into();
    }
    if !get(&selection, "authenticatorAttachment").is_string() {
        set(&selection, "authenticatorAttachment", &attachment.into());
        set(options, "authenticatorSelection", &selection);
    }
}

fn invalid(detail: impl Into<Cow<'static, str>>) -> ClientError {
    ClientError::new(ClientErrorCode::InvalidOptions, detail)
}

#[wasm_bindgen]
extern "C" {
    /// A function that returns the text.
    #[wasm_bindgen(js_namespace = ["String", "prototype", "valueOf"], js_name = bind)]
    fn value_of(text: &JsValue) -> JsValue;
}
