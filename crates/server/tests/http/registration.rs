//! `POST /api/v1/registration/start` and `finish`.

use passkeep_protocol::api::{Backup, ErrorCode, RegistrationFinished, RegistrationStarted};
use passkeep_protocol::names::{AuthenticatorTransport, ResidentKeyRequirement};
use passkeep_server::Settings;
use passkeep_testkit::Authenticator;
use serde_json::json;

use crate::support::{MINUTE, REGISTRATION_FINISH, REGISTRATION_START, Server};

#[tokio::test]
async fn a_person_signs_up_and_is_signed_in() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");

    let started = ada.start_sign_up("Ada").await;
    let options = &started.options;
    assert_eq!(options.rp.id.as_deref(), Some("example.org"));
    assert_eq!(
        (&*options.user.name, &*options.user.display_name),
        ("Ada", "Ada")
    );
    assert_eq!(options.user.id.as_slice().len(), 64);
    assert_eq!(options.challenge.as_slice().len(), 32);
    assert_eq!(options.exclude_credentials, []);
    let selection = options.authenticator_selection.clone().unwrap();
    assert_eq!(
        selection.resident_key,
        Some(ResidentKeyRequirement::Required)
    );

    let finish = ada.create(started.clone());
    let id = finish.credential.raw_id.clone();
    let answer = ada.post(REGISTRATION_FINISH, finish).await;
    let finished: RegistrationFinished = answer.json(201);
    assert_eq!(finished.account.user_name, "Ada");
    let passkey = finished.passkey.unwrap();
    assert_eq!(passkey.id, id);
    assert_eq!(passkey.label, "Passkey");
    assert_eq!(passkey.created_at, 1_800_000_000_000);
    assert_eq!(passkey.last_used_at, None);
    assert_eq!(passkey.backup, Backup::Synced);
    assert!(passkey.current);
    let accepted = finished.signals.all_accepted_credentials.unwrap();
    assert_eq!(accepted.all_accepted_credential_ids, [id]);
    assert_eq!(accepted.user_id, started.options.user.id);
    assert_eq!(finished.signals.unknown_credential, None);
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn a_display_name_is_kept_beside_the_user_name() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let body = json!({ "flow": "sign-up", "userName": "ada", "displayName": " Ada  Lovelace " });
    let started: RegistrationStarted = ada.post(REGISTRATION_START, body).await.json(200);
    assert_eq!(started.options.user.display_name, "Ada Lovelace");
    let finish = ada.create(started);
    let finished: RegistrationFinished = ada.post(REGISTRATION_FINISH, finish).await.json(201);
    assert_eq!(finished.account.display_name, "Ada Lovelace");
}

#[tokio::test]
async fn names_that_grow_when_normalised_can_be_finished() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    // A ligature is one character until it is normalised, and then the name is at the limit.
    let name = "\u{fb01}".repeat(32);
    let body = json!({ "flow": "sign-up", "userName": "ada", "displayName": name });
    let started: RegistrationStarted = ada.post(REGISTRATION_START, body).await.json(200);
    let finish = ada.create(started);
    let finished: RegistrationFinished = ada.post(REGISTRATION_FINISH, finish).await.json(201);
    assert_eq!(finished.account.display_name, "fi".repeat(32));
}

#[tokio::test]
async fn names_that_cannot_be_used_are_refused_with_the_reason() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let (empty, long) = ("it is empty", "it is longer than 64 characters");
    let characters = "it has a character that is not allowed";
    for (name, detail) in [
        (String::new(), empty),
        ("a".repeat(500), long),
        ("a\u{0}".to_owned(), characters),
        ("a\nb".to_owned(), characters),
        ("a\u{202e}b".to_owned(), characters),
    ] {
        let body = json!({ "flow": "sign-up", "userName": name });
        let answer = ada.post(REGISTRATION_START, body).await;
        let problem = answer.problem(ErrorCode::InvalidUserName, 422);
        assert_eq!(problem.detail.as_deref(), Some(detail), "{name:?}");
    }
    for (name, detail) in [(String::new(), empty), ("a".repeat(500), long)] {
        let body = json!({ "flow": "sign-up", "userName": "ada", "displayName": name });
        let answer = ada.post(REGISTRATION_START, body).await;
        let problem = answer.problem(ErrorCode::InvalidDisplayName, 422);
        assert_eq!(problem.detail.as_deref(), Some(detail), "{name:?}");
    }
}

#[tokio::test]
async fn a_taken_name_is_refused_at_start_in_any_spelling() {
    let server = Server::start().await;
    server.browser("ada").sign_up("Ada").await;
    let mut other = server.browser("other");
    let body = json!({ "flow": "sign-up", "userName": "aDA" });
    let answer = other.post(REGISTRATION_START, body).await;
    let problem = answer.problem(ErrorCode::UserNameTaken, 409);
    assert_eq!(problem.signals, None);
}

