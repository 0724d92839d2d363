//! What can be observed around a call: the browser gives one exception for many causes.

use alloc::string::String;

use js_sys::{Array, Date};
use wasm_bindgen::prelude::*;

use crate::capability::{credentials, is_no, is_yes};
use crate::ceremony::{Ceremony, Mediation};
use crate::explain::{DEFAULT_TIMEOUT, Evidence, Exception};
use crate::reflect::{call, get, get_in, global, name, text};

/// What was so when a call was made. What stays as it is, such as the policy of a document, is looked at when it is asked for:
/// most ceremonies do not fail, and a browser lists dozens of features.
pub(crate) struct Observed {
    at: f64,
    evidence: Evidence,
}

impl Observed {
    /// Looks around. The browser's dialog takes the focus, so afterwards it is too late for that.
    #[inline(never)]
    pub(crate) fn now(ceremony: Ceremony, mediation: Mediation, options: &JsValue) -> Self {
        let window = global();
        let document = get(&window, "document");
        let activation = get_in(&window, &["navigator", "userActivation", "isActive"]);
        let rp_id: &[&'static str] = match ceremony {
            Ceremony::Create => &["rp", "id"],
            Ceremony::Get => &["rpId"],
        };
        Self {
            at: Date::now(),
            evidence: Evidence {
                ceremony,
                mediation,
                blocked_by_policy: false,
                had_focus: !is_no(&call(&document, "hasFocus", &JsValue::UNDEFINED)),
                had_gesture: !is_no(&activation),
                elapsed: 0.0,
                timeout: get(options, "timeout").as_f64().unwrap_or(DEFAULT_TIMEOUT),
                host: String::new(),
                rp_id: get_in(options, rp_id).as_string(),
                offers_public_key: offers_public_key(options),
                replaced: false,
            },
        }
    }

    /// What is known by now.
    pub(crate) fn evidence(&mut self) -> &Evidence {
        let window = global();
        let evidence = &mut self.evidence;
        evidence.elapsed = Date::now() - self.at;
        evidence.blocked_by_policy =
            is_blocked_by_policy(&get(&window, "document"), evidence.ceremony);
        let host = get_in(&window, &["location", "hostname"]);
        evidence.host = host.as_string().unwrap_or_default();
        evidence.replaced = is_replaced(evidence.ceremony);
        evidence
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
    let feature = name(match ceremony {
        Ceremony::Create => "publickey-credentials-create",
        Ceremony::Get => "publickey-credentials-get",
    });
    let mut policy = get(document, "permissionsPolicy");
    if policy.is_undefined() {
        policy = get(document, "featurePolicy");
    }
    let known = call(&policy, "features", &JsValue::UNDEFINED);
    is_yes(&call(&known, "includes", feature)) && is_no(&call(&policy, "allowsFeature", feature))
}

/// Whether the function that is about to be called shows that it is not the browser's own. One that hides it is not found.
fn is_replaced(ceremony: Ceremony) -> bool {
    let function = get(&credentials(), ceremony.method());
    let source = call(&function, "toString", &JsValue::UNDEFINED);
    let native = b"[native code]";
    source.as_string().is_some_and(|source| {
        let mut parts = source.as_bytes().windows(native.len());
        !parts.any(|part| part == native)
    })
}

fn offers_public_key(options: &JsValue) -> bool {
    let offered = get(options, "pubKeyCredParams");
    let is_public_key = |one: JsValue| text(&one, "type").as_deref() == Some("public-key");
    Array::is_array(&offered)
        && offered
            .unchecked_into::<Array>()
            .into_iter()
            .any(is_public_key)
}
