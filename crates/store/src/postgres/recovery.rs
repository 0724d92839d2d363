//! What lets an owner in who has no passkey at hand: recovery codes, and links for another device.

use tokio_postgres::{Error, Row};

use super::columns::{Counter, Millis};
use crate::RecoveryCodes;

/// Makes the codes that an account has void; after [`LOCK`](super::accounts::LOCK).
pub(super) const VOID_CODES: &str = "DELETE FROM recovery_codes WHERE account = $1";

/// Gives an account codes, after [`VOID_CODES`].
pub(super) const ADD_CODES: &str = "
    WITH account AS (
        SELECT id FROM accounts WHERE id = $1
    ), made AS (
        INSERT INTO recovery_codes (account, code, created_at)
        SELECT id, code, $4::bigint FROM account, unnest($2::bytea[]) AS code
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $3::bytea, $4::bigint, $5::text, id, $6::bytea, $7::text FROM account
    )
    SELECT CASE WHEN NOT EXISTS (SELECT FROM account) THEN passkeep_refuse('account_not_found') END";

pub(super) const CODES: &str = "
    SELECT count(*) AS codes_left, max(created_at) AS created_at FROM recovery_codes WHERE account = $1";

pub(super) const HAS_CODE: &str =
    "SELECT EXISTS (SELECT FROM recovery_codes WHERE account = $1 AND code = $2) AS found";

/// Gives an account a link, after [`LOCK`](super::accounts::LOCK).
pub(super) const ADD_LINK: &str = "
    WITH account AS (
        SELECT id FROM accounts WHERE id = $1
    ), made AS (
        INSERT INTO enrolment_links (token, account, expires_at) SELECT $2::bytea, id, $3::bigint FROM account
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $4::bytea, $5::bigint, $6::text, id, $7::bytea, $8::text FROM account
    )
    SELECT CASE WHEN NOT EXISTS (SELECT FROM account) THEN passkeep_refuse('account_not_found') END";

/// Whose a link is that has neither been used nor expired.
pub(super) const LINK: &str = "
    SELECT id, user_handle, user_name, display_name, created_at, locked_at
    FROM enrolment_links JOIN accounts ON accounts.id = account
    WHERE token = $1 AND expires_at >= $2";

/// The codes that are left, if any are.
pub(super) fn codes(row: &Row) -> Result<Option<RecoveryCodes>, Error> {
    let created_at: Option<Millis> = row.try_get("created_at")?;
    let left = row.try_get::<_, Counter>("codes_left")?.0;
    Ok(created_at.map(|Millis(created_at)| RecoveryCodes { left, created_at }))
}
