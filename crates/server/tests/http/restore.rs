//! Restore keys: Android signs an app in on the person's next device, and nobody is asked anything.

use axum::http::Method;
use passkeep_protocol::api::{
    Action, Activity, AuthenticationFinish, AuthenticationFinished, AuthenticationStarted,
    CONFIRMATION_HEADER, Devices, ErrorCode, Passkeys, RegistrationFinish, RegistrationFinished,
    RegistrationStarted, SessionsEnded,
};
use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::UserVerificationRequirement;
use passkeep_server::Settings;
use passkeep_testkit::authenticator::UserVerification;
use passkeep_testkit::{Authenticator, Client};
use serde_json::{Value, json};

use crate::apps::{App, FINGERPRINT};
use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, Answer, DAY, MINUTE, PASSKEYS,
    REGISTRATION_FINISH, REGISTRATION_START, SESSION, Server,
};

const DEVICES: &str = "/api/v1/devices";
const SESSIONS: &str = "/api/v1/sessions";

fn start(install: &[u8]) -> Value {
    json!({ "flow": "restore", "install": Bytes::from(install), "device": "Pixel 12" })
}

/// An app that is signed in and has made a restore key, in an authenticator that stands for the backup.
async fn app_with_backup(server: &Server, name: &str, install: &[u8]) -> (App, App) {
    let mut app = App::new(server, name);
    app.sign_up(name).await;
    let backup = back_up(&mut app, install, "backup").await;
    (app, backup)
}

/// Makes a restore key, and returns what the app on the next device starts with.
async fn back_up(app: &mut App, install: &[u8], seed: &str) -> App {
    let passkeys = app.authenticator.clone();
    app.authenticator = Authenticator::new(seed);
    app.authenticator.config.user_verification = UserVerification::Unavailable;
    let finished: RegistrationFinished = app.register(start(install)).await.json(201);
    assert_eq!(finished.passkey, None);
    assert_eq!(finished.device.unwrap().label, "Pixel 12");
    let mut next = app.clone();
    next.bearer = None;
    app.authenticator = passkeys;
    next
}

async fn restore(app: &mut App) -> AuthenticationFinished {
    let start = json!({ "flow": "restore" });
    let finished: AuthenticationFinished = app.authenticate(start).await.json(200);
    app.keep(finished.session.clone());
    finished
}

async fn devices(app: &App) -> Vec<Bytes> {
    let Devices { devices } = app.get(DEVICES).await.json(200);
    devices.into_iter().map(|device| device.id).collect()
}

#[tokio::test]
async fn an_app_is_signed_in_on_the_next_device() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (app, mut next) = app_with_backup(&server, "ada", b"install 1").await;
    let restored = restore(&mut next).await;
    assert_eq!(restored.account.user_name, "ada");
    assert_eq!(restored.passkey, None);
    assert_eq!(next.signed_in_as().await.as_deref(), Some("ada"));

    let Devices { devices } = app.get(DEVICES).await.json(200);
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].app, "com.example.app");
    assert_eq!(devices[0].label, "Pixel 12");
    assert!(devices[0].last_used_at.is_some());
    let activity: Activity = app.get("/api/v1/activity").await.json(200);
    let kinds: Vec<_> = activity.events.iter().map(|event| &*event.kind).collect();
    assert_eq!(
        kinds,
        [
            "signed_in_by_restore",
            "restore_key_added",
            "account_created"
        ]
    );
}

#[tokio::test]
async fn nothing_that_needs_a_person_is_asked_for() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (app, next) = app_with_backup(&server, "ada", b"install 1").await;
    let answer = app.post(REGISTRATION_START, start(b"install 2")).await;
    let started: RegistrationStarted = answer.json(200);
    let selection = started.options.authenticator_selection.unwrap();
    let discouraged = Some(UserVerificationRequirement::Discouraged);
    assert_eq!(selection.user_verification, discouraged);
    assert!(selection.require_resident_key);
    assert_eq!(started.options.exclude_credentials, []);

    let answer = next
        .post(AUTHENTICATION_START, json!({ "flow": "restore" }))
        .await;
    let started: AuthenticationStarted = answer.json(200);
    assert_eq!(started.options.user_verification, discouraged);
    assert_eq!(started.options.allow_credentials, []);
}

