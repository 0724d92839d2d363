//! What permits a change, once.

use passkeep_verify::Timestamp;
use rusqlite::Connection;

use super::{ceremonies, credentials, recovery, sessions};
use crate::{AccountId, Confirmation, Grant};

/// Uses up what permits a change; says whether it was there.
pub(super) fn use_up(
    connection: &Connection,
    account: AccountId,
    grant: &Grant,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    match grant {
        Grant::Confirmation(confirmation) => spend(connection, account, confirmation),
        Grant::Session(token) => sessions::exists(connection, account, *token),
        Grant::RecoveryCode(code) => recovery::use_code(connection, account, *code),
        Grant::EnrolmentLink(link) => recovery::use_link(connection, account, *link, now),
    }
}

/// Spends a confirmation; says whether it was good: not spent before, and neither its passkey nor its session has gone.
pub(super) fn spend(
    connection: &Connection,
    account: AccountId,
    confirmation: &Confirmation,
) -> rusqlite::Result<bool> {
    if let Some(id) = &confirmation.credential_id
        && !credentials::has_passkey(connection, account, id)?
    {
        return Ok(false);
    }
    if let Some(session) = confirmation.session
        && !sessions::exists(connection, account, session)?
    {
        return Ok(false);
    }
    ceremonies::spend(connection, confirmation.spent)
}
