//! One call of `navigator.credentials.create()` or `get()`, from JSON to JSON.

use alloc::boxed::Box;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll};

use wasm_bindgen::prelude::*;

use crate::abort::Abort;
use crate::capability::{ask, credentials, is_supported, is_yes, not_supported};
use crate::error::{ClientError, ClientErrorCode};
use crate::evidence::Observed;
use crate::explain::{Exception, explain};
use crate::options::for_browser;
use crate::reflect::{get, invoke, name, set};
use crate::result::{Outcome, to_json};
use crate::turn::Slot;
use crate::wait::{Answer, spawn};

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

impl Ceremony {
    /// The name of the call.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Get => "get",
        }
    }
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

    let slot = Slot::take(Wait::of(ceremony, mediation), abort).await?;
    let mut request = Request::send(ceremony, &options, mediation, slot)?;
    let mut end = poll_fn(|context| request.poll(abort, context)).await;
    if let End::GivenUp(_) = end {
        request.controller.abort();
        request.answer.limit(ABORT_GRACE);
        if let Some(Ok(credential)) = (&mut request.answer).await {
            end = End::Answered(credential);
        }
    }
    request.slot = None;
    match end {
        End::Answered(credential) => to_json(ceremony, &credential),
        End::Refused(reason) | End::GivenUp(reason) => Err(reason),
    }
}

/// What a request is waiting for once it is with the browser.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wait {
    /// For an answer that will come: a dialog is open, or the browser decides by itself.
    ForAnAnswer,
    /// For a browser that decides without asking. Nobody sees that it does, so it makes room for what a person asks for.
    Unseen,
    /// For a person to come to a field, if they ever do.
    InAField,
}

impl Wait {
    fn of(ceremony: Ceremony, mediation: Mediation) -> Self {
        match (ceremony, mediation) {
            (Ceremony::Get, Mediation::Conditional) => Self::InAField,
            (Ceremony::Create, Mediation::Conditional) => Self::Unseen,
            _ => Self::ForAnAnswer,
        }
    }

    /// Whether a request that waits so is ended for another.
    pub(crate) fn makes_room_for(self, other: Self) -> bool {
        match self {
            Self::ForAnAnswer => false,
            Self::Unseen => other == Self::ForAnAnswer,
            Self::InAField => true,
        }
    }
}

/// Refuses what this browser would take for something else: one that does not know a way of asking opens a dialog.
async fn ensure_available(ceremony: Ceremony, mediation: Mediation) -> Result<(), ClientError> {
    // Asked by a method of its own, which is older than the report.
    let (capability, detail) = match (ceremony, mediation) {
        (_, Mediation::Modal) => return Ok(()),
        (Ceremony::Get, Mediation::Conditional) => {
            ("", "the browser does not offer passkeys in autofill")
        }
        (Ceremony::Get, Mediation::Immediate) => {
            ("immediateGet", "the browser does not say `immediateGet`")
        }
        (Ceremony::Create, Mediation::Conditional) => (
            "conditionalCreate",
            "the browser does not say `conditionalCreate`",
        ),
        (Ceremony::Create, Mediation::Immediate) => {
            return Err(unavailable("passkeys are not made in that way"));
        }
    };
    let answer = if capability.is_empty() {
        ask("isConditionalMediationAvailable").await
    } else {
        get(&ask("getClientCapabilities").await, capability)
    };
    match is_yes(&answer) {
        true => Ok(()),
        false => Err(unavailable(detail)),
    }
}

/// A request the browser is working on, and the turn it holds.
///
/// Dropped while it has the turn (the caller dropped the future), it is aborted, and the turn is kept until the browser has let
/// go of it.
struct Request {
    promise: JsValue,
    answer: Answer,
    controller: AbortController,
    observed: Observed,
    slot: Option<Slot>,
}

impl Request {
    #[inline(never)]
    fn send(
        ceremony: Ceremony,
        public_key: &JsValue,
        mediation: Mediation,
        slot: Slot,
    ) -> Result<Self, ClientError> {
        let mut observed = Observed::now(ceremony, mediation, public_key);
        let controller = AbortController::new();
        let options = js_sys::Object::new();
        set(&options, "publicKey", public_key);
        if mediation != Mediation::Immediate {
            set(&options, "signal", &controller.signal());
        }
        match mediation {
            Mediation::Modal => {}
            Mediation::Conditional => set(&options, "mediation", name("conditional")),
            Mediation::Immediate => set(&options, "uiMode", name("immediate")),
        }
        // By name: it finds wrappers that an extension has installed, and gives them the right receiver.
        let promise = invoke(&credentials(), ceremony.method(), &options)
            .map_err(|thrown| explain(&Exception::read(&thrown), observed.evidence()))?;
        let limit = match Wait::of(ceremony, mediation) {
            Wait::ForAnAnswer | Wait::Unseen => Some(observed.timeout() + WATCHDOG_GRACE),
            // It is meant to wait for as long as the page is open.
            Wait::InAField => None,
        };
        Ok(Self {
            answer: Answer::of(&promise, limit),
            promise,
            controller,
            observed,
            slot: Some(slot),
        })
    }

    #[inline(never)]
    fn poll(&mut self, abort: &Abort, context: &mut Context<'_>) -> Poll<End> {
        Poll::Ready(match Pin::new(&mut self.answer).poll(context) {
            Poll::Ready(Some(Ok(credential))) => End::Answered(credential),
            Poll::Ready(Some(Err(thrown))) => {
                End::Refused(explain(&Exception::read(&thrown), self.observed.evidence()))
            }
            Poll::Ready(None) => End::GivenUp(unresponsive()),
            Poll::Pending if abort.poll(context).is_ready() => {
                End::GivenUp(aborted("by the caller"))
            }
            Poll::Pending => match &self.slot {
                Some(slot) if slot.poll_displaced(context).is_ready() => {
                    End::GivenUp(aborted("another request took its place"))
                }
                _ => return Poll::Pending,
            },
        })
    }
}

/// How waiting for the browser ended.
enum End {
    Answered(JsValue),
    Refused(ClientError),
    /// The browser may still answer.
    GivenUp(ClientError),
}

impl Drop for Request {
    fn drop(&mut self) {
        let Some(slot) = self.slot.take() else {
            return;
        };
        self.controller.abort();
        let answer = Answer::of(&self.promise, Some(ABORT_GRACE));
        spawn(Box::pin(async move {
            answer.await;
            drop(slot);
        }));
    }
}

fn unavailable(detail: &'static str) -> ClientError {
    ClientError::new(ClientErrorCode::ModeUnavailable, detail)
}

fn aborted(how: &'static str) -> ClientError {
    ClientError::new(ClientErrorCode::Aborted, how)
}

fn unresponsive() -> ClientError {
    let detail =
        "the promise was still open long after the timeout; an extension may be in the way";
    ClientError::new(ClientErrorCode::Unresponsive, detail)
}

#[wasm_bindgen]
extern "C" {
    type AbortController;

    #[wasm_bindgen(constructor)]
    fn new() -> AbortController;

    #[wasm_bindgen(method, getter)]
    fn signal(this: &AbortController) -> JsValue;

    #[wasm_bindgen(method)]
    fn abort(this: &AbortController);
}
