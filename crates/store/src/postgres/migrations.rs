//! The schema.

use core::time::Duration;

use refinery::error::Kind;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::fault::DatabaseError;
use crate::{StoreError, schema};

/// Every version of the schema, as the steps from one to the next. A step that has been released never changes.
const STEPS: [(&str, &str); 2] = [
    (
        "V1__initial",
        include_str!("../../migrations/postgres/V1__initial.sql"),
    ),
    (
        "V2__accounts",
        include_str!("../../migrations/postgres/V2__accounts.sql"),
    ),
];

/// The oldest PostgreSQL that has what the statements use.
const OLDEST: i32 = 150_000;

/// How long a server waits for another one that is changing the schema.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keeps other servers from changing the schema, for as long as the connection lives. The number is `passkeep` in ASCII.
const LOCK: &str = "SELECT pg_advisory_lock(8097880544549102960)";

/// Brings the schema up to date, on a connection of its own.
pub(super) async fn migrate(config: &Config, tls: MakeRustlsConnect) -> Result<(), StoreError> {
    let migrated = tokio::time::timeout(PATIENCE, connect_and_migrate(config, tls)).await;
    migrated.unwrap_or_else(|_| Err(DatabaseError::timed_out().into()))
}

async fn connect_and_migrate(config: &Config, tls: MakeRustlsConnect) -> Result<(), StoreError> {
    let connected = config.connect(tls).await;
    let (mut client, connection) = connected.map_err(|error| DatabaseError::unreachable(&error))?;
    let connection = tokio::spawn(connection);
    let result = check_and_migrate(&mut client).await;
    drop(client);
    // It ends by itself when the client is gone, and what it says then nobody needs.
    let _ = connection.await;
    result
}

async fn check_and_migrate(client: &mut Client) -> Result<(), StoreError> {
    check(client).await?;
    let locked = client.batch_execute(LOCK).await;
    locked.map_err(|error| DatabaseError::from(&error))?;
    let runner = schema::runner(&STEPS).map_err(|error| StoreError::Inconsistent(error.into()))?;
    let migrated = runner.run_async(client).await;
    migrated.map(drop).map_err(|error| match error.kind() {
        Kind::Connection(_, source) => match source.downcast_ref::<tokio_postgres::Error>() {
            Some(source) => DatabaseError::from(source).into(),
            None => StoreError::Inconsistent(error.into()),
        },
        _ => schema::migration_error(error, STEPS.len(), |_| false),
    })
}

/// Refuses a database that cannot hold what the store keeps.
async fn check(client: &Client) -> Result<(), StoreError> {
    let sql =
        "SELECT current_setting('server_version_num')::integer, current_setting('server_encoding')";
    let row = client.query_one(sql, &[]).await;
    let row = row.map_err(|error| DatabaseError::from(&error))?;
    let (version, encoding): (i32, String) = (row.get(0), row.get(1));
    if version < OLDEST {
        let message = format!(
            "it is PostgreSQL {}, and needs to be {} or later",
            version / 10_000,
            OLDEST / 10_000
        );
        return Err(StoreError::Inconsistent(message.into()));
    }
    if encoding != "UTF8" {
        let message = format!("its encoding is {encoding}, and needs to be UTF8");
        return Err(StoreError::Inconsistent(message.into()));
    }
    Ok(())
}
