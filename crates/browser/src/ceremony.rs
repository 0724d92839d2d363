//! One call of `navigator.credentials.create()` or `get()`, from JSON to JSON.

use core::pin::pin;

use js_sys::{Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AbortController, CredentialCreationOptions, CredentialRequestOptions, CredentialsContainer,
};

use crate::abort::Abort;
use crate::capability::{
    credentials, is_conditional_mediation_available, is_reported, is_supported, not_supported,
};
use crate::error::{ClientError, ClientErrorCode};
use crate::evidence::Observed;
use crate::explain::{Exception, explain};
use crate::options::for_browser;
use crate::reflect::set;
use crate::result::{Outcome, to_json};
use crate::turn::Slot;
use crate::wait::{First, race, sleep};

/// How long after its timeout a request may still answer, in milliseconds. Browsers stretch timeouts somewhat.
const WATCHDOG_GRACE: f64 = 30_000.0;

/// How long a request may take to end after it was aborted, in milliseconds. Browsers need a round trip to their own
/// process; some extensions ignore the signal.
const ABORT_GRACE: f64 = 1_000.0;

/// Which of the two calls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ceremony {
    Create,
    Get,
}

/// How the browser asks for a passkey.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mediation {
    /// With a dialog, at once.
    Modal,
    /// Signing in: among the autofill suggestions of an input with `autocomplete="username webauthn"`, whenever a person
    /// goes there. [`Autofill`](crate::Autofill) looks after such a request.
    ///
    /// Making a passkey: without asking, if the browser has just filled in the password of the same account (an upgrade).
    Conditional,
    /// With a dialog if a passkey is at hand on this device, and otherwise not at all: it fails with
    /// [`NoLocalCredential`](crate::ClientErrorCode::NoLocalCredential), and the page shows its form. It wants a click, and
    /// options without `allowCredentials`. Browsers take no abort signal for it.
    ///
    /// Source: `uiMode: "immediate"`, which is not part of Level 3 but is in Chromium 149.
    Immediate,
}

/// Runs a ceremony. `json` is the server's options, fresh from `JSON.parse`.
pub(crate) async fn perform(
    ceremony: Ceremony,
    json: JsValue,
    mediation: Mediation,
    abort: &Abort,
) -> Result<Outcome, ClientError> {
    if !is_supported() {
        return Err(not_supported());
    }
    let options = for_browser(ceremony, json)?;
    ensure_available(ceremony, mediation).await?;

    let wait = Wait::of(ceremony, mediation);
    let slot = Slot::take(wait, abort).await?;
    let displaced = slot.displaced();
    let observed = Observed::now(ceremony, mediation, &options);
    let mut request = Request::send(ceremony, &options, mediation, slot)
        .map_err(|thrown| explain(&Exception::read(&thrown), &observed.evidence()))?;

    let stop = async {
        let ended = async { race(abort.wait(), displaced).await };
        let silent = async {
            match wait {
                Wait::ForAnAnswer => sleep(observed.timeout() + WATCHDOG_GRACE).await,
                // It is meant to wait for as long as the page is open.
                Wait::InAField => core::future::pending().await,
            }
        };
        match race(ended, silent).await {
            First::Left(First::Left(())) => aborted("by the caller"),
            First::Left(First::Right(())) => aborted("another request took its place"),
            First::Right(()) => unresponsive(),
        }
    };
    let mut answer = pin!(JsFuture::from(request.promise.clone()));
    let result = match race(answer.as_mut(), stop).await {
        First::Left(Ok(credential)) => Ok(credential),
        First::Left(Err(thrown)) => Err(explain(&Exception::read(&thrown), &observed.evidence())),
        First::Right(reason) => {
            request.controller.abort();
            match race(answer, sleep(ABORT_GRACE)).await {
                First::Left(Ok(credential)) => Ok(credential),
                First::Left(Err(_)) | First::Right(()) => Err(reason),
            }
        }
    };
    request.done = true;
    drop(request);
    to_json(ceremony, &result?)
}

/// What a request is waiting for once it is with the browser.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wait {
    /// For an answer that will come: a dialog is open, or the browser decides by itself.
    ForAnAnswer,
    /// For a person to come to a field, if they ever do.
    InAField,
}

impl Wait {
    fn of(ceremony: Ceremony, mediation: Mediation) -> Self {
        match (ceremony, mediation) {
            (Ceremony::Get, Mediation::Conditional) => Self::InAField,
            _ => Self::ForAnAnswer,
        }
    }
}

/// Refuses what this browser would take for something else: one that does not know a way of asking opens a dialog.
async fn ensure_available(ceremony: Ceremony, mediation: Mediation) -> Result<(), ClientError> {
    let (available, detail) = match (ceremony, mediation) {
        (_, Mediation::Modal) => return Ok(()),
        (Ceremony::Get, Mediation::Conditional) => (
            is_conditional_mediation_available().await,
            "the browser does not offer passkeys in autofill",
        ),
        (Ceremony::Get, Mediation::Immediate) => (
            is_reported("immediateGet").await,
            "the browser does not say `immediateGet`",
        ),
        (Ceremony::Create, Mediation::Conditional) => (
            is_reported("conditionalCreate").await,
            "the browser does not say `conditionalCreate`",
        ),
        (Ceremony::Create, Mediation::Immediate) => (false, "passkeys are not made in that way"),
    };
    match available {
        true => Ok(()),
        false => Err(ClientError::new(ClientErrorCode::ModeUnavailable, detail)),
    }
}

/// A request the browser is working on, and the turn it holds.
///
/// Dropped before it is done (the caller dropped the future), it is aborted, and the turn is kept until the browser has
/// let go of it.
struct Request {
    promise: Promise,
    controller: AbortController,
    slot: Option<Slot>,
    done: bool,
}

impl Request {
    fn send(
        ceremony: Ceremony,
        public_key: &Object,
        mediation: Mediation,
        slot: Slot,
    ) -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        let options = Object::new();
        set(&options, "publicKey", public_key);
        if mediation != Mediation::Immediate {
            set(&options, "signal", &controller.signal());
        }
        match mediation {
            Mediation::Modal => {}
            Mediation::Conditional => set(&options, "mediation", &"conditional".into()),
            Mediation::Immediate => set(&options, "uiMode", &"immediate".into()),
        }
        // A structural call: it finds wrappers that an extension has installed, and gives them the right receiver.
        let container: CredentialsContainer = credentials().unchecked_into();
        let promise = match ceremony {
            Ceremony::Create => {
                container.create_with_options(options.unchecked_ref::<CredentialCreationOptions>())
            }
            Ceremony::Get => {
                container.get_with_options(options.unchecked_ref::<CredentialRequestOptions>())
            }
        }?;
        Ok(Self {
            // A wrapper may return a thenable, or no promise at all.
            promise: Promise::resolve(&promise),
            controller,
            slot: Some(slot),
            done: false,
        })
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        self.controller.abort();
        let answer = JsFuture::from(self.promise.clone());
        let slot = self.slot.take();
        spawn_local(async move {
            race(answer, sleep(ABORT_GRACE)).await;
            drop(slot);
        });
    }
}

fn aborted(how: &str) -> ClientError {
    ClientError::new(ClientErrorCode::Aborted, how)
}

fn unresponsive() -> ClientError {
    let detail =
        "the promise was still open long after the timeout; an extension may be in the way";
    ClientError::new(ClientErrorCode::Unresponsive, detail)
}
