use passkeep_verify::{SpentCeremony, Timestamp};
use rusqlite::{Connection, params};

use super::columns::Millis;

/// Spends a ceremony; says whether it had not been spent before.
pub(super) fn spend(connection: &Connection, ceremony: SpentCeremony) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO spent_ceremonies (id, expires_at) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING",
    )?;
    let inserted = statement.execute(params![ceremony.id.0, Millis(ceremony.expires_at)])?;
    Ok(inserted == 1)
}

/// Forgets at most `limit` ceremonies that expired before a time.
pub(super) fn purge(
    connection: &Connection,
    before: Timestamp,
    limit: u32,
) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM spent_ceremonies WHERE id IN (
             SELECT id FROM spent_ceremonies WHERE expires_at < ?1 LIMIT ?2
         )",
    )?;
    statement.execute(params![Millis(before), limit])
}
