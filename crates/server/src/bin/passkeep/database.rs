//! The database that is configured: the embedded one, or PostgreSQL.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use passkeep_store::{
    DatabaseUrlError, Inspection, PostgresOptions, PostgresStore, SqliteOptions, SqliteStore,
    Store, StoreError,
};

use crate::config::Config;

/// Which database it is. It is shown without user and password.
#[derive(Debug)]
pub(crate) enum Database {
    Sqlite(PathBuf),
    Postgres(Box<PostgresOptions>),
}

impl Database {
    pub(crate) fn of(config: &Config) -> Result<Self, DatabaseError> {
        let Some(url) = &config.database_url.value else {
            return Ok(Self::Sqlite(config.data_dir.value.join("passkeep.sqlite")));
        };
        let options = PostgresOptions::from_url(&url.0).map_err(DatabaseError::Url)?;
        Ok(Self::Postgres(Box::new(options)))
    }

    /// Opens it, makes it if it is the embedded one and does not exist, and brings its schema up to date.
    pub(crate) async fn open(&self) -> Result<Arc<dyn Store>, DatabaseError> {
        let opened = match self {
            Self::Sqlite(path) => {
                SqliteStore::open(SqliteOptions::new(path)).map(|store| Arc::new(store) as _)
            }
            Self::Postgres(options) => {
                let opened = PostgresStore::open((**options).clone()).await;
                opened.map(|store| Arc::new(store) as _)
            }
        };
        opened.map_err(|error| self.refused(error))
    }

    /// Opens it as it is: it must exist and have this version's schema.
    pub(crate) async fn open_as_it_is(&self) -> Result<Arc<dyn Store>, DatabaseError> {
        let Inspection { schema, known, .. } = self.inspect().await?;
        if schema < known {
            return Err(DatabaseError::Older { schema, known });
        }
        self.open().await
    }

    /// Looks at it, and changes nothing.
    pub(crate) async fn inspect(&self) -> Result<Inspection, DatabaseError> {
        let inspected = match self {
            Self::Sqlite(path) if !path.exists() => {
                return Err(DatabaseError::Missing(path.clone()));
            }
            Self::Sqlite(path) => SqliteStore::inspect(path),
            Self::Postgres(options) => PostgresStore::inspect((**options).clone()).await,
        };
        inspected.map_err(|error| self.refused(error))
    }

    fn refused(&self, error: StoreError) -> DatabaseError {
        match self {
            Self::Sqlite(path) => DatabaseError::Sqlite(path.clone(), error),
            Self::Postgres(options) => DatabaseError::Postgres(options.to_string(), error),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "the SQLite database {}", path.display()),
            Self::Postgres(options) => write!(f, "the PostgreSQL database {options}"),
        }
    }
}

/// Why there is no database to work with.
#[derive(Debug)]
pub(crate) enum DatabaseError {
    Missing(PathBuf),
    Older { schema: u32, known: u32 },
    Sqlite(PathBuf, StoreError),
    Url(DatabaseUrlError),
    Postgres(String, StoreError),
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(
                f,
                "there is no database {}; `passkeep serve` and `passkeep migrate` make one (PASSKEEP_DATA_DIR, \
                 PASSKEEP_DATABASE_URL)",
                path.display()
            ),
            Self::Older { schema, known } => write!(
                f,
                "the database has schema {schema}, and this version works with schema {known}; `passkeep migrate` brings it \
                 there"
            ),
            Self::Sqlite(path, error) => write!(
                f,
                "cannot open the database {}: {error} (PASSKEEP_DATA_DIR)",
                path.display()
            ),
            Self::Url(error) => write!(
                f,
                "no database can have that URL: {error} (PASSKEEP_DATABASE_URL)"
            ),
            Self::Postgres(place, error) => write!(
                f,
                "cannot use the database {place}: {error} (PASSKEEP_DATABASE_URL)"
            ),
        }
    }
}
