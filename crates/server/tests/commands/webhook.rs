//! The webhook, from the receiver's side.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use passkeep_protocol::api::Action;
use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::process::{assert_failure, passkeep};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What it was told, and what it answers: the next of a list, then 204.
#[derive(Clone, Default)]
struct Receiver {
    told: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answers: Arc<Mutex<Vec<StatusCode>>>,
    /// Whose events it refuses each time.
    refuses: Option<&'static str>,
    /// Whether it never answers.
    hangs: bool,
}

impl Receiver {
    /// Begins to receive, and returns what a server needs to know about it.
    async fn start(&self) -> Vec<(&'static str, String)> {
        let receiver = self.clone();
        let app = Router::new().fallback(move |request: Request| async move {
            let (head, body) = request.into_parts();
            assert_eq!(head.uri.to_string(), "/hook?of=passkeep");
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            if receiver.refuses.is_some_and(|name| body.contains(name)) {
                return StatusCode::INTERNAL_SERVER_ERROR;
            }
            receiver.told.lock().unwrap().push((head.headers, body));
            if receiver.hangs {
                std::future::pending::<()>().await;
            }
            let answer = receiver.answers.lock().unwrap().pop();
            answer.unwrap_or(StatusCode::NO_CONTENT)
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
        vec![
            (
                "PASSKEEP_WEBHOOK_URL",
                format!("http://{address}/hook?of=passkeep"),
            ),
            ("PASSKEEP_WEBHOOK_SECRET", SECRET.to_owned()),
        ]
    }

    /// Waits until it has been told so often.
    async fn wait(&self, times: usize) -> Vec<(HeaderMap, String)> {
        for _ in 0..200 {
            let told = self.told.lock().unwrap().clone();
            if told.len() >= times {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("told {} times", self.told.lock().unwrap().len());
    }
}

/// Verifies what was received as the specification says, and reads it.
#[track_caller]
fn verified((headers, body): &(HeaderMap, String)) -> Value {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    assert!(now.abs_diff(timestamp.parse().unwrap()) < 60, "{timestamp}");
    let signature = header("webhook-signature");
    let signature = BASE64_STANDARD
        .decode(signature.strip_prefix("v1,").unwrap())
        .unwrap();
    let secret = BASE64_STANDARD
        .decode(SECRET.strip_prefix("whsec_").unwrap())
        .unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let signed = format!("{id}.{timestamp}.{body}");
    hmac::verify(&key, signed.as_bytes(), &signature).unwrap();
    assert_eq!(header("content-type"), "application/json");
    serde_json::from_str(body).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_can_get_in_is_told_signed_and_in_order() {
    let receiver = Receiver::default();
    let deployment = Deployment::with(receiver.start().await);
    let mut ada = deployment.browser("ada");
    let credential = ada.sign_up("ada").await.passkey.unwrap().id;
    // What people do every day is not told.
    ada.sign_in().await;
    let added = ada.add_passkey("other").await.passkey.unwrap().id;
    assert_eq!(ada.delete_passkey(&added, "").await.status, 200);
    let confirmation = ada.confirm(&Action::MakeRecoveryCodes).await;
    let method = axum::http::Method::POST;
    let path = "/api/v1/recovery-codes";
    let codes = ada.send_confirmed(method, path, None, &confirmation).await;
    assert_eq!(codes.status, 200);
    receiver.wait(4).await;
    // The commands tell it too, and what changes nothing they do not tell.
    let link = deployment.json(&["users", "recovery-link", "ada"]);
    for _ in 0..2 {
        deployment.text(&["users", "lock", "ada"]);
    }
    deployment.text(&["users", "delete", "ada", "--yes"]);

    let told = receiver.wait(7).await;
    let told: Vec<_> = told.iter().map(verified).collect();
    let kinds: Vec<_> = told
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "account_created",
            "passkey_added",
            "passkey_deleted",
            "recovery_codes_made",
            "enrolment_link_made",
            "account_locked",
            "account_deleted",
        ]
    );
    let user = &told[0]["data"]["userId"];
    assert!(user.as_str().unwrap().len() > 20, "{user}");
    let id = credential.to_base64url();
    let expected =
        json!({"userId": user, "userName": "ada", "displayName": "ada", "credential": id});
    assert_eq!(told[0]["data"], expected);
    assert_eq!(told[1]["data"]["credential"], added.to_base64url());
    for event in &told {
        assert_eq!(event["data"]["userId"], *user, "{event}");
    }
    assert_eq!(told[6]["data"]["device"], "operator");
    let timestamp = told[0]["timestamp"].as_str().unwrap();
    assert_eq!(timestamp.len(), "2026-01-01T00:00:00.000Z".len());
    // Neither a code nor a link is told.
    let all = json!(told).to_string();
    let token = link["url"].as_str().unwrap().split_once('=').unwrap().1;
    assert!(!all.contains(token), "{all}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_not_taken_is_told_again_and_what_is_not_wanted_is_not() {
    let receiver = Receiver::default();
    // The last is answered first.
    *receiver.answers.lock().unwrap() = vec![StatusCode::GONE, StatusCode::FOUND];
    let deployment = Deployment::with(receiver.start().await);
    deployment.browser("ada").sign_up("ada").await;
    let told = receiver.wait(2).await;
    let id = |of: &(HeaderMap, String)| of.0["webhook-id"].clone();
    assert_eq!(id(&told[0]), id(&told[1]));
    assert_eq!(told[0].1, told[1].1);
    for event in &told {
        assert_eq!(verified(event)["type"], "account_created");
    }
    // The next event comes without waiting for more tries of the first.
    deployment.browser("bob").sign_up("bob").await;
    let told = receiver.wait(3).await;
    assert_eq!(verified(&told[2])["data"]["userName"], "bob");
    assert_ne!(id(&told[2]), id(&told[0]));
    deployment.server.terminate();
    let (status, log) = deployment.server.wait();
    assert_eq!(status, Some(0), "{log}");
    for expected in [
        "the webhook was not told: it answered 302 Found; trying again in 1 seconds",
        "the webhook was not told, and is not tried again: it answered that it is gone; the audit trail has it",
    ] {
        assert!(log.contains(expected), "{log}");
    }
    assert!(!log.contains(SECRET), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_event_that_is_refused_again_and_again_holds_up_nobody_elses() {
    let receiver = Receiver {
        refuses: Some("\"mallory\""),
        ..Receiver::default()
    };
    let deployment = Deployment::with(receiver.start().await);
    let mut mallory = deployment.browser("mallory");
    mallory.sign_up("mallory").await;
    mallory.add_passkey("other").await;
    let mut ada = deployment.browser("ada");
    ada.sign_up("ada").await;
    ada.add_passkey("another").await;
    let told = receiver.wait(2).await;
    let told: Vec<_> = told.iter().map(verified).collect();
    for (event, kind) in told.iter().zip(["account_created", "passkey_added"]) {
        assert_eq!(event["type"], kind);
        assert_eq!(event["data"]["userName"], "ada");
    }
    deployment.server.terminate();
    let (_, log) = deployment.server.wait();
    // Her second event waits behind the first.
    let warnings = log.matches("the webhook was not told: it answered 500");
    assert!((2..=3).contains(&warnings.count()), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_receiver_that_never_answers_holds_nobody_up() {
    let receiver = Receiver {
        hangs: true,
        ..Receiver::default()
    };
    let deployment = Deployment::with(receiver.start().await);
    let began = Instant::now();
    for name in ["ada", "bob", "cy"] {
        deployment.browser(name).sign_up(name).await;
    }
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    receiver.wait(1).await;
    let began = Instant::now();
    deployment.server.terminate();
    let (status, log) = deployment.server.wait();
    assert_eq!(status, Some(0), "{log}");
    assert!(
        began.elapsed() < Duration::from_secs(12),
        "{:?}",
        began.elapsed()
    );
    assert!(
        log.contains("the webhook was not told everything within 5 seconds"),
        "{log}"
    );
}

#[test]
fn a_webhook_that_cannot_be_used_is_said_without_its_secret() {
    let data = tempfile::tempdir().unwrap();
    for (url, secret, expected) in [
        (
            "http://example.org/",
            SECRET,
            "its address begins with https://, or http:// for this machine",
        ),
        (
            "https://example.org/",
            "",
            "it needs an address and a secret, and one of them is not given",
        ),
        (
            "https://example.org/",
            "hunter2",
            "its secret begins with whsec_",
        ),
    ] {
        let output = passkeep(&["serve", "--listen", "127.0.0.1:0"])
            .env("PASSKEEP_DATA_DIR", data.path())
            .env("PASSKEEP_LOG", "off")
            .env("PASSKEEP_WEBHOOK_URL", url)
            .env("PASSKEEP_WEBHOOK_SECRET", secret)
            .output()
            .unwrap();
        let expected = format!(
            "passkeep: the webhook cannot be used: {expected} (PASSKEEP_WEBHOOK_URL, PASSKEEP_WEBHOOK_SECRET)\n"
        );
        assert_failure(&output, &expected);
    }
    let shown = passkeep(&["config"])
        .env("PASSKEEP_WEBHOOK_SECRET", SECRET)
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(
        shown.contains("webhook_secret = \"(not shown)\" "),
        "{shown}"
    );
    assert!(!shown.contains(SECRET), "{shown}");
}
