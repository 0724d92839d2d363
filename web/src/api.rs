//! All HTTP: one function per route of `passkeep_protocol::api`.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use gloo_net::Error;
use gloo_net::http::{Request, RequestBuilder, Response};
use passkeep_browser::page::answer;
use passkeep_protocol::api::{
    AccountChange, AccountChanged, AccountDeleted, Activity, AuthenticationFinished,
    AuthenticationStart, CONFIRMATION_HEADER, Confirmation, DeviceDeleted, Devices, EnrolmentLink,
    Passkey, PasskeyDeleted, PasskeyRename, Passkeys, PasswordConfirm, PasswordSignIn,
    PasswordSignedIn, ProblemDetails, RecoveryCodes, RecoveryCodesLeft, RegistrationFinished,
    RegistrationStart, Session, Sessions, SessionsEnded,
};
use passkeep_protocol::bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::wire::{Finish, Started};

pub(crate) fn start_registration(
    start: &RegistrationStart,
    confirmation: Option<&str>,
) -> Call<Started> {
    let request = Request::post("/api/v1/registration/start");
    let request = match confirmation {
        Some(token) => request.header(CONFIRMATION_HEADER, token),
        None => request,
    };
    send_json(request, start)
}

pub(crate) fn finish_registration(finish: &Finish) -> Call<RegistrationFinished> {
    let request = Request::post("/api/v1/registration/finish");
    send(with_body(request, finish.to_json()))
}

pub(crate) fn start_authentication(start: &AuthenticationStart) -> Call<Started> {
    send_json(Request::post("/api/v1/authentication/start"), start)
}

pub(crate) fn finish_authentication(finish: &Finish) -> Call<AuthenticationFinished> {
    let request = Request::post("/api/v1/authentication/finish");
    send(with_body(request, finish.to_json()))
}

pub(crate) fn sign_in_with_password(sign_in: &PasswordSignIn) -> Call<PasswordSignedIn> {
    send_json(Request::post("/api/v1/password/sign-in"), sign_in)
}

/// A `PasswordSignUp` has the members of a sign-in; what else it may have no page asks for.
pub(crate) fn sign_up_with_password(sign_up: &PasswordSignIn) -> Call<PasswordSignedIn> {
    send_json(Request::post("/api/v1/password/sign-up"), sign_up)
}

pub(crate) fn confirm_with_password(confirm: &PasswordConfirm) -> Call<Confirmation> {
    send_json(Request::post("/api/v1/password/confirm"), confirm)
}

pub(crate) fn drop_password(confirmation: &str) -> Call<()> {
    let request = Request::delete("/api/v1/password").header(CONFIRMATION_HEADER, confirmation);
    done(request.build())
}

pub(crate) fn session() -> Call<Session> {
    send(Request::get("/api/v1/session").build())
}

pub(crate) fn end_session() -> Call<()> {
    let request = Request::delete("/api/v1/session").build();
    done(request)
}

pub(crate) fn passkeys() -> Call<Passkeys> {
    send(Request::get("/api/v1/passkeys").build())
}

pub(crate) fn rename_passkey(id: &Bytes, label: String) -> Call<Passkey> {
    let rename = PasskeyRename { label };
    send_json(Request::patch(&passkey_address(id)), &rename)
}

/// Deletes a passkey, which its owner has confirmed; the account's last one only when `last` says that this is meant.
pub(crate) fn delete_passkey(id: &Bytes, last: bool, confirmation: &str) -> Call<PasskeyDeleted> {
    let request = Request::delete(&passkey_address(id)).header(CONFIRMATION_HEADER, confirmation);
    let request = if last {
        request.query([("evenIfLast", "true")])
    } else {
        request
    };
    send(request.build())
}

pub(crate) fn sessions() -> Call<Sessions> {
    send(Request::get("/api/v1/sessions").build())
}

/// Ends a session of the account, which need not be this one.
pub(crate) fn end_session_of(id: &Bytes) -> Call<()> {
    let address = format!("/api/v1/sessions/{}", id.to_base64url());
    done(Request::delete(&address).build())
}

