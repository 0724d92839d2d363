use passkeep_protocol::bytes::Bytes;
use passkeep_verify::Timestamp;
use rusqlite::{Connection, Row, named_params, params};

use super::columns::{Blob, Kind, Millis};
use crate::{AccountId, AuditEvent};

/// Appends an event of that account.
pub(super) fn append(
    connection: &Connection,
    account: AccountId,
    event: &AuditEvent,
) -> rusqlite::Result<()> {
    append_of(connection, Some(account), event)
}

/// Appends, before an event of an account, those of the restore keys that have gone because of it.
pub(super) fn append_restore_keys(
    connection: &Connection,
    account: AccountId,
    gone: impl IntoIterator<Item = Bytes>,
    event: &AuditEvent,
) -> rusqlite::Result<()> {
    for id in gone {
        append(connection, account, &event.restore_key_deleted(id))?;
    }
    Ok(())
}

/// Appends an event of that account, or of none.
pub(super) fn append_of(
    connection: &Connection,
    account: Option<AccountId>,
    event: &AuditEvent,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO audit_events (id, at, kind, account, credential_id, device)
         VALUES (:id, :at, :kind, :account, :credential_id, :device)",
    )?;
    statement.execute(named_params! {
        ":id": event.id,
        ":at": Millis(event.at),
        ":kind": event.kind.as_str(),
        ":account": account.map(|account| account.0),
        ":credential_id": event.credential_id.as_ref().map(Bytes::as_slice),
        ":device": event.device,
    })?;
    Ok(())
}

/// From the newest on, or after one of them.
pub(super) fn of_account(
    connection: &Connection,
    account: AccountId,
    before: Option<[u8; 16]>,
    limit: u32,
) -> rusqlite::Result<Vec<AuditEvent>> {
    let mut statement = connection.prepare_cached(match before {
        None => {
            "SELECT id, at, kind, credential_id, device FROM audit_events
             WHERE account = ?1 AND ?2 IS NULL ORDER BY at DESC, rowid DESC LIMIT ?3"
        }
        Some(_) => {
            "SELECT id, at, kind, credential_id, device FROM audit_events
             WHERE account = ?1
                 AND (at, rowid) < (SELECT at, rowid FROM audit_events WHERE id = ?2 AND account = ?1)
             ORDER BY at DESC, rowid DESC LIMIT ?3"
        }
    })?;
    let read = |row: &Row<'_>| {
        let credential_id: Option<Blob> = row.get("credential_id")?;
        Ok(AuditEvent {
            id: row.get("id")?,
            at: row.get::<_, Millis>("at")?.0,
            kind: row.get::<_, Kind>("kind")?.0,
            account: Some(account),
            credential_id: credential_id.map(|blob| blob.0),
            device: row.get("device")?,
        })
    };
    statement
        .query_map(params![account.0, before, limit], read)?
        .collect()
}

/// Removes at most `limit` events from before a time. Looks at the oldest rows only, which needs no index.
pub(super) fn purge(
    connection: &Connection,
    before: Timestamp,
    limit: u32,
) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM audit_events WHERE rowid IN (
             SELECT rowid FROM (SELECT rowid, at FROM audit_events ORDER BY rowid LIMIT ?2) WHERE at < ?1
         )",
    )?;
    statement.execute(params![Millis(before), limit])
}
