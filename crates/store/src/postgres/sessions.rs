use tokio_postgres::{Error, Row};

use super::accounts;
use super::columns::{Blob, Millis};
use crate::OpenSession;

/// A session that is open, and whether it is time to note that it is used.
pub(super) const FIND: &str = "
    SELECT credential_id, last_used_at <= $4 AS unnoted, sessions.created_at AS opened_at,
        accounts.id, user_handle, user_name, display_name, accounts.created_at
    FROM sessions JOIN accounts ON accounts.id = account
    WHERE token = $1 AND sessions.created_at > $2 AND last_used_at > $3";

/// Notes that a session is used, if it is still open, which it says by returning a row. Of two servers that note at once,
/// the one whose clock is behind takes nothing back.
pub(super) const NOTE_USE: &str = "
    UPDATE sessions SET last_used_at = greatest(last_used_at, $4)
    WHERE token = $1 AND created_at > $2 AND last_used_at > $3
    RETURNING true";

/// Ends a session, and tells the audit trail if there was one.
pub(super) const END: &str = "
    WITH ended AS (
        DELETE FROM sessions WHERE token = $1 RETURNING account
    )
    INSERT INTO audit_events (id, at, kind, account, credential_id)
    SELECT $2::bytea, $3::bigint, $4::text, account, $5::bytea FROM ended";

pub(super) fn read(row: &Row) -> Result<(OpenSession, bool), Error> {
    let session = OpenSession {
        account: accounts::read(row)?,
        credential_id: row.try_get::<_, Blob>("credential_id")?.0,
        created_at: row.try_get::<_, Millis>("opened_at")?.0,
    };
    Ok((session, row.try_get("unnoted")?))
}
