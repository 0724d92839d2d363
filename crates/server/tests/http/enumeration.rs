//! Whether somebody has a name cannot be told from a sign-in, however it is begun and finished.

use std::sync::atomic::{AtomicU32, Ordering};

use passkeep_protocol::api::{AuthenticationFinish, AuthenticationStarted, ErrorCode};
use passkeep_protocol::bytes::Bytes;
use passkeep_server::Settings;
use serde_json::{Value, json};

use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, Answer, Browser, MINUTE, REGISTRATION_FINISH,
    Server,
};

/// A server where the third failure for one name is held back, and which has one account.
async fn server() -> Server {
    let mut settings = Settings::default();
    settings.rate_limits.per_account = 2;
    let server = Server::with("https://example.org", settings).await;
    server.browser("ada").sign_up("ada").await;
    server
}

async fn begin(browser: &mut Browser, start: Value) -> AuthenticationStarted {
    browser.post(AUTHENTICATION_START, start).await.json(200)
}

/// The response of a passkey that the browser has made up, under that id.
async fn forge(
    browser: &mut Browser,
    started: &AuthenticationStarted,
    id: &Bytes,
) -> AuthenticationFinish {
    let mut any = started.clone();
    any.options.allow_credentials.clear();
    let mut finish = browser.assert(any);
    finish.credential.id = id.to_base64url();
    finish.credential.raw_id = id.clone();
    finish.credential.response.raw_user_handle = None;
    finish
}

/// A stranger, with a passkey that the server does not have.
async fn stranger(server: &Server) -> Browser {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let mut stranger = server.browser("stranger");
    // Sign-ups of one name are counted too.
    let name = format!("stranger{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let started = stranger.start_sign_up(&name).await;
    stranger.create(started);
    stranger
}

/// What an answer shows: its status, its headers and its body, but for the id of the request.
fn shown(answer: &Answer) -> (u16, Vec<(String, String)>, Value) {
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
    body.as_object_mut().unwrap().remove("requestId").unwrap();
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id");
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (answer.status.as_u16(), headers.collect(), body)
}

/// Begins with a name, takes an id of its list, and finishes a ceremony with it until that is held back.
async fn probe(
    server: &Server,
    name: &str,
    finish_as: Option<Value>,
) -> Vec<(u16, Vec<(String, String)>, Value)> {
    let mut stranger = stranger(server).await;
    let named = begin(&mut stranger, json!({ "userName": name })).await;
    let id = named.options.allow_credentials[0].id.clone();
    let started = match finish_as {
        Some(start) => begin(&mut stranger, start).await,
        None => named,
    };
    let finish = forge(&mut stranger, &started, &id).await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        let answer = stranger.post(AUTHENTICATION_FINISH, &finish).await;
        answers.push(shown(&answer));
    }
    answers
}

#[tokio::test]
async fn a_listed_id_is_refused_the_same_whether_it_is_somebodys_or_made_up() {
    let server = server().await;
    let somebody = probe(&server, "ada", None).await;
    let nobody = probe(&server, "nobody", None).await;
    assert_eq!(somebody, nobody);
    let statuses: Vec<_> = somebody.iter().map(|(status, ..)| *status).collect();
    assert_eq!(statuses, [401, 401, 429]);
    assert_eq!(somebody[0].2["code"], "authentication_rejected");
}

#[tokio::test]
async fn it_is_refused_the_same_in_a_ceremony_without_a_name_too() {
    let server = server().await;
    let somebody = probe(&server, "ada", Some(json!({}))).await;
    let nobody = probe(&server, "nobody", Some(json!({}))).await;
    assert_eq!(somebody, nobody);
    let statuses: Vec<_> = somebody.iter().map(|(status, ..)| *status).collect();
    assert_eq!(statuses, [401, 401, 429]);
    // Whether by name or without: the same failures count.
    let somebody = probe(&server, "ada", None).await;
    let nobody = probe(&server, "nobody", None).await;
    assert_eq!(somebody, nobody);
    assert_eq!(somebody[0].0, 429);
}

