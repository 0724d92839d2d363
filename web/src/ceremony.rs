//! The two ceremonies, a line per step, and the one that waits in the browser's autofill.

use std::future::Future;
use std::pin::Pin;

use passkeep_browser::json::{self, Response};
use passkeep_browser::{Abort, Autofill, ClientError, ClientErrorCode, Mediation, PasskeyChange};
use passkeep_protocol::api::{
    Account, AccountDeleted, Action, AuthenticationFinished, AuthenticationStart, EnrolmentLink,
    ErrorCode, Password, PasswordConfirm, RecoveryCodes, RegistrationFinished, RegistrationStart,
};

use crate::api;
use crate::failure::Failure;
use crate::wire::Finish;

/// Makes a passkey: for a new account, which is then signed in, or one more for the account that is.
pub(crate) async fn register(start: RegistrationStart) -> Result<RegistrationFinished, Failure> {
    register_with(start, None).await
}

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

/// Makes the first passkey after a sign-in with a password, if the browser does so without asking anybody.
pub(crate) async fn upgrade(abort: &Abort) -> Result<RegistrationFinished, Failure> {
    let started = api::start_registration(&RegistrationStart::Upgrade, None).await?;
    let change = PasskeyChange::begin();
    let response = json::create_conditionally(&started.options.to_json(), abort).await?;
    finish_registration(&change, started.ceremony, response).await
}

async fn register_with(
    start: RegistrationStart,
    confirmation: Option<&str>,
) -> Result<RegistrationFinished, Failure> {
    let started = api::start_registration(&start, confirmation).await?;
    let change = PasskeyChange::begin();
    let response = json::create(&started.options.to_json(), &Abort::new()).await?;
    finish_registration(&change, started.ceremony, response).await
}

async fn finish_registration(
    change: &PasskeyChange,
    ceremony: String,
    response: Response,
) -> Result<RegistrationFinished, Failure> {
    let asked = change.ask();
    let finished = api::finish_registration(&finish(ceremony, response)).await?;
    asked.signal(&finished.signals).await;
    Ok(finished)
}

/// Whoever has signed in.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) account: Account,
    /// The passkey was one of another device: a phone at hand, or a security key.
    pub(crate) from_elsewhere: bool,
}

/// Signs in with a passkey the person chooses in the browser's dialog. Nobody has to say who they are first.
pub(crate) async fn sign_in() -> Result<SignedIn, Failure> {
    let started = api::start_authentication(&AuthenticationStart::default()).await?;
    let response = get(&started.options.to_json()).await?;
    finish_sign_in(started.ceremony, response).await
}

/// Where a browser can show its dialog at once for the passkeys of this device, it does. When there are none, it asks as
/// always, for those of other devices.
async fn get(options: &str) -> Result<Response, Failure> {
    let immediate = json::get(options, Mediation::Immediate, &Abort::new()).await;
    match immediate.as_ref().map_err(ClientError::code) {
        // A click that was long ago, on a slow line, is none any more for this way of asking. The dialog needs none.
        Err(
            ClientErrorCode::ModeUnavailable
            | ClientErrorCode::NoLocalCredential
            | ClientErrorCode::NeedsUserGesture
            | ClientErrorCode::NotFocused,
        ) => Ok(json::get(options, Mediation::Modal, &Abort::new()).await?),
        _ => Ok(immediate?),
    }
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

/// The second half of a sign-in, which the one that began in the autofill shares.
async fn finish_sign_in(ceremony: String, response: Response) -> Result<SignedIn, Failure> {
    let attachment = response.authenticator_attachment();
    let from_elsewhere = attachment == Some("cross-platform");
    let finished = finish_authentication(ceremony, response).await?;
    Ok(SignedIn {
        account: finished.account,
        from_elsewhere,
    })
}

async fn finish_authentication(
    ceremony: String,
    response: Response,
) -> Result<AuthenticationFinished, Failure> {
    let finished = api::finish_authentication(&finish(ceremony, response)).await?;
    passkeep_browser::signal(&finished.signals).await;
    Ok(finished)
}

fn finish(ceremony: String, response: Response) -> Finish {
    Finish {
        ceremony,
        credential: response.json,
    }
}

/// Offers the person's passkeys among the suggestions of the user-name field, and signs in with the one they take.
///
/// The offer stands until the [`Autofill`] is dropped.
pub(crate) fn offer_in_autofill(
    settle: impl Fn(Result<SignedIn, Failure>) + Clone + 'static,
) -> Autofill {
    let source = || async {
        let started = api::start_authentication(&AuthenticationStart::default()).await?;
        let options = started.options.to_json();
        Ok::<_, Failure>((options, started.ceremony, started.expires_in))
    };
    json::autofill(source, move |response, ceremony| {
        let settle = settle.clone();
        async move { settle(finish_sign_in(ceremony, response).await) }
    })
}
