//! What is true of every request: forms that are refused, other origins, headers, addresses that do not exist.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, ORIGIN};
use axum::http::{HeaderName, HeaderValue, Method, Request};
use passkeep_protocol::api::ErrorCode;

use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, PASSKEYS, REGISTRATION_FINISH, REGISTRATION_START,
    SESSION, Server,
};

fn post(path: &str, body: impl Into<String>) -> Request<Body> {
    let request = Request::post(path).header(CONTENT_TYPE, "application/json");
    request.body(Body::from(body.into())).unwrap()
}

#[tokio::test]
async fn other_content_types_are_refused() {
    let server = Server::start().await;
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonp"),
    ] {
        let mut request = post(AUTHENTICATION_START, "{}");
        request.headers_mut().remove(CONTENT_TYPE);
        if let Some(content_type) = content_type {
            let value = HeaderValue::from_static(content_type);
            request.headers_mut().insert(CONTENT_TYPE, value);
        }
        let answer = server.send(request).await;
        answer.problem(ErrorCode::UnsupportedContentType, 415);
    }
    let mut request = post(AUTHENTICATION_START, "{}");
    let value = HeaderValue::from_static("Application/JSON; charset=utf-8");
    request.headers_mut().insert(CONTENT_TYPE, value);
    assert_eq!(server.send(request).await.status, 200);
}

#[tokio::test]
async fn bodies_above_the_limit_are_refused() {
    let server = Server::start().await;
    for (path, limit) in [
        (REGISTRATION_START, 16 * 1024),
        (AUTHENTICATION_START, 16 * 1024),
        (REGISTRATION_FINISH, 64 * 1024),
        (AUTHENTICATION_FINISH, 64 * 1024),
    ] {
        let answer = server.send(post(path, " ".repeat(limit + 1))).await;
        answer.problem(ErrorCode::BodyTooLarge, 413);
        let answer = server.send(post(path, " ".repeat(limit))).await;
        answer.problem(ErrorCode::MalformedRequest, 400);
    }
}

#[tokio::test]
async fn bodies_that_are_not_the_json_expected_are_refused_with_the_place() {
    let server = Server::start().await;
    for (path, body, detail) in [
        (
            AUTHENTICATION_START,
            "",
            "EOF while parsing a value at line 1 column 0",
        ),
        (
            AUTHENTICATION_START,
            "{",
            "EOF while parsing an object at line 1 column 1",
        ),
        (
            AUTHENTICATION_START,
            "{} {}",
            "trailing characters at line 1 column 4",
        ),
        (
            AUTHENTICATION_START,
            "{\"x\":1}",
            "unknown field `x`, expected one of `flow`, `userName`, `profile`, `action` at line 1 column 4",
        ),
        (
            REGISTRATION_START,
            "{\"flow\":\"add-all\"}",
            "unknown variant `add-all`, expected one of `sign-up`, `add`, `upgrade`, `restore`, `recover`, `enrol`",
        ),
        (
            REGISTRATION_START,
            "{\"flow\":\"sign-up\"}",
            "missing field `userName`",
        ),
        (
            AUTHENTICATION_FINISH,
            "{\"ceremony\":\"\",\"credential\":{\"id\":\"\",\"rawId\":\"=\"}}",
            "a base64url value is malformed at byte 0: it is not unpadded base64url at line 1 column 48",
        ),
    ] {
        let problem = server
            .send(post(path, body))
            .await
            .problem(ErrorCode::MalformedRequest, 400);
        let received = problem.detail.unwrap();
        assert!(received.starts_with(detail), "{received}");
    }
}

#[tokio::test]
async fn addresses_and_methods_that_do_not_exist_are_problems_under_the_api() {
    let server = Server::start().await;
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/nothing",
        "/api/v2/session",
    ] {
        let request = Request::get(path).header("accept", "text/html");
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        answer.problem(ErrorCode::NotFound, 404);
    }
    for (method, path, allowed) in [
        (Method::GET, AUTHENTICATION_START, "POST"),
        (Method::POST, SESSION, "GET,HEAD,DELETE"),
        (Method::PUT, PASSKEYS, "GET,HEAD"),
    ] {
        let request = Request::builder().method(method).uri(path);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        answer.problem(ErrorCode::MethodNotAllowed, 405);
        assert_eq!(answer.header("allow"), Some(allowed));
    }
}

