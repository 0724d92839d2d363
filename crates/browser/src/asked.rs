//! Which of the server's answers are news to the browser.

use core::cell::Cell;

use passkeep_protocol::api::Signals;

use crate::typed::tell;

std::thread_local! {
    /// How many passkeys of this page are being made or deleted.
    static CHANGING: Cell<u32> = const { Cell::new(0) };
    /// How often that has begun or ended.
    static TURNS: Cell<u32> = const { Cell::new(0) };
}

/// A question to the server whose answer has [`Signals`]. It is made before the server is asked.
///
/// An answer that a [`PasskeyChange`] of this page overtook may be older than a passkey that the browser has. What it says of which
/// passkeys there are would have the browser forget that one, or bring back one that was deleted.
///
/// ```no_run
/// # use passkeep_protocol::api::Passkeys;
/// # async fn example(fetch: impl AsyncFnOnce() -> Passkeys) {
/// use passkeep_browser::Asked;
///
/// let asked = Asked::now();
/// let answer = fetch().await;
/// asked.signal(&answer.signals).await;
/// # }
/// ```
#[derive(Debug)]
pub struct Asked {
    /// How often changes had begun or ended; nothing if one was under way.
    turns: Option<u32>,
}

impl Asked {
    /// A question that changes no passkey.
    #[must_use]
    pub fn now() -> Self {
        Self::within(0)
    }

    /// A question that belongs to so many changes.
    #[inline(never)]
    fn within(own: u32) -> Self {
        Self {
            turns: (CHANGING.get() == own).then(|| TURNS.get()),
        }
    }

    /// Whether a passkey was or is being made or deleted by somebody else since the question was asked.
    #[must_use]
    pub fn is_overtaken(&self) -> bool {
        self.turns != Some(TURNS.get())
    }

    /// Tells the browser's credential manager what the server answered, as far as it is news.
    ///
    /// Best effort, as [`signal`](crate::signal).
    pub fn signal(self, signals: &Signals) -> impl Future<Output = ()> {
        tell(signals, !self.is_overtaken())
    }
}

/// A passkey that is being made or deleted: from before the browser has it until the server has said what it knows. It is over
/// when this is dropped.
#[derive(Debug)]
#[must_use = "the change is over when this is dropped"]
pub struct PasskeyChange(());

impl PasskeyChange {
    /// Begins one: before `create`, and before the server is asked to delete one.
    pub fn begin() -> Self {
        turn(1);
        Self(())
    }

    /// The question to the server that this change ends with.
    #[must_use]
    pub fn ask(&self) -> Asked {
        Asked::within(1)
    }
}

impl Drop for PasskeyChange {
    fn drop(&mut self) {
        turn(u32::MAX);
    }
}

/// Counts a change more or, with `u32::MAX`, one less. It is in the module once.
#[inline(never)]
fn turn(change: u32) {
    CHANGING.set(CHANGING.get().wrapping_add(change));
    TURNS.set(TURNS.get().wrapping_add(1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_overtaken_by_a_change_that_began_or_ended_after_it() {
        let before = Asked::now();
        assert!(!before.is_overtaken());
        let change = PasskeyChange::begin();
        assert!(before.is_overtaken());
        let during = Asked::now();
        drop(change);
        assert!(before.is_overtaken());
        assert!(during.is_overtaken());
        assert!(!Asked::now().is_overtaken());
    }

    #[test]
    fn the_question_of_a_change_is_overtaken_by_another_and_not_by_its_own() {
        let change = PasskeyChange::begin();
        let asked = change.ask();
        assert!(!asked.is_overtaken());
        let other = PasskeyChange::begin();
        assert!(asked.is_overtaken());
        drop(other);
        assert!(asked.is_overtaken());
        // What is asked now is younger than the other.
        assert!(!change.ask().is_overtaken());
    }
}
