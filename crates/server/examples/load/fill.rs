//! Fills databases with prepared accounts, around the store: a finish for each would take hours for a million. Rows are what
//! a sign-up leaves of an account and its passkey; the sessions and events of all these sign-ups are left out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use passkeep_verify::user::UserName;
use rusqlite::{Connection, params};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls};

use crate::Result;
use crate::databases::Place;
use crate::people::Member;

/// How many accounts are made and written at a time.
const BATCH: u64 = 2000;

/// When all of them signed up, in milliseconds since 1970.
const CREATED_AT: i64 = 1_790_000_000_000;

type Batches = Receiver<Arc<Vec<Member>>>;

/// Gives each of these databases as many accounts as is said. They are made once for all, on as many threads as the
/// machine has processors.
pub(crate) fn fill(databases: Vec<(Place, u64)>) -> Result<()> {
    let most = databases.iter().map(|it| it.1).max().unwrap_or_default();
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        let mut writers = Vec::new();
        let mut sinks = Vec::new();
        for (place, size) in databases {
            let (sink, batches) = sync_channel(4);
            sinks.push((sink, size));
            writers.push(scope.spawn(move || match place {
                Place::File(path) => fill_sqlite(&Connection::open(path)?, &batches, size),
                Place::Url(url) => fill_postgres(&url, &batches, size),
            }));
        }
        let mut makers = Vec::new();
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            let (sinks, next) = (sinks.clone(), &next);
            makers.push(scope.spawn(move || -> Result<()> {
                loop {
                    let first = next.fetch_add(BATCH, Ordering::Relaxed);
                    if first >= most {
                        return Ok(());
                    }
                    let numbers = first..most.min(first + BATCH);
                    let members: Result<Vec<_>> = numbers.map(Member::prepared).collect();
                    let members = Arc::new(members?);
                    for (sink, size) in &sinks {
                        // A writer that is gone has failed, and says why at the end.
                        if first < *size && sink.send(Arc::clone(&members)).is_err() {
                            return Ok(());
                        }
                    }
                }
            }));
        }
        drop(sinks);
        for thread in makers.into_iter().chain(writers) {
            thread.join().map_err(|_| "a thread panicked")??;
        }
        Ok(())
    })
}

fn fill_sqlite(connection: &Connection, batches: &Batches, size: u64) -> Result<()> {
    // What a crash leaves of it is thrown away.
    connection.execute_batch(
        "PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA foreign_keys = off; PRAGMA cache_size = -1000000;",
    )?;
    for batch in batches {
        connection.execute_batch("BEGIN")?;
        let mut account = connection.prepare_cached(
            "INSERT INTO accounts (id, user_handle, user_name, user_name_key, display_name, created_at)
             VALUES (?1, ?2, ?3, ?4, ?3, ?5)",
        )?;
        let mut credential = connection.prepare_cached(
            "INSERT INTO credentials (
                 id, account, created_at, sign_count, uv_initialized, backup_eligible, backup_state, aaguid, label, rp_id,
                 transports, public_key, attestation_object, attestation_client_data_json
             ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'A passkey', ?9, ?10, ?11, ?12, ?13)",
        )?;
        for member in batch.iter().filter(|member| member.number < size) {
            let name = UserName::parse(&member.name)?;
            let it = &member.record;
            account.execute(params![
                member.account,
                member.user,
                name.as_str(),
                name.key(),
                CREATED_AT
            ])?;
            credential.execute(params![
                it.id.as_slice(),
                member.account,
                CREATED_AT,
                it.sign_count,
                it.uv_initialized,
                it.backup_eligible,
                it.backup_state,
                it.aaguid,
                it.rp_id,
                serde_json::to_string(&it.transports)?,
                it.public_key.as_slice(),
                it.attestation_object.as_slice(),
                it.attestation_client_data_json.as_slice(),
            ])?;
        }
        connection.execute_batch("COMMIT")?;
    }
    Ok(connection.execute_batch("PRAGMA journal_mode = wal;")?)
}

fn fill_postgres(url: &str, batches: &Batches, size: u64) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        // Without the triggers that look each account up, which was written a moment ago.
        let settings = "SET session_replication_role = replica; SET synchronous_commit = off";
        client.batch_execute(settings).await?;
        for batch in batches {
            copy(&client, &batch, size).await?;
        }
        client.batch_execute("VACUUM ANALYZE").await?;
        Ok(client.batch_execute("CHECKPOINT").await?)
    })
}

async fn copy(client: &Client, batch: &[Member], size: u64) -> Result<()> {
    let members = || batch.iter().filter(|member| member.number < size);
    let accounts = "COPY accounts (id, user_handle, user_name, user_name_key, display_name, created_at) FROM STDIN BINARY";
    let types = [
        Type::BYTEA,
        Type::BYTEA,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::INT8,
    ];
    let writer = BinaryCopyInWriter::new(client.copy_in(accounts).await?, &types);
    let mut writer = std::pin::pin!(writer);
    for member in members() {
        let name = UserName::parse(&member.name)?;
        let row: [&(dyn tokio_postgres::types::ToSql + Sync); 6] = [
            &member.account.as_slice(),
            &member.user.as_slice(),
            &name.as_str(),
            &name.key(),
            &name.as_str(),
            &CREATED_AT,
        ];
        writer.as_mut().write(&row).await?;
    }
    writer.finish().await?;

    let credentials = "COPY credentials (id, account, created_at, sign_count, uv_initialized, backup_eligible, backup_state,
        aaguid, label, rp_id, transports, public_key, attestation_object, attestation_client_data_json) FROM STDIN BINARY";
    let types = [
        Type::BYTEA,
        Type::BYTEA,
        Type::INT8,
        Type::INT8,
        Type::BOOL,
        Type::BOOL,
        Type::BOOL,
        Type::BYTEA,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::BYTEA,
        Type::BYTEA,
        Type::BYTEA,
    ];
    let writer = BinaryCopyInWriter::new(client.copy_in(credentials).await?, &types);
    let mut writer = std::pin::pin!(writer);
    for member in members() {
        let it = &member.record;
        let row: [&(dyn tokio_postgres::types::ToSql + Sync); 14] = [
            &it.id.as_slice(),
            &member.account.as_slice(),
            &CREATED_AT,
            &i64::from(it.sign_count),
            &it.uv_initialized,
            &it.backup_eligible,
            &it.backup_state,
            &it.aaguid.as_slice(),
            &"A passkey",
            &it.rp_id,
            &serde_json::to_string(&it.transports)?,
            &it.public_key.as_slice(),
            &it.attestation_object.as_slice(),
            &it.attestation_client_data_json.as_slice(),
        ];
        writer.as_mut().write(&row).await?;
    }
    writer.finish().await?;
    Ok(())
}
