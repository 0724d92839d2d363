//! The two ceremonies, a line per step, and the one that waits in the browser's autofill.

use passkeep_browser::json::{self, Response};
use passkeep_browser::{Abort, Autofill, Mediation};
use passkeep_protocol::api::{
    Action, AuthenticationFinished, AuthenticationStart, ErrorCode, RegistrationFinished,
    RegistrationStart,
};
use serde_json::value::RawValue;

use crate::api;
use crate::failure::Failure;
use crate::wire::Finish;

/// Makes a passkey: for a new account, which is then signed in, or one more for the account that is.
pub(crate) async fn register(start: RegistrationStart) -> Result<RegistrationFinished, Failure> {
    register_with(start, None).await
}

/// Makes one more passkey. Whoever has not just signed in says with one they have that it is they.
pub(crate) async fn add() -> Result<RegistrationFinished, Failure> {
    match register(RegistrationStart::Add).await {
        Err(failure) if failure.code() == Some(ErrorCode::ConfirmationRequired) => {
            let confirmation = confirm(Action::AddPasskey).await?;
            register_with(RegistrationStart::Add, Some(&confirmation)).await
        }
        outcome => outcome,
    }
}

async fn register_with(
    start: RegistrationStart,
    confirmation: Option<&str>,
) -> Result<RegistrationFinished, Failure> {
    let started = api::start_registration(&start, confirmation).await?;
    let response = json::create(started.options.get(), &Abort::new()).await?;
    let finished = api::finish_registration(&finish(started.ceremony, response)?).await?;
    passkeep_browser::signal(&finished.signals).await;
    Ok(finished)
}

/// Signs in with a passkey the person chooses in the browser's dialog. Nobody has to say who they are first.
pub(crate) async fn sign_in() -> Result<AuthenticationFinished, Failure> {
    authenticate(AuthenticationStart::default()).await
}

/// Has the owner say with a passkey that something is to be done, and returns what permits it.
pub(crate) async fn confirm(action: Action) -> Result<String, Failure> {
    let finished = authenticate(AuthenticationStart::Confirm { action }).await?;
    let confirmation = finished.confirmation.ok_or(Failure::Unreadable)?;
    Ok(confirmation.token)
}

async fn authenticate(start: AuthenticationStart) -> Result<AuthenticationFinished, Failure> {
    let started = api::start_authentication(&start).await?;
    let abort = Abort::new();
    let response = json::get(started.options.get(), Mediation::Modal, &abort).await?;
    finish_sign_in(started.ceremony, response).await
}

/// The second half of a sign-in, which the one that began in the autofill shares.
async fn finish_sign_in(
    ceremony: String,
    response: Response,
) -> Result<AuthenticationFinished, Failure> {
    let finished = api::finish_authentication(&finish(ceremony, response)?).await?;
    passkeep_browser::signal(&finished.signals).await;
    Ok(finished)
}

fn finish(ceremony: String, response: Response) -> Result<Finish, Failure> {
    let credential = RawValue::from_string(response.json).map_err(|_| Failure::Unreadable)?;
    Ok(Finish {
        ceremony,
        credential,
    })
}

/// Offers the person's passkeys among the suggestions of the user-name field, and signs in with the one they take.
///
/// The offer stands until the [`Autofill`] is dropped.
pub(crate) fn offer_in_autofill(
    settle: impl Fn(Result<AuthenticationFinished, Failure>) + Clone + 'static,
) -> Autofill {
    let source = || async {
        let started = api::start_authentication(&AuthenticationStart::default()).await?;
        let options = started.options.get().to_owned();
        Ok::<_, Failure>((options, started.ceremony, started.expires_in))
    };
    json::autofill(source, move |response, ceremony| {
        let settle = settle.clone();
        async move { settle(finish_sign_in(ceremony, response).await) }
    })
}
