//! What can be done with a database that others are using, without opening a store.

use std::fs;
use std::io;
use std::path::Path;

use super::fault::{Fault, store_error};
use super::{SqliteStore, connection};
use crate::{Inspection, StoreError};

impl SqliteStore {
    /// Looks at a database that exists, and changes nothing. It blocks while it does.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when there is no such file or it cannot be read, and [`StoreError::Inconsistent`] when it
    /// is no database.
    pub fn inspect(path: &Path) -> Result<Inspection, StoreError> {
        connection::inspect(path)
    }

    /// Copies a database, as it is at one moment, to a file that does not exist yet, readable by its owner alone. Others
    /// may read and write the database meanwhile. The copy is opened and checked before this answers. It blocks while it
    /// does.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when either file cannot be used or the copy exists already, and
    /// [`StoreError::Inconsistent`] when the copy is not sound. No part of a copy is left behind.
    pub fn back_up(path: &Path, copy: &Path) -> Result<(), StoreError> {
        back_up(path, copy)
    }
}

fn back_up(path: &Path, copy: &Path) -> Result<(), StoreError> {
    let unavailable = |error: io::Error| StoreError::Unavailable(error.into());
    let copy = std::path::absolute(copy).map_err(unavailable)?;
    let source = connection::open(path).map_err(store_error)?;
    let mut options = fs::File::options();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    // Made here and not by SQLite, which would take the mode from the umask, and takes an empty file for none.
    let created = options.write(true).create_new(true).open(&copy);
    drop(created.map_err(unavailable)?);
    let copied = fill(&source, &copy);
    if copied.is_err() {
        // It is no backup; that it cannot be removed does not matter beside that.
        let _ = fs::remove_file(&copy);
    }
    copied
}

fn fill(source: &rusqlite::Connection, copy: &Path) -> Result<(), StoreError> {
    // One statement reads one moment: what is written meanwhile is not in it.
    let name = copy.to_str().ok_or_else(|| {
        StoreError::Unavailable("SQLite takes no file name that is not Unicode".into())
    })?;
    let copied = source.execute("VACUUM INTO ?1", [name]);
    copied.map_err(store_error)?;
    // SQLite does not wait for the disk here.
    let durable = fs::File::open(copy).and_then(|file| file.sync_all());
    #[cfg(unix)]
    let durable = durable.and_then(|()| match copy.parent() {
        Some(directory) => fs::File::open(directory)?.sync_all(),
        None => Ok(()),
    });
    durable.map_err(|error| StoreError::Unavailable(error.into()))?;
    check(copy).map_err(Fault::into_error)
}

fn check(copy: &Path) -> Result<(), Fault<StoreError>> {
    let connection = connection::open(copy)?;
    let sound: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        let message = format!("the copy is damaged: {sound}");
        return Err(Fault::Refused(StoreError::Inconsistent(message.into())));
    }
    Ok(())
}
