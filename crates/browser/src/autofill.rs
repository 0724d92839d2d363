//! Keeps the browser's autofill suggestions armed for as long as a page wants them.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::{Cell, OnceCell};
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::abort::Abort;
use crate::capability::{is_conditional_mediation_available, is_supported, is_yes};
use crate::ceremony::{Ceremony, Mediation, perform};
use crate::error::{ClientError, ClientErrorCode};
use crate::listener::Listener;
use crate::reflect::{get, global, text};
use crate::result::Response;
use crate::turn;
use crate::wait::{Local, Sleep, changed, poll_changed, spawn, until};
use js_sys::Date;
use wasm_bindgen::JsValue;

/// The part of a ceremony's life after which it is replaced, so that whoever answers late still has time to sign.
const REFRESH_AFTER: f64 = 0.8;

/// The shortest and longest pause after a failure, in milliseconds; it doubles from one to the other.
const BACK_OFF: (f64, f64) = (1_000.0, 300_000.0);

/// Passkeys among the autofill suggestions of a page, from when it is made until it is dropped.
///
/// It asks for fresh options and arms the browser with them, again
/// - after a dialog: one that somebody opens while autofill is armed ends the request, and it comes back afterwards,
/// - before the ceremony expires, and when a sleeping device wakes up after that,
/// - when the page comes back from the back/forward cache; it is disarmed while the page is away,
/// - after a failure, with growing pauses, unless it can never work on this page.
///
/// Where the browser has no such suggestions, it does nothing.
pub struct Autofill(Rc<Shared>);

/// What the server gives an [`Autofill`]: options as an `O`, and what belongs to them.
#[derive(Clone, Debug)]
pub struct AutofillSource<O> {
    /// What the browser is asked with.
    pub options: O,
    /// What the server needs at finish to know which options these were; empty if it needs nothing.
    pub ceremony: String,
    /// How long the options are good for, in seconds from now. New ones are asked for before that.
    pub expires_in: u32,
}

impl Autofill {
    /// Starts, over untyped JSON.
    pub(crate) fn start_with(source: Source, on_outcome: OnOutcome) -> Self {
        Self::idle().run(source, on_outcome)
    }

    /// One that has not started.
    pub(crate) fn idle() -> Self {
        Self(Rc::default())
    }

    /// Starts it.
    pub(crate) fn run(self, source: Source, on_outcome: OnOutcome) -> Self {
        if is_supported() {
            spawn(Box::pin(keep_armed(self.0.clone(), source, on_outcome)));
        }
        self
    }

    /// Has a function told of each failure of the browser or the authenticator, and of each response that cannot be read. Those
    /// that something else may mend are tried again, with growing pauses; those that can never work on this page end it.
    ///
    /// What fails of the source or in `on_outcome`, the app knows itself. Only the first function counts.
    pub fn on_error(&self, heard: impl Fn(&ClientError) + 'static) {
        self.hear(Box::new(heard));
    }

    pub(crate) fn hear(&self, heard: OnError) {
        let _ = self.0.heard.set(heard);
    }

    /// What tells of a failure, for those who do not own it.
    #[cfg(feature = "typed")]
    pub(crate) fn teller(&self) -> impl Fn(&ClientError) + use<> {
        let shared = self.0.clone();
        move |error| shared.tell(error)
    }

    /// What ends it early, for those who do not own it.
    #[cfg(feature = "client")]
    pub(crate) fn stopper(&self) -> impl Fn() + use<> {
        let shared = Rc::downgrade(&self.0);
        move || {
            if let Some(shared) = shared.upgrade() {
                shared.stop();
            }
        }
    }

    /// Disarms until the guard is dropped. The future resolves when the browser has let go of the pending request.
    ///
    /// A ceremony does the same by itself for as long as its dialog is open. Pausing also covers what is around it, such
    /// as the calls to a server. It is in force from the call on, not only once the future is polled.
    pub fn pause(&self) -> impl Future<Output = Paused> + use<> {
        let (guard, let_go) = self.disarm();
        async move {
            let_go.await;
            guard
        }
    }

