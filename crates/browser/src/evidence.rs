//! What can be observed around a call: the browser gives one exception for many causes.

use js_sys::{Array, Date, JsString, Object, global};
use wasm_bindgen::prelude::*;

use crate::capability::credentials;
use crate::ceremony::{Ceremony, Mediation};
use crate::explain::{DEFAULT_TIMEOUT, Evidence, Exception};
use crate::reflect::{call, member, method, text};

/// What was so when a call was made.
pub(crate) struct Observed {
    at: f64,
    evidence: Evidence,
}

impl Observed {
    /// Looks around. The browser's dialog takes the focus, so afterwards it is too late for that.
    pub(crate) fn now(ceremony: Ceremony, mediation: Mediation, options: &Object) -> Self {
        let window = global();
        let document = member(&window, "document").unwrap_or(JsValue::UNDEFINED);
        let activation = member(&window, "navigator")
            .and_then(|navigator| member(&navigator, "userActivation"))
            .and_then(|activation| member(&activation, "isActive"));
        let rp_id = match ceremony {
            Ceremony::Create => member(options, "rp").and_then(|rp| text(&rp, "id")),
            Ceremony::Get => text(options, "rpId"),
        };
        let host = member(&window, "location").and_then(|location| text(&location, "hostname"));
        Self {
            at: Date::now(),
            evidence: Evidence {
                ceremony,
                mediation,
                blocked_by_policy: is_blocked_by_policy(&document, ceremony),
                had_focus: call(&document, "hasFocus", &JsValue::UNDEFINED) != Some(JsValue::FALSE),
                had_gesture: activation != Some(JsValue::FALSE),
                elapsed: 0.0,
                timeout: member(options, "timeout")
                    .and_then(|timeout| timeout.as_f64())
                    .unwrap_or(DEFAULT_TIMEOUT),
                host: host.unwrap_or_default(),
                rp_id,
                offers_public_key: offers_public_key(options),
                replaced: is_replaced(ceremony),
            },
        }
    }

    /// What is known by now.
    pub(crate) fn evidence(&self) -> Evidence {
        Evidence {
            elapsed: Date::now() - self.at,
            ..self.evidence.clone()
        }
    }

    /// The ceremony's timeout in milliseconds.
    pub(crate) fn timeout(&self) -> f64 {
        self.evidence.timeout
    }
}

impl Exception {
    /// Reads whatever was thrown.
    pub(crate) fn read(thrown: &JsValue) -> Self {
        let message = text(thrown, "message").or_else(|| thrown.as_string());
        Self {
            name: text(thrown, "name"),
            message: message.unwrap_or_default(),
            thrown: Some(thrown.clone()),
        }
    }
}

/// Only where the browser has an interface to ask, and knows the feature by name: one it does not know it calls
/// forbidden.
fn is_blocked_by_policy(document: &JsValue, ceremony: Ceremony) -> bool {
    let feature = JsValue::from(match ceremony {
        Ceremony::Create => "publickey-credentials-create",
        Ceremony::Get => "publickey-credentials-get",
    });
    let Some(policy) =
        member(document, "permissionsPolicy").or_else(|| member(document, "featurePolicy"))
    else {
        return false;
    };
    let known = call(&policy, "features", &JsValue::UNDEFINED).filter(Array::is_array);
    known.is_some_and(|known| Array::from(&known).includes(&feature, 0))
        && call(&policy, "allowsFeature", &feature) == Some(JsValue::FALSE)
}

/// Whether the function that is about to be called shows that it is not the browser's own. One that hides it is not found.
fn is_replaced(ceremony: Ceremony) -> bool {
    let name = match ceremony {
        Ceremony::Create => "create",
        Ceremony::Get => "get",
    };
    let Some(function) = method(&credentials(), name) else {
        return false;
    };
    let source = call(&function, "toString", &JsValue::UNDEFINED).filter(JsValue::is_string);
    source.is_some_and(|source| !JsString::from(source).includes("[native code]", 0))
}

fn offers_public_key(options: &Object) -> bool {
    let Some(offered) = member(options, "pubKeyCredParams").filter(Array::is_array) else {
        return false;
    };
    let mut offered = Array::from(&offered).into_iter();
    offered.any(|one| text(&one, "type").as_deref() == Some("public-key"))
}
