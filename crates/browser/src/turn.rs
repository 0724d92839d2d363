//! Whose turn it is: a browser runs one request at a time for a page, and refuses or mixes up a second.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use spin::Mutex;

use crate::abort::Abort;
use crate::ceremony::Wait;
use crate::error::{ClientError, ClientErrorCode};
use crate::wait::{Notify, race};

// A page has one thread. Tests have several, and a turn for each.
#[cfg(not(target_arch = "wasm32"))]
std::thread_local! {
    static TURN: &'static Turn = alloc::boxed::Box::leak(alloc::boxed::Box::new(Turn::new()));
}

#[cfg(not(target_arch = "wasm32"))]
fn turn() -> &'static Turn {
    TURN.with(|turn| *turn)
}

#[cfg(target_arch = "wasm32")]
fn turn() -> &'static Turn {
    static TURN: Turn = Turn::new();
    &TURN
}

struct Turn {
    holder: Mutex<Option<Arc<Holder>>>,
    /// How many wait for the holder to go. Until they had their turn nobody else may arm autofill: it would take the turn
    /// from under them again and again.
    waiting: AtomicUsize,
    released: Notify,
}

impl Turn {
    const fn new() -> Self {
        Self {
            holder: Mutex::new(None),
            waiting: AtomicUsize::new(0),
            released: Notify::new(),
        }
    }
}

struct Holder {
    wait: Wait,
    displaced: AtomicBool,
    changed: Notify,
}

/// The right to have a request pending. It is given back when dropped.
pub(crate) struct Slot(Arc<Holder>);

impl Slot {
    /// Takes the turn. A pending autofill request makes room; a pending modal one does not.
    pub(crate) async fn take(wait: Wait, abort: &Abort) -> Result<Self, ClientError> {
        loop {
            if abort.is_aborted() {
                return Err(ClientError::new(
                    ClientErrorCode::Aborted,
                    "before it started",
                ));
            }
            match holder() {
                None if wait == Wait::InAField && waiting() > 0 => {
                    return Err(pending());
                }
                None => {
                    let holder = Arc::new(Holder {
                        wait,
                        displaced: AtomicBool::new(false),
                        changed: Notify::new(),
                    });
                    *turn().holder.lock() = Some(holder.clone());
                    return Ok(Self(holder));
                }
                Some(holder) if holder.wait == Wait::InAField => {
                    holder.displaced.store(true, Relaxed);
                    holder.changed.notify();
                    let _waiting = Waiting::begin();
                    // The holder gives up within a bounded time, so this does not wait for ever.
                    let gone = turn().released.until(|| !is_held_by(&holder));
                    // Which of the two it was, the next round finds out.
                    race(gone, abort.wait()).await;
                }
                Some(_) => return Err(pending()),
            }
        }
    }

    /// Resolves when somebody else wants the turn.
    pub(crate) fn displaced(&self) -> impl Future<Output = ()> + use<> {
        let holder = self.0.clone();
        async move {
            holder
                .changed
                .until(|| holder.displaced.load(Relaxed))
                .await;
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *turn().holder.lock() = None;
        turn().released.notify();
    }
}

/// Resolves when no request is pending and none waits to be.
pub(crate) async fn idle() {
    turn()
        .released
        .until(|| holder().is_none() && waiting() == 0)
        .await;
}

struct Waiting;

impl Waiting {
    fn begin() -> Self {
        turn().waiting.fetch_add(1, Relaxed);
        Self
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        turn().waiting.fetch_sub(1, Relaxed);
        turn().released.notify();
    }
}

fn waiting() -> usize {
    turn().waiting.load(Relaxed)
}

fn pending() -> ClientError {
    let detail = "this page has a passkey dialog open";
    ClientError::new(ClientErrorCode::Pending, detail)
}

fn holder() -> Option<Arc<Holder>> {
    turn().holder.lock().clone()
}

fn is_held_by(one: &Arc<Holder>) -> bool {
    holder().is_some_and(|now| Arc::ptr_eq(&now, one))
}

#[cfg(test)]
mod tests {
    use core::pin::pin;
    use core::task::{Context, Poll, Waker};

