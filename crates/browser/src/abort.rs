use alloc::rc::Rc;
use core::cell::Cell;
use core::fmt;

use crate::wait::{changed, until};

/// Ends the ceremonies it is given to. Clones are handles of the same.
///
/// ```
/// let abort = passkeep_browser::Abort::new();
/// let handle = abort.clone();
/// handle.abort();
/// assert!(abort.is_aborted());
/// ```
#[derive(Clone, Default)]
pub struct Abort(Rc<Cell<bool>>);

impl Abort {
    /// A handle that has not been used.
    #[inline(never)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the ceremonies this was given to, now and in the future.
    ///
    /// They end with [`ClientErrorCode::Aborted`](crate::ClientErrorCode::Aborted), unless the browser had the answer
    /// already: then the response is returned, because a passkey may exist by now that the server should hear of.
    pub fn abort(&self) {
        self.0.set(true);
        changed();
    }

    /// Whether [`Abort::abort`] was called.
    #[must_use]
    pub fn is_aborted(&self) -> bool {
        self.0.get()
    }

    pub(crate) async fn wait(&self) {
        until(|| self.is_aborted()).await;
    }
}

impl fmt::Debug for Abort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Abort(aborted: {})", self.is_aborted())
    }
}
