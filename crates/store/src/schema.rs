//! What both stores' migrations have in common.

use core::fmt;

use refinery::error::{Error, Kind};
use refinery::{Migration, Runner};

use passkeep_verify::Timestamp;

use crate::StoreError;

/// What a database says of itself, without being changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Inspection {
    /// The version of its schema; 0 before the first.
    pub schema: u32,
    /// The version that this program brings it to when it opens it.
    pub known: u32,
    /// The time there, if it has a clock of its own.
    pub clock: Option<Timestamp>,
}

impl Inspection {
    /// Whether the schema is this program's.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.schema == self.known
    }
}

/// The table in which the migrations that were made are kept.
pub(crate) const HISTORY: &str = "refinery_schema_history";

/// Prepares to bring a schema up to date. The steps are given as name and SQL; one that has been released never changes.
pub(crate) fn runner(steps: &[(&str, &str)]) -> Result<Runner, Error> {
    let migrations: Result<Vec<_>, _> = steps
        .iter()
        .map(|(name, sql)| Migration::unapplied(name, sql))
        .collect();
    // Grouped: a program killed in the middle leaves the version it found.
    Ok(Runner::new(&migrations?).set_grouped(true))
}

/// What a migration's failure means, where `passes` tells of the engine's error whether it is one that passes.
pub(crate) fn migration_error(
    error: Error,
    known: usize,
    passes: impl FnOnce(&(dyn core::error::Error + Send + Sync + 'static)) -> bool,
) -> StoreError {
    match error.kind() {
        Kind::MissingVersion(migration) => StoreError::Inconsistent(Box::new(NewerVersion {
            found: migration.to_string(),
            known,
        })),
        Kind::Connection(_, source) if passes(&**source) => StoreError::Unavailable(error.into()),
        _ => StoreError::Inconsistent(error.into()),
    }
}

/// The database has been written by a later version of this program.
#[derive(Debug)]
struct NewerVersion {
    found: String,
    known: usize,
}

impl fmt::Display for NewerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the database was written by a newer version of this program: it has schema {}, and this version knows schemas up to {}",
            self.found, self.known
        )
    }
}

impl core::error::Error for NewerVersion {}
