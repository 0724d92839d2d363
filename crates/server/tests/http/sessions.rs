//! Cookies, and how long sessions last.

use axum::http::Method;
use axum::http::header::COOKIE;

use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, DAY, MINUTE, REGISTRATION_FINISH, SESSION, Server,
};

/// Splits a `Set-Cookie` line into its value and everything around it.
#[track_caller]
fn split(line: &str) -> (String, String) {
    let (name, rest) = line.split_once('=').unwrap();
    let (value, attributes) = rest.split_once(';').unwrap();
    (value.to_owned(), format!("{name}=…;{attributes}"))
}

#[tokio::test]
async fn cookies_on_https_are_as_guarded_as_they_can_be() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let answer = ada.post(AUTHENTICATION_START, serde_json::json!({})).await;
    let [cookie] = answer.set_cookies()[..] else {
        panic!("{:?}", answer.set_cookies());
    };
    let (value, rest) = split(cookie);
    assert_eq!(value.len(), 43);
    assert_eq!(
        rest,
        "__Host-passkeep-browser=…; Path=/; HttpOnly; Secure; SameSite=Strict"
    );

    let started = ada.start_sign_up("ada").await;
    let finish = ada.create(started);
    let answer = ada.post(REGISTRATION_FINISH, finish).await;
    let [cookie] = answer.set_cookies()[..] else {
        panic!("{:?}", answer.set_cookies());
    };
    let (value, rest) = split(cookie);
    assert_eq!(value.len(), 43);
    assert_eq!(
        rest,
        "__Host-passkeep-session=…; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=2592000"
    );

    let started = ada.start_sign_in().await;
    let finish = ada.assert(started);
    let answer = ada.post(AUTHENTICATION_FINISH, finish).await;
    let (second, _) = split(answer.set_cookies()[0]);
    assert_ne!(value, second);

    let answer = ada.delete(SESSION).await;
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.set_cookies(),
        ["__Host-passkeep-session=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0"]
    );
}

#[tokio::test]
async fn cookies_on_plain_localhost_have_no_prefix_and_are_not_secure() {
    let server = Server::at("http://localhost:8080").await;
    let mut ada = server.browser("ada");
    let answer = ada.post(AUTHENTICATION_START, serde_json::json!({})).await;
    let (_, rest) = split(answer.set_cookies()[0]);
    assert_eq!(
        rest,
        "passkeep-browser=…; Path=/; HttpOnly; SameSite=Strict"
    );
    let started = ada.start_sign_up("ada").await;
    let finish = ada.create(started);
    let answer = ada.post(REGISTRATION_FINISH, finish).await;
    let (_, rest) = split(answer.set_cookies()[0]);
    assert_eq!(
        rest,
        "passkeep-session=…; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000"
    );
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
}

#[tokio::test]
async fn a_session_ends_after_seven_days_without_use() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    for _ in 0..3 {
        server.clock.advance(7 * DAY - MINUTE);
        assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    }
    server.clock.advance(7 * DAY + MINUTE);
    assert_eq!(ada.signed_in_as().await, None);
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_however_much_it_is_used() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    for _ in 0..5 {
        server.clock.advance(6 * DAY - MINUTE);
        assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    }
    server.clock.advance(6 * MINUTE);
    assert_eq!(ada.signed_in_as().await, None);
}

#[tokio::test]
async fn a_cookie_whose_session_is_over_is_cleared() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let answer = ada.get(SESSION).await;
    assert_eq!(answer.text(), r#"{"account":null,"passwords":"off"}"#);
    assert_eq!(answer.set_cookies(), [""; 0]);
    for value in [
        "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
        "no token",
        "",
    ] {
        ada.cookies
            .insert("__Host-passkeep-session".to_owned(), value.to_owned());
        let answer = ada.get(SESSION).await;
        assert_eq!(answer.text(), r#"{"account":null,"passwords":"off"}"#);
        assert_eq!(
            answer.set_cookies(),
            ["__Host-passkeep-session=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0"]
        );
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_itself_and_not_only_the_cookie() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let mut stolen = ada.clone();
    ada.delete(SESSION).await;
    assert_eq!(stolen.signed_in_as().await, None);
    assert_eq!(ada.delete(SESSION).await.status, 204);
}

#[tokio::test]
async fn the_cookie_without_the_prefix_is_nothing_on_https() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let token = ada.cookies["__Host-passkeep-session"].clone();
    let mut request = server.browser("-").request(Method::GET, SESSION, None);
    let cookie = format!("passkeep-session={token}").parse().unwrap();
    request.headers_mut().insert(COOKIE, cookie);
    assert_eq!(
        server.send(request).await.text(),
        r#"{"account":null,"passwords":"off"}"#
    );
}
