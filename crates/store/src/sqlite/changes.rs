//! Changes to accounts that take several steps. Whatever is refused half-way is undone by the writer.

use passkeep_protocol::bytes::Bytes;
use passkeep_verify::Timestamp;
use passkeep_verify::user::{DisplayName, Label};
use rusqlite::Connection;

use super::fault::Fault;
use super::{accounts, audit, ceremonies, credentials, grants, recovery, sealing_keys, sessions};
use crate::open_since::OpenSince;
use crate::{
    Account, AccountId, AuditEvent, ChangeAccountError, Confirmation, DeletePasskeyError, Passkey,
    Purge, PurgeReport, Revoked, TokenHash,
};

/// Spends the confirmation of a change, and sees that there is an account to change.
pub(super) fn permit(
    connection: &Connection,
    account: AccountId,
    confirmation: Option<&Confirmation>,
) -> Result<(), Fault<ChangeAccountError>> {
    if let Some(confirmation) = confirmation
        && !grants::spend(connection, account, confirmation)?
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
    confirmation: Option<&Confirmation>,
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

/// Changes what to call the person, and tells the audit trail if it is another name.
pub(super) fn set_display_name(
    connection: &Connection,
    account: AccountId,
    name: &DisplayName,
    event: &AuditEvent,
) -> rusqlite::Result<Option<Account>> {
    let before = accounts::by_id(connection, account)?;
    if before
        .as_ref()
        .is_none_or(|it| it.display_name == name.as_str())
    {
        return Ok(before);
    }
    audit::append(connection, account, event)?;
    accounts::set_display_name(connection, account, name)
}

/// Renames a passkey, and tells the audit trail if it is another name.
pub(super) fn rename_passkey(
    connection: &Connection,
    account: AccountId,
    id: &Bytes,
    label: &Label,
    event: &AuditEvent,
) -> rusqlite::Result<Option<Passkey>> {
    let before = credentials::label(connection, account, id)?;
    if before.is_some_and(|before| before != label.as_str()) {
        audit::append(connection, account, event)?;
    }
    credentials::rename(connection, account, id, label)
}

/// Ends the sessions of an account but one, as [`end_all`] does, and tells the audit trail if there was something to end.
pub(super) fn revoke_sessions(
    connection: &Connection,
    account: AccountId,
    except: Option<TokenHash>,
    event: &AuditEvent,
) -> rusqlite::Result<Revoked> {
    let ended = end_all(connection, account, except, event)?;
    if !ended.is_nothing() {
        audit::append(connection, account, event)?;
    }
    Ok(ended)
}

/// Ends the sessions of an account but one, with the restore keys but that of its install, and makes its links void; returns
/// how many. Of the restore keys the audit trail is told before the event.
pub(super) fn end_all(
    connection: &Connection,
    account: AccountId,
    except: Option<TokenHash>,
    event: &AuditEvent,
) -> rusqlite::Result<Revoked> {
    let count = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
    let (ended, install) = sessions::end_all(connection, account, except)?;
    let gone = credentials::delete_restore_keys(connection, account, install.as_ref())?;
    let restore_keys = count(gone.len());
    audit::append_restore_keys(connection, account, gone, event)?;
    Ok(Revoked {
        sessions: count(ended),
        restore_keys,
        enrolment_links: count(recovery::void_links(connection, account)?),
    })
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
        spent_ceremonies: count(ceremonies::purge(
            connection,
            purge.ceremonies_before(),
            limit,
        )?),
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
    pub(super) confirmation: Option<&'a Confirmation>,
}

impl DeletePasskey<'_> {
    /// Deletes it, and returns how many are left.
    pub(super) fn run(
        &self,
        connection: &Connection,
        event: &AuditEvent,
    ) -> Result<u32, Fault<DeletePasskeyError>> {
        if let Some(confirmation) = self.confirmation
            && !grants::spend(connection, self.account, confirmation)?
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
        let kept = self.confirmation.and_then(|it| it.session);
        let kept_install = match kept {
            None => None,
            Some(kept) => sessions::install(connection, self.account, kept)?,
        };
        let installs = sessions::end_of_passkey(connection, self.account, self.id, kept)?;
        let gone = credentials::delete_restore_keys_of(
            connection,
            self.account,
            self.id,
            kept_install.as_ref(),
        )?;
        audit::append_restore_keys(connection, self.account, gone, event)?;
        for install in installs {
            if Some(&install) != kept_install.as_ref() {
                let gone = credentials::delete_of_install(connection, self.account, &install)?;
                audit::append_restore_keys(connection, self.account, gone, event)?;
            }
        }
        recovery::void_links(connection, self.account)?;
        audit::append(connection, self.account, event)?;
        Ok(left)
    }
}
