//! The store itself: how it is set up and opened.

use core::fmt;
use core::num::NonZeroUsize;
use std::path::PathBuf;

use super::connection;
use super::readers::Readers;
use super::writer::Writer;
use crate::StoreError;

/// How a [`SqliteStore`] is set up. [`SqliteOptions::new`] takes what must be decided; the rest has defaults.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SqliteOptions {
    /// The database file. It and the directories it lies in are created where they do not exist, for their owner alone.
    pub path: PathBuf,
    /// How many threads read, each with a connection of its own; two by default.
    pub readers: NonZeroUsize,
}

impl SqliteOptions {
    /// A database at that path, with the defaults.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            readers: const { NonZeroUsize::new(2).unwrap() },
        }
    }
}

/// A store in one SQLite file, for one machine.
///
/// Concurrent writes share commits: the more there are, the fewer syncs of the disk each costs. No method blocks the
/// thread it is polled on, whatever the runtime. A call whose future is dropped may still be carried out.
///
/// Dropping the store finishes the writes it has accepted, and blocks until they are done.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("passkeep.db");
/// use passkeep_store::{SqliteOptions, SqliteStore, Store as _};
///
/// let store = SqliteStore::open(SqliteOptions::new(path))?;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// assert_eq!(store.sealing_keys().await?, []);
/// # Ok::<(), passkeep_store::StoreError>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteStore {
    // Dropped in this order: with the readers gone, the writer can leave one tidy file behind.
    pub(super) readers: Readers,
    pub(super) writer: Writer,
    pub(super) path: PathBuf,
}

impl SqliteStore {
    /// Opens a database, creates it if there is none, and brings it up to this version's schema. It blocks while it does.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the file cannot be created, opened or written, and
    /// [`StoreError::Inconsistent`] when it is not a database of this program or was written by a newer version of it.
    pub fn open(options: SqliteOptions) -> Result<Self, StoreError> {
        let path = connection::create_file(&options.path)?;
        let writer = Writer::start(connection::open_writer(&path)?)?;
        let readers = Readers::start(&path, options.readers)?;
        Ok(Self {
            readers,
            writer,
            path,
        })
    }

    /// How many transactions have been committed since the store was opened. The writes of concurrent callers share
    /// transactions, so under load there are fewer of these than of those.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.writer.commits()
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
