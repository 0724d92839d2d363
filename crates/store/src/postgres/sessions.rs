use tokio_postgres::{Error, Row};

use super::accounts;
use super::columns::{Blob, Counter, Fixed, Method, Millis, app_install};
use crate::{OpenSession, Revoked, SessionSummary, TokenHash};

/// A session that is open, and whether it is time to note that it is used.
pub(super) const FIND: &str = "
    SELECT credential_id, method, app_origin, install, last_used_at <= $4 AS unnoted, sessions.created_at AS opened_at,
        accounts.id, user_handle, user_name, display_name, accounts.created_at, locked_at
    FROM sessions JOIN accounts ON accounts.id = account
    WHERE token = $1 AND sessions.created_at > $2 AND last_used_at > $3";

/// Notes that a session is used, if it is still open, which it says by returning a row. Of two servers that note at once,
/// the one whose clock is behind takes nothing back.
pub(super) const NOTE_USE: &str = "
    UPDATE sessions SET last_used_at = greatest(last_used_at, $4)
    WHERE token = $1 AND created_at > $2 AND last_used_at > $3
    RETURNING true";

/// The open sessions of an account, the last used first.
pub(super) const OF_ACCOUNT: &str = "
    SELECT token, method, device, created_at, last_used_at FROM sessions
    WHERE account = $1 AND created_at > $2 AND last_used_at > $3
    ORDER BY last_used_at DESC, token";

/// Ends a session, with the restore key of its install, and tells the audit trail if there was one.
pub(super) const END: &str = "
    WITH ended AS (
        SELECT owner FROM passkeep_end_session(
            $1::bytea, NULL, NULL, NULL, $2::bytea, $3::bigint, $6::text
        )
    )
    INSERT INTO audit_events (id, at, kind, account, credential_id, device)
    SELECT $2::bytea, $3::bigint, $4::text, owner, $5::bytea, $6::text FROM ended";

/// Ends a session of an account by its id, and says by returning a row that there was one.
pub(super) const REVOKE: &str = "
    WITH ended AS MATERIALIZED (
        SELECT owner FROM passkeep_end_session(
            (SELECT token FROM sessions WHERE account = $1 AND substr(token, 1, 16) = $2), NULL, NULL, NULL,
            $3::bytea, $4::bigint, $7::text
        )
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $3::bytea, $4::bigint, $5::text, owner, $6::bytea, $7::text FROM ended
    )
    SELECT owner FROM ended";

/// Ends the sessions of an account but one, with the restore keys but that of its install, makes its links void, and says how
/// many; after [`LOCK_ALONE`](accounts::LOCK_ALONE).
pub(super) const REVOKE_ALL: &str = "
    WITH kept AS (
        SELECT app_origin, install FROM sessions WHERE account = $1 AND token = $2
    ), ended AS (
        DELETE FROM sessions WHERE account = $1 AND token IS DISTINCT FROM $2 RETURNING token
    ), deleted AS (
        DELETE FROM credentials
        WHERE account = $1 AND install IS NOT NULL AND NOT EXISTS (
            SELECT FROM kept WHERE kept.app_origin = credentials.app_origin AND kept.install = credentials.install
        )
        RETURNING account, id
    ), voided AS (
        DELETE FROM enrolment_links WHERE account = $1 RETURNING token
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT substr(sha256($3::bytea || id), 1, 16), $4::bigint, 'restore_key_deleted', account, id, $7::text FROM deleted
        UNION ALL
        SELECT $3::bytea, $4::bigint, $5::text, $1, $6::bytea, $7::text
        WHERE EXISTS (SELECT FROM ended) OR EXISTS (SELECT FROM deleted) OR EXISTS (SELECT FROM voided)
    )
    SELECT (SELECT count(*) FROM ended) AS sessions, (SELECT count(*) FROM deleted) AS restore_keys,
        (SELECT count(*) FROM voided) AS enrolment_links";

/// Ends all sessions of an account, with its restore keys, of which the audit trail is told, and makes its links void; after
/// [`LOCK_ALONE`](accounts::LOCK_ALONE).
pub(super) const END_ALL: &str = "
    WITH ended AS (
        DELETE FROM sessions WHERE account = $1
    ), deleted AS (
        DELETE FROM credentials WHERE account = $1 AND install IS NOT NULL RETURNING account, id
    ), voided AS (
        DELETE FROM enrolment_links WHERE account = $1
    )
    INSERT INTO audit_events (id, at, kind, account, credential_id, device)
    SELECT substr(sha256($2::bytea || id), 1, 16), $3::bigint, 'restore_key_deleted', account, id, $4::text FROM deleted";

pub(super) fn read(row: &Row) -> Result<(OpenSession, bool), Error> {
    let session = OpenSession {
        account: accounts::read(row)?,
        credential_id: row.try_get::<_, Blob>("credential_id")?.0,
        method: row.try_get::<_, Method>("method")?.0,
        install: app_install(row)?,
        created_at: row.try_get::<_, Millis>("opened_at")?.0,
    };
    Ok((session, row.try_get("unnoted")?))
}

pub(super) fn revoked(row: &Row) -> Result<Revoked, Error> {
    let count = |column| row.try_get::<_, Counter>(column).map(|count| count.0);
    Ok(Revoked {
        sessions: count("sessions")?,
        restore_keys: count("restore_keys")?,
        enrolment_links: count("enrolment_links")?,
    })
}

pub(super) fn summary(row: &Row) -> Result<SessionSummary, Error> {
    Ok(SessionSummary {
        id: TokenHash(row.try_get::<_, Fixed<32>>("token")?.0).into(),
        method: row.try_get::<_, Method>("method")?.0,
        device: row.try_get("device")?,
        created_at: row.try_get::<_, Millis>("created_at")?.0,
        last_used_at: row.try_get::<_, Millis>("last_used_at")?.0,
    })
}
