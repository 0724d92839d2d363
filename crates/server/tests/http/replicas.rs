//! Processes of the program on one PostgreSQL database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use passkeep_protocol::api::{
    AuthenticationFinished, ErrorCode, RegistrationFinished, RegistrationStarted,
};
use passkeep_protocol::bytes::decode_base64url;
use passkeep_store::contract::postgres::PostgresDatabase;
use passkeep_store::{AuditEvent, AuditKind, SealingKey, Store as _};
use passkeep_verify::Timestamp;
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::process::{Running, over_tcp};
use crate::support::{
    AUTHENTICATION_FINISH, Browser, PASSKEYS, REGISTRATION_FINISH, REGISTRATION_START, SESSION,
};

pub(crate) const ORIGIN: &str = "http://localhost:9";

#[tokio::test]
async fn what_one_begins_the_other_finishes_and_what_one_ends_is_over_for_the_other() {
    let database = PostgresDatabase::new().await;
    let url = database.url();
    let data = tempfile::tempdir().unwrap();
    let environment = [
        ("PASSKEEP_DATABASE_URL", url.as_str()),
        ("PASSKEEP_ORIGINS", ORIGIN),
    ];
    // At once, on a database that has no schema yet.
    let start = || {
        let (site, server) = Running::with(&data, &environment);
        assert_eq!(site, ORIGIN);
        server
    };
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(start);
        let other = start();
        (one.join().unwrap(), other)
    });
    let (at_one, at_other) = (over_tcp(&one), over_tcp(&other));

    let mut ada = Browser::new(at_one.clone(), ORIGIN, "ada");
    let started = ada.start_sign_up("ada").await;
    let finish = ada.create(started);
    let mut ada = ada.at(at_other.clone());
    let answer = ada.post(REGISTRATION_FINISH, finish).await;
    let finished: RegistrationFinished = answer.json(201);
    assert_eq!(finished.account.user_name, "ada");
    let mut ada = ada.at(at_one.clone());
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    assert_eq!(ada.passkeys().await.passkeys.len(), 1);

    let started = ada.start_sign_in().await;
    let finish = ada.assert(started);
    let mut ada = ada.at(at_other.clone());
    let answer = ada.post(AUTHENTICATION_FINISH, &finish).await;
    let finished: AuthenticationFinished = answer.json(200);
    assert_eq!(finished.account.user_name, "ada");
    // The same answer is as spent for the server that began it.
    let mut ada = ada.at(at_one.clone());
    let again = ada.post(AUTHENTICATION_FINISH, &finish).await;
    assert_eq!(again.status, 409, "{}", again.text());

    let mut stolen = ada.clone().at(at_other.clone());
    assert_eq!(stolen.signed_in_as().await.as_deref(), Some("ada"));
    assert_eq!(ada.delete(SESSION).await.status, 204);
    let refused = stolen.get(PASSKEYS).await;
    refused.problem(ErrorCode::NotSignedIn, 401);
    assert_eq!(stolen.signed_in_as().await, None);

    // A name that was taken at one is taken at the other.
    let mut eve = Browser::new(at_other, ORIGIN, "eve");
    let taken = eve.post(
        REGISTRATION_START,
        json!({ "flow": "sign-up", "userName": "ADA" }),
    );
    taken.await.problem(ErrorCode::UserNameTaken, 409);
    let started: RegistrationStarted = eve.start_sign_up("eve").await;
    assert!(!started.ceremony.is_empty());

    for (server, mut browser) in [(one, ada), (other, eve)] {
        let health = browser.get("/healthz").await;
        assert_eq!((health.status.as_u16(), &*health.text()), (200, "ok"));
        server.terminate();
        let (status, log) = server.wait();
        assert_eq!(status, Some(0), "{log}");
        assert!(
            log.contains("the store is the PostgreSQL database passkeep_test_"),
            "{log}"
        );
        assert!(!log.contains("postgres:"), "{log}");
    }
    assert!(!data.path().join("deep").exists());
}

/// A server on that database which counts nobody's requests: here all clients have one address.
pub(crate) fn unlimited(data: &TempDir, url: &str) -> Running {
    let environment = [
        ("PASSKEEP_DATABASE_URL", url),
        ("PASSKEEP_ORIGINS", ORIGIN),
        ("PASSKEEP_ADDRESS_LIMIT", "0"),
        ("PASSKEEP_ACCOUNT_LIMIT", "0"),
    ];
    Running::with(data, &environment).1
}

/// Sends each request to the next server.
fn round_robin(servers: &[Running]) -> Router {
    let servers: Arc<[Router]> = servers.iter().map(over_tcp).collect();
    let next = Arc::new(AtomicUsize::new(0));
    Router::new().fallback(move |request: Request| async move {
        let number = next.fetch_add(1, Ordering::Relaxed) % servers.len();
        servers[number].clone().oneshot(request).await.unwrap()
    })
}

#[tokio::test]
async fn three_do_the_work_of_one_and_what_one_ends_is_over_for_all() {
    let database = PostgresDatabase::new().await;
    let data = tempfile::tempdir().unwrap();
    let servers = [(); 3].map(|()| unlimited(&data, &database.url()));
    let app = round_robin(&servers);
    let mut people = Vec::new();
    for name in ["ada", "bob", "cat", "dan"] {
        let mut person = Browser::new(app.clone(), ORIGIN, name);
        person.sign_up(name).await;
        assert_eq!(person.signed_in_as().await.as_deref(), Some(name));
        assert_eq!(person.sign_in().await.account.user_name, name);
        people.push(person);
    }
    let ada = &mut people[0];
    let stolen = ada.clone();
    assert_eq!(ada.delete(SESSION).await.status, 204);
    for server in &servers {
        let mut there = stolen.clone().at(over_tcp(server));
        let refused = there.get(PASSKEYS).await;
        refused.problem(ErrorCode::NotSignedIn, 401);
    }
    for person in &mut people[1..] {
        assert!(person.signed_in_as().await.is_some());
    }
}

