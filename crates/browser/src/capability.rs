use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::error::{ClientError, ClientErrorCode};
use crate::reflect::{call, member, method};
use crate::wait::{First, race, sleep};

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
    public_key_credential().is_some()
        && method(&credentials, "create").is_some()
        && method(&credentials, "get").is_some()
}

/// Whether the browser can offer passkeys among its autofill suggestions.
///
/// Never ask for [`Mediation::Conditional`](crate::Mediation::Conditional) where this is false: web views open a dialog then.
pub async fn is_conditional_mediation_available() -> bool {
    is_supported() && ask("isConditionalMediationAvailable").await == Some(JsValue::TRUE)
}

/// Whether the browser itself says that it has a capability. One that says nothing may take a request for another kind.
pub(crate) async fn is_reported(capability: &str) -> bool {
    let report = ask("getClientCapabilities").await;
    report.and_then(|report| member(&report, capability)) == Some(JsValue::TRUE)
}

/// What a static method of `PublicKeyCredential` answers. None if it is missing, fails, or says nothing for a while.
pub(crate) async fn ask(method: &str) -> Option<JsValue> {
    let answer = call(&public_key_credential()?, method, &JsValue::UNDEFINED)?;
    let answer = JsFuture::from(Promise::resolve(&answer));
    match race(answer, sleep(PATIENCE)).await {
        First::Left(answer) => answer.ok(),
        First::Right(()) => None,
    }
}

/// The interface object `PublicKeyCredential`.
pub(crate) fn public_key_credential() -> Option<JsValue> {
    method(&js_sys::global(), "PublicKeyCredential").map(Into::into)
}

/// `navigator.credentials`, or undefined. Read anew each time: extensions replace it after the page has loaded.
pub(crate) fn credentials() -> JsValue {
    member(&js_sys::global(), "navigator")
        .and_then(|navigator| member(&navigator, "credentials"))
        .unwrap_or(JsValue::UNDEFINED)
}

/// Says why [`is_supported`] is false.
pub(crate) fn not_supported() -> ClientError {
    let detail = if cfg!(not(target_arch = "wasm32")) {
        "this is not a browser"
    } else if member(&js_sys::global(), "isSecureContext") == Some(JsValue::FALSE) {
        "the page is served over plain http; passkeys need https or localhost"
    } else {
        "`PublicKeyCredential` or `navigator.credentials` is missing"
    };
    ClientError::new(ClientErrorCode::NotSupported, detail)
}
