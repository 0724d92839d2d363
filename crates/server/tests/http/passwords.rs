//! Passwords: a password opens a session and buys the first passkey, and nothing else.

use axum::body::Body;
use axum::http::{Method, Request};
use passkeep_protocol::api::{
    Action, Activity, Confirmation, ErrorCode, PasswordMode, PasswordSignedIn,
    RegistrationFinished, RegistrationStarted, Session,
};
use passkeep_server::{Settings, metrics};
use serde_json::json;

use crate::support::{
    Answer, Browser, MINUTE, REGISTRATION_FINISH, REGISTRATION_START, SESSION, Server, send,
};

const SIGN_UP: &str = "/api/v1/password/sign-up";
const SIGN_IN: &str = "/api/v1/password/sign-in";
const CONFIRM: &str = "/api/v1/password/confirm";
const PASSWORD: &str = "/api/v1/password";
const ACCOUNT: &str = "/api/v1/account";

async fn server(mode: PasswordMode) -> Server {
    let mut settings = Settings::default();
    settings.passwords = mode;
    Server::with("https://example.org", settings).await
}

async fn sign_up(browser: &mut Browser, name: &str) -> PasswordSignedIn {
    let body = json!({ "userName": name, "password": "open sesame" });
    browser.post(SIGN_UP, body).await.json(201)
}

async fn sign_in(browser: &mut Browser, name: &str, password: &str) -> Answer {
    let body = json!({ "userName": name, "password": password });
    browser.post(SIGN_IN, body).await
}

async fn register(browser: &mut Browser, flow: &str) -> Answer {
    let started = browser.post(REGISTRATION_START, json!({ "flow": flow }));
    let started: RegistrationStarted = started.await.json(200);
    let finish = browser.create(started);
    browser.post(REGISTRATION_FINISH, finish).await
}

