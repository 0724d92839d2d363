//! The two ceremonies, a line per step, and the one that waits in the browser's autofill.
//!
//! Each asks the server for options, the browser for a response, and the server for its verdict.

use passkeep_browser::json::{self, Response};
use passkeep_browser::{
    Abort, Autofill, AutofillSource, ClientError, ClientErrorCode, Mediation, PasskeyChange,
};
use passkeep_protocol::api::{
    Account, AuthenticationFinished, AuthenticationStart, RegistrationFinished, RegistrationStart,
};

use crate::api;
use crate::failure::Failure;
use crate::wire::Finish;

/// Makes a passkey: for a new account, which is then signed in, or one more for the account that is.
pub(crate) async fn register(start: RegistrationStart) -> Result<RegistrationFinished, Failure> {
    register_with(start, None).await
}

/// The same, with what permits it where that is asked for.
pub(crate) async fn register_with(
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

/// Makes the first passkey after a sign-in with a password, if the browser does so without asking anybody.
pub(crate) async fn upgrade(abort: &Abort) -> Result<RegistrationFinished, Failure> {
    let started = api::start_registration(&RegistrationStart::Upgrade, None).await?;
    let change = PasskeyChange::begin();
    let response = json::create_conditionally(&started.options.to_json(), abort).await?;
    finish_registration(&change, started.ceremony, response).await
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

/// The second half of every ceremony with a passkey that is there already.
pub(crate) async fn finish_authentication(
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
        Ok::<_, Failure>(AutofillSource {
            options: started.options.to_json(),
            ceremony: started.ceremony,
            expires_in: started.expires_in,
        })
    };
    json::autofill(source, move |response, ceremony| {
        let settle = settle.clone();
        async move { settle(finish_sign_in(ceremony, response).await) }
    })
}
