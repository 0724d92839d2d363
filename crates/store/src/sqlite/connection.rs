//! The file, its connections and its migrations.

use core::time::Duration;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::fault::{may_pass, store_error};
use crate::{Inspection, StoreError, schema};

/// Every version of the schema, as the steps from one to the next. A step that has been released never changes.
const MIGRATIONS: [(&str, &str); 5] = [
    (
        "V1__initial",
        include_str!("../../migrations/sqlite/V1__initial.sql"),
    ),
    (
        "V2__accounts",
        include_str!("../../migrations/sqlite/V2__accounts.sql"),
    ),
    (
        "V3__passwords",
        include_str!("../../migrations/sqlite/V3__passwords.sql"),
    ),
    (
        "V4__passkeys_behind_restore_keys",
        include_str!("../../migrations/sqlite/V4__passkeys_behind_restore_keys.sql"),
    ),
    (
        "V5__one_sigma",
        include_str!("../../migrations/sqlite/V5__one_sigma.sql"),
    ),
];

/// How long a connection waits for another process that holds the database (a backup, an operator's shell).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How much of the database the connection that writes keeps in memory, in KiB. A batch of a hundred sign-ins changes 900 pages of
/// 4 KiB, and what has no room is written into the log twice. SQLite walks through all of it at each commit, so more would cost.
const WRITER_CACHE: i32 = 4 * 1024;

/// After how many pages of the log they are copied into the database, with two syncs. SQLite's own 1000 would be nearly every
/// full batch. The log has 16 MB then, which a server that is started after a crash reads through.
const CHECKPOINT: u32 = 4000;

/// More than there are statements, so that each is compiled once for each connection.
const STATEMENTS: usize = 128;

/// Creates the database file and the directories it lies in, where they do not exist, readable by their owner alone:
/// the file holds the sealing keys. Returns the absolute path, which cannot be mistaken for one of SQLite's special
/// names.
pub(super) fn create_file(path: &Path) -> Result<PathBuf, StoreError> {
    create(path).map_err(|error| StoreError::Unavailable(error.into()))
}

fn create(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let directories = || path.ancestors().skip(1);
    let missing = directories().take_while(|it| !it.exists()).count();

    let mut builder = fs::DirBuilder::new();
    let mut options = fs::File::options();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        builder.mode(0o700);
        options.mode(0o600);
    }
    if let Some(directory) = path.parent() {
        builder.recursive(true).create(directory)?;
    }
    // A file that exists must not be opened here: closing it would drop the locks that another store in this process
    // holds on it. SQLite gives its side files the mode of this one.
    match options.write(true).create_new(true).open(&path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(path),
        Err(error) => return Err(error),
    }
    // SQLite makes what is in the file durable, but a new file's name is its directory's.
    #[cfg(unix)]
    for directory in directories().take(missing + 1) {
        fs::File::open(directory)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = missing;
    Ok(path)
}

/// Opens the connection that writes, and brings the schema up to date.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = open(path).map_err(store_error)?;
    let journal_mode = prepare(&connection).map_err(store_error)?;
    if journal_mode != "wal" {
        let message = format!("the file system allows no write-ahead log, only {journal_mode:?}");
        return Err(StoreError::Inconsistent(message.into()));
    }
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens a connection that reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path).map_err(store_error)?;
    let read_only = connection.pragma_update(None, "query_only", true);
    read_only.map_err(store_error)?;
    Ok(connection)
}

/// What a database that exists says of itself.
pub(super) fn inspect(path: &Path) -> Result<Inspection, StoreError> {
    let schema = open(path).and_then(|connection| version(&connection));
    Ok(Inspection {
        schema: schema.map_err(store_error)?,
        known: u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX),
        clock: None,
    })
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    if !connection.table_exists(None, schema::HISTORY)? {
        return Ok(0);
    }
    let sql = format!("SELECT coalesce(max(version), 0) FROM {}", schema::HISTORY);
    connection.query_row(&sql, [], |row| row.get(0))
}

pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    // Each connection belongs to one thread and needs no lock of its own.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "trusted_schema", false)?;
    // A plan stays as it is made. Without this, SQLite compiles a statement again for every value it is given, in case
    // another plan suited that one better; here each statement has one index that suits.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Sets up durability, and returns the journal mode that SQLite agreed to.
fn prepare(connection: &Connection) -> rusqlite::Result<String> {
    let journal_mode =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    // FULL syncs at every commit. On Apple's systems a sync reaches the disk itself only with fullfsync.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
    Ok(journal_mode)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let migrated = schema::runner(&MIGRATIONS).and_then(|runner| runner.run(connection));
    migrated.map(drop).map_err(|error| {
        schema::migration_error(error, MIGRATIONS.len(), |source| {
            let source = source.downcast_ref::<rusqlite::Error>();
            source.is_some_and(may_pass)
        })
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_is_compiled_once_whatever_it_is_given() {
        let directory = tempfile::tempdir().unwrap();
        let path = create_file(&directory.path().join("test.db")).unwrap();
        drop(open_writer(&path).unwrap());
        let connection = open_reader(&path).unwrap();
        let sql = "SELECT id FROM credentials WHERE account = ?1 ORDER BY created_at DESC, id";
        for account in 0..10_u8 {
            let mut statement = connection.prepare_cached(sql).unwrap();
            assert!(!statement.exists([[account; 16]]).unwrap());
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
        }
    }
}