    use super::*;

    fn poll<F: Future>(future: core::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[track_caller]
    fn take_now(wait: Wait) -> Slot {
        match poll(pin!(Slot::take(wait, &Abort::new()))) {
            Poll::Ready(Ok(slot)) => slot,
            _ => panic!("the turn is free"),
        }
    }

    #[test]
    fn a_modal_request_displaces_autofill_and_waits_for_it_to_go() {
        let autofill = take_now(Wait::InAField);
        let mut displaced = pin!(autofill.displaced());
        assert!(poll(displaced.as_mut()).is_pending());

        let abort = Abort::new();
        let mut modal = pin!(Slot::take(Wait::ForAnAnswer, &abort));
        assert!(poll(modal.as_mut()).is_pending());
        assert!(poll(displaced.as_mut()).is_ready());
        assert!(poll(modal.as_mut()).is_pending());

        drop(autofill);
        assert!(matches!(poll(modal.as_mut()), Poll::Ready(Ok(_))));
    }

    #[test]
    fn a_modal_request_is_displaced_by_nothing() {
        let _modal = take_now(Wait::ForAnAnswer);
        for wait in [Wait::ForAnAnswer, Wait::InAField] {
            match poll(pin!(Slot::take(wait, &Abort::new()))) {
                Poll::Ready(Err(error)) => assert_eq!(error.code(), ClientErrorCode::Pending),
                _ => panic!("{wait:?} got the turn or waits"),
            }
        }
    }

    #[test]
    fn of_two_that_wait_for_autofill_to_go_one_is_refused() {
        let autofill = take_now(Wait::InAField);
        let abort = Abort::new();
        let mut first = pin!(Slot::take(Wait::ForAnAnswer, &abort));
        let mut second = pin!(Slot::take(Wait::ForAnAnswer, &abort));
        assert!(poll(first.as_mut()).is_pending());
        assert!(poll(second.as_mut()).is_pending());
        drop(autofill);
        let Poll::Ready(Ok(_slot)) = poll(first.as_mut()) else {
            panic!("the first has the turn");
        };
        let Poll::Ready(Err(error)) = poll(second.as_mut()) else {
            panic!("the second is refused");
        };
        assert_eq!(error.code(), ClientErrorCode::Pending);
    }

    #[test]
    fn autofill_cannot_come_back_before_the_one_that_waits() {
        let autofill = take_now(Wait::InAField);
        let abort = Abort::new();
        let mut modal = pin!(Slot::take(Wait::ForAnAnswer, &abort));
        assert!(poll(modal.as_mut()).is_pending());
        drop(autofill);
        assert!(poll(pin!(idle())).is_pending());
        let Poll::Ready(Err(error)) = poll(pin!(Slot::take(Wait::InAField, &abort))) else {
            panic!("it is not its turn");
        };
        assert_eq!(error.code(), ClientErrorCode::Pending);
        assert!(matches!(poll(modal.as_mut()), Poll::Ready(Ok(_))));
    }

    #[test]
    fn waiting_can_be_aborted() {
        let _autofill = take_now(Wait::InAField);
        let abort = Abort::new();
        let mut modal = pin!(Slot::take(Wait::ForAnAnswer, &abort));
        assert!(poll(modal.as_mut()).is_pending());
        abort.abort();
        let Poll::Ready(Err(error)) = poll(modal.as_mut()) else {
            panic!("it ends");
        };
        assert_eq!(error.code(), ClientErrorCode::Aborted);
    }

    #[test]
    fn idle_means_that_nobody_has_the_turn() {
        let mut waiting = pin!(idle());
        let slot = take_now(Wait::ForAnAnswer);
        assert!(poll(waiting.as_mut()).is_pending());
        drop(slot);
        assert!(poll(waiting.as_mut()).is_ready());
    }
}
