//! What the program logs when it logs everything: each request's id, and no secret.

use axum::body::Body;
use axum::http::{Method, Request};
use passkeep_protocol::api::{Action, ErrorCode};
use passkeep_protocol::bytes::Bytes;
use passkeep_testkit::Client;
use serde_json::{Value, json};

use crate::apps::{App, FINGERPRINT};
use crate::process::{Running, over_tcp};
use crate::recovery::{make_codes, make_link, with_code};
use crate::replicas::ORIGIN;
use crate::support::{
    AUTHENTICATION_FINISH, Browser, PASSKEYS, REGISTRATION_FINISH, REGISTRATION_START, SESSION,
    send,
};

/// A server that logs everything in JSON.
fn start(data: &tempfile::TempDir) -> Running {
    let fingerprint = FINGERPRINT.map(|byte| format!("{byte:02X}")).join(":");
    let app = format!("org.example.app={fingerprint}");
    let environment = [
        ("PASSKEEP_ORIGINS", ORIGIN),
        ("PASSKEEP_LOG", "trace"),
        ("PASSKEEP_LOG_FORMAT", "json"),
        ("PASSKEEP_ANDROID_APPS", &app),
    ];
    Running::with(data, &environment).1
}

/// The lines of the log of a server that is told to stop.
fn stopped(server: Running) -> (String, Vec<Value>) {
    server.terminate();
    let (status, log) = server.wait();
    assert_eq!(status, Some(0), "{log}");
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    let lines = lines.collect();
    (log, lines)
}

/// The id of the request that a line belongs to.
fn request_id(line: &Value) -> Option<&str> {
    let spans = line["spans"].as_array()?;
    let mut requests = spans.iter().filter(|span| span["name"] == "request");
    requests.next()?["id"].as_str()
}

#[tokio::test]
async fn no_secret_of_a_sign_up_or_a_sign_in_is_in_the_log() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data);
    let mut ada = Browser::new(over_tcp(&server), ORIGIN, "ada");
    ada.client = Client::new(ORIGIN);
    let mut secrets = Vec::new();
    let mut keep = |name: &'static str, secret: String| {
        assert!(secret.len() >= 16, "{name}: {secret}");
        secrets.push((name, secret));
    };

    let started = ada.start_sign_up("ada").await;
    keep("ceremony", started.ceremony.clone());
    keep("challenge", started.options.challenge.to_base64url());
    let finish = ada.create(started);
    let credential = &finish.credential;
    keep("credential id", credential.raw_id.to_base64url());
    let client_data = &credential.response.client_data_json;
    keep("client data", client_data.to_base64url());
    let answer = ada.post(REGISTRATION_FINISH, &finish).await;
    assert_eq!(answer.status, 201);
    for cookie in ada.cookies.values() {
        keep("cookie", cookie.clone());
    }

    let started = ada.start_sign_in().await;
    keep("ceremony", started.ceremony.clone());
    keep("challenge", started.options.challenge.to_base64url());
    let mut finish = ada.assert(started);
    keep(
        "signature",
        finish.credential.response.signature.to_base64url(),
    );
    // Once with a signature that is refused, because refusals say the most.
    let good = finish.credential.response.signature.clone();
    let mut bad = good.clone().into_vec();
    *bad.last_mut().unwrap() ^= 1;
    finish.credential.response.signature = Bytes::new(bad);
    assert_eq!(ada.post(AUTHENTICATION_FINISH, &finish).await.status, 401);
    finish.credential.response.signature = good;
    assert_eq!(ada.post(AUTHENTICATION_FINISH, &finish).await.status, 200);
    for cookie in ada.cookies.values() {
        keep("cookie", cookie.clone());
    }
    let id = finish.credential.raw_id.to_base64url();
    assert_eq!(ada.get(&format!("{PASSKEYS}/{id}")).await.status, 405);

    let bearer = "c2VjcmV0LW9mLWFuLWFwcC10aGF0LXNpZ25lZC1pbg";
    keep("bearer token", bearer.to_owned());
    keep("query", "even-more-secret-in-a-query".to_owned());
    let request = Request::get(format!("{SESSION}?token=even-more-secret-in-a-query"));
    let request = request.header("authorization", format!("Bearer {bearer}"));
    let answer = send(&over_tcp(&server), request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200);

    let (log, lines) = stopped(server);
    let answered = |line: &&Value| line["fields"]["message"] == "answered";
    assert_eq!(lines.iter().filter(answered).count(), 7, "{log}");
    for (name, secret) in &secrets {
        assert!(!log.contains(secret), "the log has the {name} {secret}");
    }
}

