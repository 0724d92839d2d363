use alloc::rc::Rc;
use core::cell::Cell;
use core::fmt;
use core::task::{Context, Poll};

use crate::wait::Notify;

/// Ends the ceremonies it is given to. Clones are handles of the same.
///
/// ```
/// let abort = passkeep_browser::Abort::new();
/// let handle = abort.clone();
/// handle.abort();
/// assert!(abort.is_aborted());
/// ```
#[derive(Clone, Default)]
pub struct Abort(Rc<State>);

#[derive(Default)]
struct State {
    aborted: Cell<bool>,
    changed: Notify,
}

impl Abort {
    /// A handle that has not been used.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the ceremonies this was given to, now and in the future.
    ///
    /// They end with [`ClientErrorCode::Aborted`](crate::ClientErrorCode::Aborted), unless the browser had the answer
    /// already: then the response is returned, because a passkey may exist by now that the server should hear of.
    pub fn abort(&self) {
        self.0.aborted.set(true);
        self.0.changed.notify();
    }

    /// Whether [`Abort::abort`] was called.
    #[must_use]
    pub fn is_aborted(&self) -> bool {
        self.0.aborted.get()
    }

    pub(crate) fn poll(&self, context: &Context<'_>) -> Poll<()> {
        self.0.changed.poll(context, self.is_aborted())
    }

    pub(crate) async fn wait(&self) {
        core::future::poll_fn(|context| self.poll(context)).await;
    }
}

impl fmt::Debug for Abort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Abort(aborted: {})", self.is_aborted())
    }
}
