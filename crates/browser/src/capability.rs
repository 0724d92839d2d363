use wasm_bindgen::prelude::*;

use crate::error::{ClientError, ClientErrorCode};
use crate::reflect::{call, get, get_in, global, has_method};
use crate::wait::Answer;

/// How long a question about the browser is waited for, in milliseconds. Browsers answer such questions at once.
const PATIENCE: f64 = 1_000.0;

/// Whether this page can use passkeys at all.
///
/// It says nothing about authenticators: someone without a passkey on this device may have one on their phone. Web views
/// report no platform authenticator even when they have one, so do not hide a button by more than this.
#[must_use]
pub fn is_supported() -> bool {
    if cfg!(not(target_arch = "wasm32")) {
        return false;
    }
    let credentials = credentials();
    public_key_credential().is_function()
        && has_method(&credentials, "create")
        && has_method(&credentials, "get")
}

/// Whether the browser can offer passkeys among its autofill suggestions.
///
/// Never ask for [`Mediation::Conditional`](crate::Mediation::Conditional) where this is false: web views open a dialog then.
pub async fn is_conditional_mediation_available() -> bool {
    is_supported() && is_yes(&ask("isConditionalMediationAvailable").await)
}

/// What a static method of `PublicKeyCredential` answers; `undefined` if it is missing, fails, or says nothing for a while.
pub(crate) async fn ask(method: &'static str) -> JsValue {
    let returned = call(&public_key_credential(), method, &JsValue::UNDEFINED);
    if returned.is_undefined() {
        return returned;
    }
    match Answer::of(&returned, Some(PATIENCE)).await {
        Some(Ok(answer)) => answer,
        _ => JsValue::UNDEFINED,
    }
}

pub(crate) fn is_yes(answer: &JsValue) -> bool {
    answer.as_bool() == Some(true)
}

pub(crate) fn is_no(answer: &JsValue) -> bool {
    answer.as_bool() == Some(false)
}

/// The interface object `PublicKeyCredential`.
pub(crate) fn public_key_credential() -> JsValue {
    get(&global(), "PublicKeyCredential")
}

/// `navigator.credentials`, or undefined. Read anew each time: extensions replace it after the page has loaded.
pub(crate) fn credentials() -> JsValue {
    get_in(&global(), &["navigator", "credentials"])
}

/// Says why [`is_supported`] is false.
pub(crate) fn not_supported() -> ClientError {
    let detail = if cfg!(not(target_arch = "wasm32")) {
        "this is not a browser"
    } else if is_no(&get(&global(), "isSecureContext")) {
        "the page is served over plain http; passkeys need https or localhost"
    } else {
        "`PublicKeyCredential` or `navigator.credentials` is missing"
    };
    ClientError::new(ClientErrorCode::NotSupported, detail)
}
