//! Waiting, for one thread: a condition somebody else changes, the first of two futures, and time.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::{Poll, Waker};

use spin::Mutex;
use wasm_bindgen::prelude::*;

/// Tells waiting tasks to look again.
#[derive(Default)]
pub(crate) struct Notify {
    wakers: Mutex<Vec<Waker>>,
}

impl Notify {
    pub(crate) const fn new() -> Self {
        Self {
            wakers: Mutex::new(Vec::new()),
        }
    }

    pub(crate) fn notify(&self) {
        // Taken out first: whoever wakes may wait again at once.
        let wakers = core::mem::take(&mut *self.wakers.lock());
        for waker in wakers {
            waker.wake();
        }
    }

    /// Waits until the condition holds. Whoever makes it true must call [`Notify::notify`].
    pub(crate) async fn until(&self, condition: impl Fn() -> bool) {
        poll_fn(|context| {
            if condition() {
                return Poll::Ready(());
            }
            let mut wakers = self.wakers.lock();
            if !wakers.iter().any(|waker| waker.will_wake(context.waker())) {
                wakers.push(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }
}

/// Which of two futures came first.
pub(crate) enum First<A, B> {
    Left(A),
    Right(B),
}

/// Runs two futures until one is done and drops the other. When both are done, the left one counts.
pub(crate) async fn race<A: Future, B: Future>(left: A, right: B) -> First<A::Output, B::Output> {
    let mut left = pin!(left);
    let mut right = pin!(right);
    poll_fn(|context| {
        if let Poll::Ready(done) = left.as_mut().poll(context) {
            return Poll::Ready(First::Left(done));
        }
        right.as_mut().poll(context).map(First::Right)
    })
    .await
}

/// Waits. The timer is cleared when the future is dropped.
pub(crate) async fn sleep(milliseconds: f64) {
    let fired = Rc::new((Cell::new(false), Notify::default()));
    let _timer = Timer::start(milliseconds, {
        let fired = fired.clone();
        move || {
            fired.0.set(true);
            fired.1.notify();
        }
    });
    fired.1.until(|| fired.0.get()).await;
}

struct Timer {
    id: JsValue,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    fn start(milliseconds: f64, callback: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(callback);
        // Browsers take delays above an i32 for zero. The cast saturates.
        let id = set_timeout(callback.as_ref(), milliseconds as i32);
        Self {
            id,
            _callback: callback,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &JsValue, milliseconds: i32) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicUsize, Ordering};
    use core::task::Context;
    use std::sync::Arc;
    use std::task::Wake;

    use super::*;

    #[test]
    fn a_waiting_task_goes_on_only_when_the_condition_holds() {
        let (flag, notify) = (Cell::new(false), Notify::default());
        let mut waiting = pin!(notify.until(|| flag.get()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        notify.notify();
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        flag.set(true);
        assert!(waiting.as_mut().poll(&mut context).is_ready());
    }

    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_task_that_was_polled_often_is_woken_once() {
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let waker = Waker::from(count.clone());
        let notify = Notify::default();
        let mut waiting = pin!(notify.until(|| false));
        for _ in 0..3 {
            let polled = waiting.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        }
        notify.notify();
        notify.notify();
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
    }
}
