//! Confirmations: what cannot be undone takes a passkey, for that and nothing else, once and soon.

use axum::http::Method;
use passkeep_protocol::api::{
    AccountDeleted, Action, Activity, AuthenticationFinish, AuthenticationFinished,
    AuthenticationStarted, ErrorCode, RecoveryCodes, RegistrationFinish, RegistrationStarted,
};
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::UserVerificationRequirement;
use passkeep_testkit::Authenticator;
use serde_json::json;

use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, Answer, Browser, MINUTE, PASSKEYS,
    REGISTRATION_FINISH, REGISTRATION_START, Server,
};

const RECOVERY_CODES: &str = "/api/v1/recovery-codes";
const ACCOUNT: &str = "/api/v1/account";

async fn make_codes(browser: &mut Browser, confirmation: &str) -> Answer {
    browser
        .send_confirmed(Method::POST, RECOVERY_CODES, None, confirmation)
        .await
}

#[tokio::test]
async fn what_needs_one_is_refused_without() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let id = ada.sign_up("ada").await.passkey.unwrap().id;
    let passkey = format!("{PASSKEYS}/{}?evenIfLast=true", id.to_base64url());
    for (method, path) in [
        (Method::DELETE, &*passkey),
        (Method::POST, RECOVERY_CODES),
        (Method::POST, "/api/v1/enrolment-links"),
        (Method::DELETE, ACCOUNT),
    ] {
        let request = ada.request(method, path, None);
        let answer = ada.send_request(request).await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
    }
    server.clock.advance(5 * MINUTE);
    let answer = ada.post(REGISTRATION_START, json!({ "flow": "add" })).await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
    assert_eq!(ada.passkeys().await.passkeys.len(), 1);
}

#[tokio::test]
async fn one_is_good_once() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let confirmation = ada.confirm(&Action::MakeRecoveryCodes).await;
    let made: RecoveryCodes = make_codes(&mut ada, &confirmation).await.json(200);
    assert_eq!(made.codes.len(), 10);
    let answer = make_codes(&mut ada, &confirmation).await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
}

#[tokio::test]
async fn one_is_good_for_five_minutes() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let (in_time, late) = (
        ada.confirm(&Action::MakeRecoveryCodes).await,
        ada.confirm(&Action::MakeRecoveryCodes).await,
    );
    server.clock.advance(5 * MINUTE);
    assert_eq!(make_codes(&mut ada, &in_time).await.status, 200);
    server.clock.advance(1);
    let answer = make_codes(&mut ada, &late).await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
}

#[tokio::test]
async fn one_is_good_for_what_was_confirmed_only() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let first = ada.sign_up("ada").await.passkey.unwrap().id;
    let second = ada.add_passkey("other").await.passkey.unwrap().id;
    let action = Action::DeletePasskey { id: second.clone() };
    let confirmation = ada.confirm(&action).await;
    let path = |id: &Bytes| format!("{PASSKEYS}/{}", id.to_base64url());
    for (method, path) in [
        (Method::DELETE, &*path(&first)),
        (Method::DELETE, ACCOUNT),
        (Method::POST, RECOVERY_CODES),
    ] {
        let answer = ada.send_confirmed(method, path, None, &confirmation).await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
    }
    // None of these has used it up.
    let answer = ada
        .send_confirmed(Method::DELETE, &path(&second), None, &confirmation)
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn one_is_good_in_its_own_session_only() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let mut elsewhere = server.browser("elsewhere");
    elsewhere.authenticator = ada.authenticator.clone();
    elsewhere.sign_in().await;
    let confirmation = ada.confirm(&Action::MakeRecoveryCodes).await;
    let answer = make_codes(&mut elsewhere, &confirmation).await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
    assert_eq!(make_codes(&mut ada, &confirmation).await.status, 200);
}

#[tokio::test]
async fn a_sealed_ceremony_is_no_confirmation_and_neither_is_anything_else() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let ceremony = ada.start_sign_in().await.ceremony;
    for text in [&*ceremony, "", "AAAA"] {
        let answer = make_codes(&mut ada, text).await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
    }
}

