//! The ceremonies over the wire types. They take the same way as JavaScript's: JSON in, JSON out.

use core::fmt;
use core::future::Future;

use passkeep_protocol::api::{AuthenticationStarted, Signals};
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::options::{
    PublicKeyCredentialCreationOptionsJson, PublicKeyCredentialRequestOptionsJson,
};
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::abort::Abort;
use crate::autofill::{Autofill, AutofillSource, Fresh};
use crate::capability::is_supported;
use crate::ceremony::{Ceremony, Mediation, perform};
use crate::error::{ClientError, Reason};
use crate::reflect::{parse, text};
use crate::result::Response;
use crate::signal::send;
use crate::wait::Local;

/// Makes a passkey: `navigator.credentials.create()`.
///
/// # Errors
///
/// Any [`ClientErrorCode`](crate::ClientErrorCode); [`ClientError::is_cancel`] tells those that need no words.
pub async fn create(
    options: &PublicKeyCredentialCreationOptionsJson,
    abort: &Abort,
) -> Result<RegistrationResponseJson, ClientError> {
    Ok(create_with_prf(options, abort).await?.0)
}

/// Makes a passkey without asking, if the browser has just filled in the password of the same account: an upgrade.
///
/// Call it right after somebody has signed in with a password. Nothing is lost when it fails: whatever the code, the person
/// goes on with the password.
///
/// # Errors
///
/// [`ModeUnavailable`](crate::ClientErrorCode::ModeUnavailable) where the browser does not know it, and otherwise as [`create`].
pub async fn create_conditionally(
    options: &PublicKeyCredentialCreationOptionsJson,
    abort: &Abort,
) -> Result<RegistrationResponseJson, ClientError> {
    let (response, _) = run(Ceremony::Create, options, Mediation::Conditional, abort).await?;
    Ok(response)
}

/// Signs in with a passkey: `navigator.credentials.get()`.
///
/// # Errors
///
/// As [`create`].
pub async fn get(
    options: &PublicKeyCredentialRequestOptionsJson,
    mediation: Mediation,
    abort: &Abort,
) -> Result<AuthenticationResponseJson, ClientError> {
    Ok(get_with_prf(options, mediation, abort).await?.0)
}

/// As [`create`], with the PRF outputs beside the response, if the options asked for them and the authenticator made them.
///
/// # Errors
///
/// As [`create`].
pub async fn create_with_prf(
    options: &PublicKeyCredentialCreationOptionsJson,
    abort: &Abort,
) -> Result<(RegistrationResponseJson, Option<PrfResults>), ClientError> {
    run(Ceremony::Create, options, Mediation::Modal, abort).await
}

/// As [`get`], with the PRF outputs beside the response, if the options asked for them and the authenticator made them.
///
/// # Errors
///
/// As [`create`].
pub async fn get_with_prf(
    options: &PublicKeyCredentialRequestOptionsJson,
    mediation: Mediation,
    abort: &Abort,
) -> Result<(AuthenticationResponseJson, Option<PrfResults>), ClientError> {
    run(Ceremony::Get, options, mediation, abort).await
}

impl Autofill {
    /// Starts.
    ///
    /// `source` asks the server for fresh options; an [`AutofillSource`] has them with their ceremony and the seconds they are good for.
    /// `on_outcome` takes a signed response with the ceremony it belongs to, to hand it to the server. If the server
    /// accepts it, the page usually drops the `Autofill`; if not, it is armed again when that future is done.
    ///
    /// ```no_run
    /// use gloo_net::Error;
    /// use gloo_net::http::Request;
    /// use passkeep_browser::{Autofill, AutofillSource};
    /// use passkeep_protocol::api::{
    ///     AuthenticationFinish, AuthenticationFinished, AuthenticationStart, AuthenticationStarted,
    /// };
    ///
    /// async fn start() -> Result<AuthenticationStarted, Error> {
    ///     let request = Request::post("/api/v1/authentication/start");
    ///     request.json(&AuthenticationStart::default())?.send().await?.json().await
    /// }
    ///
    /// async fn finish(finish: AuthenticationFinish) -> Result<AuthenticationFinished, Error> {
    ///     let request = Request::post("/api/v1/authentication/finish");
    ///     request.json(&finish)?.send().await?.json().await
    /// }
    ///
    /// let autofill = Autofill::start(
    ///     || async { start().await.map(AutofillSource::from) },
    ///     |credential, ceremony| async {
    ///         if let Ok(finished) = finish(AuthenticationFinish { ceremony, credential }).await {
    ///             passkeep_browser::signal(&finished.signals).await;
    ///         }
    ///     },
    /// );
    /// // Keep it for as long as the page offers a sign-in: dropping it ends it.
    /// # drop(autofill);
    /// ```
    pub fn start<S, F, E, O, G>(source: S, on_outcome: O) -> Self
    where
        S: Fn() -> F + 'static,
        F: Future<Output = Result<AutofillSource<PublicKeyCredentialRequestOptionsJson>, E>>
            + 'static,
        O: Fn(AuthenticationResponseJson, String) -> G + 'static,
        G: Future<Output = ()> + 'static,
    {
        let source = move || {
            let fetched = source();
            Box::pin(async move {
                let AutofillSource {
                    options,
                    ceremony,
                    expires_in,
                } = fetched.await.ok()?;
                Some(Fresh {
                    options: JsValue::from_str(&serde_json::to_string(&options).ok()?),
                    ceremony,
                    expires_in,
                })
            }) as Local<_>
        };
        let autofill = Self::idle();
        let tell = autofill.teller();
        let on_outcome = move |response: Response, ceremony| {
            let handed_in = read(&response.json)
                .map_err(|error| tell(&error))
                .map(|response| on_outcome(response, ceremony));
            Box::pin(async move {
                if let Ok(handed_in) = handed_in {
                    handed_in.await;
                }
            }) as Local<()>
        };
        autofill.run(Box::new(source), Box::new(on_outcome))
    }
}