pub(crate) fn end_other_sessions() -> Call<SessionsEnded> {
    let request = Request::delete("/api/v1/sessions").query([("keepCurrent", "true")]);
    send(request.build())
}

pub(crate) fn devices() -> Call<Devices> {
    send(Request::get("/api/v1/devices").build())
}

pub(crate) fn delete_device(id: &Bytes) -> Call<DeviceDeleted> {
    let address = format!("/api/v1/devices/{}", id.to_base64url());
    send(Request::delete(&address).build())
}

pub(crate) fn recovery_codes() -> Call<RecoveryCodesLeft> {
    send(Request::get("/api/v1/recovery-codes").build())
}

pub(crate) fn make_recovery_codes(confirmation: &str) -> Call<RecoveryCodes> {
    let request = Request::post("/api/v1/recovery-codes");
    send(request.header(CONFIRMATION_HEADER, confirmation).build())
}

pub(crate) fn make_enrolment_link(confirmation: &str) -> Call<EnrolmentLink> {
    let request = Request::post("/api/v1/enrolment-links");
    send(request.header(CONFIRMATION_HEADER, confirmation).build())
}

/// At most so many events, after the page whose `next` is in that part of a query, if there is one.
pub(crate) fn activity(limit: u32, before: &str) -> Call<Activity> {
    let mut address = "/api/v1/activity?limit=".to_owned();
    address.push_str(&limit.to_string());
    address.push_str(before);
    send(Request::get(&address).build())
}

pub(crate) fn change_account(display_name: String) -> Call<AccountChanged> {
    let change = AccountChange { display_name };
    send_json(Request::patch("/api/v1/account"), &change)
}

pub(crate) fn delete_account(confirmation: &str) -> Call<AccountDeleted> {
    let request = Request::delete("/api/v1/account");
    send(request.header(CONFIRMATION_HEADER, confirmation).build())
}

fn passkey_address(id: &Bytes) -> String {
    format!("/api/v1/passkeys/{}", id.to_base64url())
}

/// A file of the site that is plain text.
pub(crate) fn text(file: &str) -> Call<String> {
    Call {
        answer: Box::pin(answer(Request::get(file).build())),
        read: |text| Ok(text.to_owned()),
    }
}

/// A request on its way, which gives what its answer says.
///
/// It is polled by hand, so that the program has one future that waits for answers and not one for every kind of them.
pub(crate) struct Call<T> {
    answer: Pin<Box<dyn Future<Output = Result<String, Failure>>>>,
    read: fn(&str) -> Result<T, Failure>,
}

impl<T> Future for Call<T> {
    type Output = Result<T, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let read = self.read;
        let answer = self.answer.as_mut().poll(context);
        answer.map(|answer| read(&answer?))
    }
}

fn send_json<T: DeserializeOwned>(request: RequestBuilder, body: &impl Serialize) -> Call<T> {
    send(with_body(request, serde_json::to_string(body)))
}

fn with_body(
    request: RequestBuilder,
    body: Result<String, serde_json::Error>,
) -> Result<Request, Error> {
    request
        .header("content-type", "application/json")
        .body(body?)
}

fn send<T: DeserializeOwned>(request: Result<Request, Error>) -> Call<T> {
    Call {
        answer: Box::pin(answer(request)),
        read: |text| answer::read(text).ok_or(Failure::Unreadable),
    }
}

/// Sends a request whose answer says nothing but that it was done.
fn done(request: Result<Request, Error>) -> Call<()> {
    Call {
        answer: Box::pin(answer(request)),
        read: |_| Ok(()),
    }
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
    let Some(problem) = answer::read::<ProblemDetails>(&text) else {
        return Failure::Unreadable;
    };
    if let Some(signals) = &problem.signals {
        passkeep_browser::signal(signals).await;
    }
    Failure::Refused(Box::new(problem))
}
