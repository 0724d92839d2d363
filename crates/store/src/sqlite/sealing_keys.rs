use passkeep_verify::Timestamp;
use rusqlite::{Connection, Row, named_params, params};

use super::columns::Millis;
use crate::SealingKey;

pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<SealingKey>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, secret, created_at FROM sealing_keys ORDER BY created_at DESC, id",
    )?;
    let read = |row: &Row<'_>| {
        Ok(SealingKey {
            id: row.get("id")?,
            secret: row.get("secret")?,
            created_at: row.get::<_, Millis>("created_at")?.0,
        })
    };
    statement.query_map([], read)?.collect()
}

/// Adds a key unless one was made at or after `unless_since`; says whether it has.
pub(super) fn add(
    connection: &Connection,
    key: &SealingKey,
    unless_since: Timestamp,
) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO sealing_keys (id, secret, created_at)
         SELECT :id, :secret, :created_at
         WHERE NOT EXISTS (SELECT 1 FROM sealing_keys WHERE created_at >= :unless_since)",
    )?;
    let added = statement.execute(named_params! {
        ":id": key.id,
        ":secret": key.secret,
        ":created_at": Millis(key.created_at),
        ":unless_since": Millis(unless_since),
    })?;
    Ok(added == 1)
}

/// Puts a key in the place of all others.
pub(super) fn replace(connection: &Connection, key: &SealingKey) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM sealing_keys")?
        .execute([])?;
    add(connection, key, key.created_at).map(drop)
}

/// Removes at most `limit` keys made before a time.
pub(super) fn purge(
    connection: &Connection,
    before: Timestamp,
    limit: u32,
) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM sealing_keys WHERE id IN (
             SELECT id FROM sealing_keys WHERE created_at < ?1 LIMIT ?2
         )",
    )?;
    statement.execute(params![Millis(before), limit])
}