async fn verifications(server: &Server) -> u32 {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let text = send(&metrics(server.state.clone()), request).await.text();
    let name = "passkeep_password_verifications_total ";
    let mut values = text.lines().filter_map(|line| line.strip_prefix(name));
    values.next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_server_has_none_unless_it_is_told() {
    for (mode, sign_up, sign_in) in [
        (PasswordMode::Off, 404, 404),
        (PasswordMode::SignIn, 404, 401),
        (PasswordMode::SignUp, 201, 401),
    ] {
        let server = server(mode).await;
        let mut ada = server.browser("ada");
        let session: Session = ada.get(SESSION).await.json(200);
        assert_eq!(session.passwords, mode);
        let body = json!({ "userName": "ada", "password": "open sesame" });
        assert_eq!(ada.post(SIGN_UP, body).await.status, sign_up, "{mode:?}");
        let body = json!({ "userName": "bob", "password": "open sesame" });
        assert_eq!(ada.post(SIGN_IN, body).await.status, sign_in, "{mode:?}");
    }
    let server = server(PasswordMode::Off).await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let body = json!({ "password": "open sesame", "action": { "do": "delete-account" } });
    ada.post(CONFIRM, body)
        .await
        .problem(ErrorCode::NotFound, 404);
    ada.delete(PASSWORD).await.problem(ErrorCode::NotFound, 404);
}

#[tokio::test]
async fn an_account_signs_up_and_in() {
    let server = server(PasswordMode::SignUp).await;
    let mut ada = server.browser("ada");
    let signed_in = sign_up(&mut ada, "ada").await;
    assert!(signed_in.account.has_password);
    assert_eq!((signed_in.passkeys, signed_in.session), (0, None));
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    let body = json!({ "userName": "ADA", "password": "open sesame" });
    let taken = server.browser("bob").post(SIGN_UP, body).await;
    taken.problem(ErrorCode::UserNameTaken, 409);
    let body = json!({ "userName": "eve", "password": "1234567" });
    let short = server.browser("eve").post(SIGN_UP, body).await;
    let problem = short.problem(ErrorCode::InvalidPassword, 422);
    assert_eq!(
        problem.detail.as_deref(),
        Some("It has less than 8 characters.")
    );

    let mut again = server.browser("again");
    let signed_in: PasswordSignedIn = sign_in(&mut again, "Ada", "open sesame").await.json(200);
    assert_eq!(signed_in.account.user_name, "ada");
    assert_eq!(again.signed_in_as().await.as_deref(), Some("ada"));
    let activity: Activity = again.get("/api/v1/activity").await.json(200);
    let kinds: Vec<_> = activity.events.iter().map(|event| &*event.kind).collect();
    assert_eq!(
        kinds,
        ["signed_in_by_password", "account_created_with_password"]
    );
}

#[tokio::test]
async fn nobody_learns_whether_it_was_the_name_or_the_password() {
    let server = server(PasswordMode::SignUp).await;
    sign_up(&mut server.browser("ada"), "ada").await;
    server.browser("bob").sign_up("bob").await;
    let mut eve = server.browser("eve");
    let mut answers = Vec::new();
    for (count, name) in ["ada", "nobody", "bob"].into_iter().enumerate() {
        assert_eq!(verifications(&server).await, u32::try_from(count).unwrap());
        let answer = sign_in(&mut eve, name, "wrong password").await;
        let mut problem = answer.problem(ErrorCode::PasswordRefused, 401);
        problem.request_id = None;
        answers.push(problem);
    }
    assert_eq!(verifications(&server).await, 3);
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

#[tokio::test]
async fn guesses_are_held_back_before_they_are_verified() {
    let mut settings = Settings::default();
    settings.passwords = PasswordMode::SignUp;
    settings.rate_limits.per_account = 6;
    let server = Server::with("https://example.org", settings).await;
    sign_up(&mut server.browser("ada"), "ada").await;
    let mut eve = server.browser("eve");
    for name in ["ada", "nobody"] {
        for _ in 0..2 {
            let answer = sign_in(&mut eve, name, "wrong password").await;
            answer.problem(ErrorCode::PasswordRefused, 401);
        }
        let before = verifications(&server).await;
        let answer = sign_in(&mut eve, name, "open sesame").await;
        answer.problem(ErrorCode::TooManyRequests, 429);
        assert_eq!(answer.header("retry-after"), Some("30"));
        assert_eq!(verifications(&server).await, before);
    }
    server.clock.advance(MINUTE / 2);
    let answer = sign_in(&mut eve, "ada", "open sesame").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_password_buys_the_first_passkey_and_no_other() {
    for flow in ["upgrade", "add"] {
        let server = server(PasswordMode::SignUp).await;
        let mut ada = server.browser("ada");
        sign_up(&mut ada, "ada").await;
        // Two at once, of which one is late.
        let late = ada.post(REGISTRATION_START, json!({ "flow": flow })).await;
        let late: RegistrationStarted = late.json(200);
        let finished: RegistrationFinished = register(&mut ada, flow).await.json(201);
        assert!(finished.account.has_password);
        let mut other = server.browser("other");
        let late = other.create(late);
        let answer = ada.post(REGISTRATION_FINISH, late).await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
        let answer = ada.post(REGISTRATION_START, json!({ "flow": flow })).await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
        // And by a sign-in that is new.
        let mut thief = server.browser("thief");
        let signed_in: PasswordSignedIn = sign_in(&mut thief, "ada", "open sesame").await.json(200);
        assert_eq!(signed_in.passkeys, 1);
        let answer = thief
            .post(REGISTRATION_START, json!({ "flow": flow }))
            .await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
        assert_eq!(ada.passkeys().await.passkeys.len(), 1);
    }
}

#[tokio::test]
async fn it_does_so_for_five_minutes_and_then_once_more_with_the_password() {
    let server = server(PasswordMode::SignUp).await;
    let mut ada = server.browser("ada");
    sign_up(&mut ada, "ada").await;
    server.clock.advance(5 * MINUTE);
    for flow in ["upgrade", "add"] {
        let answer = ada.post(REGISTRATION_START, json!({ "flow": flow })).await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
    }
    let body = json!({ "password": "wrong password", "action": { "do": "add-passkey" } });
    let answer = ada.post(CONFIRM, body).await;
    answer.problem(ErrorCode::PasswordRefused, 401);
    let body = json!({ "password": "open sesame", "action": { "do": "add-passkey" } });
    let confirmation: Confirmation = ada.post(CONFIRM, body).await.json(200);
    let add = Some(json!({ "flow": "add" }).to_string());
    let started = ada.send_confirmed(Method::POST, REGISTRATION_START, add, &confirmation.token);
    let started: RegistrationStarted = started.await.json(200);
    let finish = ada.create(started);
    assert_eq!(ada.post(REGISTRATION_FINISH, finish).await.status, 201);
}

#[tokio::test]
async fn a_password_confirms_only_while_there_is_no_passkey() {
    let server = server(PasswordMode::SignUp).await;
    let mut ada = server.browser("ada");
    sign_up(&mut ada, "ada").await;
    for action in [
        "make-recovery-codes",
        "make-enrolment-link",
        "drop-password",
    ] {
        let body = json!({ "password": "open sesame", "action": { "do": action } });
        let answer = ada.post(CONFIRM, body).await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
    }
    let delete = json!({ "password": "open sesame", "action": { "do": "delete-account" } });
    let confirmation: Confirmation = ada.post(CONFIRM, &delete).await.json(200);
    register(&mut ada, "add")
        .await
        .json::<RegistrationFinished>(201);
    let answer = ada.post(CONFIRM, &delete).await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
    let token = &confirmation.token;
    let answer = ada
        .send_confirmed(Method::DELETE, ACCOUNT, None, token)
        .await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);

    let mut bob = server.browser("bob");
    sign_up(&mut bob, "bob").await;
    let confirmation: Confirmation = bob.post(CONFIRM, &delete).await.json(200);
    let token = &confirmation.token;
    let answer = bob
        .send_confirmed(Method::DELETE, ACCOUNT, None, token)
        .await;
    assert_eq!(answer.status, 200);
    let answer = sign_in(&mut bob, "bob", "open sesame").await;
    answer.problem(ErrorCode::PasswordRefused, 401);
}

#[tokio::test]
async fn a_password_is_dropped_with_a_passkey() {
    let server = server(PasswordMode::SignUp).await;
    let mut ada = server.browser("ada");
    sign_up(&mut ada, "ada").await;
    let answer = ada.delete(PASSWORD).await;
    answer.problem(ErrorCode::PasskeyRequired, 409);
    register(&mut ada, "upgrade")
        .await
        .json::<RegistrationFinished>(201);
    let mut elsewhere = server.browser("elsewhere");
    sign_in(&mut elsewhere, "ada", "open sesame").await;
    let answer = ada.delete(PASSWORD).await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
    let other = ada.confirm(&Action::MakeRecoveryCodes).await;
    let answer = ada
        .send_confirmed(Method::DELETE, PASSWORD, None, &other)
        .await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
    let confirmation = ada.confirm(&Action::DropPassword).await;
    let answer = ada
        .send_confirmed(Method::DELETE, PASSWORD, None, &confirmation)
        .await;
    assert_eq!(answer.status, 204);
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    assert_eq!(elsewhere.signed_in_as().await, None);
    let session: Session = ada.get(SESSION).await.json(200);
    assert!(!session.account.unwrap().has_password);
    let answer = sign_in(&mut elsewhere, "ada", "open sesame").await;
    answer.problem(ErrorCode::PasswordRefused, 401);
    let again = ada.confirm(&Action::DropPassword).await;
    let answer = ada
        .send_confirmed(Method::DELETE, PASSWORD, None, &again)
        .await;
    answer.problem(ErrorCode::PasswordNotFound, 404);
}

#[tokio::test]
async fn an_app_signs_in_with_a_token_and_gets_no_restore_key() {
    let server = server(PasswordMode::SignUp).await;
    sign_up(&mut server.browser("ada"), "ada").await;
    let request = |path, token: Option<&str>, body: serde_json::Value| {
        let request = Request::post(path).header("content-type", "application/json");
        let request = match token {
            None => request.header("passkeep-client", "native"),
            Some(token) => request.header("authorization", format!("Bearer {token}")),
        };
        request.body(Body::from(body.to_string())).unwrap()
    };
    let body = json!({ "userName": "ada", "password": "open sesame" });
    let answer = send(&server.app, request(SIGN_IN, None, body)).await;
    let signed_in: PasswordSignedIn = answer.json(200);
    assert_eq!(answer.set_cookies(), Vec::<&str>::new());
    let token = signed_in.session.unwrap().token;
    let restore = json!({ "flow": "restore", "install": "AQID" });
    let answer = request(REGISTRATION_START, Some(&token), restore);
    let answer = send(&server.app, answer).await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
    let add = json!({ "flow": "add" });
    let answer = request(REGISTRATION_START, Some(&token), add);
    assert_eq!(send(&server.app, answer).await.status, 200);
}
