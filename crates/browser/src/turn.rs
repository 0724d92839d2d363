//! Whose turn it is: a browser runs one request at a time for a page, and refuses or mixes up a second.

use core::cell::Cell;
use core::future::{Future, poll_fn};
use core::task::{Context, Poll};

use crate::abort::Abort;
use crate::ceremony::Wait;
use crate::error::{ClientError, Reason};
use crate::wait::{changed, poll_changed};

// A page has one thread. Tests have several, and a turn for each.
#[cfg(any(feature = "typed", not(target_arch = "wasm32")))]
fn with_turn<T>(look: impl FnOnce(&Turn) -> T) -> T {
    std::thread_local! {
        static TURN: Turn = const { Turn::new() };
    }
    TURN.with(look)
}

#[cfg(not(any(feature = "typed", not(target_arch = "wasm32"))))]
fn with_turn<T>(look: impl FnOnce(&Turn) -> T) -> T {
    static TURN: spin::Mutex<Turn> = spin::Mutex::new(Turn::new());
    look(&TURN.lock())
}

struct Turn {
    /// What the request that has the turn waits for.
    holder: Cell<Option<Wait>>,
    /// Whether somebody else wants it.
    wanted: Cell<bool>,
    /// How often it was taken: the number of the holder.
    taken: Cell<u32>,
    /// How many wait for the holder to go, or have more to do than a request. Until they are done nobody else may arm autofill:
    /// it would take the turn from under them again and again, or offer a passkey that the server does not know yet.
    waiting: Cell<u32>,
}

impl Turn {
    const fn new() -> Self {
        Self {
            holder: Cell::new(None),
            wanted: Cell::new(false),
            taken: Cell::new(0),
            waiting: Cell::new(0),
        }
    }
}

/// The right to have a request pending. It is given back when dropped.
pub(crate) struct Slot;

impl Slot {
    /// Takes the turn. A pending autofill request makes room, and for a dialog a pending upgrade does; a pending dialog does not.
    pub(crate) fn take(
        wait: Wait,
        abort: &Abort,
    ) -> impl Future<Output = Result<Self, ClientError>> {
        let mut before = None;
        poll_fn(move |context| Self::poll_take(wait, abort, &mut before, context))
    }

    /// `before` is the holder that makes room, by its number.
    #[inline(never)]
    fn poll_take(
        wait: Wait,
        abort: &Abort,
        before: &mut Option<(u32, Waiting)>,
        context: &Context<'_>,
    ) -> Poll<Result<Self, ClientError>> {
        if abort.is_aborted() {
            return Poll::Ready(Err(Reason::EndedBefore.into()));
        }
        let (holder, number) = with_turn(|turn| (turn.holder.get(), turn.taken.get()));
        let is_before = matches!(before, Some((before, _)) if *before == number);
        // The holder gives up within a bounded time, so this does not wait for ever.
        if holder.is_none() || !is_before {
            *before = None;
            match holder {
                None if wait != Wait::InAField || waiting() == 0 => {
                    with_turn(|turn| {
                        turn.holder.set(Some(wait));
                        turn.wanted.set(false);
                        turn.taken.set(number.wrapping_add(1));
                    });
                    return Poll::Ready(Ok(Self));
                }
                Some(holder) if holder.makes_room_for(wait) => {
                    *before = Some((number, Waiting::begin()));
                    with_turn(|turn| turn.wanted.set(true));
                    changed();
                }
                _ => return Poll::Ready(Err(Reason::DialogOpen.into())),
            }
        }
        poll_changed(context, false).map(|()| Err(Reason::DialogOpen.into()))
    }

    /// Whether somebody else wants the turn that is taken.
    pub(crate) fn is_wanted() -> bool {
        with_turn(|turn| turn.wanted.get())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        with_turn(|turn| turn.holder.set(None));
        changed();
    }
}

/// Ready when no request is pending and none waits to be.
pub(crate) fn poll_idle(context: &Context<'_>) -> Poll<()> {
    let idle = with_turn(|turn| turn.holder.get().is_none()) && waiting() == 0;
    poll_changed(context, idle)
}

/// While this lives nobody else may arm autofill.
pub(crate) struct Waiting;

impl Waiting {
    pub(crate) fn begin() -> Self {
        with_turn(|turn| turn.waiting.set(turn.waiting.get() + 1));
        Self
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        with_turn(|turn| turn.waiting.set(turn.waiting.get() - 1));
        changed();
    }
}

fn waiting() -> u32 {
    with_turn(|turn| turn.waiting.get())
}

#[cfg(test)]
mod tests {
    use core::pin::pin;
    use core::task::Waker;

    use super::*;
    use crate::error::ClientErrorCode;

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
        assert!(!Slot::is_wanted());

        let abort = Abort::new();
        let mut modal = pin!(Slot::take(Wait::ForAnAnswer, &abort));
        assert!(poll(modal.as_mut()).is_pending());
        assert!(Slot::is_wanted());
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
        assert!(Slot::is_wanted());
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
