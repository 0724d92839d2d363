//! Two processes of the program on one PostgreSQL database.

use passkeep_protocol::api::{
    AuthenticationFinished, ErrorCode, RegistrationFinished, RegistrationStarted,
};
use passkeep_store::contract::postgres::PostgresDatabase;
use serde_json::json;

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