    /// As [`Autofill::pause`], with the guard at once.
    fn disarm(&self) -> (Paused, impl Future<Output = ()> + use<>) {
        Handle(self.0.clone()).disarm()
    }

    /// What pauses it, for those who do not own it.
    #[cfg(feature = "js")]
    pub(crate) fn handle(&self) -> Handle {
        Handle(self.0.clone())
    }
}

/// Pauses an [`Autofill`].
pub(crate) struct Handle(Rc<Shared>);

impl Handle {
    pub(crate) fn disarm(&self) -> (Paused, impl Future<Output = ()> + use<>) {
        let shared = self.0.clone();
        shared.paused.set(shared.paused.get() + 1);
        shared.disturb();
        let guard = Paused(shared.clone());
        let let_go = async move { until(|| !shared.armed.get()).await };
        (guard, let_go)
    }
}

impl Drop for Autofill {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// While this lives, the [`Autofill`] it is from stays disarmed.
#[must_use = "autofill is armed again when this is dropped"]
pub struct Paused(Rc<Shared>);

impl Drop for Paused {
    fn drop(&mut self) {
        self.0.paused.set(self.0.paused.get().saturating_sub(1));
        changed();
    }
}

/// What a source gives: options as JavaScript's text, and the ceremony they belong to.
pub(crate) struct Fresh {
    pub(crate) options: JsValue,
    pub(crate) ceremony: String,
    pub(crate) expires_in: u32,
}

/// Boxed, so that the state machine is in the binary once.
pub(crate) type Source = Box<dyn Fn() -> Local<Option<Fresh>>>;
pub(crate) type OnError = Box<dyn Fn(&ClientError)>;
pub(crate) type OnOutcome = Box<dyn Fn(Response, String) -> Local<()>>;

#[derive(Default)]
struct Shared {
    stopped: Cell<bool>,
    paused: Cell<u32>,
    /// Whether the person has gone to another page, from which they may come back.
    away: Cell<bool>,
    /// Whether a request is with the browser.
    armed: Cell<bool>,
    /// When the armed ceremony should be replaced, by `Date.now()`.
    due: Cell<f64>,
    /// Set to end what is going on and look at the rest anew.
    disturbed: Cell<bool>,
    /// Who hears of failures.
    heard: OnceCell<OnError>,
}

impl Shared {
    fn stop(&self) {
        self.stopped.set(true);
        self.disturb();
    }

    fn disturb(&self) {
        self.disturbed.set(true);
        changed();
    }

    fn tell(&self, error: &ClientError) {
        if let Some(heard) = self.heard.get() {
            heard(error);
        }
    }

    fn poll_disturbed(&self, context: &Context<'_>) -> Poll<()> {
        poll_changed(context, self.disturbed.get())
    }

    /// Ready when arming makes sense. False when it never will again.
    fn poll_may_arm(&self, context: &Context<'_>) -> Poll<bool> {
        if self.stopped.get() {
            return Poll::Ready(false);
        }
        if self.is_wanted() && turn::poll_idle(context).is_ready() {
            return Poll::Ready(true);
        }
        poll_changed(context, false).map(|()| false)
    }

    fn is_wanted(&self) -> bool {
        self.paused.get() == 0 && !self.away.get()
    }

