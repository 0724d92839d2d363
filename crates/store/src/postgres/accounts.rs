use tokio_postgres::{Error, Row};

use super::columns::{Counter, Fixed, Handle, Millis};
use crate::{Account, AccountId, AccountSummary};

/// The account with an id.
pub(super) const BY_ID: &str = "
    SELECT id, user_handle, user_name, display_name, created_at, locked_at
    FROM accounts WHERE id = $1";

/// The account with a user name key.
pub(super) const BY_NAME: &str = "
    SELECT id, user_handle, user_name, display_name, created_at, locked_at
    FROM accounts WHERE user_name_key = $1";

/// The account with a user handle.
pub(super) const BY_USER: &str = "
    SELECT id, user_handle, user_name, display_name, created_at, locked_at
    FROM accounts WHERE user_handle = $1";

/// At most $2 accounts after a user name key.
pub(super) const LIST: &str = "
    SELECT id, user_handle, user_name, display_name, created_at, locked_at,
        (SELECT count(*) FROM credentials WHERE account = accounts.id AND install IS NULL) AS passkeys,
        EXISTS (SELECT FROM passwords WHERE account = accounts.id) AS has_password,
        (SELECT max(last_used_at) FROM credentials WHERE account = accounts.id) AS last_used_at
    FROM accounts WHERE user_name_key > $1 ORDER BY user_name_key LIMIT $2";

/// Locks what an account has: whoever counts its passkeys, or replaces what it has one of, does it after this, in the same
/// transaction. Sign-ins go on, because they take a weaker lock.
pub(super) const LOCK: &str = "SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE";

/// Keeps sign-ins out as well, and waits for those that are under way: whoever ends an account's sessions does it after
/// this, in the same transaction, and then no session has escaped.
pub(super) const LOCK_ALONE: &str = "SELECT FROM accounts WHERE id = $1 FOR UPDATE";

/// Changes what to call the person, and tells the audit trail if it is another name.
pub(super) const SET_DISPLAY_NAME: &str = "
    WITH changed AS (
        UPDATE accounts SET display_name = $2 WHERE id = $1 AND display_name <> $2
        RETURNING id, user_handle, user_name, display_name, created_at, locked_at
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $3::bytea, $4::bigint, $5::text, id, $6::bytea, $7::text FROM changed
    )
    SELECT * FROM changed
    UNION ALL
    SELECT id, user_handle, user_name, $2, created_at, locked_at
    FROM accounts WHERE id = $1 AND NOT EXISTS (SELECT FROM changed)";

/// Locks or unlocks, after [`LOCK_ALONE`], unless that is done already.
pub(super) const SET_LOCKED: &str = "
    WITH changed AS (
        UPDATE accounts SET locked_at = $2::bigint
        WHERE id = $1 AND (locked_at IS NULL) <> ($2::bigint IS NULL)
        RETURNING id, user_handle, user_name, display_name, created_at, locked_at
    ), ended AS (
        DELETE FROM sessions USING changed WHERE account = changed.id AND locked_at IS NOT NULL
    ), deleted AS (
        DELETE FROM credentials USING changed
        WHERE account = changed.id AND locked_at IS NOT NULL AND install IS NOT NULL
        RETURNING credentials.account, credentials.id
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT substr(sha256($3::bytea || id), 1, 16), $4::bigint, 'restore_key_deleted', account, id, $7::text FROM deleted
        UNION ALL
        SELECT $3::bytea, $4::bigint, $5::text, id, $6::bytea, $7::text FROM changed
    )
    SELECT * FROM changed
    UNION ALL
    SELECT id, user_handle, user_name, display_name, created_at, locked_at
    FROM accounts WHERE id = $1 AND NOT EXISTS (SELECT FROM changed)";

/// Deletes an account with what it has, after [`LOCK_ALONE`].
pub(super) const DELETE: &str = "
    WITH deleted AS (
        DELETE FROM accounts WHERE id = $1 RETURNING id
    ), sessions AS (
        DELETE FROM sessions WHERE account = $1
    ), credentials AS (
        DELETE FROM credentials WHERE account = $1
    ), recovery_codes AS (
        DELETE FROM recovery_codes WHERE account = $1
    ), enrolment_links AS (
        DELETE FROM enrolment_links WHERE account = $1
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $2::bytea, $3::bigint, $4::text, id, $5::bytea, $6::text FROM deleted
    )
    SELECT CASE WHEN NOT EXISTS (SELECT FROM deleted) THEN passkeep_refuse('account_not_found') END";

/// Reads the columns `id, user_handle, user_name, display_name, created_at, locked_at`.
pub(super) fn read(row: &Row) -> Result<Account, Error> {
    let locked_at: Option<Millis> = row.try_get("locked_at")?;
    Ok(Account {
        id: AccountId(row.try_get::<_, Fixed<16>>("id")?.0),
        user: row.try_get::<_, Handle>("user_handle")?.0,
        user_name: row.try_get("user_name")?,
        display_name: row.try_get("display_name")?,
        created_at: row.try_get::<_, Millis>("created_at")?.0,
        locked_at: locked_at.map(|millis| millis.0),
    })
}

pub(super) fn summary(row: &Row) -> Result<AccountSummary, Error> {
    let last_used_at: Option<Millis> = row.try_get("last_used_at")?;
    Ok(AccountSummary {
        account: read(row)?,
        passkeys: row.try_get::<_, Counter>("passkeys")?.0,
        has_password: row.try_get("has_password")?,
        last_used_at: last_used_at.map(|millis| millis.0),
    })
}