/// Somebody who makes a passkey with an id of the list that a name is answered with, for an account whose own name may be taken
/// by the time.
async fn register_listed(server: &Server, name: &str, taken: bool) -> Answer {
    let mut stranger = stranger(server).await;
    let named = begin(&mut stranger, json!({ "userName": name })).await;
    let id = named.options.allow_credentials[0].id.clone();
    stranger.authenticator.config.credential_id_length = id.as_slice().len();
    let own_name = format!("thief-of-{name}-{taken}");
    let started = stranger.start_sign_up(&own_name).await;
    let mut finish = stranger.create(started);
    if taken {
        server.clock.advance(MINUTE);
        server.browser(&own_name).sign_up(&own_name).await;
    }
    let own = core::mem::replace(&mut finish.credential.raw_id, id.clone());
    finish.credential.id = id.to_base64url();
    let object = &mut finish.credential.response.attestation_object;
    let mut bytes = object.clone().into_vec();
    let length = own.as_slice().len();
    let at = bytes.windows(length).position(|it| it == own.as_slice());
    let at = at.unwrap();
    bytes[at..at + length].copy_from_slice(id.as_slice());
    *object = bytes.into();
    stranger.post(REGISTRATION_FINISH, &finish).await
}

#[tokio::test]
async fn a_listed_id_cannot_be_registered_whether_it_is_somebodys_or_made_up() {
    let server = server().await;
    for (taken, code) in [
        (false, ErrorCode::CredentialAlreadyRegistered),
        (true, ErrorCode::UserNameTaken),
    ] {
        let somebody = register_listed(&server, "ada", taken).await;
        let nobody = register_listed(&server, "nobody", taken).await;
        somebody.problem(code, 409);
        assert_eq!(shown(&somebody), shown(&nobody));
    }
}

#[tokio::test]
async fn an_id_that_is_not_listed_is_refused_the_same_in_a_ceremony_with_a_name() {
    let server = server().await;
    let mut answers = Vec::new();
    for name in ["ada", "nobody"] {
        let mut stranger = stranger(&server).await;
        let started = begin(&mut stranger, json!({ "userName": name })).await;
        let id = Bytes::from(&b"an id that nobody has"[..]);
        let finish = forge(&mut stranger, &started, &id).await;
        let answer = stranger.post(AUTHENTICATION_FINISH, &finish).await;
        let problem = answer.problem(ErrorCode::AuthenticationRejected, 401);
        assert_eq!(
            (problem.detail.as_ref(), problem.signals.as_ref()),
            (None, None)
        );
        answers.push(shown(&answer));
        server.clock.advance(11 * MINUTE);
        let answer = stranger.post(AUTHENTICATION_FINISH, &finish).await;
        answer.problem(ErrorCode::CeremonyExpired, 400);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn without_a_name_an_id_that_nobody_has_is_still_signalled() {
    let server = server().await;
    let mut stranger = stranger(&server).await;
    let started = begin(&mut stranger, json!({})).await;
    let finish = stranger.assert(started);
    let answer = stranger.post(AUTHENTICATION_FINISH, &finish).await;
    let problem = answer.problem(ErrorCode::CredentialUnknown, 404);
    assert!(problem.signals.unwrap().unknown_credential.is_some());
}

#[tokio::test]
async fn the_failures_of_a_stranger_keep_no_owner_out() {
    let server = server().await;
    let mut grace = server.browser("grace");
    grace.sign_up("grace").await;
    assert_eq!(probe(&server, "grace", None).await[2].0, 429);
    let started = begin(&mut grace, json!({ "userName": "grace" })).await;
    let finish = grace.assert(started);
    let answer = grace.post(AUTHENTICATION_FINISH, &finish).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}
