//! From the engine's errors to the store's.

use core::fmt;

use rusqlite::ErrorCode;

use crate::StoreError;

/// Why a piece of work came to nothing: a rule of the trait, or the engine.
#[derive(Debug)]
pub(super) enum Fault<E> {
    /// What the caller is told.
    Refused(E),
    /// What the engine said.
    Engine(rusqlite::Error),
}

impl<E: From<StoreError>> Fault<E> {
    pub(super) fn into_error(self) -> E {
        match self {
            Self::Refused(error) => error,
            Self::Engine(error) => store_error(error).into(),
        }
    }
}

impl<E> From<rusqlite::Error> for Fault<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

/// Sorts the engine's errors: those that pass, and those that need a person.
pub(super) fn store_error(error: rusqlite::Error) -> StoreError {
    if may_pass(&error) {
        StoreError::Unavailable(error.into())
    } else {
        StoreError::Inconsistent(error.into())
    }
}

/// Whether the same work may succeed later, with nobody repairing the data.
pub(super) fn may_pass(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::CannotOpen
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::OperationInterrupted
                | ErrorCode::OutOfMemory
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
        )
    )
}

/// The thread that should have answered has panicked or is gone.
#[derive(Debug)]
pub(super) struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store stopped before it was done")
    }
}

impl core::error::Error for Stopped {}

impl From<Stopped> for StoreError {
    fn from(stopped: Stopped) -> Self {
        Self::Unavailable(Box::new(stopped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[track_caller]
    fn sorted(result_code: core::ffi::c_int) -> StoreError {
        let error = ffi::Error::new(result_code);
        store_error(rusqlite::Error::SqliteFailure(error, None))
    }

    #[test]
    fn what_passes_is_unavailable() {
        for code in [
            ffi::SQLITE_FULL,
            ffi::SQLITE_IOERR,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_BUSY,
            ffi::SQLITE_BUSY_SNAPSHOT,
            ffi::SQLITE_CANTOPEN,
            ffi::SQLITE_READONLY,
        ] {
            let error = sorted(code);
            assert!(matches!(error, StoreError::Unavailable(_)), "{code}");
        }
    }

    #[test]
    fn what_needs_a_person_is_inconsistent() {
        for code in [
            ffi::SQLITE_CORRUPT,
            ffi::SQLITE_NOTADB,
            ffi::SQLITE_SCHEMA,
            ffi::SQLITE_CONSTRAINT_UNIQUE,
            ffi::SQLITE_ERROR,
        ] {
            let error = sorted(code);
            assert!(matches!(error, StoreError::Inconsistent(_)), "{code}");
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_is_inconsistent() {
        let error = store_error(rusqlite::Error::InvalidColumnName("label".to_owned()));
        assert!(matches!(error, StoreError::Inconsistent(_)));
    }
}
