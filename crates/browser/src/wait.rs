//! Waiting, for one thread: a condition somebody else changes, a promise, and time.
//!
//! What a ceremony waits for is polled by hand, one type for each thing: every future that is composed of others is compiled anew.

use alloc::boxed::Box;
use alloc::vec::Vec;
#[cfg(any(feature = "typed", not(target_arch = "wasm32")))]
use core::cell::Cell;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::reflect::{call, global};

/// A future of this thread's, of which nothing but the output is known.
pub(crate) type Local<T> = Pin<Box<dyn Future<Output = T>>>;

/// Runs a future by itself.
#[inline(never)]
pub(crate) fn spawn(future: Local<()>) {
    spawn_local(future);
}

/// The tasks that wait for something to change on this page. Whatever it is, they all look again: there are few of them.
#[cfg(any(feature = "typed", not(target_arch = "wasm32")))]
fn with_waiting<T>(look: impl FnOnce(&mut Vec<Waker>) -> T) -> T {
    std::thread_local! {
        static WAITING: Cell<Vec<Waker>> = const { Cell::new(Vec::new()) };
    }
    let mut wakers = WAITING.take();
    let seen = look(&mut wakers);
    WAITING.set(wakers);
    seen
}

#[cfg(not(any(feature = "typed", not(target_arch = "wasm32"))))]
fn with_waiting<T>(look: impl FnOnce(&mut Vec<Waker>) -> T) -> T {
    static WAITING: spin::Mutex<Vec<Waker>> = spin::Mutex::new(Vec::new());
    look(&mut WAITING.lock())
}

/// Has the tasks that wait look again. Whoever changes what a task may wait for must call it.
#[inline(never)]
pub(crate) fn changed() {
    // Taken out first: whoever wakes may wait again at once.
    for waker in with_waiting(core::mem::take) {
        waker.wake();
    }
}

/// Has the task look again after the next [`changed`], unless it is done.
#[inline(never)]
pub(crate) fn poll_changed(context: &Context<'_>, done: bool) -> Poll<()> {
    if done {
        return Poll::Ready(());
    }
    with_waiting(|wakers| {
        if !wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            wakers.push(context.waker().clone());
        }
    });
    Poll::Pending
}

/// Waits until the condition holds.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    poll_fn(|context| poll_changed(context, condition())).await;
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
///
/// It is a promise as the rest is: apps that wait for one have the machinery for it.
pub(crate) struct Sleep {
    id: JsValue,
    /// The function that settles the promise.
    wake: JsValue,
    promise: JsFuture,
}

impl Sleep {
    #[inline(never)]
    pub(crate) fn new(milliseconds: f64) -> Self {
        let (mut id, mut wake) = (JsValue::UNDEFINED, JsValue::UNDEFINED);
        let promise = Promise::new_typed::<JsValue>(&mut |resolve, _| {
            wake = resolve.into();
            // Browsers take delays above an i32 for zero. The cast saturates.
            id = set_timeout(&wake, milliseconds as i32);
        });
        Self {
            id,
            wake,
            promise: promise.into(),
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.promise).poll(context).map(|_| ())
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        call(&global(), "clearTimeout", &self.id);
        // What waits for a promise is kept until it has settled.
        let undefined = &JsValue::UNDEFINED;
        let _ = self
            .wake
            .unchecked_ref::<Function>()
            .call1(undefined, undefined);
    }
}

/// The one kind of function that JavaScript calls.
pub(crate) fn callback(function: Box<dyn FnMut(JsValue)>) -> Closure<dyn FnMut(JsValue)> {
    Closure::wrap(function)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &JsValue, milliseconds: i32) -> JsValue;
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
        let flag = Cell::new(false);
        let mut waiting = pin!(until(|| flag.get()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        changed();
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
        let mut waiting = pin!(until(|| false));
        for _ in 0..3 {
            let polled = waiting.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        }
        changed();
        changed();
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
    }
}
