//! Changes to accounts that take several steps. Whatever is refused half-way is undone by the writer.

use passkeep_protocol::bytes::Bytes;
use passkeep_verify::{SpentCeremony, Timestamp};
use rusqlite::Connection;

use super::fault::Fault;
use super::{accounts, audit, ceremonies, credentials, recovery, sealing_keys, sessions};
use crate::open_since::OpenSince;
use crate::{
    Account, AccountId, AuditEvent, ChangeAccountError, DeletePasskeyError, Purge, PurgeReport,
    TokenHash,
};

/// Spends the confirmation of a change, and sees that there is an account to change.
pub(super) fn permit(
    connection: &Connection,
    account: AccountId,
    confirmation: Option<SpentCeremony>,
) -> Result<(), Fault<ChangeAccountError>> {
    if let Some(confirmation) = confirmation
        && !ceremonies::spend(connection, confirmation)?
    {
        return Err(Fault::Refused(ChangeAccountError::GrantUsed));
    }
    if !accounts::exists(connection, account)? {
        return Err(Fault::Refused(ChangeAccountError::AccountNotFound));
    }
    Ok(())
}

pub(super) fn delete_account(
    connection: &Connection,
    account: AccountId,
    confirmation: Option<SpentCeremony>,
    event: &AuditEvent,
) -> Result<(), Fault<ChangeAccountError>> {
    permit(connection, account, confirmation)?;
    sessions::end_all(connection, account, None)?;
    credentials::delete_all(connection, account)?;
    recovery::delete_all(connection, account)?;
    accounts::delete(connection, account)?;
    audit::append(connection, account, event)?;
    Ok(())
}

pub(super) fn set_locked(
    connection: &Connection,
    account: AccountId,
    locked_at: Option<Timestamp>,
    event: &AuditEvent,
) -> rusqlite::Result<Option<Account>> {
    let Some(before) = accounts::by_id(connection, account)? else {
        return Ok(None);
    };
    if before.locked_at.is_some() == locked_at.is_some() {
        return Ok(Some(before));
    }
    accounts::set_locked(connection, account, locked_at)?;
    if locked_at.is_some() {
        sessions::end_all(connection, account, None)?;
        let gone = credentials::delete_restore_keys(connection, account, None)?;
        audit::append_restore_keys(connection, account, gone, event)?;
    }
    audit::append(connection, account, event)?;
    Ok(Some(Account {
        locked_at,
        ..before
    }))
}

/// Ends the sessions of an account but one, with the restore keys but that of its install; returns how many sessions.
pub(super) fn revoke_sessions(
    connection: &Connection,
    account: AccountId,
    except: Option<TokenHash>,
    event: &AuditEvent,
) -> rusqlite::Result<u32> {
    if !accounts::exists(connection, account)? {
        return Ok(0);
    }
    let (ended, install) = sessions::end_all(connection, account, except)?;
    let gone = credentials::delete_restore_keys(connection, account, install.as_ref())?;
    audit::append_restore_keys(connection, account, gone, event)?;
    audit::append(connection, account, event)?;
    Ok(u32::try_from(ended).unwrap_or(u32::MAX))
}

/// Removes what no longer matters.
pub(super) fn purge(connection: &Connection, purge: Purge) -> rusqlite::Result<PurgeReport> {
    let Purge { now, limit, .. } = purge;
    // No more rows than the limit, which is a `u32`, can have been removed.
    let count = |rows: usize| u32::try_from(rows).unwrap_or(limit);
    let since = OpenSince::new(purge.lifetimes, now);
    let keys = sealing_keys::purge(connection, purge.keys_before, limit)?;
    let events = audit::purge(connection, purge.events_before, limit)?;
    Ok(PurgeReport {
        spent_ceremonies: count(ceremonies::purge(connection, now, limit)?),
        sessions: count(sessions::purge(connection, since, limit)?),
        sealing_keys: count(keys),
        enrolment_links: count(recovery::purge_links(connection, now, limit)?),
        audit_events: count(events),
    })
}

/// The deletion of a passkey.
pub(super) struct DeletePasskey<'a> {
    pub(super) account: AccountId,
    pub(super) id: &'a Bytes,
    pub(super) even_if_last: bool,
    pub(super) confirmation: Option<SpentCeremony>,
}

impl DeletePasskey<'_> {
    /// Deletes it, and returns how many are left.
    pub(super) fn run(
        &self,
        connection: &Connection,
        event: &AuditEvent,
    ) -> Result<u32, Fault<DeletePasskeyError>> {
        if let Some(confirmation) = self.confirmation
            && !ceremonies::spend(connection, confirmation)?
        {
            return Err(Fault::Refused(DeletePasskeyError::GrantUsed));
        }
        if !credentials::delete_passkey(connection, self.account, self.id)? {
            return Err(Fault::Refused(DeletePasskeyError::NotFound));
        }
        let left = credentials::count(connection, self.account)?;
        if left == 0 && !self.even_if_last {
            return Err(Fault::Refused(DeletePasskeyError::Last));
        }
        audit::append(connection, self.account, event)?;
        Ok(left)
    }
}
