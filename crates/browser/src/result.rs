//! From what the browser returned to the JSON for a server.
//!
//! What comes back is not always what the specification says. Password managers replace `navigator.credentials` and
//! return plain objects without methods; Android web views parse JSON into the shape of a credential. So nothing here
//! asks what a value *is*, only what it has, and the methods of the specification are one source among others.

use js_sys::{Array, Object, Reflect};
use passkeep_protocol::base64url::{self, decode};
use wasm_bindgen::prelude::*;

use crate::ceremony::Ceremony;
use crate::error::{ClientError, ClientErrorCode, joined};
use crate::reflect::{bytes, call, get, keys, name, set, text};

/// How deep extension results may be nested; today's are four deep. Deeper ones are cut off, so that an object that
/// contains itself ends.
const MAX_DEPTH: usize = 16;

/// What a ceremony gave.
pub(crate) struct Outcome {
    /// `RegistrationResponseJSON` or `AuthenticationResponseJSON`, without PRF outputs.
    pub(crate) response: JsValue,
    /// The PRF outputs, as they were in the JSON: `first` and maybe `second`, base64url; `undefined` if there are none.
    pub(crate) prf: JsValue,
}

/// Reads a credential.
#[inline(never)]
pub(crate) fn to_json(ceremony: Ceremony, credential: &JsValue) -> Result<Outcome, ClientError> {
    if credential.is_null() || credential.is_undefined() {
        let detail = "the browser returned no credential";
        return Err(ClientError::new(ClientErrorCode::Cancelled, detail));
    }
    let answer = get(credential, "response");
    let undefined = &JsValue::UNDEFINED;

    let response = object();
    let (required, optional): (&[&'static str], _) = match ceremony {
        Ceremony::Create => (&["clientDataJSON", "attestationObject"], None),
        Ceremony::Get => (
            &["clientDataJSON", "authenticatorData", "signature"],
            Some("userHandle"),
        ),
    };
    for name in required {
        if !set_bytes(&response, name, &get(&answer, name)) {
            return Err(missing(&joined(&["response.", name])));
        }
    }
    if let Some(name) = optional {
        set_bytes(&response, name, &get(&answer, name));
    } else {
        set(&response, "transports", &transports(&answer));
        // Convenience copies of what is in the attestation object. Some browsers have none for some algorithms.
        for (name, getter) in [
            ("authenticatorData", "getAuthenticatorData"),
            ("publicKey", "getPublicKey"),
        ] {
            set_bytes(&response, name, &call(&answer, getter, undefined));
        }
        let algorithm = call(&answer, "getPublicKeyAlgorithm", undefined);
        if algorithm.as_f64().is_some() {
            set(&response, "publicKeyAlgorithm", &algorithm);
        }
    }

    let id = bytes(&get(credential, "rawId"));
    let id = id.or_else(|| decode(&text(credential, "id")?).ok());
    let Some(id) = id else {
        return Err(missing("rawId"));
    };
    let id = JsValue::from(base64url::encode(&id));

    let (extensions, prf) = extension_results(credential);
    let whole = object();
    set(&whole, "id", &id);
    set(&whole, "rawId", &id);
    set(&whole, "type", name("public-key"));
    set(&whole, "response", &response);
    let attachment = get(credential, "authenticatorAttachment");
    if attachment.is_string() {
        set(&whole, "authenticatorAttachment", &attachment);
    }
    set(&whole, "clientExtensionResults", &extensions);
    Ok(Outcome {
        response: whole,
        prf,
    })
}

fn transports(answer: &JsValue) -> JsValue {
    let mut listed = call(answer, "getTransports", &JsValue::UNDEFINED);
    if !Array::is_array(&listed) {
        listed = get(answer, "transports");
    }
    let transports = Array::new();
    if Array::is_array(&listed) {
        for one in listed.unchecked_into::<Array>() {
            if one.is_string() {
                transports.push(&one);
            }
        }
    }
    transports.into()
}

/// The extension outputs as JSON, and the PRF outputs, which are taken out of it: they are keys of the page, and a
/// server has no use for them (L3 §10.1.4, "PRF").
fn extension_results(credential: &JsValue) -> (JsValue, JsValue) {
    let undefined = &JsValue::UNDEFINED;
    let mut raw = call(credential, "getClientExtensionResults", undefined);
    if !raw.is_object() {
        let json = call(credential, "toJSON", undefined);
        raw = get(&json, "clientExtensionResults");
    }
    let mut json = encode(&raw, 0);
    if !json.is_object() {
        json = object();
    }
    let prf = get(&json, "prf");
    let results = get(&prf, "results");
    if !results.is_undefined() {
        let _ = Reflect::delete_property(prf.unchecked_ref::<Object>(), name("results"));
    }
    (json, results)
}

/// A copy as JSON: bytes become base64url wherever they are; what JSON cannot hold is `undefined`, and left out of the rest.
fn encode(value: &JsValue, depth: usize) -> JsValue {
    if value.is_string() || value.as_bool().is_some() || value.as_f64().is_some() || value.is_null()
    {
        return value.clone();
    }
    if !value.is_object() || depth == MAX_DEPTH {
        return JsValue::UNDEFINED;
    }
    if let Some(bytes) = bytes(value) {
        return base64url::encode(&bytes).into();
    }
    if Array::is_array(value) {
        let copy = Array::new();
        for item in value.clone().unchecked_into::<Array>() {
            let item = encode(&item, depth + 1);
            if !item.is_undefined() {
                copy.push(&item);
            }
        }
        return copy.into();
    }
    let copy = object();
    for name in keys(value) {
        let member = Reflect::get(value, &name).unwrap_or(JsValue::UNDEFINED);
        let member = encode(&member, depth + 1);
        if !member.is_undefined() {
            let _ = Reflect::set(&copy, &name, &member);
        }
    }
    copy
}

fn object() -> JsValue {
    Object::new().into()
}

/// Sets a member to base64url, if the value is bytes. Returns whether it is.
fn set_bytes(object: &JsValue, name: &'static str, value: &JsValue) -> bool {
    let Some(bytes) = bytes(value) else {
        return false;
    };
    set(object, name, &base64url::encode(&bytes).into());
    true
}

fn missing(what: &str) -> ClientError {
    let detail = joined(&["the credential has no `", what, "`"]);
    ClientError::new(ClientErrorCode::Other, detail)
}
