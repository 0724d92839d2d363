//! What the owner of an account confirms before it is done, with a passkey or with the password.

use std::future::Future;
use std::pin::Pin;

use passkeep_browser::json;
use passkeep_browser::{Abort, Mediation};
use passkeep_protocol::api::{
    AccountDeleted, Action, AuthenticationStart, EnrolmentLink, ErrorCode, Password,
    PasswordConfirm, RecoveryCodes, RegistrationFinished, RegistrationStart,
};

use crate::api;
use crate::ceremony::{finish_authentication, register, register_with};
use crate::failure::Failure;

/// How the owner of an account shows that it is they.
#[derive(Clone, Debug)]
pub(crate) enum By {
    /// With a passkey of the account.
    Passkey,
    /// With the password, where there is no passkey yet. `None` when it was not asked for.
    Password(Option<Password>),
}

/// Makes one more passkey. Whoever has not just signed in says with one they have, or with the password, that it is they.
pub(crate) async fn add(by: By) -> Result<RegistrationFinished, Failure> {
    let confirmation = match by {
        By::Password(None) => None,
        By::Password(Some(password)) => Some(confirm_with(password, Action::AddPasskey).await?),
        By::Passkey => match register(RegistrationStart::Add).await {
            Err(failure) if failure.code() == Some(ErrorCode::ConfirmationRequired) => {
                Some(confirm(Action::AddPasskey).await?)
            }
            outcome => return outcome,
        },
    };
    register_with(RegistrationStart::Add, confirmation.as_deref()).await
}

/// Has the owner say with a passkey that something is to be done, and returns what permits it.
pub(crate) fn confirm(action: Action) -> Pin<Box<dyn Future<Output = Result<String, Failure>>>> {
    // One future for all that is confirmed.
    Box::pin(confirmed(action))
}

async fn confirmed(action: Action) -> Result<String, Failure> {
    let start = AuthenticationStart::Confirm { action };
    let started = api::start_authentication(&start).await?;
    let abort = Abort::new();
    let response = json::get(&started.options.to_json(), Mediation::Modal, &abort).await?;
    let finished = finish_authentication(started.ceremony, response).await?;
    let confirmation = finished.confirmation.ok_or(Failure::Unreadable)?;
    Ok(confirmation.token)
}

/// The owner says it with the password.
async fn confirm_with(password: Password, action: Action) -> Result<String, Failure> {
    let confirm = PasswordConfirm { password, action };
    Ok(api::confirm_with_password(&confirm).await?.token)
}

/// New recovery codes, for the owner who confirms it. The old ones are void then.
pub(crate) async fn make_recovery_codes() -> Result<RecoveryCodes, Failure> {
    api::make_recovery_codes(&confirm(Action::MakeRecoveryCodes).await?).await
}

/// A link for another device, for the owner who confirms it.
pub(crate) async fn make_enrolment_link() -> Result<EnrolmentLink, Failure> {
    api::make_enrolment_link(&confirm(Action::MakeEnrolmentLink).await?).await
}

/// The end of the account, if its owner confirms it.
pub(crate) async fn delete_account(by: By) -> Result<AccountDeleted, Failure> {
    let confirmation = match by {
        By::Password(Some(password)) => confirm_with(password, Action::DeleteAccount).await?,
        _ => confirm(Action::DeleteAccount).await?,
    };
    api::delete_account(&confirmation).await
}

/// The end of the password, if the account's owner confirms it with a passkey.
pub(crate) async fn drop_password() -> Result<(), Failure> {
    api::drop_password(&confirm(Action::DropPassword).await?).await
}