/// Finishes a restore with other flags than the authenticator would set.
async fn with_flags(app: &App, flags: Flags) -> Answer {
    let mut app = app.clone();
    let answer = app
        .post(AUTHENTICATION_START, json!({ "flow": "restore" }))
        .await;
    let started: AuthenticationStarted = answer.json(200);
    let draft = app
        .client
        .draft_authentication(&started.options, &mut app.authenticator);
    let mut draft = draft.unwrap();
    draft.authenticator_data.flags = flags;
    let finish = AuthenticationFinish {
        ceremony: started.ceremony,
        credential: draft.into_response(),
    };
    app.post(AUTHENTICATION_FINISH, finish).await
}

#[tokio::test]
async fn presence_is_tolerated_missing_unless_the_settings_say_otherwise() {
    let absent = Flags(Flags::BE | Flags::BS);
    let present = Flags(absent.0 | Flags::UP);
    let server = Server::with_app(&FINGERPRINT).await;
    let (_, next) = app_with_backup(&server, "ada", b"install 1").await;
    assert_eq!(with_flags(&next, absent).await.status, 200);

    let mut settings = Settings::default();
    settings.restore_without_presence = false;
    let server = Server::with_app_and(&FINGERPRINT, settings).await;
    let (_, next) = app_with_backup(&server, "ada", b"install 1").await;
    let answer = with_flags(&next, absent).await;
    answer.problem(ErrorCode::AuthenticationRejected, 401);
    assert_eq!(with_flags(&next, present).await.status, 200);
}

#[tokio::test]
async fn it_is_hidden_among_the_passkeys_and_signalled_as_accepted() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (app, _) = app_with_backup(&server, "ada", b"install 1").await;
    let list: Passkeys = app.get(PASSKEYS).await.json(200);
    assert_eq!(list.passkeys.len(), 1);
    let accepted = list.signals.all_accepted_credentials.unwrap();
    let mut expected = vec![list.passkeys[0].id.clone()];
    expected.extend(devices(&app).await);
    assert_eq!(accepted.all_accepted_credential_ids, expected);
}

#[tokio::test]
async fn it_signs_in_nowhere_else_and_confirms_nothing() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (app, mut next) = app_with_backup(&server, "ada", b"install 1").await;
    // It cannot verify anybody, and is told that nobody need be.
    next.authenticator.config.user_verification = UserVerification::Always;
    let answer = next.authenticate(json!({})).await;
    answer.problem(ErrorCode::AuthenticationRejected, 401);

    restore(&mut next).await;
    let confirm = json!({ "flow": "confirm", "action": { "do": "delete-account" } });
    let answer = next.post(AUTHENTICATION_START, &confirm).await;
    let started: AuthenticationStarted = answer.json(200);
    let mut options = started.options.clone();
    options.allow_credentials.clear();
    let credential = next.client.get(&options, &mut next.authenticator).unwrap();
    let finish = AuthenticationFinish {
        ceremony: started.ceremony,
        credential,
    };
    let answer = next.post(AUTHENTICATION_FINISH, finish).await;
    answer.problem(ErrorCode::AuthenticationRejected, 401);
    // A session that it has opened has not just been opened by its owner.
    let answer = next
        .post(REGISTRATION_START, json!({ "flow": "add" }))
        .await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
    drop(app);
}

#[tokio::test]
async fn a_session_that_it_has_opened_adds_no_passkey_even_where_there_is_none() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (mut app, mut next) = app_with_backup(&server, "ada", b"install 1").await;
    let list: Passkeys = app.get(PASSKEYS).await.json(200);
    let id = list.passkeys[0].id.clone();
    let token = confirmation(&mut app, &Action::DeletePasskey { id: id.clone() }).await;
    let path = format!("{PASSKEYS}/{}?evenIfLast=true", id.to_base64url());
    let mut request = app.request(Method::DELETE, &path, None);
    let header = token.parse().unwrap();
    request.headers_mut().insert(CONFIRMATION_HEADER, header);
    assert_eq!(app.send(request).await.status, 200);

    server.clock.advance(6 * MINUTE);
    restore(&mut next).await;
    for flow in ["add", "upgrade"] {
        let answer = next.post(REGISTRATION_START, json!({ "flow": flow })).await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
    }
    // Its owner's own session does.
    let answer = app.post(REGISTRATION_START, json!({ "flow": "add" })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn a_passkey_does_not_restore() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "phone");
    app.sign_up("ada").await;
    let answer = app.authenticate(json!({ "flow": "restore" })).await;
    answer.problem(ErrorCode::AuthenticationRejected, 401);
}

