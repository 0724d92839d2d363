//! What a server keeps for itself: sealing keys, purges, the audit trail.

use tokio_postgres::{Error, Row};

use super::columns::{Blob, Fixed, Kind, Millis, Value, values};
use crate::{AccountId, AuditEvent, PurgeReport, SealingKey};

/// Whether the database takes writes, which a standby does not.
pub(super) const PING: &str = "SELECT pg_is_in_recovery() AS standby";

pub(super) const SEALING_KEYS: &str =
    "SELECT id, secret, created_at FROM sealing_keys ORDER BY created_at DESC, id";

/// Keeps other servers from adding a sealing key until the transaction ends, and nobody from reading them.
pub(super) const LOCK_SEALING_KEYS: &str = "LOCK TABLE sealing_keys IN SHARE ROW EXCLUSIVE MODE";

/// Adds a key unless one was made at or after a time, tells the audit trail if it has, and returns all keys; after
/// [`LOCK_SEALING_KEYS`].
pub(super) const ADD_SEALING_KEY: &str = "
    WITH added AS (
        INSERT INTO sealing_keys (id, secret, created_at)
        SELECT $1::bytea, $2::bytea, $3::bigint
        WHERE NOT EXISTS (SELECT FROM sealing_keys WHERE created_at >= $4)
        RETURNING id, secret, created_at
    ), told AS (
        INSERT INTO audit_events (id, at, kind, credential_id, device)
        SELECT $5::bytea, $6::bigint, $7::text, $8::bytea, $9::text FROM added
    )
    SELECT id, secret, created_at FROM sealing_keys
    UNION ALL SELECT id, secret, created_at FROM added
    ORDER BY created_at DESC, id";

/// Puts a key in the place of all others, and tells the audit trail; after [`LOCK_SEALING_KEYS`].
pub(super) const REPLACE_SEALING_KEYS: &str = "
    WITH removed AS (
        DELETE FROM sealing_keys
    ), told AS (
        INSERT INTO audit_events (id, at, kind, credential_id, device)
        VALUES ($4::bytea, $5::bigint, $6::text, $7::bytea, $8::text)
    )
    INSERT INTO sealing_keys (id, secret, created_at) VALUES ($1::bytea, $2::bytea, $3::bigint)";

/// Keeps a secret unless there is one of that name.
pub(super) const ADD_SECRET: &str =
    "INSERT INTO secrets (name, secret) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

/// The secret of a name; a statement of its own after [`ADD_SECRET`], which may have waited for another server's.
pub(super) const SECRET: &str = "SELECT secret FROM secrets WHERE name = $1";

/// Removes at most $6 rows of each kind that are over, ceremonies if they were by $7, and leaves alone what another server is
/// removing or prolonging. A link that expires now can still be used now. A restore key outlives its session: it is there for when its
/// app has not been used for long.
pub(super) const PURGE: &str = "
    WITH ceremonies AS (
        DELETE FROM spent_ceremonies WHERE id = ANY (ARRAY (
            SELECT id FROM spent_ceremonies WHERE expires_at < $7 LIMIT $6 FOR UPDATE SKIP LOCKED
        )) RETURNING 1
    ), closed AS (
        DELETE FROM sessions WHERE token = ANY (ARRAY (
            SELECT token FROM sessions WHERE created_at <= $2 OR last_used_at <= $3 LIMIT $6 FOR UPDATE SKIP LOCKED
        )) RETURNING 1
    ), keys AS (
        DELETE FROM sealing_keys WHERE id = ANY (ARRAY (
            SELECT id FROM sealing_keys WHERE created_at < $4 LIMIT $6 FOR UPDATE SKIP LOCKED
        )) RETURNING 1
    ), links AS (
        DELETE FROM enrolment_links WHERE token = ANY (ARRAY (
            SELECT token FROM enrolment_links WHERE expires_at < $1 LIMIT $6 FOR UPDATE SKIP LOCKED
        )) RETURNING 1
    ), events AS (
        DELETE FROM audit_events WHERE id = ANY (ARRAY (
            SELECT id FROM audit_events WHERE at < $5 ORDER BY at LIMIT $6 FOR UPDATE SKIP LOCKED
        )) RETURNING 1
    )
    SELECT (SELECT count(*) FROM ceremonies) AS ceremonies, (SELECT count(*) FROM closed) AS sessions,
        (SELECT count(*) FROM keys) AS keys, (SELECT count(*) FROM links) AS links,
        (SELECT count(*) FROM events) AS events";

