//! Who is out stays out: what somebody can still do with a passkey, a session or a token that its owner has taken from them.

use axum::http::Method;
use passkeep_protocol::api::{
    Action, Activity, EnrolmentLink, ErrorCode, RegistrationFinish, RegistrationFinished,
    RegistrationStarted, SessionsEnded,
};
use passkeep_protocol::bytes::Bytes;
use serde_json::{Value, json};

use crate::recovery::{make_codes, make_link, with_code, with_link};
use crate::support::{Browser, MINUTE, REGISTRATION_FINISH, REGISTRATION_START, SESSION, Server};

const RECOVERY_CODES: &str = "/api/v1/recovery-codes";
const ENROLMENT_LINKS: &str = "/api/v1/enrolment-links";
const ACCOUNT: &str = "/api/v1/account";
const SESSIONS: &str = "/api/v1/sessions";

fn add() -> Value {
    json!({ "flow": "add" })
}

/// Ada, and Eve with one of Ada's passkeys, which is returned. Both are signed in.
async fn stolen(server: &Server) -> (Browser, Browser, Bytes) {
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let mut eve = server.browser("eve");
    let started: RegistrationStarted = ada.post(REGISTRATION_START, add()).await.json(200);
    let credential = ada
        .client
        .create(&started.options, &mut eve.authenticator)
        .unwrap();
    let id = credential.raw_id.clone();
    let finish = RegistrationFinish {
        ceremony: started.ceremony,
        credential,
    };
    let _: RegistrationFinished = ada.post(REGISTRATION_FINISH, finish).await.json(201);
    eve.sign_in().await;
    assert_eq!(eve.signed_in_as().await.as_deref(), Some("ada"));
    (ada, eve, id)
}

#[tokio::test]
async fn a_deleted_passkey_takes_its_sessions_with_it() {
    let server = Server::start().await;
    let (mut ada, mut eve, id) = stolen(&server).await;
    // Eve has just signed in, so she can add a passkey of her own for five minutes, and finish that later.
    let mut begun = Vec::new();
    for flow in ["add", "upgrade"] {
        let started = eve.post(REGISTRATION_START, json!({ "flow": flow })).await;
        let mut other = server.browser("eve's own");
        other.cookies = eve.cookies.clone();
        begun.push(other.create(started.json(200)));
    }
    let confirmations = [
        (Method::POST, RECOVERY_CODES, Action::MakeRecoveryCodes),
        (Method::POST, ENROLMENT_LINKS, Action::MakeEnrolmentLink),
        (Method::DELETE, ACCOUNT, Action::DeleteAccount),
    ];
    let mut given = Vec::new();
    for (method, path, action) in confirmations {
        given.push((method, path, eve.confirm(&action).await));
    }
    let link = make_link(&mut eve).await;

    assert_eq!(ada.delete_passkey(&id, "").await.status, 200);

    let cookies = eve.cookies.clone();
    assert_eq!(eve.signed_in_as().await, None);
    // She keeps what the browser would have forgotten.
    eve.cookies = cookies;
    let answer = eve.post(REGISTRATION_START, add()).await;
    answer.problem(ErrorCode::NotSignedIn, 401);
    for finish in begun {
        let answer = eve.post(REGISTRATION_FINISH, finish).await;
        answer.problem(ErrorCode::NotSignedIn, 401);
    }
    for (method, path, confirmation) in given {
        let answer = eve.send_confirmed(method, path, None, &confirmation).await;
        answer.problem(ErrorCode::NotSignedIn, 401);
    }
    let answer = eve.post(REGISTRATION_START, with_link(&link)).await;
    answer.problem(ErrorCode::EnrolmentLinkUnknown, 404);
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    assert_eq!(ada.passkeys().await.passkeys.len(), 1);
}

