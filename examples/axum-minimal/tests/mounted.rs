//! The application keeps its users and sessions, and they get passkeys.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::fs;
use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use axum::http::{Method, Request, StatusCode};
use passkeep_protocol::api::{
    AuthenticationFinish, AuthenticationStarted, ErrorCode, ProblemDetails, RegistrationFinish,
    RegistrationFinished, RegistrationStarted, Session,
};
use passkeep_testkit::{Authenticator, Client};
use serde_json::{Value, json};
use tower::ServiceExt as _;

const SITE: &str = "http://localhost:8090";

/// The application, with its passkeys and the npm package in a folder.
async fn application(folder: &Path) -> Router {
    let file = folder.join("passkeys.sqlite");
    let package = folder.join("npm");
    axum_minimal::app(SITE, &file, package).await.unwrap()
}

struct Browser {
    app: Router,
    cookies: Vec<(String, String)>,
}

impl Browser {
    async fn send(
        &mut self,
        method: Method,
        path: &str,
        kind: &str,
        body: String,
    ) -> (StatusCode, Vec<u8>) {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(ORIGIN, SITE)
            .header(CONTENT_TYPE, kind)
            .header(COOKIE, cookies.join("; "))
            .body(Body::from(body))
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        for line in response.headers().get_all(SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        let status = response.status();
        (
            status,
            to_bytes(response.into_body(), usize::MAX)
                .await
                .unwrap()
                .to_vec(),
        )
    }

    async fn json(
        &mut self,
        method: Method,
        path: &str,
        body: impl serde::Serialize,
    ) -> (StatusCode, Value) {
        let body = serde_json::to_string(&body).unwrap();
        let path = format!("/passkeys/api/v1/{path}");
        let (status, body) = self.send(method, &path, "application/json", body).await;
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn log_in(&mut self, name: &str) {
        let form = "application/x-www-form-urlencoded";
        let body = format!("name={name}");
        let (status, _) = self.send(Method::POST, "/login", form, body).await;
        assert_eq!(status, 303);
    }

    async fn name(&mut self) -> Option<String> {
        let (_, session) = self.json(Method::GET, "session", json!({})).await;
        let session: Session = serde_json::from_value(session).unwrap();
        session.account.map(|account| account.user_name)
    }
}

#[tokio::test]
async fn users_of_the_application_add_passkeys_and_sign_in_with_them() {
    let directory = tempfile::tempdir().unwrap();
    let app = application(directory.path()).await;
    let mut browser = Browser {
        app,
        cookies: Vec::new(),
    };
    let (client, mut authenticator) = (Client::new(SITE), Authenticator::new("ada"));

    let (status, problem) = browser
        .json(Method::POST, "registration/start", json!({ "flow": "add" }))
        .await;
    assert_eq!(status, 401, "{problem}");
    browser.log_in("ada").await;
    for name in ["ada's passkey", "ada's other passkey"] {
        let (_, started) = browser
            .json(Method::POST, "registration/start", json!({ "flow": "add" }))
            .await;
        let started: RegistrationStarted = serde_json::from_value(started).unwrap();
        let mut new = Authenticator::new(name);
        let credential = client.create(&started.options, &mut new).unwrap();
        let ceremony = started.ceremony;
        let finish = RegistrationFinish {
            ceremony,
            credential,
        };
        let (status, finished) = browser
            .json(Method::POST, "registration/finish", finish)
            .await;
        assert_eq!(status, 201, "{finished}");
        let finished: RegistrationFinished = serde_json::from_value(finished).unwrap();
        assert_eq!(finished.account.user_name, "ada");
        authenticator = new;
    }

    let (status, _) = browser.json(Method::DELETE, "session", json!({})).await;
    assert_eq!(status, 204);
    assert_eq!(browser.name().await, None);
    let (_, started) = browser
        .json(Method::POST, "authentication/start", json!({}))
        .await;
    let started: AuthenticationStarted = serde_json::from_value(started).unwrap();
    let credential = client.get(&started.options, &mut authenticator).unwrap();
    let ceremony = started.ceremony;
    let finish = AuthenticationFinish {
        ceremony,
        credential,
    };
    let (status, finished) = browser
        .json(Method::POST, "authentication/finish", finish)
        .await;
    assert_eq!(status, 200, "{finished}");
    assert_eq!(browser.name().await.as_deref(), Some("ada"));
    let (_, page) = browser
        .send(Method::GET, "/", "text/plain", String::new())
        .await;
    assert!(
        String::from_utf8(page)
            .unwrap()
            .contains("<strong id=\"name\">ada</strong>")
    );
}

#[tokio::test]
async fn a_browser_that_does_not_say_where_it_comes_from_changes_nothing_with_a_cookie_of_the_application()
 {
    let directory = tempfile::tempdir().unwrap();
    let app = application(directory.path()).await;
    for (cookie, status) in [(Some("session=anything"), 403), (None, 401)] {
        let mut request = Request::post("/passkeys/api/v1/registration/start")
            .header(CONTENT_TYPE, "application/json");
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, cookie);
        }
        let body = Body::from(json!({ "flow": "add" }).to_string());
        let response = app.clone().oneshot(request.body(body).unwrap()).await;
        assert_eq!(response.unwrap().status(), status, "{cookie:?}");
    }
}

#[tokio::test]
async fn accounts_are_made_by_the_application_only() {
    let directory = tempfile::tempdir().unwrap();
    let mut browser = Browser {
        app: application(directory.path()).await,
        cookies: Vec::new(),
    };
    let start = json!({ "flow": "sign-up", "userName": "eve" });
    let (status, problem) = browser
        .json(Method::POST, "registration/start", start)
        .await;
    assert_eq!(status, 404);
    let problem: ProblemDetails = serde_json::from_value(problem).unwrap();
    assert_eq!(problem.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn the_page_has_what_the_package_has_for_pages_and_nothing_else_of_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("npm")).unwrap();
    for name in ["npm/client.js", "npm/client.d.ts", "secret.js"] {
        fs::write(directory.path().join(name), name).unwrap();
    }
    let mut browser = Browser {
        app: application(directory.path()).await,
        cookies: Vec::new(),
    };
    for (path, expected) in [
        ("/passkeep/client.js", Some("npm/client.js")),
        ("/passkeep/passkeep.wasm", None),
        ("/passkeep/client.d.ts", None),
        ("/passkeep/..%2fsecret.js", None),
        ("/passkeep/..%5csecret.js", None),
        ("/page.js", Some(include_str!("../src/page/page.js"))),
    ] {
        let (status, body) = browser
            .send(Method::GET, path, "text/plain", String::new())
            .await;
        let body = (status == StatusCode::OK).then(|| String::from_utf8(body).unwrap());
        assert_eq!(body.as_deref(), expected, "{path}");
    }
}