#[tokio::test]
async fn a_server_that_is_killed_takes_nothing_with_it() {
    let database = PostgresDatabase::new().await;
    let data = tempfile::tempdir().unwrap();
    let [first, second, third] = [(); 3].map(|()| unlimited(&data, &database.url()));

    let mut ada = Browser::new(over_tcp(&first), ORIGIN, "ada");
    let started = ada.start_sign_up("ada").await;
    let finish = ada.create(started);
    let answer = ada.post(REGISTRATION_FINISH, &finish).await;
    answer.json::<RegistrationFinished>(201);
    let begun = ada.start_sign_in().await;
    first.kill();
    let mut ada = ada.at(over_tcp(&second));
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    let again = ada.post(REGISTRATION_FINISH, &finish).await;
    again.problem(ErrorCode::CeremonySpent, 409);
    let finish = ada.assert(begun);
    let answer = ada.post(AUTHENTICATION_FINISH, &finish).await;
    answer.json::<AuthenticationFinished>(200);
    second.kill();
    let mut ada = ada.at(over_tcp(&third));
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    let again = ada.post(AUTHENTICATION_FINISH, &finish).await;
    again.problem(ErrorCode::CeremonySpent, 409);
    assert_eq!(ada.sign_in().await.account.user_name, "ada");
}

#[tokio::test]
async fn a_new_sealing_key_reaches_servers_that_run() {
    let database = PostgresDatabase::new().await;
    let data = tempfile::tempdir().unwrap();
    let old = [(); 2].map(|()| unlimited(&data, &database.url()));
    let mut ada = Browser::new(over_tcp(&old[0]), ORIGIN, "ada");
    ada.sign_up("ada").await;
    let under_way = ada.start_sign_in().await;

    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = Timestamp(u64::try_from(now.unwrap().as_millis()).unwrap());
    let key = SealingKey {
        id: *b"rotated!",
        secret: [7; 32],
        created_at: now,
    };
    let store = database.store().await;
    let keys = store.add_sealing_key(key, now, made(now)).await.unwrap();
    assert_eq!(keys.len(), 2);

    // It seals with the new key from the start; the others have not heard of it.
    let new = unlimited(&data, &database.url());
    for server in &old {
        ada = ada.at(over_tcp(&new));
        let started = ada.start_sign_in().await;
        assert_eq!(key_id(&started.ceremony), "rotated!");
        let finish = ada.assert(started);
        ada = ada.at(over_tcp(server));
        let answer = ada.post(AUTHENTICATION_FINISH, finish).await;
        answer.json::<AuthenticationFinished>(200);
        let started = ada.start_sign_in().await;
        assert_eq!(key_id(&started.ceremony), "rotated!");
    }
    // What the old key sealed is still good, for all.
    let finish = ada.assert(under_way);
    ada = ada.at(over_tcp(&new));
    let answer = ada.post(AUTHENTICATION_FINISH, finish).await;
    answer.json::<AuthenticationFinished>(200);
}

#[tokio::test]
async fn a_new_sealing_key_arrives_in_seconds_though_nobody_presents_it() {
    let database = PostgresDatabase::new().await;
    let data = tempfile::tempdir().unwrap();
    let server = unlimited(&data, &database.url());
    let mut ada = Browser::new(over_tcp(&server), ORIGIN, "ada");
    let before = key_id(&ada.start_sign_in().await.ceremony);
    let rotated = SealingKey {
        id: *b"rotated!",
        secret: [7; 32],
        created_at: Timestamp(1 << 60),
    };
    let store = database.store().await;
    let added = store.add_sealing_key(
        rotated.clone(),
        rotated.created_at,
        made(rotated.created_at),
    );
    assert_eq!(added.await.unwrap().len(), 2);
    let mut seen = before;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        seen = key_id(&ada.start_sign_in().await.ceremony);
        if seen == "rotated!" {
            break;
        }
    }
    assert_eq!(seen, "rotated!", "it has not arrived in eight seconds");
}

fn made(at: Timestamp) -> AuditEvent {
    AuditEvent {
        id: [7; 16],
        at,
        kind: AuditKind::SealingKeyMade,
        account: None,
        credential_id: None,
        device: None,
    }
}

fn key_id(ceremony: &str) -> String {
    let sealed = decode_base64url(ceremony).unwrap();
    String::from_utf8_lossy(&sealed[1..9]).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_finishes_over_http_at_two_servers_one_succeeds() {
    let database = PostgresDatabase::new().await;
    let data = tempfile::tempdir().unwrap();
    let servers = [(); 2].map(|()| unlimited(&data, &database.url()));
    let apps = servers.each_ref().map(over_tcp);
    let mut ada = Browser::new(apps[0].clone(), ORIGIN, "ada");
    ada.sign_up("ada").await;
    let started = ada.start_sign_in().await;
    let finish = serde_json::to_string(&ada.assert(started)).unwrap();
    let mut replays = JoinSet::new();
    for app in apps.iter().cycle().take(1000) {
        let request = ada.request(Method::POST, AUTHENTICATION_FINISH, Some(finish.clone()));
        let app = app.clone();
        replays.spawn(async move { app.oneshot(request).await.unwrap().status().as_u16() });
    }
    let statuses = replays.join_all().await;
    let count = |wanted: u16| statuses.iter().filter(|it| **it == wanted).count();
    assert_eq!((count(200), count(409)), (1, 999));
}
