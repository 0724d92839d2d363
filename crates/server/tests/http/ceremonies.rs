//! Sealed ceremonies: once, in time, unchanged, in the browser and session that started them.

use axum::http::Method;
use passkeep_protocol::api::{ErrorCode, RegistrationStarted};
use passkeep_protocol::bytes::{decode_base64url, encode_base64url};
use passkeep_testkit::Authenticator;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{
    AUTHENTICATION_FINISH, DAY, MINUTE, REGISTRATION_FINISH, REGISTRATION_START, SESSION, Server,
};

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_replays_at_two_servers_one_succeeds() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");

    let started = ada.start_sign_up("ada").await;
    let finish = serde_json::to_string(&ada.create(started)).unwrap();
    assert_eq!(
        replay(&server, &ada, REGISTRATION_FINISH, &finish).await,
        (1, 999)
    );

    let started = ada.start_sign_in().await;
    let finish = serde_json::to_string(&ada.assert(started)).unwrap();
    assert_eq!(
        replay(&server, &ada, AUTHENTICATION_FINISH, &finish).await,
        (1, 999)
    );
}

/// Sends a finish a thousand times at once, half of them to another server on the same store; how many succeeded, and how
/// many were refused as spent.
async fn replay(
    server: &Server,
    browser: &crate::support::Browser,
    path: &str,
    finish: &str,
) -> (usize, usize) {
    let apps = [server.app.clone(), server.replica().await];
    let mut replays = JoinSet::new();
    for app in apps.iter().cycle().take(1000) {
        let request = browser.request(Method::POST, path, Some(finish.to_owned()));
        let app = app.clone();
        replays.spawn(async move {
            use tower::ServiceExt as _;
            app.oneshot(request).await.unwrap().status().as_u16()
        });
    }
    let statuses = replays.join_all().await;
    let count = |wanted: &[u16]| statuses.iter().filter(|it| wanted.contains(it)).count();
    (count(&[200, 201]), count(&[409]))
}

#[tokio::test]
async fn a_replay_is_told_that_it_is_one_and_harms_no_passkey() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let started = ada.start_sign_up("ada").await;
    let finish = ada.create(started);
    ada.post(REGISTRATION_FINISH, &finish).await;
    let answer = ada.post(REGISTRATION_FINISH, &finish).await;
    let problem = answer.problem(ErrorCode::CeremonySpent, 409);
    assert_eq!(problem.signals, None);

    let started = ada.start_sign_in().await;
    let finish = ada.assert(started);
    ada.post(AUTHENTICATION_FINISH, &finish).await;
    let answer = ada.post(AUTHENTICATION_FINISH, &finish).await;
    let problem = answer.problem(ErrorCode::CeremonySpent, 409);
    assert_eq!(problem.signals, None);
}

#[tokio::test]
async fn a_ceremony_can_be_finished_for_ten_minutes() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let started = ada.start_sign_up("ada").await;
    let finish = ada.create(started);
    server.clock.advance(10 * MINUTE - 1);
    ada.post(REGISTRATION_FINISH, &finish)
        .await
        .json::<serde_json::Value>(201);

    let started = ada.start_sign_in().await;
    let finish = ada.assert(started);
    server.clock.advance(10 * MINUTE + 1);
    let answer = ada.post(AUTHENTICATION_FINISH, &finish).await;
    answer.problem(ErrorCode::CeremonyExpired, 400);

    let started = ada.start_sign_up("grace").await;
    let finish = ada.create(started);
    server.clock.advance(10 * MINUTE + 1);
    let answer = ada.post(REGISTRATION_FINISH, &finish).await;
    let problem = answer.problem(ErrorCode::CeremonyExpired, 400);
    assert_eq!((problem.detail, problem.signals), (None, None));
}

#[tokio::test]
async fn each_ceremony_has_a_challenge_and_a_nonce_of_its_own() {
    let server = Server::start().await;
    let mut browser = server.browser("ada");
    let (mut challenges, mut nonces) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let started = browser.start_sign_in().await;
        challenges.push(started.options.challenge.as_slice().to_vec());
        nonces.push(decode_base64url(&started.ceremony).unwrap()[9..21].to_vec());
    }
    for drawn in [challenges, nonces] {
        assert_ne!(drawn[0], drawn[1]);
        // All of it is random, to the end.
        assert!(drawn.iter().all(|bytes| !bytes.ends_with(&[0; 4])));
    }
}

#[tokio::test]
async fn a_ceremony_that_was_changed_is_unknown() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let started = ada.start_sign_up("ada").await;
    let finish = ada.create(started);
    let sealed = decode_base64url(&finish.ceremony).unwrap();
    // The version, the key id, the nonce, the ciphertext and the tag.
    for position in [0, 1, 9, 21, sealed.len() - 1] {
        let mut changed = sealed.clone();
        changed[position] ^= 1;
        let mut finish = finish.clone();
        finish.ceremony = encode_base64url(&changed);
        let answer = ada.post(REGISTRATION_FINISH, &finish).await;
        let problem = answer.problem(ErrorCode::CeremonyUnknown, 400);
        assert_eq!((problem.detail, problem.signals), (None, None));
    }
    for ceremony in ["", "not base64url!", "AAAA"] {
        let mut finish = finish.clone();
        finish.ceremony = ceremony.to_owned();
        let answer = ada.post(REGISTRATION_FINISH, &finish).await;
        answer.problem(ErrorCode::CeremonyUnknown, 400);
    }
}

