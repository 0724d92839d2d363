//! From the engine's errors to the store's.

use core::fmt;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::StoreError;

/// The SQLSTATE with which `passkeep_refuse` undoes a statement; the message is the refusal.
const REFUSED: &str = "PK001";

/// Why a piece of work came to nothing: a rule of the trait, or the engine.
#[derive(Debug)]
pub(super) enum Fault {
    /// What the statement refused with.
    Refused(String),
    /// What the engine said.
    Engine(DatabaseError),
}

impl Fault {
    /// The refusal that the statement names, or what the engine's error means.
    pub(super) fn into_error<E: From<StoreError>>(
        self,
        refusal: impl FnOnce(&str) -> Option<E>,
    ) -> E {
        match self {
            Self::Refused(name) => refusal(&name).unwrap_or_else(|| {
                let text = format!("a statement was refused with {name:?}");
                StoreError::Inconsistent(text.into()).into()
            }),
            Self::Engine(error) => StoreError::from(error).into(),
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        fault.into_error(|_| None)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error.as_db_error() {
            Some(refused) if refused.code().code() == REFUSED => {
                Self::Refused(refused.message().to_owned())
            }
            _ => Self::Engine((&error).into()),
        }
    }
}

/// What PostgreSQL or the way there said, without what it says about rows: those details may be secrets.
#[derive(Debug)]
pub(super) struct DatabaseError {
    text: String,
    blame: Blame,
}

/// What an error asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Blame {
    /// Another attempt, at once: somebody else came in between.
    Rivals,
    /// Another attempt, later, on another connection.
    Connection,
    /// Another attempt, later.
    Engine,
    /// A person.
    Data,
}

impl DatabaseError {
    /// The database was not reached, for whatever reason.
    pub(super) fn unreachable(error: &(dyn core::error::Error + 'static)) -> Self {
        Self {
            text: describe(error),
            blame: Blame::Connection,
        }
    }

    /// It was reached, and has not answered.
    pub(super) fn timed_out() -> Self {
        Self {
            text: "the database did not answer in time".to_owned(),
            blame: Blame::Connection,
        }
    }

    pub(super) fn is_worth_another_attempt(&self) -> bool {
        self.blame == Blame::Rivals
    }

    /// Whether the connection is of no further use.
    pub(super) fn is_the_connections(&self) -> bool {
        self.blame == Blame::Connection
    }
}

impl From<&Error> for DatabaseError {
    fn from(error: &Error) -> Self {
        Self {
            text: describe(error),
            blame: blame(error),
        }
    }
}

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        if error.blame != Blame::Data {
            Self::Unavailable(Box::new(error))
        } else {
            Self::Inconsistent(Box::new(error))
        }
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl core::error::Error for DatabaseError {}

fn blame(error: &Error) -> Blame {
    let Some(code) = error.code() else {
        let cause = core::error::Error::source(error);
        let io = cause.is_some_and(|cause| cause.is::<io::Error>());
        return if io || error.is_closed() {
            Blame::Connection
        } else {
            Blame::Data
        };
    };
    sort(code)
}

/// Sorts by SQLSTATE, most of which are told by their class, the first two characters.
fn sort(code: &SqlState) -> Blame {
    match *code {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Blame::Rivals,
        // A statement that took too long; its connection is as good as before.
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE => Blame::Engine,
        // A primary that has become a standby, or a pooler that has put another server behind the connection.
        SqlState::READ_ONLY_SQL_TRANSACTION | SqlState::INVALID_SQL_STATEMENT_NAME => {
            Blame::Connection
        }
        // The statement was prepared before a migration changed what it returns.
        SqlState::FEATURE_NOT_SUPPORTED => Blame::Connection,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Blame::Connection,
        _ => match code.code().get(..2) {
            // Connection; authorisation; shutting down.
            Some("08" | "28" | "57") => Blame::Connection,
            // Full disk, memory or connection slots; the system's IO.
            Some("53" | "58") => Blame::Engine,
            _ => Blame::Data,
        },
    }
}

/// An error and its causes in a line.
fn describe(error: &(dyn core::error::Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let part = match error.downcast_ref::<tokio_postgres::error::DbError>() {
            Some(error) => format!("{} ({})", error.message(), error.code().code()),
            None => error.to_string(),
        };
        // Some errors say their causes themselves.
        if !text.contains(&part) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&part);
        }
        next = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_sorted_by_what_they_ask_for() {
        for (code, expected) in [
            ("40001", Blame::Rivals),
            ("40P01", Blame::Rivals),
            ("57014", Blame::Engine),
            ("55P03", Blame::Engine),
            ("53100", Blame::Engine),
            ("53300", Blame::Engine),
            ("58030", Blame::Engine),
            ("57P01", Blame::Connection),
            ("57P03", Blame::Connection),
            ("08006", Blame::Connection),
            ("25006", Blame::Connection),
            ("28P01", Blame::Connection),
            ("23505", Blame::Data),
            ("42P01", Blame::Data),
            ("42501", Blame::Data),
            ("XX001", Blame::Data),
        ] {
            assert_eq!(sort(&SqlState::from_code(code)), expected, "{code}");
        }
    }
}