#[tokio::test]
async fn a_name_taken_meanwhile_is_refused_at_finish_and_the_useless_passkey_is_signalled() {
    let server = Server::start().await;
    let mut late = server.browser("late");
    let started = late.start_sign_up("ada").await;
    server.browser("ada").sign_up("ada").await;

    let finish = late.create(started);
    let id = finish.credential.raw_id.clone();
    let answer = late.post(REGISTRATION_FINISH, finish).await;
    let signals = answer
        .problem(ErrorCode::UserNameTaken, 409)
        .signals
        .unwrap();
    let unknown = signals.unknown_credential.unwrap();
    assert_eq!(
        (&*unknown.rp_id, unknown.credential_id),
        ("example.org", id)
    );
    assert_eq!(answer.set_cookies(), [""; 0]);
    assert_eq!(late.signed_in_as().await, None);
}

#[tokio::test]
async fn one_more_passkey_needs_a_session_and_excludes_what_is_there() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let add = json!({ "flow": "add" });
    let answer = ada.post(REGISTRATION_START, &add).await;
    answer.problem(ErrorCode::NotSignedIn, 401);

    let first = ada.sign_up("ada").await.passkey.unwrap().id;
    let started: RegistrationStarted = ada.post(REGISTRATION_START, &add).await.json(200);
    let [excluded] = &*started.options.exclude_credentials else {
        panic!("{:?}", started.options.exclude_credentials);
    };
    assert_eq!(excluded.id, first);
    let transports = [
        AuthenticatorTransport::Hybrid,
        AuthenticatorTransport::Internal,
    ];
    assert_eq!(excluded.transports, transports);

    server.clock.advance(MINUTE);
    let second = ada.add_passkey("ada's other device").await;
    let new = second.passkey.unwrap();
    assert!(!new.current);
    let accepted = second.signals.all_accepted_credentials.unwrap();
    assert_eq!(accepted.all_accepted_credential_ids, [new.id, first]);
}

#[tokio::test]
async fn a_passkey_too_many_is_refused_at_start_and_at_finish() {
    let mut settings = Settings::default();
    settings.max_passkeys = 2;
    let server = Server::with("https://example.org", settings).await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;

    let add = json!({ "flow": "add" });
    let started: RegistrationStarted = ada.post(REGISTRATION_START, &add).await.json(200);
    ada.add_passkey("second").await;
    let answer = ada.post(REGISTRATION_START, &add).await;
    answer.problem(ErrorCode::TooManyPasskeys, 409);

    let mut third = ada.clone();
    third.authenticator = Authenticator::new("third");
    let finish = third.create(started);
    let id = finish.credential.raw_id.clone();
    let answer = third.post(REGISTRATION_FINISH, finish).await;
    let signals = answer
        .problem(ErrorCode::TooManyPasskeys, 409)
        .signals
        .unwrap();
    assert_eq!(signals.unknown_credential.unwrap().credential_id, id);
}

#[tokio::test]
async fn a_credential_id_that_is_registered_is_refused_without_a_signal() {
    let server = Server::start().await;
    server.browser("the same").sign_up("ada").await;
    // An authenticator of the same seed makes the same ids.
    let mut other = server.browser("the same");
    let started = other.start_sign_up("eve").await;
    let finish = other.create(started);
    let answer = other.post(REGISTRATION_FINISH, finish).await;
    let problem = answer.problem(ErrorCode::CredentialAlreadyRegistered, 409);
    assert_eq!(problem.signals, None);
}

#[tokio::test]
async fn a_taken_name_costs_nobody_a_passkey_that_is_registered() {
    let server = Server::start().await;
    let mut other = server.browser("the same");
    let started = other.start_sign_up("ada").await;
    server.browser("the same").sign_up("ada").await;
    let finish = other.create(started);
    let answer = other.post(REGISTRATION_FINISH, finish).await;
    assert_eq!(answer.status, 409);
    assert!(
        !answer.text().contains("unknownCredential"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn a_registration_that_fails_a_check_is_refused_with_its_name() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let started = ada.start_sign_up("ada").await;
    let mut finish = ada.create(started);
    finish.credential.response.client_data_json = b"{}".to_vec().into();
    let answer = ada.post(REGISTRATION_FINISH, &finish).await;
    let problem = answer.problem(ErrorCode::RegistrationRejected, 400);
    let detail = problem.detail.unwrap();
    assert!(
        detail.starts_with("the client data is malformed"),
        "{detail}"
    );

    let started = ada.start_sign_up("ada").await;
    let mut evil = ada.clone();
    evil.client.origin = "https://www.example.org".to_owned();
    let finish = evil.create(started);
    let answer = ada.post(REGISTRATION_FINISH, &finish).await;
    let problem = answer.problem(ErrorCode::RegistrationRejected, 400);
    assert_eq!(problem.detail.as_deref(), Some("client_data_origin"));
    assert_eq!(problem.signals, None);
}

#[tokio::test]
async fn whoever_signs_up_while_signed_in_leaves_the_other_account() {
    let server = Server::start().await;
    let mut browser = server.browser("ada");
    browser.sign_up("ada").await;
    let before = browser.clone();
    browser.sign_up("grace").await;
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("grace"));
    assert_eq!(before.clone().signed_in_as().await, None);
}
