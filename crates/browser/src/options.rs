//! From the JSON of a server to the object the browser wants.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Array, Function, Object, Uint8Array, global};
use passkeep_protocol::shape::{CREATION_OPTIONS, REQUEST_OPTIONS, Shape};
use wasm_bindgen::prelude::*;

use crate::base64url::decode;
use crate::ceremony::Ceremony;
use crate::error::{ClientError, ClientErrorCode};
use crate::reflect::{member, method, names, set, text};

/// Makes the `publicKey` member for the browser, in place.
///
/// `json` must come fresh from `JSON.parse`: some web views write into the options they are given, so no two calls may
/// share an object, and its plain objects are what those web views expect. Members that the tables do not name stay as
/// they are, so that the options of a later level reach the browser.
pub(crate) fn for_browser(ceremony: Ceremony, json: JsValue) -> Result<Object, ClientError> {
    if !json.is_object() || Array::is_array(&json) {
        return Err(invalid("the options are not a JSON object"));
    }
    let shape = match ceremony {
        Ceremony::Create => &CREATION_OPTIONS,
        Ceremony::Get => &REQUEST_OPTIONS,
    };
    let options = Object::from(convert(&json, shape, &mut Vec::new())?);
    if ceremony == Ceremony::Create {
        attach_as_hinted(&options);
    }
    Ok(options)
}

/// Walks along the shape. Returns the value to put in place of the one given, often the same.
fn convert(value: &JsValue, shape: &Shape, path: &mut Vec<String>) -> Result<JsValue, ClientError> {
    match shape {
        Shape::Bytes => {
            let path = || path.join(".");
            let Some(text) = value.as_string() else {
                return Err(invalid(format!("`{}` is not base64url text", path())));
            };
            let bytes = decode(&text).map_err(|offset| {
                invalid(format!(
                    "`{}`: a base64url value is malformed at byte {offset}: it is not unpadded base64url",
                    path()
                ))
            })?;
            let bytes = Uint8Array::from(bytes.as_slice());
            say_base64url_as_json(&bytes, &text);
            Ok(bytes.into())
        }
        Shape::Object(members) => {
            for (name, shape) in *members {
                replace(value, name, shape, path)?;
            }
            Ok(value.clone())
        }
        Shape::Array(shape) | Shape::Record(shape) => {
            for name in names(value) {
                replace(value, &name, shape, path)?;
            }
            Ok(value.clone())
        }
    }
}

/// Gives bytes the method that `JSON.stringify()` asks for. Android's web views hand parts of the options on in that way,
/// and without it a credential id arrives as `{"0":…}`. Browsers take the bytes and do not look at it.
fn say_base64url_as_json(bytes: &Uint8Array, text: &str) {
    let prototype = member(&global(), "String").and_then(|string| member(&string, "prototype"));
    if let Some(value_of) = prototype.and_then(|prototype| method(&prototype, "valueOf")) {
        let to_json: Function = value_of.bind0(&JsValue::from_str(text));
        set(bytes, "toJSON", &to_json);
    }
}

fn replace(
    object: &JsValue,
    name: &str,
    shape: &Shape,
    path: &mut Vec<String>,
) -> Result<(), ClientError> {
    // What is not an object where one should be is left for the browser to judge.
    if !object.is_object() {
        return Ok(());
    }
    let Some(value) = member(object, name) else {
        return Ok(());
    };
    path.push(name.to_owned());
    let converted = convert(&value, shape, path)?;
    path.pop();
    if converted != value {
        set(object.unchecked_ref(), name, &converted);
    }
    Ok(())
}

/// Gives browsers that do not know `hints` the attachment that comes closest, unless the server chose one itself.
///
/// The first hint that means something counts: on conflict the first one wins. Source: L3 §5.8.8.
fn attach_as_hinted(options: &Object) {
    let Some(hints) = member(options, "hints").filter(Array::is_array) else {
        return;
    };
    let attachment = Array::from(&hints)
        .iter()
        .find_map(|hint| match hint.as_string()?.as_str() {
            "security-key" | "hybrid" => Some("cross-platform"),
            "client-device" => Some("platform"),
            _ => None,
        });
    let Some(attachment) = attachment else {
        return;
    };
    let selection = match member(options, "authenticatorSelection") {
        Some(selection) if selection.is_object() => Object::from(selection),
        _ => Object::new(),
    };
    if text(&selection, "authenticatorAttachment").is_none() {
        set(&selection, "authenticatorAttachment", &attachment.into());
        set(options, "authenticatorSelection", &selection);
    }
}

fn invalid(detail: impl Into<String>) -> ClientError {
    ClientError::new(ClientErrorCode::InvalidOptions, detail)
}
