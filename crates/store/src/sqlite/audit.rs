use passkeep_protocol::bytes::Bytes;
use rusqlite::{Connection, Row, named_params, params};

use super::columns::{Blob, Kind, Millis};
use crate::{AccountId, AuditEvent};

/// Appends an event of that account.
pub(super) fn append(
    connection: &Connection,
    account: AccountId,
    event: &AuditEvent,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO audit_events (id, at, kind, account, credential_id)
         VALUES (:id, :at, :kind, :account, :credential_id)",
    )?;
    statement.execute(named_params! {
        ":id": event.id,
        ":at": Millis(event.at),
        ":kind": event.kind.as_str(),
        ":account": account.0,
        ":credential_id": event.credential_id.as_ref().map(Bytes::as_slice),
    })?;
    Ok(())
}

pub(super) fn of_account(
    connection: &Connection,
    account: AccountId,
    limit: u32,
) -> rusqlite::Result<Vec<AuditEvent>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, at, kind, credential_id FROM audit_events
         WHERE account = ?1 ORDER BY at DESC, rowid DESC LIMIT ?2",
    )?;
    let read = |row: &Row<'_>| {
        let credential_id: Option<Blob> = row.get("credential_id")?;
        Ok(AuditEvent {
            id: row.get("id")?,
            at: row.get::<_, Millis>("at")?.0,
            kind: row.get::<_, Kind>("kind")?.0,
            account: Some(account),
            credential_id: credential_id.map(|blob| blob.0),
        })
    };
    statement
        .query_map(params![account.0, limit], read)?
        .collect()
}
