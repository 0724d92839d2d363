use passkeep_protocol::bytes::Bytes;
use passkeep_verify::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};

use super::columns::{Blob, Method, Millis, app_install};
use super::{accounts, audit, credentials};
use crate::open_since::OpenSince;
use crate::{
    AccountId, AppInstall, AuditEvent, NewSession, OpenSession, SessionId, SessionSummary,
    TokenHash,
};

/// Opens a session, in place of another if it says so. The same owner's install goes over to the new one, if that has none
/// of its own; otherwise the restore key of the install goes with the session that ends.
pub(super) fn open(
    connection: &Connection,
    session: &NewSession,
    account: AccountId,
    credential_id: &Bytes,
    event: &AuditEvent,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut install = session.install.clone();
    if let Some((owner, Some(replaced))) = remove(connection, session.replaces)? {
        if owner == account && install.is_none() {
            install = Some(replaced);
        } else if owner != account || install.as_ref() != Some(&replaced) {
            let gone = credentials::delete_of_install(connection, owner, &replaced)?;
            audit::append_restore_keys(connection, owner, gone, event)?;
        }
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO sessions (
             token, account, credential_id, method, device, app_origin, install, created_at, last_used_at, passkey
         ) VALUES (
             :token, :account, :credential_id, :method, :device, :app_origin, :install, :now, :now,
             (SELECT passkey FROM credentials WHERE id = :credential_id)
         )",
    )?;
    statement.execute(named_params! {
        ":token": session.token.0,
        ":account": account.0,
        ":credential_id": credential_id.as_slice(),
        ":method": session.method.as_str(),
        ":device": session.device,
        ":app_origin": install.as_ref().map(|it| &it.app_origin),
        ":install": install.as_ref().map(|it| it.install.as_slice()),
        ":now": Millis(now),
    })?;
    Ok(())
}

/// Removes a session, and returns whose it was and its install.
fn remove(
    connection: &Connection,
    token: Option<TokenHash>,
) -> rusqlite::Result<Option<(AccountId, Option<AppInstall>)>> {
    let Some(token) = token else { return Ok(None) };
    let mut statement = connection.prepare_cached(
        "DELETE FROM sessions WHERE token = ?1 RETURNING account, app_origin, install",
    )?;
    let read = |row: &Row<'_>| Ok((AccountId(row.get("account")?), app_install(row)?));
    statement.query_row([token.0], read).optional()
}

