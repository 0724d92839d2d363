//! Passwords.

use tokio_postgres::{Error, Row};

use super::accounts;
use super::columns::{Millis, values};
use super::connections::{Connections, one};
use super::fault::Fault;
use super::finish::session_values;
use super::housekeeping::event_values;
use crate::{
    Account, CreatePasswordAccountError, DropPasswordError, FinishPasswordSignIn,
    FinishPasswordSignInError, NewPasswordAccount, PasswordCandidate, PasswordHash, PasswordUse,
};

/// Creates an account with a password, and opens a session if there is one. Values: $1 account, $2 user handle, $3 name,
/// $4 its key, $5 display name, $6 hash, $7 time; then those of a session and of an event.
pub(super) const CREATE_ACCOUNT: &str = "
    WITH account AS (
        INSERT INTO accounts (id, user_handle, user_name, user_name_key, display_name, created_at)
        VALUES ($1::bytea, $2::bytea, $3::text, $4::text, $5::text, $7::bigint)
        ON CONFLICT (user_name_key) DO NOTHING
        RETURNING id, user_handle, user_name, display_name, created_at, locked_at
    ), password AS (
        INSERT INTO passwords (account, hash, created_at)
        SELECT id, $6::text, $7::bigint FROM account
        RETURNING account
    ), replaced AS MATERIALIZED (
        SELECT ended.* FROM password, passkeep_end_session(
            $13::bytea, account, $11::text, $12::bytea, $14::bytea, $15::bigint, $18::text
        ) AS ended
        WHERE $13::bytea IS NOT NULL
    ), opened AS (
        INSERT INTO sessions (
            token, account, credential_id, method, device, app_origin, install, created_at, last_used_at
        )
        SELECT $8::bytea, account, ''::bytea, $9::text, $10::text, coalesce($11::text, owner_app_origin),
            coalesce($12::bytea, owner_install), $7::bigint, $7::bigint
        FROM password LEFT JOIN replaced ON owner = account
        WHERE $8::bytea IS NOT NULL
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $14::bytea, $15::bigint, $16::text, account, $17::bytea, $18::text FROM password
    )
    SELECT account.*, CASE WHEN account.id IS NULL THEN passkeep_refuse('user_name_taken') END
    FROM (VALUES (1)) AS one (row) LEFT JOIN account ON true";

/// The account with a user name key, and the hash of its password.
pub(super) const CANDIDATE: &str = "
    SELECT id, user_handle, user_name, display_name, accounts.created_at, locked_at, hash
    FROM accounts LEFT JOIN passwords ON account = accounts.id
    WHERE user_name_key = $1";

pub(super) const USAGE: &str = "
    SELECT created_at, last_used_at FROM passwords WHERE account = $1";

/// Signs in. Values: $1 account, $2 the hash that was verified, $3 the one to keep, $4 time; then those of a session and of
/// an event. The lock on the account is the one that a sign-in with a passkey takes.
pub(super) const SIGN_IN: &str = "
    WITH account AS (
        SELECT id, user_handle, user_name, display_name, created_at, locked_at
        FROM accounts WHERE id = $1 FOR KEY SHARE
    ), password AS (
        UPDATE passwords SET hash = $3, last_used_at = greatest(last_used_at, $4)
        FROM account WHERE passwords.account = account.id AND hash = $2
        RETURNING passwords.account
    ), replaced AS MATERIALIZED (
        SELECT ended.* FROM password, passkeep_end_session(
            $10::bytea, account, $8::text, $9::bytea, $11::bytea, $12::bigint, $15::text
        ) AS ended
        WHERE $10::bytea IS NOT NULL
    ), opened AS (
        INSERT INTO sessions (
            token, account, credential_id, method, device, app_origin, install, created_at, last_used_at
        )
        SELECT $5::bytea, account, ''::bytea, $6::text, $7::text, coalesce($8::text, owner_app_origin),
            coalesce($9::bytea, owner_install), $4::bigint, $4::bigint
        FROM password LEFT JOIN replaced ON owner = account
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $11::bytea, $12::bigint, $13::text, account, $14::bytea, $15::text FROM password
    )
    SELECT account.*, CASE
        WHEN NOT EXISTS (SELECT FROM password) THEN passkeep_refuse('password_not_found')
        WHEN locked_at IS NOT NULL THEN passkeep_refuse('account_locked')
    END
    FROM (VALUES (1)) AS one (row) LEFT JOIN account ON true";

