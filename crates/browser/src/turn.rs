//! Whose turn it is: a browser runs one request at a time for a page, and refuses or mixes up a second.

use alloc::sync::Arc;
use core::future::poll_fn;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll};

use spin::Mutex;

use crate::abort::Abort;
use crate::ceremony::Wait;
use crate::error::{ClientError, ClientErrorCode};
use crate::wait::Notify;

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
    /// How many wait for the holder to go, or have more to do than a request. Until they are done nobody else may arm autofill:
    /// it would take the turn from under them again and again, or offer a passkey that the server does not know yet.
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
    /// Takes the turn. A pending autofill request makes room, and for a dialog a pending upgrade does; a pending dialog does not.
    pub(crate) async fn take(wait: Wait, abort: &Abort) -> Result<Self, ClientError> {
        let mut waiting_for = None;
        poll_fn(|context| Self::poll_take(wait, abort, &mut waiting_for, context)).await
    }

    fn poll_take(
        wait: Wait,
        abort: &Abort,
        waiting_for: &mut Option<(Arc<Holder>, Waiting)>,
        context: &Context<'_>,
    ) -> Poll<Result<Self, ClientError>> {
        if abort.poll(context).is_ready() {
            return Poll::Ready(Err(ClientError::new(
                ClientErrorCode::Aborted,
                "before it started",
            )));
        }
        // The holder gives up within a bounded time, so this does not wait for ever.
        let is_held = matches!(&waiting_for, Some((before, _)) if is_held_by(before));
        if !is_held {
            *waiting_for = None;
            match holder() {
                None if wait == Wait::InAField && waiting() > 0 => {
                    return Poll::Ready(Err(pending()));
                }
                None => {
                    let holder = Arc::new(Holder {
                        wait,
                        displaced: AtomicBool::new(false),
                        changed: Notify::new(),
                    });
                    *turn().holder.lock() = Some(holder.clone());
                    return Poll::Ready(Ok(Self(holder)));
                }
                Some(holder) if holder.wait.makes_room_for(wait) => {
                    holder.displaced.store(true, Relaxed);
                    holder.changed.notify();
                    *waiting_for = Some((holder, Waiting::begin()));
                }
                Some(_) => return Poll::Ready(Err(pending())),
            }
        }
        turn()
            .released
            .poll(context, false)
            .map(|()| Err(pending()))
    }

    /// Ready when somebody else wants the turn.
    pub(crate) fn poll_displaced(&self, context: &Context<'_>) -> Poll<()> {
        let displaced = self.0.displaced.load(Relaxed);
        self.0.changed.poll(context, displaced)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *turn().holder.lock() = None;
        turn().released.notify();
    }
}

/// Ready when no request is pending and none waits to be.
pub(crate) fn poll_idle(context: &Context<'_>) -> Poll<()> {
    let idle = turn().holder.lock().is_none() && waiting() == 0;
    turn().released.poll(context, idle)
}

/// While this lives nobody else may arm autofill.
pub(crate) struct Waiting;

impl Waiting {
    pub(crate) fn begin() -> Self {
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
    use core::task::Waker;

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
        let mut displaced = pin!(poll_fn(|context| autofill.poll_displaced(context)));
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
        for wait in [Wait::ForAnAnswer, Wait::Unseen, Wait::InAField] {
            match poll(pin!(Slot::take(wait, &Abort::new()))) {
                Poll::Ready(Err(error)) => assert_eq!(error.code(), ClientErrorCode::Pending),
                _ => panic!("{wait:?} got the turn or waits"),
            }
        }
    }

    #[test]
    fn an_upgrade_makes_room_for_a_dialog_and_for_nothing_else() {
        let upgrade = take_now(Wait::Unseen);
        for wait in [Wait::Unseen, Wait::InAField] {
            let Poll::Ready(Err(error)) = poll(pin!(Slot::take(wait, &Abort::new()))) else {
                panic!("{wait:?} got the turn or waits");
            };
            assert_eq!(error.code(), ClientErrorCode::Pending);
        }
        let abort = Abort::new();
        let mut modal = pin!(Slot::take(Wait::ForAnAnswer, &abort));
        assert!(poll(modal.as_mut()).is_pending());
        assert!(poll(pin!(poll_fn(|context| upgrade.poll_displaced(context)))).is_ready());
        drop(upgrade);
        assert!(matches!(poll(modal.as_mut()), Poll::Ready(Ok(_))));
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
        assert!(poll(pin!(poll_fn(|context| poll_idle(context)))).is_pending());
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
        let mut waiting = pin!(poll_fn(|context| poll_idle(context)));
        let slot = take_now(Wait::ForAnAnswer);
        assert!(poll(waiting.as_mut()).is_pending());
        drop(slot);
        assert!(poll(waiting.as_mut()).is_ready());
    }
}