    /// A timer stands still while a device sleeps, so it may be late; the clock is not.
    fn disturb_if_overdue(&self) {
        if self.armed.get() && Date::now() >= self.due.get() {
            self.disturb();
        }
    }
}

enum Round {
    Signed(Response, String),
    Interrupted,
    Failed,
    Hopeless,
}

async fn keep_armed(shared: Rc<Shared>, source: Source, on_outcome: OnOutcome) {
    if !is_conditional_mediation_available().await {
        return;
    }
    let _listeners = listen(&shared);
    let mut failures = 0;
    while poll_fn(|context| shared.poll_may_arm(context)).await {
        match arm_once(&shared, &source).await {
            // Whoever is still here after that was refused by the server. An authenticator that signs without asking
            // anybody would go on and on.
            Round::Signed(outcome, ceremony) => on_outcome(outcome, ceremony).await,
            Round::Failed => {}
            Round::Interrupted => {
                failures = 0;
                continue;
            }
            Round::Hopeless => return,
        }
        let mut pause = Sleep::new(back_off(failures));
        poll_fn(|context| match Pin::new(&mut pause).poll(context) {
            Poll::Pending => shared.poll_disturbed(context),
            done => done,
        })
        .await;
        failures += 1;
    }
}

async fn arm_once(shared: &Shared, source: &Source) -> Round {
    shared.disturbed.set(false);
    let mut asked = source();
    let fresh = poll_fn(|context| match asked.as_mut().poll(context) {
        Poll::Pending => shared
            .poll_disturbed(context)
            .map(|()| Err(Round::Interrupted)),
        Poll::Ready(fresh) => Poll::Ready(fresh.ok_or(Round::Failed)),
    });
    let fresh = match fresh.await {
        Ok(fresh) => fresh,
        Err(round) => return round,
    };
    let life = (f64::from(fresh.expires_in) * 1_000.0 * REFRESH_AFTER).max(BACK_OFF.0);
    shared.due.set(Date::now() + life);
    shared.armed.set(true);
    let abort = Abort::new();
    let mut expiry = Sleep::new(life);
    let mut request = perform(Ceremony::Get, fresh.options, Mediation::Conditional, &abort);
    let result = poll_fn(|context| {
        let ended = shared.poll_disturbed(context).is_ready()
            || Pin::new(&mut expiry).poll(context).is_ready();
        // It gives up by itself, within a bounded time.
        if ended && !abort.is_aborted() {
            abort.abort();
        }
        request.as_mut().poll(context)
    })
    .await;
    shared.armed.set(false);
    changed();
    match result {
        Ok(outcome) => Round::Signed(outcome, fresh.ceremony),
        Err(error) => {
            let round = after(&error);
            if !matches!(round, Round::Interrupted) {
                shared.tell(&error);
            }
            round
        }
    }
}

/// What comes after a request that failed.
fn after(error: &ClientError) -> Round {
    match error.code() {
        ClientErrorCode::Aborted => Round::Interrupted,
        // A dialog of ours was opened between asking for options and arming. What the browser says itself is about a
        // request that is not ours, and nobody tells when that is over.
        ClientErrorCode::Pending if error.exception_name().is_none() => Round::Interrupted,
        ClientErrorCode::NotSupported
        | ClientErrorCode::ModeUnavailable
        | ClientErrorCode::BlockedByPermissionsPolicy
        | ClientErrorCode::InvalidDomain
        | ClientErrorCode::InvalidRpId
        | ClientErrorCode::InvalidOptions => Round::Hopeless,
        _ => Round::Failed,
    }
}

fn back_off(failures: i32) -> f64 {
    // The longest is reached long before the shift is too wide.
    (BACK_OFF.0 * f64::from(1_u32 << failures.clamp(0, 16))).min(BACK_OFF.1)
}

fn listen(shared: &Rc<Shared>) -> [Option<Listener>; 3] {
    let window = global();
    let document = get(&window, "document");
    // A request that is pending keeps a page out of the back/forward cache, or is dead when it comes back.
    let went_away = {
        let shared = shared.clone();
        move |_| {
            shared.away.set(true);
            shared.disturb();
        }
    };
    let came_back = {
        let shared = shared.clone();
        move |event| {
            if shared.away.replace(false) || is_yes(&get(&event, "persisted")) {
                shared.disturb();
            }
        }
    };
    let shown = {
        let (shared, document) = (shared.clone(), document.clone());
        move |_| {
            if text(&document, "visibilityState").as_deref() == Some("visible") {
                shared.disturb_if_overdue();
            }
        }
    };
    [
        Listener::add(&window, "pagehide", Box::new(went_away)),
        Listener::add(&window, "pageshow", Box::new(came_back)),
        Listener::add(&document, "visibilitychange", Box::new(shown)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_between_failures_double_up_to_five_minutes() {
        let pauses: Vec<f64> = (0..10).map(back_off).collect();
        assert_eq!(
            pauses,
            [1e3, 2e3, 4e3, 8e3, 16e3, 32e3, 64e3, 128e3, 256e3, 300e3]
        );
        assert_eq!(back_off(i32::MAX), 300e3);
    }
}