impl From<AuthenticationStarted> for AutofillSource<PublicKeyCredentialRequestOptionsJson> {
    fn from(started: AuthenticationStarted) -> Self {
        Self {
            options: started.options,
            ceremony: started.ceremony,
            expires_in: started.expires_in,
        }
    }
}

/// Tells the browser's credential manager what the server knows, where the browser can be told.
///
/// Best effort: it never fails and never takes long. Where passkeys are made while the server is asked, see
/// [`Asked`](crate::Asked).
pub fn signal(signals: &Signals) -> impl Future<Output = ()> {
    tell(signals, true)
}

/// As [`signal`]; without `list`, nothing of which passkeys there are.
pub(crate) async fn tell(signals: &Signals, list: bool) {
    if !is_supported() {
        return;
    }
    let to_js_or_nothing = |json: Option<JsValue>| json.unwrap_or(JsValue::UNDEFINED);
    let unknown = signals.unknown_credential.as_ref().and_then(to_js);
    let accepted = signals.all_accepted_credentials.as_ref();
    let accepted = accepted.filter(|_| list).and_then(to_js);
    let details = signals.current_user_details.as_ref().and_then(to_js);
    send([
        ("signalUnknownCredential", to_js_or_nothing(unknown)),
        ("signalAllAcceptedCredentials", to_js_or_nothing(accepted)),
        ("signalCurrentUserDetails", to_js_or_nothing(details)),
    ])
    .await;
}

/// Keys that an authenticator derived for this page (L3 §10.1.4, "PRF"). They are as secret as a password.
#[derive(Clone, Eq, PartialEq)]
pub struct PrfResults {
    /// The output for the first input: 32 bytes.
    pub first: Vec<u8>,
    /// The output for the second input, if there was one: 32 bytes.
    pub second: Option<Vec<u8>>,
}

impl fmt::Debug for PrfResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrfResults(secret)")
    }
}

async fn run<O: Serialize, R: DeserializeOwned>(
    ceremony: Ceremony,
    options: &O,
    mediation: Mediation,
    abort: &Abort,
) -> Result<(R, Option<PrfResults>), ClientError> {
    let options = serde_json::to_string(options).map_err(|_| Reason::NotJson)?;
    let Response { json, beside } =
        perform(ceremony, JsValue::from_str(&options), mediation, abort).await?;
    Ok((read(&json)?, prf_results(beside.prf)))
}

/// A fresh object of the browser's.
fn to_js<T: Serialize>(value: &T) -> Option<JsValue> {
    parse(&JsValue::from_str(&serde_json::to_string(value).ok()?)).ok()
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, ClientError> {
    serde_json::from_str(json)
        .map_err(|error| ClientError::from(Reason::Unreadable).with_text(error.to_string()))
}

fn prf_results(json: Option<String>) -> Option<PrfResults> {
    let results = parse(&JsValue::from_str(&json?)).ok()?;
    let bytes = |name| {
        let text = text(&results, name)?;
        Bytes::from_base64url(&text).ok().map(Bytes::into_vec)
    };
    Some(PrfResults {
        first: bytes("first")?,
        second: bytes("second"),
    })
}
