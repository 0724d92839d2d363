//! The two finishes, each a straight line. Whatever is refused half-way is undone by the writer.

use rusqlite::Connection;

use super::fault::Fault;
use super::{accounts, audit, ceremonies, changes, credentials, grants, sessions};
use crate::{
    Account, AccountTarget, Authenticated, FinishAuthentication, FinishAuthenticationError,
    FinishRegistration, FinishRegistrationError, Grant, NewCredential,
};

pub(super) fn registration(
    connection: &Connection,
    finish: &FinishRegistration,
) -> Result<Account, Fault<FinishRegistrationError>> {
    use FinishRegistrationError as Refusal;
    let (proof, now) = (&finish.proof, finish.now);
    ensure(
        ceremonies::spend(connection, proof.ceremony())?,
        Refusal::CeremonySpent,
    )?;

    let granted = match (&finish.account, &finish.grant) {
        (_, None) => true,
        (AccountTarget::New { id, .. } | AccountTarget::Existing(id), Some(grant)) => {
            grants::use_up(connection, *id, grant, now)?
        }
    };
    ensure(granted, Refusal::GrantUsed)?;

    let account = match &finish.account {
        AccountTarget::New {
            id,
            user_name,
            display_name,
        } => {
            let account = Account {
                id: *id,
                user: proof.user().clone(),
                user_name: user_name.as_str().to_owned(),
                display_name: display_name.as_str().to_owned(),
                created_at: now,
                locked_at: None,
            };
            let inserted = accounts::insert(connection, &account, user_name)?;
            ensure(inserted, Refusal::UserNameTaken)?;
            account
        }
        AccountTarget::Existing(id) => accounts::by_user(connection, proof.user())?
            .filter(|account| account.id == *id)
            .ok_or(Fault::Refused(Refusal::AccountNotFound))?,
    };

    ensure(account.locked_at.is_none(), Refusal::AccountLocked)?;

    if let Some(Grant::RecoveryCode(_)) = finish.grant {
        changes::end_all(connection, account.id, None, &finish.event)?;
    }
    let install = match &finish.kind {
        NewCredential::Passkey => None,
        NewCredential::Restore { install, session } => {
            let bound = sessions::set_install(connection, account.id, *session, install)?;
            ensure(bound, Refusal::SessionEnded)?;
            credentials::delete_of_install(connection, account.id, install)?;
            Some(install)
        }
    };
    let (record, label) = (proof.record(), &finish.label);
    let inserted = credentials::insert(connection, account.id, record, label, &finish.kind, now)?;
    ensure(
        inserted && !finish.id_is_reserved,
        Refusal::CredentialAlreadyRegistered,
    )?;
    if install.is_none() {
        let passkeys = credentials::count(connection, account.id)?;
        ensure(passkeys <= finish.max_passkeys, Refusal::TooManyPasskeys)?;
    }

    if let Some(session) = &finish.session {
        sessions::open(
            connection,
            session,
            account.id,
            &record.id,
            &finish.event,
            now,
        )?;
    }
    audit::append(connection, account.id, &finish.event)?;
    Ok(account)
}

pub(super) fn authentication(
    connection: &Connection,
    finish: &FinishAuthentication,
) -> Result<Authenticated, Fault<FinishAuthenticationError>> {
    use FinishAuthenticationError as Refusal;
    let (proof, now) = (&finish.proof, finish.now);
    ensure(
        ceremonies::spend(connection, proof.ceremony())?,
        Refusal::CeremonySpent,
    )?;

    let account = accounts::by_user(connection, proof.user())?
        .ok_or(Fault::Refused(Refusal::CredentialNotFound))?;
    let updated = credentials::update(connection, account.id, proof, &finish.device, now)?;
    ensure(updated, Refusal::CredentialNotFound)?;
    ensure(account.locked_at.is_none(), Refusal::AccountLocked)?;

    if let Some(session) = &finish.session {
        let credential_id = proof.credential_id();
        let event = &finish.event;
        sessions::open(connection, session, account.id, credential_id, event, now)?;
    }
    audit::append(connection, account.id, &finish.event)?;
    Ok(Authenticated {
        credentials: credentials::of_account(connection, account.id)?,
        account,
    })
}

/// Refuses what does not meet a condition.
pub(super) fn ensure<E>(condition: bool, refusal: E) -> Result<(), Fault<E>> {
    if condition {
        Ok(())
    } else {
        Err(Fault::Refused(refusal))
    }
}