/// Those that are typed, those of a link, those that confirm, and an app's own.
#[tokio::test]
async fn no_secret_of_a_way_back_in_or_of_an_app_is_in_the_log() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data);
    let mut ada = Browser::new(over_tcp(&server), ORIGIN, "ada");
    ada.client = Client::new(ORIGIN);
    ada.sign_up("ada").await;
    let mut secrets = Vec::new();

    // One is used and one is refused; as they are typed, and as they are read.
    let codes = make_codes(&mut ada).await;
    let mut new = Browser::new(over_tcp(&server), ORIGIN, "new");
    new.client = Client::new(ORIGIN);
    for (code, status) in [(&codes[0], 201), (&codes[0], 403)] {
        let answer = new.post(REGISTRATION_START, with_code("ada", code)).await;
        if status == 403 {
            answer.problem(ErrorCode::RecoveryRefused, 403);
            continue;
        }
        let finish = new.create(answer.json(200));
        assert_eq!(new.post(REGISTRATION_FINISH, finish).await.status, status);
    }
    secrets.extend(codes.iter().map(|code| ("code", code.replace('-', ""))));
    secrets.extend(codes.into_iter().map(|code| ("code", code)));

    // The code has ended her session.
    ada.sign_in().await;
    let link = make_link(&mut ada).await;
    let (_, token) = link.url.split_once("#enrol=").unwrap();
    secrets.push(("link", token.to_owned()));
    let body = json!({ "flow": "enrol", "link": token });
    let mut phone = Browser::new(over_tcp(&server), ORIGIN, "phone");
    phone.client = Client::new(ORIGIN);
    let started = phone.post(REGISTRATION_START, &body).await;
    let finish = phone.create(started.json(200));
    assert_eq!(phone.post(REGISTRATION_FINISH, finish).await.status, 201);
    let again = phone.post(REGISTRATION_START, &body).await;
    again.problem(ErrorCode::EnrolmentLinkUnknown, 404);

    let mut app = App::at(over_tcp(&server), "app");
    app.sign_up("bob").await;
    let bearer = app.bearer.clone().unwrap();
    assert!(bearer.starts_with("passkeep_"), "{bearer}");
    assert_eq!(app.signed_in_as().await.as_deref(), Some("bob"));
    secrets.push(("bearer token", bearer));

    let confirmation = ada.confirm(&Action::DeleteAccount).await;
    let account = "/api/v1/account";
    let delete = ada.send_confirmed(Method::DELETE, account, None, &confirmation);
    assert_eq!(delete.await.status, 200);
    secrets.push(("confirmation", confirmation));

    let (log, _) = stopped(server);
    for (name, secret) in &secrets {
        assert!(secret.len() >= 16, "{name}: {secret}");
        assert!(!log.contains(secret), "the log has the {name} {secret}");
    }
}

#[tokio::test]
async fn whatever_a_sign_in_brings_is_one_line_of_the_log() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data);
    let mut ada = Browser::new(over_tcp(&server), ORIGIN, "ada");
    ada.sign_up("ada").await;
    let started = ada.start_sign_in().await;
    let mut finish = ada.assert(started);
    let results = &mut finish.credential.client_extension_results;
    for number in 0..3000 {
        results.other.insert(format!("x{number:04}"), true.into());
    }
    assert_eq!(ada.post(AUTHENTICATION_FINISH, &finish).await.status, 200);
    let (log, lines) = stopped(server);
    let noticed = lines
        .iter()
        .filter(|line| line["fields"]["message"] == "accepted, but noticed");
    let noticed: Vec<_> = noticed.map(|line| &line["fields"]["findings"]).collect();
    let expected = "unsolicited_client_extension × 16 (identifier \"x0000\")";
    assert_eq!(noticed, [expected], "{log}");
}

#[tokio::test]
async fn every_line_of_a_request_has_its_id() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data);
    let mut ada = Browser::new(over_tcp(&server), ORIGIN, "ada");
    let refused = ada.get(PASSKEYS).await;
    let id = refused.header("x-request-id").unwrap().to_owned();
    ada.sign_up("ada").await;

    let (log, lines) = stopped(server);
    let of_request = |message: &'static str| {
        let lines = lines.iter();
        lines.filter(move |line| line["fields"]["message"] == message)
    };
    let refusals: Vec<_> = of_request("refused").map(request_id).collect();
    assert_eq!(refusals, [Some(&*id)], "{log}");
    let answers: Vec<_> = of_request("answered").map(request_id).collect();
    assert_eq!(answers.len(), 3, "{log}");
    assert_eq!(answers[0], Some(&*id));
    for (index, answer) in answers.iter().enumerate() {
        assert_eq!(answer.map(str::len), Some(36), "{log}");
        assert!(!answers[..index].contains(answer), "{log}");
    }
}
