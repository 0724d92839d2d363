//! The two finishes, each a straight line. Whatever is refused half-way is undone by the writer.

use rusqlite::Connection;

use super::fault::Fault;
use super::{accounts, audit, ceremonies, credentials, sessions};
use crate::{
    Account, AccountTarget, FinishAuthentication, FinishAuthenticationError, FinishRegistration,
    FinishRegistrationError,
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
            };
            let inserted = accounts::insert(connection, &account, user_name)?;
            ensure(inserted, Refusal::UserNameTaken)?;
            account
        }
        AccountTarget::Existing(id) => accounts::by_user(connection, proof.user())?
            .filter(|account| account.id == *id)
            .ok_or(Fault::Refused(Refusal::AccountNotFound))?,
    };

    let record = proof.record();
    let inserted = credentials::insert(connection, account.id, record, &finish.label, now)?;
    ensure(inserted, Refusal::CredentialAlreadyRegistered)?;
    let passkeys = credentials::count(connection, account.id)?;
    ensure(passkeys <= finish.max_passkeys, Refusal::TooManyPasskeys)?;

    if let Some(session) = finish.session {
        sessions::open(connection, session, account.id, &record.id, now)?;
    }
    audit::append(connection, account.id, &finish.event)?;
    Ok(account)
}

pub(super) fn authentication(
    connection: &Connection,
    finish: &FinishAuthentication,
) -> Result<Account, Fault<FinishAuthenticationError>> {
    use FinishAuthenticationError as Refusal;
    let (proof, now) = (&finish.proof, finish.now);
    ensure(
        ceremonies::spend(connection, proof.ceremony())?,
        Refusal::CeremonySpent,
    )?;

    let account = accounts::by_user(connection, proof.user())?
        .ok_or(Fault::Refused(Refusal::CredentialNotFound))?;
    let updated = credentials::update(connection, account.id, proof, now)?;
    ensure(updated, Refusal::CredentialNotFound)?;

    let credential_id = proof.credential_id();
    sessions::open(connection, finish.session, account.id, credential_id, now)?;
    audit::append(connection, account.id, &finish.event)?;
    Ok(account)
}

fn ensure<E>(condition: bool, refusal: E) -> Result<(), Fault<E>> {
    if condition {
        Ok(())
    } else {
        Err(Fault::Refused(refusal))
    }
}