/// Deletes a password and ends the sessions that it has opened, but for one; after
/// [`LOCK_ALONE`](super::accounts::LOCK_ALONE).
pub(super) const DROP: &str = "
    WITH dropped AS (
        DELETE FROM passwords WHERE account = $1 RETURNING account
    ), ended AS (
        DELETE FROM sessions
        WHERE account = $1 AND method = 'password' AND token IS DISTINCT FROM $2::bytea
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $3::bytea, $4::bigint, $5::text, account, $6::bytea, $7::text FROM dropped
    )
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM dropped) THEN passkeep_refuse('password_not_found')
        WHEN NOT EXISTS (SELECT FROM credentials WHERE account = $1 AND install IS NULL) THEN passkeep_refuse('no_passkey')
    END";

pub(super) async fn create_account(
    connections: &Connections,
    new: &NewPasswordAccount,
) -> Result<Account, CreatePasswordAccountError> {
    let mut values = Vec::from(values![
        &new.id.0,
        new.user.as_slice(),
        new.user_name.as_str(),
        new.user_name.key(),
        new.display_name.as_str(),
        &*new.hash.0,
        new.event.at,
    ]);
    values.extend(session_values(new.session.as_ref()));
    values.extend(event_values(&new.event));
    let rows = connections.query(CREATE_ACCOUNT, &values).await;
    let rows = rows.map_err(|fault| {
        fault.into_error(|refusal| match refusal {
            "user_name_taken" => Some(CreatePasswordAccountError::UserNameTaken),
            _ => None,
        })
    })?;
    Ok(one(&rows, accounts::read)?)
}

pub(super) async fn sign_in(
    connections: &Connections,
    finish: &FinishPasswordSignIn,
) -> Result<Account, FinishPasswordSignInError> {
    let kept = finish.rehashed.as_ref().unwrap_or(&finish.verified);
    let mut values = Vec::from(values![
        &finish.account.0,
        &*finish.verified.0,
        &*kept.0,
        finish.event.at,
    ]);
    values.extend(session_values(Some(&finish.session)));
    values.extend(event_values(&finish.event));
    let rows = connections.query(SIGN_IN, &values).await;
    let rows = rows.map_err(|fault| {
        fault.into_error(|refusal| match refusal {
            "password_not_found" => Some(FinishPasswordSignInError::PasswordNotFound),
            "account_locked" => Some(FinishPasswordSignInError::AccountLocked),
            _ => None,
        })
    })?;
    Ok(one(&rows, accounts::read)?)
}

pub(super) fn drop_refused(fault: Fault) -> DropPasswordError {
    fault.into_error(|refusal| match refusal {
        "grant_used" => Some(DropPasswordError::GrantUsed),
        "password_not_found" => Some(DropPasswordError::PasswordNotFound),
        "no_passkey" => Some(DropPasswordError::NoPasskey),
        _ => None,
    })
}

pub(super) fn candidate(row: &Row) -> Result<PasswordCandidate, Error> {
    let hash: Option<String> = row.try_get("hash")?;
    Ok(PasswordCandidate {
        account: accounts::read(row)?,
        hash: hash.map(PasswordHash),
    })
}

pub(super) fn usage(row: &Row) -> Result<PasswordUse, Error> {
    let last_used_at: Option<Millis> = row.try_get("last_used_at")?;
    Ok(PasswordUse {
        created_at: row.try_get::<_, Millis>("created_at")?.0,
        last_used_at: last_used_at.map(|millis| millis.0),
    })
}