#[tokio::test]
async fn a_ceremony_of_another_server_is_unknown() {
    let (server, other) = (Server::start().await, Server::start().await);
    let mut ada = server.browser("ada");
    let started = ada.start_sign_up("ada").await;
    let finish = ada.create(started);
    let mut elsewhere = ada.clone().at(other.app.clone());
    let answer = elsewhere.post(REGISTRATION_FINISH, &finish).await;
    answer.problem(ErrorCode::CeremonyUnknown, 400);
}

#[tokio::test]
async fn a_ceremony_belongs_to_the_browser_that_started_it() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let started = ada.start_sign_up("ada").await;
    let finish = ada.create(started);

    let mut without_cookies = server.browser("-");
    let answer = without_cookies.post(REGISTRATION_FINISH, &finish).await;
    answer.problem(ErrorCode::CeremonyUnknown, 400);
    let mut another = server.browser("-");
    another.start_sign_in().await;
    let answer = another.post(REGISTRATION_FINISH, &finish).await;
    answer.problem(ErrorCode::CeremonyUnknown, 400);
    // It is not spent by that.
    ada.post(REGISTRATION_FINISH, &finish)
        .await
        .json::<serde_json::Value>(201);
}

#[tokio::test]
async fn several_tabs_can_have_ceremonies_at_once() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let first = ada.start_sign_up("ada").await;
    let cookies = ada.cookies.clone();
    let second = ada.start_sign_in().await;
    assert_eq!(ada.cookies, cookies);
    let finish = ada.create(first);
    ada.post(REGISTRATION_FINISH, finish)
        .await
        .json::<serde_json::Value>(201);
    let finish = ada.assert(second);
    ada.post(AUTHENTICATION_FINISH, finish)
        .await
        .json::<serde_json::Value>(200);
}

#[tokio::test]
async fn a_ceremony_of_one_kind_cannot_be_finished_as_the_other() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let registration = ada.start_sign_up("grace").await;
    let authentication = ada.start_sign_in().await;
    let mut finish = ada.assert(authentication.clone());
    finish.ceremony = registration.ceremony.clone();
    let answer = ada.post(AUTHENTICATION_FINISH, finish).await;
    answer.problem(ErrorCode::CeremonyUnknown, 400);
    let mut finish = ada.create(registration);
    finish.ceremony = authentication.ceremony;
    let answer = ada.post(REGISTRATION_FINISH, finish).await;
    answer.problem(ErrorCode::CeremonyUnknown, 400);
}

#[tokio::test]
async fn adding_a_passkey_belongs_to_the_session_that_started_it() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let add = json!({ "flow": "add" });
    let started: RegistrationStarted = ada.post(REGISTRATION_START, add).await.json(200);
    let mut other_device = ada.clone();
    other_device.authenticator = Authenticator::new("other device");
    let finish = other_device.create(started);

    ada.sign_in().await;
    let answer = ada.post(REGISTRATION_FINISH, &finish).await;
    answer.problem(ErrorCode::CeremonyUnknown, 400);
    ada.delete(SESSION).await;
    let answer = ada.post(REGISTRATION_FINISH, &finish).await;
    answer.problem(ErrorCode::NotSignedIn, 401);
    ada.sign_in().await;
    assert_eq!(ada.passkeys().await.passkeys.len(), 1);
}

#[tokio::test]
async fn a_restart_keeps_sessions_passkeys_and_ceremonies() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let started = ada.start_sign_in().await;
    let passkeys = ada.passkeys().await;

    // A browser holds the server it talks to.
    let (cookies, authenticator) = (ada.cookies.clone(), ada.authenticator.clone());
    drop(ada);
    let server = server.restart().await;
    let mut again = server.browser("-");
    (again.cookies, again.authenticator) = (cookies, authenticator);
    assert_eq!(again.signed_in_as().await.as_deref(), Some("ada"));
    assert_eq!(again.passkeys().await, passkeys);
    let finish = again.assert(started);
    again
        .post(AUTHENTICATION_FINISH, &finish)
        .await
        .json::<serde_json::Value>(200);
    let answer = again.post(AUTHENTICATION_FINISH, &finish).await;
    answer.problem(ErrorCode::CeremonySpent, 409);
}

#[tokio::test]
async fn keys_rotate_while_ceremonies_are_under_way_and_are_purged_later() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    server.clock.advance(7 * DAY - MINUTE);
    let before = ada.start_sign_in().await;
    server.clock.advance(2 * MINUTE);
    assert_eq!(server.state.maintain().await.unwrap().sealing_keys, 0);
    let after = ada.start_sign_in().await;
    assert_ne!(key_id(&before.ceremony), key_id(&after.ceremony));
    for started in [before, after] {
        let finish = ada.assert(started);
        ada.post(AUTHENTICATION_FINISH, finish)
            .await
            .json::<serde_json::Value>(200);
    }
    server.clock.advance(DAY);
    let purged = server.state.maintain().await.unwrap();
    assert_eq!(purged.sealing_keys, 1);
    // The sign-up's went in the first round, these two in the second.
    assert_eq!(purged.spent_ceremonies, 2);
    ada.sign_in().await;
}

#[tokio::test]
async fn a_key_that_another_server_has_made_is_found() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    server.clock.advance(8 * DAY);
    // It makes a new key when it starts; the first one has not looked since.
    let mut there = ada.clone().at(server.replica().await);
    let started = there.start_sign_in().await;
    let finish = there.assert(started);
    ada.cookies = there.cookies.clone();
    ada.post(AUTHENTICATION_FINISH, finish)
        .await
        .json::<serde_json::Value>(200);
}

fn key_id(ceremony: &str) -> Vec<u8> {
    decode_base64url(ceremony).unwrap()[1..9].to_vec()
}
