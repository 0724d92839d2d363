//! Databases to put under load.

use std::path::{Path, PathBuf};

use passkeep_store::contract::postgres::{Cluster, PostgresDatabase};
use passkeep_store::{PostgresOptions, PostgresStore, SqliteOptions, SqliteStore};

use serde_json::{Map, Value, json};
use tokio_postgres::Client;

use crate::proc::file_system;
use crate::{Engine, Result};

/// The name of SQLite's database in the folder of a server.
const FILE: &str = "passkeep.sqlite";

/// What of PostgreSQL's settings is worth knowing beside a figure.
const SETTINGS: [&str; 8] = [
    "shared_buffers",
    "fsync",
    "synchronous_commit",
    "wal_sync_method",
    "full_page_writes",
    "wal_compression",
    "max_wal_size",
    "checkpoint_timeout",
];

/// A database, which is removed with this value.
pub(crate) enum Database {
    /// In this folder.
    Sqlite(PathBuf),
    /// In the cluster.
    Postgres(PostgresDatabase),
}

impl Database {
    /// Makes an empty one with the schema of today.
    pub(crate) async fn create(
        engine: Engine,
        folder: &Path,
        name: &str,
        cluster: Option<&Cluster>,
    ) -> Result<Self> {
        match engine {
            Engine::Sqlite => {
                let folder = folder.join(name);
                drop(SqliteStore::open(SqliteOptions::new(folder.join(FILE)))?);
                Ok(Self::Sqlite(folder))
            }
            Engine::Postgres => {
                let cluster = cluster.ok_or("no PostgreSQL cluster was started")?;
                let database = PostgresDatabase::within(cluster.url()).await;
                let options = PostgresOptions::from_url(&database.url())?;
                drop(PostgresStore::open(options).await?);
                Ok(Self::Postgres(database))
            }
        }
    }

    /// How a server is told of it.
    pub(crate) fn environment(&self) -> (&'static str, String) {
        match self {
            Self::Sqlite(folder) => ("PASSKEEP_DATA_DIR", folder.display().to_string()),
            Self::Postgres(database) => ("PASSKEEP_DATABASE_URL", database.url()),
        }
    }

    /// Where it is.
    pub(crate) fn place(&self) -> Place {
        match self {
            Self::Sqlite(folder) => Place::File(folder.join(FILE)),
            Self::Postgres(database) => Place::Url(database.url()),
        }
    }

    /// How much of the disk it takes.
    pub(crate) async fn bytes(&self) -> Result<u64> {
        match self {
            Self::Sqlite(folder) => Ok(std::fs::metadata(folder.join(FILE))?.len()),
            Self::Postgres(database) => {
                let client = database.client().await;
                let size = "SELECT pg_database_size(current_database())";
                let size: i64 = client.query_one(size, &[]).await?.get(0);
                Ok(u64::try_from(size)?)
            }
        }
    }
}

/// A PostgreSQL cluster that syncs what it commits, with its files on the disk that SQLite's are on.
pub(crate) struct Durable {
    pub(crate) cluster: Cluster,
    /// Removed when the cluster has gone.
    _place: tempfile::TempDir,
}

impl Durable {
    pub(crate) fn start() -> Result<Self> {
        let place = folder()?;
        Ok(Self {
            cluster: Cluster::start_durable(place.path()),
            _place: place,
        })
    }
}

/// Settings that what was measured depends on, as PostgreSQL has them, and the file system that its files are on.
pub(crate) async fn postgres_circumstances(client: &Client) -> Result<Value> {
    let mut settings = Map::new();
    for name in SETTINGS {
        let row = client
            .query_one("SELECT current_setting($1)", &[&name])
            .await?;
        settings.insert(name.to_owned(), row.get::<_, String>(0).into());
    }
    let row = client
        .query_one("SELECT current_setting('data_directory')", &[])
        .await?;
    let system = file_system(Path::new(row.get::<_, &str>(0)));
    Ok(json!({ "settings": settings, "file_systems": { Engine::Postgres.name(): system } }))
}

/// Where a database is, for what goes around the store.
#[derive(Clone)]
pub(crate) enum Place {
    File(PathBuf),
    Url(String),
}

/// A folder on the disk that the machine works with, and not one in memory.
pub(crate) fn folder() -> Result<tempfile::TempDir> {
    let program = std::env::current_exe()?;
    let beside = program.parent().ok_or("this program is in no folder")?;
    Ok(tempfile::tempdir_in(beside)?)
}
