//! From the JSON of a server to the object the browser wants.

use js_sys::{Object, Reflect, Uint8Array};
use passkeep_protocol::base64url::decode;
use passkeep_protocol::shape::{CREATION_OPTIONS, EXTENSION_INPUTS, REQUEST_OPTIONS};
use wasm_bindgen::prelude::*;

use crate::ceremony::Ceremony;
use crate::error::{ClientError, Reason};
use crate::reflect::{first_step, get, get_value, is_array, members, name, parse, set};

/// Makes the `publicKey` member for the browser, of JavaScript's text.
///
/// Its objects are plain ones of its own: some web views expect them, and write into the options they are given. Members that the
/// tables do not name are as they were, so that the options of a later level reach the browser.
pub(crate) fn for_browser(ceremony: Ceremony, json: &JsValue) -> Result<JsValue, ClientError> {
    let Ok(options) = parse(json) else {
        return Err(Reason::NotJson.into());
    };
    if !options.is_object() || is_array(&options) {
        return Err(Reason::NotAnObject.into());
    }
    let paths = match ceremony {
        Ceremony::Create => CREATION_OPTIONS,
        Ceremony::Get => REQUEST_OPTIONS,
    };
    for path in paths.iter().chain(EXTENSION_INPUTS) {
        convert(&options, path)?;
    }
    if ceremony == Ceremony::Create {
        attach_as_hinted(&options);
    }
    Ok(options)
}

/// Puts bytes in the place of the text at a path.
fn convert(object: &JsValue, path: &'static str) -> Result<(), ClientError> {
    let (step, rest) = first_step(path);
    if step != "*" {
        let key = name(step);
        return replace(object, key, get_value(object, key), rest);
    }
    for (key, member) in members(object) {
        replace(object, &key, member, rest)?;
    }
    Ok(())
}

/// Does the same from a member on.
#[inline(never)]
fn replace(
    object: &JsValue,
    key: &JsValue,
    member: JsValue,
    rest: &'static str,
) -> Result<(), ClientError> {
    // What is not there is left out, and what is not an object where one should be is left for the browser to judge.
    let done = if member.is_undefined() {
        Ok(())
    } else if rest.is_empty() {
        to_bytes(&member).map(|bytes| {
            let _ = Reflect::set(object, key, &bytes);
        })
    } else {
        convert(&member, rest)
    };
    done.map_err(|error| error.within(&key.as_string().unwrap_or_default()))
}

fn to_bytes(value: &JsValue) -> Result<JsValue, ClientError> {
    let Some(text) = value.as_string() else {
        return Err(Reason::NotText.into());
    };
    let bytes = match decode(&text) {
        Ok(bytes) => Uint8Array::from(bytes.as_slice()).into(),
        Err(offset) => return Err(Reason::NotBase64url(offset).into()),
    };
    say_base64url_as_json(&bytes, value);
    Ok(bytes)
}

/// Gives bytes the method that `JSON.stringify()` asks for. Android's web views hand parts of the options on in that way,
/// and without it a credential id arrives as `{"0":…}`. Browsers take the bytes and do not look at it.
fn say_base64url_as_json(bytes: &JsValue, text: &JsValue) {
    set(bytes, "toJSON", &value_of(text));
}

/// Gives browsers that do not know `hints` the attachment that comes closest, unless the server chose one itself.
///
/// The first hint that means something counts: on conflict the first one wins. Source: L3 §5.8.8.
fn attach_as_hinted(options: &JsValue) {
    let hints = get(options, "hints");
    if hints.is_undefined() {
        return;
    }
    let Ok(closest) = parse(&JsValue::from_str(CLOSEST)) else {
        return;
    };
    let attachment = members(&hints)
        .map(|(_, hint)| get_value(&closest, &hint))
        .find(JsValue::is_string);
    let Some(attachment) = attachment else {
        return;
    };
    let mut selection = get(options, "authenticatorSelection");
    if !selection.is_object() {
        selection = Object::new().into();
    }
    if !get(&selection, "authenticatorAttachment").is_string() {
        set(&selection, "authenticatorAttachment", &attachment);
        set(options, "authenticatorSelection", &selection);
    }
}

/// The attachment for each hint.
const CLOSEST: &str =
    r#"{"security-key":"cross-platform","hybrid":"cross-platform","client-device":"platform"}"#;

#[wasm_bindgen]
extern "C" {
    /// A function that returns the text.
    #[wasm_bindgen(js_namespace = ["String", "prototype", "valueOf"], js_name = bind)]
    fn value_of(text: &JsValue) -> JsValue;
}
