//! Watching a verification: which checks were made, what each compared, and which one refused.
//!
//! A trace is for the developer of a relying party, at a failing ceremony. It holds challenges and ids of that ceremony, so
//! do not make one in production for everyone. A verification that is not traced pays nothing for it: the check lists are
//! compiled once with an observer that does nothing.

use core::fmt::Display;

use serde::Serialize;

use crate::check::Check;
use crate::rejection::{Rejection, VerifyError};

/// What came of one check.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was made and passed.
    Passed,
    /// It refused, and ended the verification.
    Failed,
    /// This ceremony or policy does not ask for it.
    NotApplicable,
    /// An earlier check refused.
    NotReached,
}

/// One line of a trace.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The check.
    pub check: Check,
    /// What came of it.
    pub outcome: Outcome,
    /// What was expected, or why the check does not apply.
    pub expected: String,
    /// What was received; empty if there is nothing to show beside `expected`.
    pub received: String,
}

/// The checks of one verification, in the order they were made.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Trace {
    /// The lines.
    pub entries: Vec<Entry>,
}

/// A verdict with the trace that led to it.
#[derive(Debug)]
#[must_use = "the verdict is inside"]
pub struct Traced<T> {
    /// The verdict.
    pub verdict: Result<T, VerifyError>,
    /// How it was reached.
    pub trace: Trace,
}

impl Trace {
    /// Adds the checks that a refusal left unmade.
    pub(crate) fn complete(&mut self, all: impl Iterator<Item = Check>) {
        for check in all {
            if !self.entries.iter().any(|entry| entry.check == check) {
                self.entries.push(Entry {
                    check,
                    outcome: Outcome::NotReached,
                    expected: String::new(),
                    received: String::new(),
                });
            }
        }
    }
}

/// What a check compared, as text.
pub(crate) struct Compared {
    expected: String,
    received: String,
}

/// Both sides of a comparison.
pub(crate) fn compared(expected: impl Display, received: impl Display) -> Compared {
    Compared {
        expected: expected.to_string(),
        received: received.to_string(),
    }
}

/// Who watches a verification.
pub(crate) trait Observer {
    /// A check was made, or does not apply.
    fn record(&mut self, check: Check, outcome: Outcome, compared: impl FnOnce() -> Compared);

    /// Refuses unless the condition holds. The rejection and the texts are made only when they are needed.
    fn ensure(
        &mut self,
        check: Check,
        holds: bool,
        compared: impl FnOnce() -> Compared,
        rejection: impl FnOnce() -> Rejection,
    ) -> Result<(), VerifyError> {
        if holds {
            self.record(check, Outcome::Passed, compared);
            Ok(())
        } else {
            self.record(check, Outcome::Failed, compared);
            Err(rejection().into())
        }
    }

    /// A check whose work is done elsewhere: passes its result on.
    fn judged<T, E: Into<VerifyError>>(
        &mut self,
        check: Check,
        result: Result<T, E>,
        passed: impl FnOnce(&T) -> Compared,
    ) -> Result<T, VerifyError> {
        match result {
            Ok(value) => {
                self.record(check, Outcome::Passed, || passed(&value));
                Ok(value)
            }
            Err(error) => {
                let error = error.into();
                self.record(check, Outcome::Failed, || compared(&error, ""));
                Err(error)
            }
        }
    }

    /// A check that this ceremony or policy does not ask for.
    fn not_applicable(&mut self, check: Check, why: &'static str) {
        self.record(check, Outcome::NotApplicable, || compared(why, ""));
    }
}

/// Nobody watches.
pub(crate) struct Unwatched;

impl Observer for Unwatched {
    #[inline(always)]
    fn record(&mut self, _: Check, _: Outcome, _: impl FnOnce() -> Compared) {}
}

impl Observer for Trace {
    fn record(&mut self, check: Check, outcome: Outcome, compared: impl FnOnce() -> Compared) {
        let Compared { expected, received } = compared();
        self.entries.push(Entry {
            check,
            outcome,
            expected,
            received,
        });
    }
}
