//! `POST /api/v1/authentication/start` and `finish`.

use passkeep_protocol::api::ErrorCode;
use passkeep_testkit::Authenticator;

use crate::support::{AUTHENTICATION_FINISH, MINUTE, SESSION, Server};

#[tokio::test]
async fn a_person_signs_in_without_a_name() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let passkey = ada.sign_up("ada").await.passkey.unwrap();
    ada.delete(SESSION).await;
    assert_eq!(ada.signed_in_as().await, None);

    server.clock.advance(MINUTE);
    let started = ada.start_sign_in().await;
    assert_eq!(started.expires_in, 600);
    assert_eq!(started.options.rp_id.as_deref(), Some("example.org"));
    assert_eq!(started.options.allow_credentials, []);
    let finished = ada.sign_in().await;
    assert_eq!(finished.account.user_name, "ada");
    let used = finished.passkey.unwrap();
    assert_eq!(used.id, passkey.id);
    assert_eq!(used.last_used_at, Some(passkey.created_at + MINUTE));
    assert!(used.current);
    let details = finished.signals.current_user_details.unwrap();
    assert_eq!((&*details.name, &*details.display_name), ("ada", "ada"));
    let accepted = finished.signals.all_accepted_credentials.unwrap();
    assert_eq!(accepted.all_accepted_credential_ids, [passkey.id]);
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
}

#[tokio::test]
async fn signing_in_ends_the_session_that_the_browser_had() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let mut before = ada.clone();
    ada.sign_in().await;
    assert_eq!(before.signed_in_as().await, None);
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
}

#[tokio::test]
async fn a_second_browser_has_a_session_of_its_own() {
    let server = Server::start().await;
    let mut phone = server.browser("ada");
    phone.sign_up("ada").await;
    let mut laptop = server.browser("-");
    laptop.authenticator = phone.authenticator.clone();
    laptop.sign_in().await;
    assert_eq!(phone.signed_in_as().await.as_deref(), Some("ada"));
    laptop.delete(SESSION).await;
    assert_eq!(phone.signed_in_as().await.as_deref(), Some("ada"));
}

#[tokio::test]
async fn a_credential_that_the_server_does_not_have_is_signalled() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let first = &ada.passkeys().await.passkeys[0].id;
    ada.add_passkey("ada's other device").await;
    let answer = ada.delete_passkey(first, "").await;
    assert_eq!(answer.status, 200);

    let started = ada.start_sign_in().await;
    let finish = ada.assert(started);
    let answer = ada.post(AUTHENTICATION_FINISH, finish).await;
    let problem = answer.problem(ErrorCode::CredentialUnknown, 404);
    let unknown = problem.signals.unwrap().unknown_credential.unwrap();
    assert_eq!(
        (&*unknown.rp_id, &unknown.credential_id),
        ("example.org", first)
    );
}

#[tokio::test]
async fn without_a_ceremony_nobody_learns_whether_a_credential_is_known() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let mut stranger = server.browser("stranger");
    stranger.authenticator = ada.authenticator.clone();
    let started = ada.start_sign_in().await;
    for known in [true, false] {
        let mut finish = stranger.assert(started.clone());
        if !known {
            finish.credential.raw_id = b"unknown".to_vec().into();
        }
        let answer = stranger.post(AUTHENTICATION_FINISH, finish).await;
        let problem = answer.problem(ErrorCode::CeremonyUnknown, 400);
        assert_eq!((problem.detail, problem.signals), (None, None));
    }
}

#[tokio::test]
async fn an_unknown_credential_in_an_expired_ceremony_is_told_of_the_expiry_only() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let started = ada.start_sign_up("ada").await;
    ada.create(started);
    let started = ada.start_sign_in().await;
    let finish = ada.assert(started);
    server.clock.advance(11 * MINUTE);
    let answer = ada.post(AUTHENTICATION_FINISH, finish).await;
    let problem = answer.problem(ErrorCode::CeremonyExpired, 400);
    assert_eq!(problem.signals, None);
}

#[tokio::test]
async fn refusals_of_a_known_credential_do_not_say_why() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;

    let started = ada.start_sign_in().await;
    let mut bad_signature = ada.assert(started);
    let mut signature = bad_signature
        .credential
        .response
        .signature
        .clone()
        .into_vec();
    *signature.last_mut().unwrap() ^= 1;
    bad_signature.credential.response.signature = signature.into();

    let started = ada.start_sign_in().await;
    let mut malformed = ada.assert(started);
    malformed.credential.response.authenticator_data = b"short".to_vec().into();

    let started = ada.start_sign_in().await;
    let mut elsewhere = ada.clone();
    elsewhere.client.origin = "https://evil.example.org".to_owned();
    let wrong_origin = elsewhere.assert(started);

    let started = ada.start_sign_in().await;
    let mut other_account = ada.assert(started);
    other_account.credential.response.raw_user_handle = Some(b"grace".to_vec().into());

    for finish in [bad_signature, malformed, wrong_origin, other_account] {
        let answer = ada.post(AUTHENTICATION_FINISH, finish).await;
        let problem = answer.problem(ErrorCode::AuthenticationRejected, 401);
        assert_eq!((problem.detail, problem.signals), (None, None));
        assert_eq!(answer.set_cookies(), [""; 0]);
    }
}

#[tokio::test]
async fn a_key_that_is_not_the_credentials_does_not_sign_in() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let mut thief = server.browser("thief");
    thief.authenticator = ada.authenticator.clone();
    let mut own = Authenticator::new("thief");
    let started = thief.start_sign_up("thief").await;
    thief.client.create(&started.options, &mut own).unwrap();
    thief.authenticator.credentials_mut()[0].key = own.credentials()[0].key.clone();

    let started = thief.start_sign_in().await;
    let finish = thief.assert(started);
    let answer = thief.post(AUTHENTICATION_FINISH, finish).await;
    answer.problem(ErrorCode::AuthenticationRejected, 401);
    assert_eq!(thief.signed_in_as().await, None);
}
