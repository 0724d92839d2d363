//! All HTTP: one function per route of `passkeep_protocol::api`.

use std::future::Future;
use std::pin::Pin;

use gloo_net::Error;
use gloo_net::http::{Request, RequestBuilder, Response};
use passkeep_protocol::api::{
    AccountChange, AccountChanged, AccountDeleted, Activity, AuthenticationFinished,
    AuthenticationStart, CONFIRMATION_HEADER, DeviceDeleted, Devices, EnrolmentLink, Passkey,
    PasskeyDeleted, PasskeyRename, Passkeys, ProblemDetails, RecoveryCodes, RecoveryCodesLeft,
    RegistrationFinished, RegistrationStart, Session, Sessions, SessionsEnded,
};
use passkeep_protocol::bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::wire::{Finish, Started};

pub(crate) async fn start_registration(
    start: &RegistrationStart,
    confirmation: Option<&str>,
) -> Result<Started, Failure> {
    let request = Request::post("/api/v1/registration/start");
    let request = match confirmation {
        Some(token) => request.header(CONFIRMATION_HEADER, token),
        None => request,
    };
    send_json(request, start).await
}

pub(crate) async fn finish_registration(finish: &Finish) -> Result<RegistrationFinished, Failure> {
    send_json(Request::post("/api/v1/registration/finish"), finish).await
}

pub(crate) async fn start_authentication(start: &AuthenticationStart) -> Result<Started, Failure> {
    send_json(Request::post("/api/v1/authentication/start"), start).await
}

pub(crate) async fn finish_authentication(
    finish: &Finish,
) -> Result<AuthenticationFinished, Failure> {
    send_json(Request::post("/api/v1/authentication/finish"), finish).await
}

pub(crate) async fn session() -> Result<Session, Failure> {
    send(Request::get("/api/v1/session").build()).await
}

pub(crate) async fn end_session() -> Result<(), Failure> {
    let request = Request::delete("/api/v1/session").build();
    answer_to(request).await.map(|_| ())
}

pub(crate) async fn passkeys() -> Result<Passkeys, Failure> {
    send(Request::get("/api/v1/passkeys").build()).await
}

pub(crate) async fn rename_passkey(id: &Bytes, label: String) -> Result<Passkey, Failure> {
    let rename = PasskeyRename { label };
    send_json(Request::patch(&passkey_address(id)), &rename).await
}

/// Deletes a passkey, which its owner has confirmed; the account's last one only when `last` says that this is meant.
pub(crate) async fn delete_passkey(
    id: &Bytes,
    last: bool,
    confirmation: &str,
) -> Result<PasskeyDeleted, Failure> {
    let request = Request::delete(&passkey_address(id)).header(CONFIRMATION_HEADER, confirmation);
    let request = if last {
        request.query([("evenIfLast", "true")])
    } else {
        request
    };
    send(request.build()).await
}

pub(crate) async fn sessions() -> Result<Sessions, Failure> {
    send(Request::get("/api/v1/sessions").build()).await
}

/// Ends a session of the account, which need not be this one.
pub(crate) async fn end_session_of(id: &Bytes) -> Result<(), Failure> {
    let address = format!("/api/v1/sessions/{}", id.to_base64url());
    answer_to(Request::delete(&address).build())
        .await
        .map(|_| ())
}

pub(crate) async fn end_other_sessions() -> Result<SessionsEnded, Failure> {
    let request = Request::delete("/api/v1/sessions").query([("keepCurrent", "true")]);
    send(request.build()).await
}

pub(crate) async fn devices() -> Result<Devices, Failure> {
    send(Request::get("/api/v1/devices").build()).await
}

pub(crate) async fn delete_device(id: &Bytes) -> Result<DeviceDeleted, Failure> {
    let address = format!("/api/v1/devices/{}", id.to_base64url());
    send(Request::delete(&address).build()).await
}

pub(crate) async fn recovery_codes() -> Result<RecoveryCodesLeft, Failure> {
    send(Request::get("/api/v1/recovery-codes").build()).await
}

pub(crate) async fn make_recovery_codes(confirmation: &str) -> Result<RecoveryCodes, Failure> {
    let request = Request::post("/api/v1/recovery-codes");
    send(request.header(CONFIRMATION_HEADER, confirmation).build()).await
}

pub(crate) async fn make_enrolment_link(confirmation: &str) -> Result<EnrolmentLink, Failure> {
    let request = Request::post("/api/v1/enrolment-links");
    send(request.header(CONFIRMATION_HEADER, confirmation).build()).await
}

pub(crate) async fn activity(limit: u32) -> Result<Activity, Failure> {
    let request = Request::get("/api/v1/activity").query([("limit", limit.to_string())]);
    send(request.build()).await
}

pub(crate) async fn change_account(display_name: String) -> Result<AccountChanged, Failure> {
    let change = AccountChange { display_name };
    send_json(Request::patch("/api/v1/account"), &change).await
}

pub(crate) async fn delete_account(confirmation: &str) -> Result<AccountDeleted, Failure> {
    let request = Request::delete("/api/v1/account");
    send(request.header(CONFIRMATION_HEADER, confirmation).build()).await
}

fn passkey_address(id: &Bytes) -> String {
    format!("/api/v1/passkeys/{}", id.to_base64url())
}

/// The words of a language, in the order of the table in the program.
pub(crate) async fn words(file: &str) -> Result<Vec<String>, Failure> {
    send(Request::get(file).build()).await
}

async fn send_json<T: DeserializeOwned>(
    request: RequestBuilder,
    body: &impl Serialize,
) -> Result<T, Failure> {
    send(request.json(body)).await
}

async fn send<T: DeserializeOwned>(request: Result<Request, Error>) -> Result<T, Failure> {
    let text = answer_to(request).await?;
    serde_json::from_str(&text).map_err(|_| Failure::Unreadable)
}

/// Sends a request and gives the text of a good answer. Neither generic nor part of the future that waits for it, so that
/// it is in the module once.
fn answer_to(
    request: Result<Request, Error>,
) -> Pin<Box<dyn Future<Output = Result<String, Failure>>>> {
    Box::pin(answer(request))
}

async fn answer(request: Result<Request, Error>) -> Result<String, Failure> {
    let request = request.map_err(|_| Failure::Unreadable)?;
    let response = request.send().await.map_err(|_| Failure::Unreachable)?;
    if !response.ok() {
        return Err(refusal(&response).await);
    }
    response.text().await.map_err(|_| Failure::Unreachable)
}

/// Reads a refusal. It may carry news for the browser's credential manager, which are passed on here.
async fn refusal(response: &Response) -> Failure {
    let Ok(text) = response.text().await else {
        return Failure::Unreachable;
    };
    let Ok(problem) = serde_json::from_str::<ProblemDetails>(&text) else {
        return Failure::Unreadable;
    };
    if let Some(signals) = &problem.signals {
        passkeep_browser::signal(signals).await;
    }
    Failure::Refused(Box::new(problem))
}