#[tokio::test]
async fn what_a_deleted_passkey_confirmed_in_another_session_is_refused() {
    let server = Server::start().await;
    let (mut ada, eve, id) = stolen(&server).await;
    // At Ada's own computer, Eve confirms with the passkey that she has.
    let mut at_adas = ada.clone();
    at_adas.authenticator = eve.authenticator.clone();
    let codes = at_adas.confirm(&Action::MakeRecoveryCodes).await;
    let delete = at_adas.confirm(&Action::DeleteAccount).await;
    server.clock.advance(MINUTE);
    let more = at_adas.confirm(&Action::AddPasskey).await;
    let add = Some(add().to_string());
    let started = at_adas
        .send_confirmed(Method::POST, REGISTRATION_START, add, &more)
        .await;
    let mut other = server.browser("eve's own");
    let begun = other.create(started.json(200));

    assert_eq!(ada.delete_passkey(&id, "").await.status, 200);

    for (method, path, confirmation) in [
        (Method::POST, RECOVERY_CODES, codes),
        (Method::DELETE, ACCOUNT, delete),
    ] {
        let answer = at_adas
            .send_confirmed(method, path, None, &confirmation)
            .await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
    }
    let answer = at_adas.post(REGISTRATION_FINISH, begun).await;
    let problem = answer.problem(ErrorCode::ConfirmationRequired, 403);
    // Its passkey is of no use.
    assert!(problem.signals.unwrap().unknown_credential.is_some());
    assert_eq!(ada.passkeys().await.passkeys.len(), 1);
}

#[tokio::test]
async fn ending_all_other_sessions_makes_links_void_and_stops_what_was_begun() {
    let server = Server::start().await;
    let (mut ada, mut eve, _) = stolen(&server).await;
    let started = eve.post(REGISTRATION_START, add()).await;
    let begun = server.browser("eve's own").create(started.json(200));
    let link = make_link(&mut eve).await;
    let mut elsewhere = server.browser("elsewhere");
    let started = elsewhere.post(REGISTRATION_START, with_link(&link)).await;
    let enrolling = elsewhere.create(started.json(200));

    let ended = ada.delete(&format!("{SESSIONS}?keepCurrent=true")).await;
    assert_eq!(ended.json::<SessionsEnded>(200).ended, 1);

    let answer = eve.post(REGISTRATION_FINISH, begun).await;
    answer.problem(ErrorCode::NotSignedIn, 401);
    let answer = elsewhere.post(REGISTRATION_FINISH, enrolling).await;
    answer.problem(ErrorCode::EnrolmentLinkUnknown, 404);
    assert_eq!(ada.passkeys().await.passkeys.len(), 2);
}

#[tokio::test]
async fn recovering_by_code_ends_every_other_session() {
    let server = Server::start().await;
    let (mut ada, mut eve, _) = stolen(&server).await;
    let codes = make_codes(&mut ada).await;
    let link: EnrolmentLink = make_link(&mut eve).await;
    let mut new = server.browser("new device");
    let start = with_code("ada", &codes[0]);
    let started = new.post(REGISTRATION_START, start).await;
    let finish = new.create(started.json(200));
    let _: RegistrationFinished = new.post(REGISTRATION_FINISH, finish).await.json(201);

    assert_eq!(new.signed_in_as().await.as_deref(), Some("ada"));
    assert_eq!(ada.signed_in_as().await, None);
    assert_eq!(eve.signed_in_as().await, None);
    let answer = new.post(REGISTRATION_START, with_link(&link)).await;
    answer.problem(ErrorCode::EnrolmentLinkUnknown, 404);
    // Her passkeys sign her in again.
    ada.sign_in().await;
    let activity: Activity = ada.get("/api/v1/activity?limit=2").await.json(200);
    let kinds: Vec<_> = activity.events.iter().map(|event| &*event.kind).collect();
    assert_eq!(kinds, ["signed_in", "passkey_recovered"]);
    assert_eq!(ada.delete(SESSION).await.status, 204);
}
