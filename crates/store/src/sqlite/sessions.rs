use passkeep_protocol::bytes::Bytes;
use passkeep_verify::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::accounts;
use super::columns::{Blob, Millis};
use crate::open_since::OpenSince;
use crate::{AccountId, NewSession, OpenSession, TokenHash};

/// Opens a session, in place of another if it says so.
pub(super) fn open(
    connection: &Connection,
    session: NewSession,
    account: AccountId,
    credential_id: &Bytes,
    now: Timestamp,
) -> rusqlite::Result<()> {
    if let Some(replaced) = session.replaces {
        delete(connection, replaced)?;
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO sessions (token, account, credential_id, created_at, last_used_at)
         VALUES (:token, :account, :credential_id, :now, :now)",
    )?;
    statement.execute(named_params! {
        ":token": session.token.0,
        ":account": account.0,
        ":credential_id": credential_id.as_slice(),
        ":now": Millis(now),
    })?;
    Ok(())
}

/// A session that is open, and whether it is time to note that it is used.
pub(super) fn find(
    connection: &Connection,
    token: TokenHash,
    since: OpenSince,
) -> rusqlite::Result<Option<(OpenSession, bool)>> {
    let mut statement = connection.prepare_cached(
        "SELECT credential_id, last_used_at <= ?4 AS unnoted, sessions.created_at AS opened_at,
             accounts.id, user_handle, user_name, display_name, accounts.created_at
         FROM sessions JOIN accounts ON accounts.id = account
         WHERE token = ?1 AND sessions.created_at > ?2 AND last_used_at > ?3",
    )?;
    let values = params![token.0, since.created, since.used, since.noted];
    let found = statement.query_row(values, |row| {
        let session = OpenSession {
            account: accounts::read(row)?,
            credential_id: row.get::<_, Blob>("credential_id")?.0,
            created_at: row.get::<_, Millis>("opened_at")?.0,
        };
        Ok((session, row.get("unnoted")?))
    });
    found.optional()
}

/// Notes that a session is used, if it is still open; says whether it is.
pub(super) fn note_use(
    connection: &Connection,
    token: TokenHash,
    since: OpenSince,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "UPDATE sessions SET last_used_at = ?4
         WHERE token = ?1 AND created_at > ?2 AND last_used_at > ?3",
    )?;
    let noted = statement.execute(params![token.0, since.created, since.used, Millis(now)])?;
    Ok(noted == 1)
}

/// Removes a session and returns whose it was.
pub(super) fn delete(
    connection: &Connection,
    token: TokenHash,
) -> rusqlite::Result<Option<AccountId>> {
    let mut statement =
        connection.prepare_cached("DELETE FROM sessions WHERE token = ?1 RETURNING account")?;
    statement
        .query_row([token.0], |row| row.get("account").map(AccountId))
        .optional()
}

/// Removes at most `limit` sessions that are no longer open.
pub(super) fn purge(
    connection: &Connection,
    since: OpenSince,
    limit: u32,
) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM sessions WHERE token IN (
             SELECT token FROM sessions WHERE created_at <= ?1 OR last_used_at <= ?2 LIMIT ?3
         )",
    )?;
    statement.execute(params![since.created, since.used, limit])
}
