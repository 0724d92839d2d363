//! Waiting, for one thread: a condition somebody else changes, a promise, and time.
//!
//! What a ceremony waits for is polled by hand, one type for each thing: every future that is composed of others is compiled anew.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use js_sys::Promise;
use spin::Mutex;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// A future of this thread's, of which nothing but the output is known.
pub(crate) type Local<T> = Pin<Box<dyn Future<Output = T>>>;

/// Runs a future by itself.
#[inline(never)]
pub(crate) fn spawn(future: Local<()>) {
    spawn_local(future);
}

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

    #[inline(never)]
    pub(crate) fn notify(&self) {
        // Taken out first: whoever wakes may wait again at once.
        let wakers = core::mem::take(&mut *self.wakers.lock());
        for waker in wakers {
            waker.wake();
        }
    }

    /// Has the task look again at the next [`Notify::notify`], unless it is done.
    #[inline(never)]
    pub(crate) fn poll(&self, context: &Context<'_>, done: bool) -> Poll<()> {
        if done {
            return Poll::Ready(());
        }
        let mut wakers = self.wakers.lock();
        if !wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            wakers.push(context.waker().clone());
        }
        Poll::Pending
    }

    /// Waits until the condition holds. Whoever makes it true must call [`Notify::notify`].
    pub(crate) async fn until(&self, condition: impl Fn() -> bool) {
        poll_fn(|context| self.poll(context, condition())).await;
    }
}

/// Which of two futures came first.
#[cfg(feature = "typed")]
pub(crate) enum First<A, B> {
    Left(A),
    Right(B),
}

/// Runs two futures until one is done and drops the other. When both are done, the left one counts.
#[cfg(feature = "typed")]
pub(crate) async fn race<A: Future, B: Future>(left: A, right: B) -> First<A::Output, B::Output> {
    let mut left = core::pin::pin!(left);
    let mut right = core::pin::pin!(right);
    poll_fn(|context| {
        if let Poll::Ready(done) = left.as_mut().poll(context) {
            return Poll::Ready(First::Left(done));
        }
        right.as_mut().poll(context).map(First::Right)
    })
    .await
}

/// What a promise comes to, or nothing if that takes too long.
pub(crate) struct Answer {
    promise: JsFuture,
    limit: Option<Sleep>,
}

impl Answer {
    /// Waits for whatever was returned: a promise, something like one, or no promise at all.
    #[inline(never)]
    pub(crate) fn of(returned: &JsValue, limit: Option<f64>) -> Self {
        Self {
            promise: JsFuture::from(Promise::resolve(returned)),
            limit: limit.map(Sleep::new),
        }
    }

    /// Sets how long it may take from now on, in milliseconds.
    pub(crate) fn limit(&mut self, milliseconds: f64) {
        self.limit = Some(Sleep::new(milliseconds));
    }
}

impl Future for Answer {
    type Output = Option<Result<JsValue, JsValue>>;

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(settled) = Pin::new(&mut self.promise).poll(context) {
            return Poll::Ready(Some(settled));
        }
        match &mut self.limit {
            Some(limit) => Pin::new(limit).poll(context).map(|()| None),
            None => Poll::Pending,
        }
    }
}

/// A time to wait. The timer is cleared when this is dropped.
pub(crate) struct Sleep {
    id: f64,
    fired: Rc<Fired>,
    _callback: Closure<dyn FnMut(JsValue)>,
}

#[derive(Default)]
struct Fired {
    done: Cell<bool>,
    changed: Notify,
}

impl Sleep {
    #[inline(never)]
    pub(crate) fn new(milliseconds: f64) -> Self {
        let fired = Rc::<Fired>::default();
        let callback = callback({
            let fired = fired.clone();
            Box::new(move |_| {
                fired.done.set(true);
                fired.changed.notify();
            })
        });
        // Browsers take delays above an i32 for zero. The cast saturates.
        let id = set_timeout(callback.as_ref(), milliseconds as i32);
        Self {
            id,
            fired,
            _callback: callback,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.fired.changed.poll(context, self.fired.done.get())
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        clear_timeout(self.id);
    }
}

/// The one kind of function that JavaScript calls.
pub(crate) fn callback(function: Box<dyn FnMut(JsValue)>) -> Closure<dyn FnMut(JsValue)> {
    Closure::wrap(function)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &JsValue, milliseconds: i32) -> f64;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: f64);
}

#[cfg(test)]
mod tests {
    use alloc::sync::Arc;
    use alloc::task::Wake;
    use core::pin::pin;
    use core::sync::atomic::{AtomicUsize, Ordering};

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
