//! What can be observed around a call: the browser gives one exception for many causes.

use alloc::rc::Rc;
use alloc::string::String;

use wasm_bindgen::prelude::*;

use crate::capability::{is_no, is_yes};
use crate::ceremony::{Ceremony, Mediation};
use crate::error::{ClientError, ClientErrorCode, Reason};
use crate::explain::{DEFAULT_TIMEOUT, Evidence, Exception, PATIENT, explain};
use crate::reflect::{at, call, get, members, name, number, on_page, text};

/// What was so when a call was made.
#[derive(Debug, PartialEq)]
pub(crate) struct Observed {
    pub(crate) ceremony: Ceremony,
    pub(crate) mediation: Mediation,
    /// The `publicKey` member that the browser was given.
    pub(crate) options: JsValue,
    /// The function that was called: the browser's, or what is in its place.
    pub(crate) function: JsValue,
    at: f64,
    had_focus: JsValue,
    had_gesture: JsValue,
    /// The timeout in the options, in milliseconds.
    pub(crate) timeout: f64,
}

impl Observed {
    /// Looks around. The browser's dialog takes the focus, so afterwards it is too late for that.
    #[inline(never)]
    pub(crate) fn now(
        ceremony: Ceremony,
        mediation: Mediation,
        options: JsValue,
        function: JsValue,
    ) -> Self {
        Self {
            ceremony,
            mediation,
            at: milliseconds(),
            had_focus: on_page("document.hasFocus()"),
            had_gesture: on_page("navigator.userActivation.isActive"),
            timeout: match number(&get(&options, "timeout")) {
                timeout if timeout.is_nan() => DEFAULT_TIMEOUT,
                timeout => timeout,
            },
            options,
            function,
        }
    }

    /// What it means that nothing has come, long after the timeout; nothing yet, if something may still.
    ///
    /// What a browser shows takes the focus from the page: a page that has it has nothing in front of it, and its promise was lost.
    /// Chromium takes no timeout below three minutes, and then waits for somebody to dismiss what it shows.
    pub(crate) fn silence(&self) -> Option<ClientError> {
        if !is_no(&on_page("document.hasFocus()")) {
            return Some(Reason::Silence.into());
        }
        let is_over = milliseconds() - self.at > self.timeout + PATIENT;
        is_over.then(|| Reason::SilenceBehindADialog.into())
    }

    /// What was thrown, with what else is there to be seen.
    #[inline(never)]
    pub(crate) fn thrown(self: &Rc<Self>, thrown: JsValue) -> ClientError {
        Thrown {
            thrown,
            elapsed: milliseconds() - self.at,
            observed: self.clone(),
        }
        .into()
    }
}

/// What was thrown, and the things that tell why. What they tell is found out when somebody asks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Thrown {
    pub(crate) thrown: JsValue,
    observed: Rc<Observed>,
    /// Milliseconds since the call.
    elapsed: f64,
}

impl Thrown {
    pub(crate) fn name(&self) -> Option<String> {
        text(&self.thrown, "name")
    }

    /// What it means, and what there is to say about it.
    #[inline(never)]
    pub(crate) fn explain(&self) -> (ClientErrorCode, String) {
        let thrown = &self.thrown;
        let message = text(thrown, "message").or_else(|| thrown.as_string());
        let exception = Exception {
            name: self.name(),
            message: message.unwrap_or_default(),
        };
        explain(&exception, &self.evidence())
    }

    fn evidence(&self) -> Evidence {
        let observed = &self.observed;
        let ceremony = observed.ceremony;
        // These stay what they are for as long as the page does.
        let mut policy = on_page("document.permissionsPolicy");
        if policy.is_undefined() {
            policy = on_page("document.featurePolicy");
        }
        let rp_id = match ceremony {
            Ceremony::Create => "rp.id",
            Ceremony::Get => "rpId",
        };
        Evidence {
            ceremony,
            mediation: observed.mediation,
            blocked_by_policy: forbids(&policy, ceremony),
            had_focus: !is_no(&observed.had_focus),
            had_gesture: !is_no(&observed.had_gesture),
            elapsed: self.elapsed,
            timeout: observed.timeout,
            host: on_page("location.hostname").as_string().unwrap_or_default(),
            rp_id: at(&observed.options, rp_id).as_string(),
            offers_public_key: offers_public_key(&observed.options),
            replaced: is_replacement(&observed.function),
        }
    }
}

/// The browser's clock.
fn milliseconds() -> f64 {
    number(&on_page("Date.now()"))
}

/// Only where the browser has an interface to ask, and knows the feature by name: one it does not know it calls
/// forbidden.
fn forbids(policy: &JsValue, ceremony: Ceremony) -> bool {
    let feature = name(match ceremony {
        Ceremony::Create => "publickey-credentials-create",
        Ceremony::Get => "publickey-credentials-get",
    });
    is_yes(&call(&at(policy, "features()"), "includes", feature))
        && is_no(&call(policy, "allowsFeature", feature))
}

/// Whether a function shows that it is not the browser's own. One that hides it is not found.
fn is_replacement(function: &JsValue) -> bool {
    let native = b"[native code]";
    at(function, "toString()")
        .as_string()
        .is_some_and(|source| {
            let mut parts = source.as_bytes().windows(native.len());
            !parts.any(|part| part == native)
        })
}

fn offers_public_key(options: &JsValue) -> bool {
    members(&get(options, "pubKeyCredParams"))
        .any(|(_, one)| text(&one, "type").as_deref() == Some("public-key"))
}
