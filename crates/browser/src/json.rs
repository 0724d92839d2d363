//! The ceremonies over JSON text, for apps that hand the server's options and the browser's responses on as they are.
//!
//! The types for both are most of what a page would download: whoever neither looks into them nor changes them can do
//! without.

use core::future::Future;

use crate::abort::Abort;
use crate::autofill::{Autofill, Fresh};
use crate::capability::{is_supported, not_supported};
use crate::ceremony::{Ceremony, Mediation, perform};
use crate::error::{ClientError, ClientErrorCode};
use crate::reflect::text;
use crate::result::Outcome;
use crate::wait::Local;

/// A response for the server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Response {
    /// `RegistrationResponseJSON` or `AuthenticationResponseJSON`.
    pub json: String,
    /// Its `authenticatorAttachment`, if the browser said it: `platform` or `cross-platform`.
    pub authenticator_attachment: Option<String>,
}

/// Makes a passkey, as [`create`](crate::create) does.
///
/// # Errors
///
/// As [`create`](crate::create); [`ClientErrorCode::InvalidOptions`] for what is not JSON.
pub async fn create(options: &str, abort: &Abort) -> Result<Response, ClientError> {
    run(Ceremony::Create, options, Mediation::Modal, abort).await
}

/// Makes a passkey without asking, as [`create_conditionally`](crate::create_conditionally) does.
///
/// # Errors
///
/// As [`create`].
pub async fn create_conditionally(options: &str, abort: &Abort) -> Result<Response, ClientError> {
    run(Ceremony::Create, options, Mediation::Conditional, abort).await
}

/// Signs in with a passkey, as [`get`](crate::get) does.
///
/// # Errors
///
/// As [`create`].
pub async fn get(
    options: &str,
    mediation: Mediation,
    abort: &Abort,
) -> Result<Response, ClientError> {
    run(Ceremony::Get, options, mediation, abort).await
}

/// Starts an [`Autofill`], as [`Autofill::start`] does.
pub fn autofill<S, F, E, O, G>(source: S, on_outcome: O) -> Autofill
where
    S: Fn() -> F + 'static,
    F: Future<Output = Result<(String, String, u32), E>> + 'static,
    O: Fn(Response, String) -> G + 'static,
    G: Future<Output = ()> + 'static,
{
    let source = move || {
        let fetched = source();
        Box::pin(async move {
            let (options, ceremony, expires_in) = fetched.await.ok()?;
            Some(Fresh {
                options: js_sys::JSON::parse(&options).ok()?,
                ceremony,
                expires_in,
            })
        }) as Local<_>
    };
    let on_outcome = move |outcome: Outcome, ceremony| {
        let handed_in = response(&outcome).map(|response| on_outcome(response, ceremony));
        Box::pin(async move {
            if let Ok(handed_in) = handed_in {
                handed_in.await;
            }
        }) as Local<()>
    };
    Autofill::start_with(Box::new(source), Box::new(on_outcome))
}

async fn run(
    ceremony: Ceremony,
    options: &str,
    mediation: Mediation,
    abort: &Abort,
) -> Result<Response, ClientError> {
    if !is_supported() {
        return Err(not_supported());
    }
    let invalid = |_| ClientError::new(ClientErrorCode::InvalidOptions, "they are not JSON");
    let options = js_sys::JSON::parse(options).map_err(invalid)?;
    let outcome = perform(ceremony, options, mediation, abort).await?;
    response(&outcome)
}

fn response(outcome: &Outcome) -> Result<Response, ClientError> {
    let json = &outcome.response;
    let unreadable = || ClientError::new(ClientErrorCode::Other, "the response is no JSON");
    let text_of = js_sys::JSON::stringify(json).map_err(|_| unreadable())?;
    Ok(Response {
        json: text_of.into(),
        authenticator_attachment: text(json, "authenticatorAttachment"),
    })
}
