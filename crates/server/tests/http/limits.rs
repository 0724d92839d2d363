//! Who tries too often is told when to come back.

use core::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use passkeep_protocol::api::ErrorCode;
use passkeep_server::{Settings, TrustedProxies, app};
use serde_json::json;

use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, Answer, Browser, REGISTRATION_START, SESSION,
    Server, send,
};

const ORIGIN: &str = "https://example.org";
const ACCOUNT: &str = "/api/v1/account";
const OTHERS: &str = "/api/v1/sessions?keepCurrent=true";

async fn server(per_address: u32, per_account: u32) -> Server {
    let mut settings = Settings::default();
    settings.rate_limits.per_address = per_address;
    settings.rate_limits.per_account = per_account;
    Server::with(ORIGIN, settings).await
}

fn from(mut request: Request<Body>, address: &str) -> Request<Body> {
    let peer = SocketAddr::new(address.parse().unwrap(), 4711);
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

fn start(browser: &Browser) -> Request<Body> {
    browser.request(Method::POST, AUTHENTICATION_START, Some("{}".to_owned()))
}

#[track_caller]
fn assert_refused(answer: &Answer, seconds: &str) {
    let problem = answer.problem(ErrorCode::TooManyRequests, 429);
    assert_eq!(answer.header("retry-after"), Some(seconds));
    let detail = format!("Try again in {seconds} seconds.");
    assert_eq!(problem.detail, Some(detail));
}

#[tokio::test]
async fn an_address_has_so_many_attempts_and_gets_more_with_time() {
    let server = server(3, 0).await;
    let browser = server.browser("ada");
    for attempt in 0..3 {
        let answer = server.send(from(start(&browser), "203.0.113.7")).await;
        assert_eq!(answer.status, 200, "{attempt}");
    }
    let answer = server.send(from(start(&browser), "203.0.113.7")).await;
    assert_refused(&answer, "20");
    // Reading goes on, and so does everybody else.
    let read = browser.request(Method::GET, SESSION, None);
    assert_eq!(server.send(from(read, "203.0.113.7")).await.status, 200);
    let answer = server.send(from(start(&browser), "203.0.113.8")).await;
    assert_eq!(answer.status, 200);
    server.clock.advance(20_000);
    let answer = server.send(from(start(&browser), "203.0.113.7")).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn whatever_may_change_something_counts_and_what_only_reads_does_not() {
    let server = server(3, 0).await;
    let browser = server.browser("ada");
    let request = |method: &Method| browser.request(method.clone(), "/api/v1/account", None);
    for method in [Method::PATCH, Method::DELETE, Method::PUT] {
        let answer = server.send(from(request(&method), "203.0.113.7")).await;
        assert!(
            matches!(answer.status.as_u16(), 401 | 405),
            "{}",
            answer.status
        );
    }
    for method in [Method::PATCH, Method::DELETE, Method::PUT, Method::POST] {
        let answer = server.send(from(request(&method), "203.0.113.7")).await;
        assert_refused(&answer, "20");
    }
    let read = browser.request(Method::GET, SESSION, None);
    assert_eq!(server.send(from(read, "203.0.113.7")).await.status, 200);
}

#[tokio::test]
async fn whoever_is_signed_in_changes_so_much_from_wherever() {
    let server = server(0, 3).await;
    let mut ada = server.browser("ada");
    let mut bob = server.browser("bob");
    ada.sign_up("ada").await;
    bob.sign_up("bob").await;
    let rename = |name: &str| json!({ "displayName": name });
    for name in ["a", "b"] {
        assert_eq!(ada.patch(ACCOUNT, rename(name)).await.status, 200);
    }
    assert_eq!(ada.delete(OTHERS).await.status, 200);
    assert_refused(&ada.patch(ACCOUNT, rename("c")).await, "20");
    assert_refused(&ada.delete(OTHERS).await, "20");
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    assert_eq!(bob.patch(ACCOUNT, rename("d")).await.status, 200);
    // From another of her devices too.
    let mut other = ada.clone();
    other.cookies.clear();
    other.sign_in().await;
    assert_refused(&other.patch(ACCOUNT, rename("c")).await, "20");
    server.clock.advance(20_000);
    assert_eq!(ada.patch(ACCOUNT, rename("c")).await.status, 200);
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
}

#[tokio::test]
async fn of_ipv6_the_network_counts_and_of_mapped_ipv4_the_address() {
    let server = server(1, 0).await;
    let browser = server.browser("ada");
    for (address, status) in [
        ("2001:db8:0:1::1", 200),
        ("2001:db8:0:1:ffff::2", 429),
        ("2001:db8:0:2::1", 200),
        ("::ffff:203.0.113.7", 200),
        ("::ffff:203.0.113.8", 200),
        ("203.0.113.7", 429),
    ] {
        let answer = server.send(from(start(&browser), address)).await;
        assert_eq!(answer.status, status, "{address}");
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_its_clients_count_and_nobody_else_can_name_one() {
    let server = server(1, 0).await;
    let proxies = TrustedProxies::parse(["10.0.0.0/8"]).unwrap();
    let app = app(server.state.clone().with_trusted_proxies(proxies));
    let browser = server.browser("ada");
    for (peer, client, status) in [
        ("10.0.0.1", "203.0.113.7", 200),
        ("10.0.0.2", "203.0.113.7", 429),
        ("10.0.0.1", "203.0.113.8", 200),
        ("198.51.100.1", "203.0.113.9", 200),
        ("198.51.100.1", "203.0.113.10", 429),
        // What cannot be understood counts for the proxy itself.
        ("10.0.0.3", "unknown", 200),
        ("10.0.0.3", "_hidden", 429),
    ] {
        let mut request = from(start(&browser), peer);
        let client = client.parse().unwrap();
        request.headers_mut().insert("x-forwarded-for", client);
        let answer = send(&app, request).await;
        assert_eq!(answer.status, status, "{peer}");
    }
}

#[tokio::test]
async fn requests_from_other_origins_count_too() {
    let server = server(1, 0).await;
    let mut foreign = start(&server.browser("ada"));
    let evil = "https://evil.example".parse().unwrap();
    foreign.headers_mut().insert("origin", evil);
    let answer = server.send(from(foreign, "203.0.113.7")).await;
    answer.problem(ErrorCode::ForbiddenOrigin, 403);
    let answer = server.send(from(start(&server.browser("ada")), "203.0.113.7"));
    assert_refused(&answer.await, "60");
}

#[tokio::test]
async fn a_user_name_can_be_asked_for_so_many_times_in_whatever_letters() {
    let server = server(0, 2).await;
    let mut browser = server.browser("ada");
    browser.start_sign_up("Ada").await;
    browser.start_sign_up("ada").await;
    let body = json!({ "flow": "sign-up", "userName": "ADA" });
    assert_refused(&browser.post(REGISTRATION_START, body).await, "30");
    browser.start_sign_up("bob").await;
    server.clock.advance(30_000);
    browser.start_sign_up("ada").await;
}

#[tokio::test]
async fn failed_sign_ins_are_held_back_and_good_ones_never() {
    let server = server(0, 2).await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let mut mallory = ada.clone();
    mallory.cookies.clear();
    let mut fail = async || {
        let started = mallory.start_sign_in().await;
        let mut finish = mallory.assert(started);
        let mut signature = finish.credential.response.signature.into_vec();
        *signature.last_mut().unwrap() ^= 1;
        finish.credential.response.signature = signature.into();
        mallory.post(AUTHENTICATION_FINISH, finish).await
    };
    for _ in 0..2 {
        let answer = fail().await;
        answer.problem(ErrorCode::AuthenticationRejected, 401);
    }
    assert_refused(&fail().await, "30");
    for _ in 0..5 {
        ada.sign_in().await;
    }
    assert_refused(&fail().await, "30");
}

fn named(browser: &Browser, name: &str) -> Request<Body> {
    let body = json!({ "userName": name }).to_string();
    browser.request(Method::POST, AUTHENTICATION_START, Some(body))
}

#[tokio::test]
async fn an_address_can_begin_so_often_with_a_name_whether_somebody_has_it_or_not() {
    let server = server(0, 2).await;
    let mut browser = server.browser("ada");
    browser.sign_up("ada").await;
    for name in ["ada", "nobody"] {
        for attempt in 0..2 {
            let answer = server.send(from(named(&browser, name), "203.0.113.7"));
            assert_eq!(answer.await.status, 200, "{name} {attempt}");
        }
        let upper = name.to_uppercase();
        let answer = server.send(from(named(&browser, &upper), "203.0.113.7"));
        assert_refused(&answer.await, "30");
        // Nobody can keep somebody else out.
        let answer = server.send(from(named(&browser, name), "203.0.113.8"));
        assert_eq!(answer.await.status, 200);
    }
    let answer = server.send(from(start(&browser), "203.0.113.7")).await;
    assert_eq!(answer.status, 200);
    server.clock.advance(30_000);
    let answer = server.send(from(named(&browser, "ada"), "203.0.113.7"));
    assert_eq!(answer.await.status, 200);
}

#[tokio::test]
async fn zero_turns_a_limit_off() {
    let server = server(0, 0).await;
    let mut browser = server.browser("ada");
    for _ in 0..700 {
        let answer = server.send(from(start(&browser), "203.0.113.7")).await;
        assert_eq!(answer.status, 200);
    }
    for _ in 0..50 {
        browser.start_sign_up("ada").await;
    }
}