/// Appends an event of an account, or of none.
pub(super) const APPEND_EVENT: &str = "
    INSERT INTO audit_events (account, id, at, kind, credential_id, device)
    VALUES ($1::bytea, $2::bytea, $3::bigint, $4::text, $5::bytea, $6::text)";

/// Of one transaction, what was asked for is the newest, and the restore keys have gone because of it.
pub(super) const AUDIT_EVENTS: &str = "
    SELECT id, at, kind, account, credential_id, device FROM audit_events
    WHERE account = $1 ORDER BY at DESC, transaction DESC, kind <> 'restore_key_deleted' DESC, id DESC LIMIT $2";

/// The same after one of them, in the same order. The comparison of times alone is for the index.
pub(super) const AUDIT_EVENTS_BEFORE: &str = "
    SELECT event.id, event.at, event.kind, event.account, event.credential_id, event.device
    FROM audit_events AS event, audit_events AS last
    WHERE last.id = $3 AND last.account = $1 AND event.account = $1 AND event.at <= last.at
        AND (event.at, event.transaction, event.kind <> 'restore_key_deleted', event.id)
            < (last.at, last.transaction, last.kind <> 'restore_key_deleted', last.id)
    ORDER BY event.at DESC, event.transaction DESC, event.kind <> 'restore_key_deleted' DESC, event.id DESC LIMIT $2";

/// What the statements that append an event take of it: id, time, kind, credential and device.
pub(super) fn event_values(event: &AuditEvent) -> [Value<'_>; 5] {
    let credential_id = event.credential_id.as_ref();
    let device = event.device.as_deref();
    values![
        &event.id,
        event.at,
        event.kind.as_str(),
        credential_id,
        device
    ]
}

pub(super) fn sealing_key(row: &Row) -> Result<SealingKey, Error> {
    Ok(SealingKey {
        id: row.try_get::<_, Fixed<8>>("id")?.0,
        secret: row.try_get::<_, Fixed<32>>("secret")?.0,
        created_at: row.try_get::<_, Millis>("created_at")?.0,
    })
}

pub(super) fn secret(row: &Row) -> Result<[u8; 32], Error> {
    Ok(row.try_get::<_, Fixed<32>>("secret")?.0)
}

/// No more rows than the limit, which is a `u32`, can have been removed.
pub(super) fn purged(row: &Row, limit: u32) -> Result<PurgeReport, Error> {
    let count = |column| {
        let rows: i64 = row.try_get(column)?;
        Ok::<_, Error>(u32::try_from(rows).unwrap_or(limit))
    };
    Ok(PurgeReport {
        spent_ceremonies: count("ceremonies")?,
        sessions: count("sessions")?,
        sealing_keys: count("keys")?,
        enrolment_links: count("links")?,
        audit_events: count("events")?,
    })
}

pub(super) fn audit_event(row: &Row) -> Result<AuditEvent, Error> {
    let account: Option<Fixed<16>> = row.try_get("account")?;
    let credential_id: Option<Blob> = row.try_get("credential_id")?;
    Ok(AuditEvent {
        id: row.try_get::<_, Fixed<16>>("id")?.0,
        at: row.try_get::<_, Millis>("at")?.0,
        kind: row.try_get::<_, Kind>("kind")?.0,
        account: account.map(|id| AccountId(id.0)),
        credential_id: credential_id.map(|blob| blob.0),
        device: row.try_get("device")?,
    })
}