/// A session that is open, and whether it is time to note that it is used.
pub(super) fn find(
    connection: &Connection,
    token: TokenHash,
    since: OpenSince,
) -> rusqlite::Result<Option<(OpenSession, bool)>> {
    let mut statement = connection.prepare_cached(
        "SELECT credential_id, method, app_origin, install, last_used_at <= ?4 AS unnoted,
             sessions.created_at AS opened_at, accounts.id, user_handle, user_name, display_name, accounts.created_at, locked_at
         FROM sessions JOIN accounts ON accounts.id = account
         WHERE token = ?1 AND sessions.created_at > ?2 AND last_used_at > ?3",
    )?;
    let values = params![token.0, since.created, since.used, since.noted];
    let found = statement.query_row(values, |row| {
        let session = OpenSession {
            account: accounts::read(row)?,
            credential_id: row.get::<_, Blob>("credential_id")?.0,
            method: row.get::<_, Method>("method")?.0,
            install: app_install(row)?,
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
        "UPDATE sessions SET last_used_at = max(last_used_at, ?4)
         WHERE token = ?1 AND created_at > ?2 AND last_used_at > ?3",
    )?;
    let noted = statement.execute(params![token.0, since.created, since.used, Millis(now)])?;
    Ok(noted == 1)
}

/// The open sessions of an account, the last used first.
pub(super) fn of_account(
    connection: &Connection,
    account: AccountId,
    since: OpenSince,
) -> rusqlite::Result<Vec<SessionSummary>> {
    let mut statement = connection.prepare_cached(
        "SELECT token, method, device, created_at, last_used_at FROM sessions
         WHERE account = ?1 AND created_at > ?2 AND last_used_at > ?3
         ORDER BY last_used_at DESC, token",
    )?;
    let read = |row: &Row<'_>| {
        Ok(SessionSummary {
            id: TokenHash(row.get("token")?).into(),
            method: row.get::<_, Method>("method")?.0,
            device: row.get("device")?,
            created_at: row.get::<_, Millis>("created_at")?.0,
            last_used_at: row.get::<_, Millis>("last_used_at")?.0,
        })
    };
    let values = params![account.0, since.created, since.used];
    statement.query_map(values, read)?.collect()
}

/// Ends a session, with the restore key of its install, and tells the audit trail; says whether there was one.
pub(super) fn end(
    connection: &Connection,
    token: TokenHash,
    event: &AuditEvent,
) -> rusqlite::Result<bool> {
    let Some((account, install)) = remove(connection, Some(token))? else {
        return Ok(false);
    };
    if let Some(install) = install {
        let gone = credentials::delete_of_install(connection, account, &install)?;
        audit::append_restore_keys(connection, account, gone, event)?;
    }
    audit::append(connection, account, event)?;
    Ok(true)
}

/// The token of a session of an account.
pub(super) fn token(
    connection: &Connection,
    account: AccountId,
    session: SessionId,
) -> rusqlite::Result<Option<TokenHash>> {
    let mut statement = connection.prepare_cached(
        "SELECT token FROM sessions WHERE account = ?1 AND substr(token, 1, 16) = ?2",
    )?;
    let values = params![account.0, session.0];
    let token = statement.query_row(values, |row| row.get("token").map(TokenHash));
    token.optional()
}

/// Ends all sessions of an account but one; returns how many, and the install of that one.
pub(super) fn end_all(
    connection: &Connection,
    account: AccountId,
    except: Option<TokenHash>,
) -> rusqlite::Result<(usize, Option<AppInstall>)> {
    let mut statement =
        connection.prepare_cached("DELETE FROM sessions WHERE account = ?1 AND token IS NOT ?2")?;
    let ended = statement.execute(params![account.0, except.map(|token| token.0)])?;
    let install = match except {
        None => None,
        Some(token) => install(connection, account, token)?,
    };
    Ok((ended, install))
}

/// Ends the sessions of an account that a passkey is behind, but for one, and returns their installs. It is behind those that
/// it opened, and behind those that a restore key opened which was made in one of them.
pub(super) fn end_of_passkey(
    connection: &Connection,
    account: AccountId,
    passkey: &Bytes,
    except: Option<TokenHash>,
) -> rusqlite::Result<Vec<AppInstall>> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM sessions
         WHERE account = ?1 AND (credential_id = ?2 OR passkey = ?2) AND token IS NOT ?3
         RETURNING app_origin, install",
    )?;
    let values = params![account.0, passkey.as_slice(), except.map(|token| token.0)];
    let installs: Result<Vec<_>, _> = statement.query_map(values, app_install)?.collect();
    Ok(installs?.into_iter().flatten().collect())
}

/// Whether the account has a session with that token.
pub(super) fn exists(
    connection: &Connection,
    account: AccountId,
    token: TokenHash,
) -> rusqlite::Result<bool> {
    let mut statement =
        connection.prepare_cached("SELECT 1 FROM sessions WHERE token = ?1 AND account = ?2")?;
    statement.exists(params![token.0, account.0])
}

/// The install of a session of the account, if it has one.
pub(super) fn install(
    connection: &Connection,
    account: AccountId,
    token: TokenHash,
) -> rusqlite::Result<Option<AppInstall>> {
    let mut statement = connection.prepare_cached(
        "SELECT app_origin, install FROM sessions WHERE token = ?1 AND account = ?2",
    )?;
    let values = params![token.0, account.0];
    let install = statement.query_row(values, app_install).optional()?;
    Ok(install.flatten())
}

/// Makes a session an install's, if the account has it; says whether it has.
pub(super) fn set_install(
    connection: &Connection,
    account: AccountId,
    token: TokenHash,
    install: &AppInstall,
) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "UPDATE sessions SET app_origin = ?3, install = ?4 WHERE token = ?1 AND account = ?2",
    )?;
    let values = params![
        token.0,
        account.0,
        install.app_origin,
        install.install.as_slice()
    ];
    Ok(statement.execute(values)? == 1)
}

/// Removes at most `limit` sessions that are no longer open. A restore key outlives them: it is there for when its app
/// has not been used for long.
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
