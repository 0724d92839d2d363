//! What the program does when its database is gone, slow, or on a full disk, and that it goes on by itself afterwards.

use std::time::{Duration, Instant};

use passkeep_protocol::api::{AuthenticationFinished, ErrorCode};
use passkeep_store::contract::postgres::{Cluster, PostgresDatabase};
use tokio::time::sleep;

use crate::process::over_tcp;
use crate::replicas::{ORIGIN, unlimited};
use crate::support::{AUTHENTICATION_FINISH, Browser};

const PATIENCE: Duration = Duration::from_secs(30);

/// Asks whether the server is ready until the answer has that status.
async fn until_readiness_is(browser: &mut Browser, status: u16) {
    let began = Instant::now();
    loop {
        let answer = browser.get("/readyz").await;
        if answer.status == status {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{}", answer.text());
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_and_comes_back_needs_no_restart() {
    let cluster = Cluster::start();
    let database = PostgresDatabase::within(cluster.url()).await;
    let data = tempfile::tempdir().unwrap();
    let server = unlimited(&data, &database.url());
    let mut ada = Browser::new(over_tcp(&server), ORIGIN, "ada");
    ada.sign_up("ada").await;
    until_readiness_is(&mut ada, 200).await;
    for end in [Cluster::stop, Cluster::crash] {
        end(&cluster);
        until_readiness_is(&mut ada, 503).await;
        // It begins what needs no database, so that a person finds out when it matters.
        let started = ada.start_sign_in().await;
        let finish = ada.assert(started);
        let refused = ada.post(AUTHENTICATION_FINISH, &finish).await;
        let problem = refused.problem(ErrorCode::Unavailable, 503);
        assert_eq!(problem.detail, None);
        assert_eq!(ada.get("/healthz").await.status, 200);

        cluster.start_again();
        until_readiness_is(&mut ada, 200).await;
        let answer = ada.post(AUTHENTICATION_FINISH, &finish).await;
        answer.json::<AuthenticationFinished>(200);
        assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    }
    server.terminate();
    let (status, log) = server.wait();
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("the store is not available"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_database_is_waited_for_but_not_for_ever() {
    let database = PostgresDatabase::new().await;
    let data = tempfile::tempdir().unwrap();
    let server = unlimited(&data, &database.url());
    let mut ada = Browser::new(over_tcp(&server), ORIGIN, "ada");
    ada.sign_up("ada").await;
    let client = database.client().await;
    let block = "BEGIN; LOCK TABLE spent_ceremonies IN ACCESS EXCLUSIVE MODE";

    // A second is a wait.
    client.batch_execute(block).await.unwrap();
    let mut waits = ada.clone();
    let started = waits.start_sign_in().await;
    let finish = waits.assert(started);
    let waits = tokio::spawn(async move { waits.post(AUTHENTICATION_FINISH, finish).await });
    sleep(Duration::from_secs(1)).await;
    assert!(!waits.is_finished());
    // Who does not need what is slow is not held up.
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    client.batch_execute("COMMIT").await.unwrap();
    let answer = waits.await.unwrap();
    answer.json::<AuthenticationFinished>(200);

    // Longer than anybody waits, it is as if it were gone.
    client.batch_execute(block).await.unwrap();
    let started = ada.start_sign_in().await;
    let finish = ada.assert(started);
    let began = Instant::now();
    let refused = ada.post(AUTHENTICATION_FINISH, &finish).await;
    refused.problem(ErrorCode::Unavailable, 503);
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    client.batch_execute("COMMIT").await.unwrap();
    assert_eq!(ada.sign_in().await.account.user_name, "ada");
}

#[cfg(target_os = "linux")]
mod full_disk {
    use std::process::Command;

    use passkeep_protocol::api::ProblemDetails;

    use super::*;
    use crate::process::{Running, passkeep};
    use crate::support::REGISTRATION_FINISH;

    /// Files of the server can grow to so many bytes from now on, or without end. To the server it is a disk that is full.
    fn limit_files(server: &Running, bytes: Option<u64>) {
        let soft = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        let status = Command::new("prlimit")
            .args(["--pid", &server.id().to_string()])
            .arg(format!("--fsize={soft}:unlimited"))
            .status();
        assert!(status.unwrap().success());
    }

    #[tokio::test]
    async fn a_full_disk_refuses_what_must_be_kept_and_nothing_that_was_kept_is_lost() {
        let data = tempfile::tempdir().unwrap();
        // A file that may not grow is a signal too, which would end the program.
        let passkeep = passkeep(&[]);
        let mut command = Command::new("env");
        command.arg("--ignore-signal=XFSZ");
        for (name, value) in passkeep.get_envs() {
            assert_eq!(value, None);
            command.env_remove(name);
        }
        command.arg(passkeep.get_program()).arg("serve");
        let environment = [
            ("PASSKEEP_ORIGINS", ORIGIN),
            ("PASSKEEP_ADDRESS_LIMIT", "0"),
        ];
        let (_, server) = Running::by(command, &data, &environment);
        let app = over_tcp(&server);
        let mut ada = Browser::new(app.clone(), ORIGIN, "ada");
        ada.sign_up("ada").await;

        let log = data.path().join("deep/data/passkeep.sqlite-wal");
        let bytes = std::fs::metadata(log).unwrap().len();
        limit_files(&server, Some(bytes + 100_000));
        let mut people = Vec::new();
        let (mut eve, finish) = loop {
            let name = format!("person-{}", people.len());
            let mut person = Browser::new(app.clone(), ORIGIN, &name);
            let started = person.start_sign_up(&name).await;
            let finish = person.create(started);
            let answer = person.post(REGISTRATION_FINISH, &finish).await;
            if answer.status != 201 {
                let problem: ProblemDetails = answer.problem(ErrorCode::Unavailable, 503);
                assert_eq!(problem.detail, None);
                break (person, finish);
            }
            people.push((name, person));
            assert!(people.len() < 1000);
        };
        // Where a sign-up has no room, the one page of a readiness check may still have it: not even that is left now.
        limit_files(&server, Some(bytes));
        let answer = eve.post(REGISTRATION_FINISH, &finish).await;
        answer.problem(ErrorCode::Unavailable, 503);
        // What can be read is still read.
        assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
        until_readiness_is(&mut ada, 503).await;

        limit_files(&server, None);
        until_readiness_is(&mut ada, 200).await;
        let answer = eve.post(REGISTRATION_FINISH, finish).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        for (name, mut person) in people {
            assert_eq!(person.signed_in_as().await, Some(name.clone()));
            assert_eq!(person.sign_in().await.account.user_name, name);
        }
        server.terminate();
        assert_eq!(server.wait().0, Some(0));
    }
}
