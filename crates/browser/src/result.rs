//! From what the browser returned to the JSON for a server.
//!
//! What comes back is not always what the specification says. Password managers replace `navigator.credentials` and
//! return plain objects without methods; Android web views parse JSON into the shape of a credential. So nothing here
//! asks what a value *is*, only what it has, and the methods of the specification are one source among others.

use alloc::format;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::base64url::{self, decode};
use crate::ceremony::Ceremony;
use crate::error::{ClientError, ClientErrorCode};
use crate::reflect::{bytes, call, member, names, set, text};

/// How deep extension results may be nested; today's are four deep. Deeper ones are cut off, so that an object that
/// contains itself ends.
const MAX_DEPTH: usize = 16;

/// What a ceremony gave.
pub(crate) struct Outcome {
    /// `RegistrationResponseJSON` or `AuthenticationResponseJSON`, without PRF outputs.
    pub(crate) response: Object,
    /// The PRF outputs, as they were in the JSON: `first` and maybe `second`, base64url.
    pub(crate) prf: Option<JsValue>,
}

/// Reads a credential.
pub(crate) fn to_json(ceremony: Ceremony, credential: &JsValue) -> Result<Outcome, ClientError> {
    if credential.is_null() || credential.is_undefined() {
        let detail = "the browser returned no credential";
        return Err(ClientError::new(ClientErrorCode::Cancelled, detail));
    }
    let answer = member(credential, "response").unwrap_or(JsValue::UNDEFINED);
    let undefined = &JsValue::UNDEFINED;

    let response = Object::new();
    let required: &[&str] = match ceremony {
        Ceremony::Create => &["clientDataJSON", "attestationObject"],
        Ceremony::Get => &["clientDataJSON", "authenticatorData", "signature"],
    };
    for name in required {
        let value = member(&answer, name).as_ref().and_then(bytes);
        let value = value.ok_or_else(|| missing(&format!("response.{name}")))?;
        set_bytes(&response, name, &value);
    }
    match ceremony {
        Ceremony::Create => {
            set(&response, "transports", &transports(&answer));
            // Convenience copies of what is in the attestation object. Some browsers have none for some algorithms.
            for (name, getter) in [
                ("authenticatorData", "getAuthenticatorData"),
                ("publicKey", "getPublicKey"),
            ] {
                if let Some(value) = call(&answer, getter, undefined).as_ref().and_then(bytes) {
                    set_bytes(&response, name, &value);
                }
            }
            let algorithm = call(&answer, "getPublicKeyAlgorithm", undefined);
            if let Some(algorithm) = algorithm.filter(|value| value.as_f64().is_some()) {
                set(&response, "publicKeyAlgorithm", &algorithm);
            }
        }
        Ceremony::Get => {
            if let Some(handle) = member(&answer, "userHandle").as_ref().and_then(bytes) {
                set_bytes(&response, "userHandle", &handle);
            }
        }
    }

    let id = member(credential, "rawId").as_ref().and_then(bytes);
    let id = id.or_else(|| decode(&text(credential, "id")?).ok());
    let id = id.ok_or_else(|| missing("rawId"))?;

    let (extensions, prf) = extension_results(credential);
    let whole = Object::new();
    set_bytes(&whole, "id", &id);
    set_bytes(&whole, "rawId", &id);
    set(&whole, "type", &"public-key".into());
    set(&whole, "response", &response);
    if let Some(attachment) = text(credential, "authenticatorAttachment") {
        set(&whole, "authenticatorAttachment", &attachment.into());
    }
    set(&whole, "clientExtensionResults", &extensions);
    Ok(Outcome {
        response: whole,
        prf,
    })
}

fn transports(answer: &JsValue) -> Array {
    let listed = call(answer, "getTransports", &JsValue::UNDEFINED)
        .filter(Array::is_array)
        .or_else(|| member(answer, "transports").filter(Array::is_array));
    match listed {
        Some(listed) => Array::from(&listed)
            .iter()
            .filter(JsValue::is_string)
            .collect(),
        None => Array::new(),
    }
}

/// The extension outputs as JSON, and the PRF outputs, which are taken out of it: they are keys of the page, and a
/// server has no use for them (L3 §10.1.4, "PRF").
fn extension_results(credential: &JsValue) -> (Object, Option<JsValue>) {
    let undefined = &JsValue::UNDEFINED;
    let raw = call(credential, "getClientExtensionResults", undefined)
        .filter(JsValue::is_object)
        .or_else(|| {
            let json = call(credential, "toJSON", undefined)?;
            member(&json, "clientExtensionResults").filter(JsValue::is_object)
        });
    let json = raw.and_then(|raw| encode(&raw, 0)).map(Object::from);
    let json = json.unwrap_or_default();
    let prf = member(&json, "prf").and_then(|prf| {
        let results = member(&prf, "results");
        let _ = Reflect::delete_property(prf.unchecked_ref::<Object>(), &"results".into());
        results
    });
    (json, prf)
}

/// A copy as JSON: bytes become base64url wherever they are; what JSON cannot hold is left out.
fn encode(value: &JsValue, depth: usize) -> Option<JsValue> {
    if value.is_string() || value.as_bool().is_some() || value.as_f64().is_some() || value.is_null()
    {
        return Some(value.clone());
    }
    if !value.is_object() || depth == MAX_DEPTH {
        return None;
    }
    if let Some(bytes) = bytes(value) {
        return Some(base64url::encode(&bytes).into());
    }
    if Array::is_array(value) {
        let items = Array::from(value);
        let items = items.iter().filter_map(|item| encode(&item, depth + 1));
        return Some(items.collect::<Array>().into());
    }
    let copy = Object::new();
    for name in names(value) {
        let member = Reflect::get(value, &name.as_str().into()).ok();
        if let Some(member) = member.and_then(|member| encode(&member, depth + 1)) {
            set(&copy, &name, &member);
        }
    }
    Some(copy.into())
}

fn set_bytes(object: &Object, name: &str, bytes: &[u8]) {
    set(object, name, &base64url::encode(bytes).into());
}

fn missing(what: &str) -> ClientError {
    let detail = format!("the credential has no `{what}`");
    ClientError::new(ClientErrorCode::Other, detail)
}