#[tokio::test]
async fn a_new_one_replaces_that_of_the_same_install_only() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (mut app, mut first) = app_with_backup(&server, "ada", b"install 1").await;
    let before = devices(&app).await;
    let mut second = back_up(&mut app, b"install 1", "second backup").await;
    let after = devices(&app).await;
    assert_eq!(after.len(), 1);
    assert_ne!(after, before);
    restore(&mut second).await;
    let answer = first.authenticate(json!({ "flow": "restore" })).await;
    answer.problem(ErrorCode::CredentialUnknown, 404);

    back_up(&mut app, b"install 2", "third backup").await;
    assert_eq!(devices(&app).await.len(), 2);
}

#[tokio::test]
async fn a_token_that_was_stolen_makes_none() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (mut app, next) = app_with_backup(&server, "ada", b"install 1").await;
    server.clock.advance(5 * MINUTE);
    let thief = app.clone();
    for install in [b"install 1", b"install 2"] {
        let answer = thief.post(REGISTRATION_START, start(install)).await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
    }
    // Its owner confirms it, once.
    let token = confirmation(&mut app, &Action::AddPasskey).await;
    let mut starts = Vec::new();
    for _ in 0..2 {
        let body = Some(start(b"install 2").to_string());
        let mut request = app.request(Method::POST, REGISTRATION_START, body);
        let header = token.parse().unwrap();
        request.headers_mut().insert(CONFIRMATION_HEADER, header);
        starts.push(app.send(request).await.json::<RegistrationStarted>(200));
    }
    let mut statuses = Vec::new();
    for (started, seed) in starts.into_iter().zip(["second", "third"]) {
        let mut backup = Authenticator::new(seed);
        let finish = RegistrationFinish {
            credential: app.client.create(&started.options, &mut backup).unwrap(),
            ceremony: started.ceremony,
        };
        statuses.push(app.post(REGISTRATION_FINISH, finish).await.status);
    }
    assert_eq!(statuses, [201, 403]);
    assert_eq!(devices(&app).await.len(), 2);
    drop(next);
}

#[tokio::test]
async fn whoever_has_just_been_restored_renews_the_key_that_did_it_and_makes_no_other() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (app, mut next) = app_with_backup(&server, "ada", b"install 1").await;
    server.clock.advance(DAY);
    restore(&mut next).await;
    let answer = next.post(REGISTRATION_START, start(b"install 2")).await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
    let before = devices(&app).await;
    back_up(&mut next, b"install 1", "renewed").await;
    let after = devices(&app).await;
    assert_eq!(after.len(), 1);
    assert_ne!(after, before);

    server.clock.advance(5 * MINUTE);
    let answer = next.post(REGISTRATION_START, start(b"install 1")).await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
}

#[tokio::test]
async fn one_goes_with_the_passkey_behind_it_and_so_do_the_sessions_it_opened() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut ada = App::new(&server, "ada");
    ada.sign_up("ada").await;
    let mut thief = App::new(&server, "thief");
    let started = ada
        .post(REGISTRATION_START, json!({ "flow": "add" }))
        .await
        .json::<RegistrationStarted>(200);
    let options = &started.options;
    let credential = ada.client.create(options, &mut thief.authenticator);
    let finish = RegistrationFinish {
        ceremony: started.ceremony,
        credential: credential.unwrap(),
    };
    let id = finish.credential.raw_id.clone();
    assert_eq!(ada.post(REGISTRATION_FINISH, finish).await.status, 201);
    thief.sign_in().await;
    let mut restored = back_up(&mut thief, b"thief", "thief's backup").await;
    restore(&mut restored).await;
    let mut again = back_up(&mut restored, b"thief", "another backup").await;
    restore(&mut again).await;

    let token = confirmation(&mut ada, &Action::DeletePasskey { id: id.clone() }).await;
    let path = format!("{PASSKEYS}/{}", id.to_base64url());
    let mut request = ada.request(Method::DELETE, &path, None);
    let header = token.parse().unwrap();
    request.headers_mut().insert(CONFIRMATION_HEADER, header);
    assert_eq!(ada.send(request).await.status, 200);

    for app in [&thief, &restored, &again] {
        assert_eq!(app.signed_in_as().await, None);
    }
    let answer = again.authenticate(json!({ "flow": "restore" })).await;
    answer.problem(ErrorCode::CredentialUnknown, 404);
    assert_eq!(devices(&ada).await, []);
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
}

