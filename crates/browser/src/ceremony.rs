//! One call of `navigator.credentials.create()` or `get()`, from JSON to JSON.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::abort::Abort;
use crate::capability::{ask, is_supported, is_yes, not_supported};
use crate::error::{ClientError, Reason};
use crate::evidence::Observed;
use crate::options::for_browser;
use crate::reflect::{call, get, name, on_page, set};
use crate::result::{Response, to_json};
use crate::turn::Slot;
use crate::wait::{Answer, Local, poll_changed, spawn};

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
    /// Where the function is. It is read anew each time: extensions replace it after the page has loaded.
    pub(crate) const fn function(self) -> &'static str {
        match self {
            Self::Create => "navigator.credentials.create",
            Self::Get => "navigator.credentials.get",
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

/// Runs a ceremony. `options` are the server's, as JavaScript's text.
///
/// The call decides what is needed: every browser has a dialog, so an app that wants nothing else goes without the questions.
#[inline(always)]
pub(crate) fn perform(
    ceremony: Ceremony,
    options: JsValue,
    mediation: Mediation,
    abort: &Abort,
) -> Local<Result<Response, ClientError>> {
    let way = match mediation {
        Mediation::Modal => None,
        Mediation::Conditional => Some(&Way {
            member: "mediation",
            value: "conditional",
            questions: |ceremony, mediation| Box::pin(ensure_available(ceremony, mediation)),
        }),
        Mediation::Immediate => Some(&Way {
            member: "uiMode",
            value: "immediate",
            questions: |ceremony, mediation| Box::pin(ensure_available(ceremony, mediation)),
        }),
    };
    begin(ceremony, options, mediation, abort, way)
}

/// How the browser is asked for something else than a dialog.
struct Way {
    member: &'static str,
    value: &'static str,
    /// What asks whether the browser knows it.
    questions: fn(Ceremony, Mediation) -> Local<Result<(), ClientError>>,
}

#[inline(never)]
fn begin(
    ceremony: Ceremony,
    options: JsValue,
    mediation: Mediation,
    abort: &Abort,
    way: Option<&'static Way>,
) -> Local<Result<Response, ClientError>> {
    Box::pin(run(ceremony, options, mediation, abort.clone(), way))
}

async fn run(
    ceremony: Ceremony,
    options: JsValue,
    mediation: Mediation,
    abort: Abort,
    way: Option<&'static Way>,
) -> Result<Response, ClientError> {
    if !is_supported() {
        return Err(not_supported());
    }
    let options = for_browser(ceremony, &options)?;
    if let Some(way) = way {
        (way.questions)(ceremony, mediation).await?;
    }
    let slot = Slot::take(Wait::of(ceremony, mediation), &abort).await?;
    let observed = Observed::now(ceremony, mediation, options, on_page(ceremony.function()));
    let credential = Request::send(observed, way, abort, slot)?.await?;
    to_json(ceremony, &credential)
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
    let (capability, refusal) = match (ceremony, mediation) {
        (_, Mediation::Modal) => return Ok(()),
        // Asked by a method of its own, which is older than the report.
        (Ceremony::Get, Mediation::Conditional) => ("", Reason::NoAutofill),
        (Ceremony::Get, Mediation::Immediate) => {
            let capability = "immediateGet";
            (capability, Reason::NotReported(capability))
        }
        (Ceremony::Create, Mediation::Conditional) => {
            let capability = "conditionalCreate";
            (capability, Reason::NotReported(capability))
        }
        (Ceremony::Create, Mediation::Immediate) => return Err(Reason::NoSuchWay.into()),
    };
    let answer = if capability.is_empty() {
        ask("isConditionalMediationAvailable").await
    } else {
        get(&ask("getClientCapabilities").await, capability)
    };
    match is_yes(&answer) {
        true => Ok(()),
        false => Err(refusal.into()),
    }
}

/// A request the browser is working on, and the turn it holds.
///
/// Dropped while it has the turn (the caller dropped the future), it is aborted, and the turn is kept until the browser has let
/// go of it.
struct Request {
    promise: JsValue,
    answer: Answer,
    controller: JsValue,
    observed: Rc<Observed>,
    abort: Abort,
    /// Why the browser was told to let go of it.
    given_up: Option<ClientError>,
    slot: Option<Slot>,
}

impl Request {
    #[inline(never)]
    fn send(
        observed: Observed,
        way: Option<&'static Way>,
        abort: Abort,
        slot: Slot,
    ) -> Result<Self, ClientError> {
        let controller = JsValue::from(AbortController::new());
        let options = js_sys::Object::new();
        set(&options, "publicKey", &observed.options);
        if observed.mediation != Mediation::Immediate {
            set(&options, "signal", &get(&controller, "signal"));
        }
        if let Some(way) = way {
            set(&options, way.member, name(way.value));
        }
        let observed = Rc::new(observed);
        // With its receiver: some wrappers that extensions install ask for it.
        let receiver = on_page("navigator.credentials");
        let function: &Function = observed.function.unchecked_ref();
        let promise = match function.call1(&receiver, &options) {
            Ok(promise) => promise,
            Err(thrown) => return Err(observed.thrown(thrown)),
        };
        let limit = match Wait::of(observed.ceremony, observed.mediation) {
            Wait::ForAnAnswer | Wait::Unseen => Some(observed.timeout + WATCHDOG_GRACE),
            // It is meant to wait for as long as the page is open.
            Wait::InAField => None,
        };
        Ok(Self {
            answer: Answer::of(&promise, limit),
            promise,
            controller,
            observed,
            abort,
            given_up: None,
            slot: Some(slot),
        })
    }

    /// What came of it, if it has ended.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Option<Result<JsValue, ClientError>> {
        loop {
            let reason = match Pin::new(&mut self.answer).poll(context) {
                Poll::Ready(Some(Ok(credential))) => return Some(Ok(credential)),
                Poll::Ready(Some(Err(thrown))) if self.given_up.is_none() => {
                    return Some(Err(self.observed.thrown(thrown)));
                }
                Poll::Ready(_) => match self.given_up.take() {
                    Some(reason) => return Some(Err(reason)),
                    None => self.observed.silence(),
                },
                Poll::Pending if self.given_up.is_some() => return None,
                Poll::Pending if self.abort.is_aborted() => Some(Reason::EndedByCaller.into()),
                Poll::Pending if Slot::is_wanted() => Some(Reason::Displaced.into()),
                Poll::Pending => {
                    let _ = poll_changed(context, false);
                    return None;
                }
            };
            // The browser may still answer.
            self.answer = self.wait_on(reason.is_some());
            self.given_up = reason;
        }
    }

    /// Waits for some time more; at the end, for a moment in which the browser lets go of it.
    #[inline(never)]
    fn wait_on(&self, at_the_end: bool) -> Answer {
        let mut grace = WATCHDOG_GRACE;
        if at_the_end {
            call(&self.controller, "abort", &JsValue::UNDEFINED);
            grace = ABORT_GRACE;
        }
        Answer::of(&self.promise, Some(grace))
    }
}

impl Future for Request {
    type Output = Result<JsValue, ClientError>;

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(end) = self.poll_end(context) else {
            return Poll::Pending;
        };
        self.slot = None;
        Poll::Ready(end)
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            let answer = self.wait_on(true);
            spawn(Box::pin(async move {
                answer.await;
                drop(slot);
            }));
        }
    }
}

#[wasm_bindgen]
extern "C" {
    type AbortController;

    #[wasm_bindgen(constructor)]
    fn new() -> AbortController;
}