#[tokio::test]
async fn somebody_elses_passkey_confirms_nothing() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let mut eve = server.browser("eve");
    eve.sign_up("eve").await;
    let body = json!({ "flow": "confirm", "action": { "do": "delete-account" } });
    let started: AuthenticationStarted = ada.post(AUTHENTICATION_START, &body).await.json(200);
    let ids = &started.options.allow_credentials;
    assert_eq!(ids.len(), 1);
    let mut options = started.options.clone();
    options.allow_credentials.clear();
    let credential = ada.client.get(&options, &mut eve.authenticator).unwrap();
    let finish = AuthenticationFinish {
        ceremony: started.ceremony,
        credential,
    };
    let answer = ada.post(AUTHENTICATION_FINISH, finish).await;
    answer.problem(ErrorCode::AuthenticationRejected, 401);
}

#[tokio::test]
async fn confirming_signs_nobody_in_and_tells_the_activity() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let session = ada.cookies["__Host-passkeep-session"].clone();
    ada.confirm(&Action::DeleteAccount).await;
    assert_eq!(ada.cookies["__Host-passkeep-session"], session);
    let activity: Activity = ada.get("/api/v1/activity?limit=1").await.json(200);
    assert_eq!(activity.events[0].kind, "confirmed");
}

#[tokio::test]
async fn it_takes_a_session_and_verifies_the_user() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let body = json!({ "flow": "confirm", "action": { "do": "delete-account" } });
    let answer = ada.post(AUTHENTICATION_START, &body).await;
    answer.problem(ErrorCode::NotSignedIn, 401);
    ada.sign_up("ada").await;
    let started: AuthenticationStarted = ada.post(AUTHENTICATION_START, &body).await.json(200);
    assert_eq!(
        started.options.user_verification,
        Some(UserVerificationRequirement::Required)
    );
}

#[tokio::test]
async fn a_confirmation_adds_a_passkey_once_and_signing_in_just_now_does_too() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    server.clock.advance(5 * MINUTE);
    let confirmation = ada.confirm(&Action::AddPasskey).await;
    let add = Some(json!({ "flow": "add" }).to_string());
    let mut starts = Vec::new();
    for _ in 0..2 {
        let answer = ada
            .send_confirmed(Method::POST, REGISTRATION_START, add.clone(), &confirmation)
            .await;
        starts.push(answer.json::<RegistrationStarted>(200));
    }
    // Of two that were begun with it, one can be finished, even when the confirmation itself has expired by then.
    server.clock.advance(4 * MINUTE + 59_000);
    let mut statuses = Vec::new();
    for (started, seed) in starts.into_iter().zip(["second", "third"]) {
        let mut other = Authenticator::new(seed);
        let credential = ada.client.create(&started.options, &mut other);
        let finish = RegistrationFinish {
            ceremony: started.ceremony,
            credential: credential.unwrap(),
        };
        statuses.push(ada.post(REGISTRATION_FINISH, finish).await.status);
        server.clock.advance(2000);
        server.state.maintain().await.unwrap();
    }
    assert_eq!(statuses, [201, 403]);
    let answer = ada.post(REGISTRATION_START, json!({ "flow": "add" })).await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
    ada.sign_in().await;
    let answer = ada.post(REGISTRATION_START, json!({ "flow": "add" })).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn an_account_is_deleted_with_everything_and_its_name_is_free() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let confirmation = ada.confirm(&Action::DeleteAccount).await;
    let answer = ada
        .send_confirmed(Method::DELETE, ACCOUNT, None, &confirmation)
        .await;
    let AccountDeleted { signals } = answer.json(200);
    let accepted = signals.all_accepted_credentials.unwrap();
    assert_eq!(accepted.all_accepted_credential_ids, []);
    assert_eq!(signals.current_user_details, None);
    assert_eq!(ada.cookies.get("__Host-passkeep-session"), None);
    assert_eq!(ada.signed_in_as().await, None);

    let started = ada.start_sign_in().await;
    let finish = ada.assert(started);
    let answer = ada.post(AUTHENTICATION_FINISH, finish).await;
    answer.problem(ErrorCode::CredentialUnknown, 404);
    let again = server.browser("ada again").sign_up("ada").await;
    assert_eq!(again.account.user_name, "ada");
}

#[tokio::test]
async fn a_confirmed_sign_in_is_an_answer_of_its_own() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let finished: AuthenticationFinished = ada.sign_in().await;
    assert_eq!(finished.confirmation, None);
    assert_eq!(finished.session, None);
    assert!(finished.passkey.unwrap().current);
}
