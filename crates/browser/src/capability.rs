use wasm_bindgen::prelude::*;

use crate::ceremony::Ceremony;
use crate::error::{ClientError, Reason};
use crate::reflect::{call, on_page};
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
    const NEEDED: [&str; 3] = [
        PUBLIC_KEY_CREDENTIAL,
        Ceremony::Create.function(),
        Ceremony::Get.function(),
    ];
    NEEDED.iter().all(|path| on_page(path).is_function())
}

/// Whether the browser can offer passkeys among its autofill suggestions.
///
/// Never ask for [`Mediation::Conditional`](crate::Mediation::Conditional) where this is false: web views open a dialog then.
pub async fn is_conditional_mediation_available() -> bool {
    is_supported() && is_yes(&ask("isConditionalMediationAvailable").await)
}

/// What a static method of `PublicKeyCredential` answers; `undefined` if it is missing, fails, or says nothing for a while.
pub(crate) async fn ask(method: &'static str) -> JsValue {
    let returned = call(&on_page(PUBLIC_KEY_CREDENTIAL), method, &JsValue::UNDEFINED);
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
    !answer.is_undefined() && answer.is_falsy()
}

/// Where the interface object is.
pub(crate) const PUBLIC_KEY_CREDENTIAL: &str = "PublicKeyCredential";

/// Says why [`is_supported`] is false.
pub(crate) fn not_supported() -> ClientError {
    let reason = if cfg!(not(target_arch = "wasm32")) {
        Reason::NotABrowser
    } else if is_no(&on_page("isSecureContext")) {
        Reason::InsecureContext
    } else {
        Reason::NoWebAuthn
    };
    reason.into()
}
