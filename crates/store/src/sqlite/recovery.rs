//! What lets an owner in who has no passkey at hand: recovery codes, and links for another device.

use passkeep_verify::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};

use super::accounts;
use super::columns::Millis;
use crate::{Account, AccountId, RecoveryCodes, TokenHash};

pub(super) fn replace_codes(
    connection: &Connection,
    account: AccountId,
    codes: &[TokenHash],
    now: Timestamp,
) -> rusqlite::Result<()> {
    delete_codes(connection, account)?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO recovery_codes (account, code, created_at) VALUES (?1, ?2, ?3)",
    )?;
    for code in codes {
        statement.execute(params![account.0, code.0, Millis(now)])?;
    }
    Ok(())
}

/// The codes that are left.
pub(super) fn codes(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<Option<RecoveryCodes>> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) AS left, max(created_at) AS created_at FROM recovery_codes WHERE account = ?1",
    )?;
    statement.query_row([account.0], |row| {
        let created_at: Option<Millis> = row.get("created_at")?;
        let left = row.get("left")?;
        Ok(created_at.map(|Millis(created_at)| RecoveryCodes { left, created_at }))
    })
}

pub(super) fn has_code(
    connection: &Connection,
    account: AccountId,
    code: TokenHash,
) -> rusqlite::Result<bool> {
    let mut statement = connection
        .prepare_cached("SELECT 1 FROM recovery_codes WHERE account = ?1 AND code = ?2")?;
    statement.exists(params![account.0, code.0])
}

/// Uses a code up; says whether the account had it.
pub(super) fn use_code(
    connection: &Connection,
    account: AccountId,
    code: TokenHash,
) -> rusqlite::Result<bool> {
    let mut statement =
        connection.prepare_cached("DELETE FROM recovery_codes WHERE account = ?1 AND code = ?2")?;
    Ok(statement.execute(params![account.0, code.0])? == 1)
}

pub(super) fn add_link(
    connection: &Connection,
    account: AccountId,
    link: TokenHash,
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO enrolment_links (token, account, expires_at) VALUES (:token, :account, :expires_at)",
    )?;
    statement.execute(named_params! {
        ":token": link.0,
        ":account": account.0,
        ":expires_at": Millis(expires_at),
    })?;
    Ok(())
}

/// Whose a link is that has neither been used nor expired.
pub(super) fn link(
    connection: &Connection,
    link: TokenHash,
    now: Timestamp,
) -> rusqlite::Result<Option<Account>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, user_handle, user_name, display_name, created_at, locked_at
         FROM enrolment_links JOIN accounts ON accounts.id = account
         WHERE token = ?1 AND expires_at >= ?2",
    )?;
    let values = params![link.0, Millis(now)];
    let read = |row: &Row<'_>| accounts::read(row);
    statement.query_row(values, read).optional()
}

/// Uses a link up; says whether the account had it and it has not expired.
pub(super) fn use_link(
    connection: &Connection,
    account: AccountId,
    link: TokenHash,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM enrolment_links WHERE token = ?1 AND account = ?2 AND expires_at >= ?3",
    )?;
    Ok(statement.execute(params![link.0, account.0, Millis(now)])? == 1)
}

/// Deletes what an account has of either.
pub(super) fn delete_all(connection: &Connection, account: AccountId) -> rusqlite::Result<()> {
    delete_codes(connection, account)?;
    void_links(connection, account).map(drop)
}

/// Makes the links of an account void.
pub(super) fn void_links(connection: &Connection, account: AccountId) -> rusqlite::Result<usize> {
    let mut statement =
        connection.prepare_cached("DELETE FROM enrolment_links WHERE account = ?1")?;
    statement.execute([account.0])
}

/// Removes at most `limit` links that have expired. One that expires now can still be used now.
pub(super) fn purge_links(
    connection: &Connection,
    now: Timestamp,
    limit: u32,
) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM enrolment_links WHERE token IN (
             SELECT token FROM enrolment_links WHERE expires_at < ?1 LIMIT ?2
         )",
    )?;
    statement.execute(params![Millis(now), limit])
}

fn delete_codes(connection: &Connection, account: AccountId) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("DELETE FROM recovery_codes WHERE account = ?1")?;
    statement.execute([account.0])?;
    Ok(())
}
