//! What is counted, and that it can be read.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use passkeep_protocol::api::{Action, ErrorCode};
use passkeep_server::metrics;
use serde_json::json;

use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, Answer, REGISTRATION_START, Server, send,
};

async fn get(app: &Router, path: &str) -> Answer {
    send(app, Request::get(path).body(Body::empty()).unwrap()).await
}

/// The value of a sample.
async fn sample(server: &Server, name: &str) -> Option<String> {
    let answer = get(&metrics(server.state.clone()), "/metrics").await;
    let text = answer.text();
    let mut values = text.lines().filter_map(|line| line.strip_prefix(name));
    values.next().map(|value| value.trim().to_owned())
}

#[tokio::test]
async fn ceremonies_are_counted_with_what_came_of_them() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    ada.sign_in().await;
    let started = ada.start_sign_in().await;
    let mut finish = ada.assert(started);
    let mut signature = finish.credential.response.signature.into_vec();
    *signature.last_mut().unwrap() ^= 1;
    finish.credential.response.signature = signature.into();
    let answer = ada.post(AUTHENTICATION_FINISH, finish).await;
    answer.problem(ErrorCode::AuthenticationRejected, 401);
    let taken = json!({ "flow": "sign-up", "userName": "ada" });
    let answer = server.browser("bob").post(REGISTRATION_START, taken).await;
    answer.problem(ErrorCode::UserNameTaken, 409);

    ada.confirm(&Action::DeleteAccount).await;
    for (kind, flow, phase, outcome, reason, count) in [
        ("registration", "sign_up", "start", "accepted", "", "1"),
        (
            "registration",
            "sign_up",
            "start",
            "refused",
            "user_name_taken",
            "1",
        ),
        ("registration", "sign_up", "finish", "accepted", "", "1"),
        ("authentication", "sign_in", "start", "accepted", "", "2"),
        ("authentication", "sign_in", "finish", "accepted", "", "1"),
        (
            "authentication",
            "sign_in",
            "finish",
            "refused",
            "signature",
            "1",
        ),
        ("authentication", "confirm", "start", "accepted", "", "1"),
        ("authentication", "confirm", "finish", "accepted", "", "1"),
    ] {
        let name = format!(
            "passkeep_ceremonies_total{{kind=\"{kind}\",flow=\"{flow}\",phase=\"{phase}\",outcome=\"{outcome}\",reason=\"{reason}\"}}"
        );
        assert_eq!(
            sample(&server, &name).await.as_deref(),
            Some(count),
            "{name}"
        );
    }
}

#[tokio::test]
async fn requests_are_timed_by_the_pattern_of_their_route() {
    let server = Server::start().await;
    for path in [
        "/api/v1/passkeys/AQID",
        "/api/v1/passkeys/BAUG",
        "/api/v1/nothing/AQID",
        "/readyz",
    ] {
        get(&server.app, path).await;
    }
    for (route, status, count) in [
        ("/api/v1/passkeys/{id}", "4xx", "2"),
        ("site", "4xx", "1"),
        ("/readyz", "2xx", "1"),
    ] {
        let name = format!(
            "passkeep_http_request_duration_seconds_count{{route=\"{route}\",status=\"{status}\"}}"
        );
        assert_eq!(
            sample(&server, &name).await.as_deref(),
            Some(count),
            "{name}"
        );
    }
    let text = get(&metrics(server.state.clone()), "/metrics").await.text();
    assert!(!text.contains("AQID"), "{text}");
    let version = env!("CARGO_PKG_VERSION");
    let build = format!("passkeep_build_info{{version=\"{version}\"}} 1\n");
    assert!(text.contains(&build), "{text}");
    assert!(text.ends_with("# EOF\n"), "{text}");
}

#[tokio::test]
async fn the_store_is_asked_for_readiness_once_a_second_at_most() {
    const PINGS: &str = "passkeep_store_call_duration_seconds_count{method=\"ping\"}";
    let server = Server::start().await;
    for expected in ["1", "2"] {
        for _ in 0..20 {
            let answer = get(&server.app, "/readyz").await;
            assert_eq!((answer.status.as_u16(), &*answer.text()), (200, "ok"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
        assert_eq!(sample(&server, PINGS).await.as_deref(), Some(expected));
        server.clock.advance(1000);
    }
}

#[tokio::test]
async fn the_public_server_has_no_metrics() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.post(AUTHENTICATION_START, json!({})).await;
    let answer = get(&server.app, "/metrics").await;
    assert_eq!(answer.status, 404);
    assert!(!answer.text().contains("passkeep_ceremonies"));
}
