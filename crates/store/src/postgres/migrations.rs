//! The schema.

use core::time::Duration;

use passkeep_verify::Timestamp;
use refinery::error::Kind;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::fault::DatabaseError;
use crate::{Inspection, StoreError, schema};

/// Every version of the schema, as the steps from one to the next. A step that has been released never changes.
const STEPS: [(&str, &str); 6] = [
    (
        "V1__initial",
        include_str!("../../migrations/postgres/V1__initial.sql"),
    ),
    (
        "V2__accounts",
        include_str!("../../migrations/postgres/V2__accounts.sql"),
    ),
    (
        "V3__events_of_restore_keys",
        include_str!("../../migrations/postgres/V3__events_of_restore_keys.sql"),
    ),
    (
        "V4__passwords",
        include_str!("../../migrations/postgres/V4__passwords.sql"),
    ),
    (
        "V5__passkeys_behind_restore_keys",
        include_str!("../../migrations/postgres/V5__passkeys_behind_restore_keys.sql"),
    ),
    (
        "V6__one_sigma",
        include_str!("../../migrations/postgres/V6__one_sigma.sql"),
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
    within_patience(async {
        let (mut client, connection) = connect(config, tls).await?;
        let result = check_and_migrate(&mut client).await;
        close(client, connection).await;
        result
    })
    .await
}

/// What a database says of itself, on a connection of its own.
pub(super) async fn inspect(
    config: &Config,
    tls: MakeRustlsConnect,
) -> Result<Inspection, StoreError> {
    within_patience(async {
        let (client, connection) = connect(config, tls).await?;
        let result = match check(&client).await {
            Ok(()) => look(&client).await,
            Err(error) => Err(error),
        };
        close(client, connection).await;
        result
    })
    .await
}

async fn within_patience<T>(
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let done = tokio::time::timeout(PATIENCE, work).await;
    done.unwrap_or_else(|_| Err(DatabaseError::timed_out().into()))
}

type Connected = JoinHandle<Result<(), tokio_postgres::Error>>;

async fn connect(
    config: &Config,
    tls: MakeRustlsConnect,
) -> Result<(Client, Connected), StoreError> {
    let connected = config.connect(tls).await;
    let (client, connection) = connected.map_err(|error| DatabaseError::unreachable(&error))?;
    Ok((client, tokio::spawn(connection)))
}

async fn close(client: Client, connection: Connected) {
    drop(client);
    // It ends by itself when the client is gone, and what it says then nobody needs.
    let _ = connection.await;
}

async fn look(client: &Client) -> Result<Inspection, StoreError> {
    let sql = "SELECT to_regclass($1::text) IS NOT NULL, (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let row = client.query_one(sql, &[&schema::HISTORY]).await;
    let row = row.map_err(|error| DatabaseError::from(&error))?;
    let (migrated, clock): (bool, i64) = (row.get(0), row.get(1));
    let mut version = 0_i32;
    if migrated {
        let sql = format!("SELECT coalesce(max(version), 0) FROM {}", schema::HISTORY);
        let row = client.query_one(&sql, &[]).await;
        version = row.map_err(|error| DatabaseError::from(&error))?.get(0);
    }
    Ok(Inspection {
        schema: u32::try_from(version).unwrap_or_default(),
        known: u32::try_from(STEPS.len()).unwrap_or(u32::MAX),
        clock: u64::try_from(clock).ok().map(Timestamp),
    })
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