#[tokio::test]
async fn other_origins_can_change_nothing() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let id = ada.sign_up("ada").await.passkey.unwrap().id.to_base64url();
    let path = format!("{PASSKEYS}/{id}");
    for (method, path, body) in [
        (Method::POST, REGISTRATION_START, Some("{\"flow\":\"add\"}")),
        (Method::POST, AUTHENTICATION_START, Some("{}")),
        (Method::DELETE, SESSION, None),
        (Method::PATCH, &path, Some("{\"label\":\"x\"}")),
        (Method::DELETE, &format!("{path}?evenIfLast=true"), None),
    ] {
        for (name, value) in [
            (ORIGIN, "https://evil.example"),
            (ORIGIN, "null"),
            (HeaderName::from_static("sec-fetch-site"), "cross-site"),
            (HeaderName::from_static("sec-fetch-site"), "same-site"),
        ] {
            let mut request = ada.request(method.clone(), path, body.map(str::to_owned));
            if name != ORIGIN {
                request.headers_mut().remove(ORIGIN);
            }
            request
                .headers_mut()
                .insert(&name, HeaderValue::from_static(value));
            let answer = server.send(request).await;
            let problem = answer.problem(ErrorCode::ForbiddenOrigin, 403);
            let why = match name {
                ORIGIN => {
                    format!("It came from {value}, and this server answers https://example.org.")
                }
                _ => "The browser says that it came from another site than https://example.org."
                    .to_owned(),
            };
            assert_eq!(problem.detail, Some(why));
        }
    }
    assert_eq!(ada.passkeys().await.passkeys[0].label, "Passkey");
}

#[tokio::test]
async fn reading_from_elsewhere_and_programs_without_cookies_are_let_through() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    // A page elsewhere cannot read the answer: nothing allows it to.
    let mut request = ada.request(Method::GET, SESSION, None);
    let evil = HeaderValue::from_static("https://evil.example");
    request.headers_mut().insert(ORIGIN, evil);
    let answer = server.send(request).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(
        server.send(post(AUTHENTICATION_START, "{}")).await.status,
        200
    );
    let mut request = post(AUTHENTICATION_START, "{}");
    let cookie = HeaderValue::from_static("__Host-passkeep-browser=x");
    request.headers_mut().insert(COOKIE, cookie);
    server
        .send(request)
        .await
        .problem(ErrorCode::ForbiddenOrigin, 403);
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let csp = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
        connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'; require-trusted-types-for 'script'";
    for (origin, hsts) in [
        ("https://example.org", Some("max-age=31536000")),
        ("http://localhost:8080", None),
    ] {
        let server = Server::at(origin).await;
        for path in [
            "/",
            "/account",
            "/nowhere",
            "/healthz",
            SESSION,
            PASSKEYS,
            "/api/nothing",
        ] {
            let answer = server
                .send(Request::get(path).body(Body::empty()).unwrap())
                .await;
            for (name, value) in [
                ("content-security-policy", Some(csp)),
                ("x-content-type-options", Some("nosniff")),
                ("referrer-policy", Some("no-referrer")),
                ("cross-origin-opener-policy", Some("same-origin")),
                ("strict-transport-security", hsts),
            ] {
                assert_eq!(answer.header(name), value, "{path} {name}");
            }
            let permissions = answer.header("permissions-policy").unwrap();
            let passkeys =
                "publickey-credentials-create=(self), publickey-credentials-get=(self), ";
            assert!(permissions.starts_with(passkeys), "{permissions}");
            assert_eq!(
                answer.header("x-request-id").map(str::len),
                Some(36),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_request_id_from_outside_is_not_taken_over() {
    let server = Server::start().await;
    let request = Request::get(PASSKEYS).header("x-request-id", "chosen");
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    answer.problem(ErrorCode::NotSignedIn, 401);
}

#[tokio::test]
async fn the_site_and_its_health_are_served() {
    let server = Server::start().await;
    let get = async |path: &str| {
        let request = Request::get(path).header("accept", "text/html");
        server.send(request.body(Body::empty()).unwrap()).await
    };
    let answer = get("/healthz").await;
    assert_eq!((answer.status.as_u16(), &*answer.text()), (200, "ok"));
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    for (path, status) in [("/", 200), ("/account", 200), ("/nowhere", 404)] {
        let answer = get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert!(answer.text().to_lowercase().starts_with("<!doctype html>"));
    }
}