/// Confirms an action with the app's passkey.
async fn confirmation(app: &mut App, action: &Action) -> String {
    let confirm = json!({ "flow": "confirm", "action": action });
    let confirmed: AuthenticationFinished = app.authenticate(confirm).await.json(200);
    confirmed.confirmation.unwrap().token
}

#[tokio::test]
async fn signing_out_from_its_install_revokes_it_and_from_another_does_not() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (app, mut next) = app_with_backup(&server, "ada", b"install 1").await;
    let mut other = App::new(&server, "ada");
    other.authenticator = app.authenticator.clone();
    other.sign_in().await;
    assert_eq!(other.delete(SESSION).await.status, 204);
    assert_eq!(devices(&app).await.len(), 1);

    assert_eq!(app.delete(SESSION).await.status, 204);
    let answer = next.authenticate(json!({ "flow": "restore" })).await;
    answer.problem(ErrorCode::CredentialUnknown, 404);
}

#[tokio::test]
async fn signing_in_again_does_not_lose_the_install() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (mut app, _) = app_with_backup(&server, "ada", b"install 1").await;
    app.sign_in().await;
    let before = devices(&app).await;
    assert_eq!(before.len(), 1);
    let mut other = App::new(&server, "ada");
    other.authenticator = app.authenticator.clone();
    other.sign_in().await;
    assert_eq!(app.delete(SESSION).await.status, 204);
    assert_eq!(devices(&other).await, []);
}

#[tokio::test]
async fn signing_out_everywhere_revokes_all_of_them() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (mut app, _) = app_with_backup(&server, "ada", b"install 1").await;
    let mut elsewhere = App::new(&server, "ada");
    elsewhere.authenticator = app.authenticator.clone();
    elsewhere.sign_in().await;
    back_up(&mut elsewhere, b"install 2", "other backup").await;
    assert_eq!(devices(&app).await.len(), 2);

    let kept = app.delete(&format!("{SESSIONS}?keepCurrent=true")).await;
    let kept: SessionsEnded = kept.json(200);
    assert_eq!(kept.ended, 1);
    assert_eq!(devices(&app).await.len(), 1);
    assert_eq!(elsewhere.signed_in_as().await, None);

    let ended: SessionsEnded = app.delete(SESSIONS).await.json(200);
    assert_eq!(ended.ended, 1);
    app.sign_in().await;
    assert_eq!(devices(&app).await, []);
}

#[tokio::test]
async fn its_owner_revokes_it_and_nobody_else() {
    let server = Server::with_app(&FINGERPRINT).await;
    let (app, mut next) = app_with_backup(&server, "ada", b"install 1").await;
    let id = &devices(&app).await[0];
    let path = format!("{DEVICES}/{}", id.to_base64url());
    let mut eve = App::new(&server, "eve");
    eve.sign_up("eve").await;
    let answer = eve.delete(&path).await;
    answer.problem(ErrorCode::DeviceNotFound, 404);
    assert_eq!(app.delete(&path).await.status, 200);
    let answer = next.authenticate(json!({ "flow": "restore" })).await;
    answer.problem(ErrorCode::CredentialUnknown, 404);
    let answer = app.delete(&path).await;
    answer.problem(ErrorCode::DeviceNotFound, 404);
}

#[tokio::test]
async fn a_page_can_neither_make_nor_use_one() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut page = server.browser("ada");
    page.sign_up("ada").await;
    let answer = page.post(REGISTRATION_START, start(b"install 1")).await;
    answer.problem(ErrorCode::AppsOnly, 400);
    let answer = page
        .post(AUTHENTICATION_START, json!({ "flow": "restore" }))
        .await;
    answer.problem(ErrorCode::AppsOnly, 400);
}

#[tokio::test]
async fn an_app_whose_origin_is_a_site_makes_none() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "iPhone");
    app.client = Client::new("https://example.org");
    app.sign_up("ada").await;
    let answer = app.register(start(b"install 1")).await;
    answer.problem(ErrorCode::AppsOnly, 400);
    assert_eq!(devices(&app).await, []);
}

#[tokio::test]
async fn an_install_has_1_to_64_bytes() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "phone");
    app.sign_up("ada").await;
    for (length, status) in [(0, 400), (1, 200), (64, 200), (65, 400)] {
        let answer = app.post(REGISTRATION_START, start(&vec![7; length])).await;
        assert_eq!(answer.status, status, "{length}");
    }
}
