//! Apps, which have no cookies: they say that they are apps, and hold a bearer token.

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, ORIGIN};
use axum::http::{Method, Request};
use passkeep_protocol::api::{
    Action, AuthenticationFinish, AuthenticationFinished, AuthenticationStarted, BearerSession,
    CLIENT_HEADER, CONFIRMATION_HEADER, ErrorCode, NATIVE_CLIENT, RegistrationFinish,
    RegistrationFinished, RegistrationStarted, Session,
};
use passkeep_testkit::{Authenticator, Client};
use serde::Serialize;
use serde_json::json;

use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, Answer, PASSKEYS, REGISTRATION_FINISH,
    REGISTRATION_START, SESSION, Server, send,
};

/// The certificate of the app that the servers of these tests accept.
pub(crate) const FINGERPRINT: [u8; 32] = [0xaf; 32];

/// An Android app of one install.
#[derive(Clone)]
pub(crate) struct App {
    app: Router,
    pub(crate) bearer: Option<String>,
    pub(crate) client: Client,
    pub(crate) authenticator: Authenticator,
}

impl App {
    pub(crate) fn new(server: &Server, name: &str) -> Self {
        Self::at(server.app.clone(), name)
    }

    pub(crate) fn at(app: Router, name: &str) -> Self {
        Self {
            app,
            bearer: None,
            client: Client::android_app(&FINGERPRINT),
            authenticator: Authenticator::new(name),
        }
    }

    pub(crate) fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path);
        request = match &self.bearer {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request.header(CLIENT_HEADER, NATIVE_CLIENT),
        };
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, Body::from);
        request.body(body).unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let answer = send(&self.app, request).await;
        assert_eq!(answer.set_cookies(), [""; 0], "an app is given no cookies");
        answer
    }

    pub(crate) async fn post(&self, path: &str, body: impl Serialize) -> Answer {
        let body = serde_json::to_string(&body).unwrap();
        self.send(self.request(Method::POST, path, Some(body)))
            .await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path, None)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path, None)).await
    }

    /// Takes over the session that a finish has opened.
    pub(crate) fn keep(&mut self, session: Option<BearerSession>) {
        let BearerSession { token, expires_in } = session.unwrap();
        assert_eq!(expires_in, 30 * 24 * 60 * 60);
        self.bearer = Some(token);
    }

    pub(crate) async fn register(&mut self, start: serde_json::Value) -> Answer {
        let started: RegistrationStarted = self.post(REGISTRATION_START, start).await.json(200);
        let options = &started.options;
        let credential = self.client.create(options, &mut self.authenticator);
        let finish = RegistrationFinish {
            ceremony: started.ceremony,
            credential: credential.unwrap(),
        };
        self.post(REGISTRATION_FINISH, finish).await
    }

    pub(crate) async fn sign_up(&mut self, name: &str) -> RegistrationFinished {
        let start = json!({ "flow": "sign-up", "userName": name });
        let finished: RegistrationFinished = self.register(start).await.json(201);
        self.keep(finished.session.clone());
        finished
    }

    pub(crate) async fn authenticate(&mut self, start: impl Serialize) -> Answer {
        let started: AuthenticationStarted = self.post(AUTHENTICATION_START, start).await.json(200);
        let credential = self.client.get(&started.options, &mut self.authenticator);
        let finish = AuthenticationFinish {
            ceremony: started.ceremony,
            credential: credential.unwrap(),
        };
        self.post(AUTHENTICATION_FINISH, finish).await
    }

    pub(crate) async fn sign_in(&mut self) -> AuthenticationFinished {
        let finished: AuthenticationFinished = self.authenticate(json!({})).await.json(200);
        self.keep(finished.session.clone());
        finished
    }

    pub(crate) async fn signed_in_as(&self) -> Option<String> {
        let session: Session = self.get(SESSION).await.json(200);
        session.account.map(|account| account.user_name)
    }
}

#[tokio::test]
async fn an_app_signs_up_confirms_deletes_and_signs_out_without_a_cookie() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "phone");
    let passkey = app.sign_up("ada").await.passkey.unwrap();
    assert_eq!(app.signed_in_as().await.as_deref(), Some("ada"));

    let action = Action::DeletePasskey {
        id: passkey.id.clone(),
    };
    let confirm = json!({ "flow": "confirm", "action": action });
    let confirmed: AuthenticationFinished = app.authenticate(confirm).await.json(200);
    assert_eq!(confirmed.session, None);
    let path = format!("{PASSKEYS}/{}?evenIfLast=true", passkey.id.to_base64url());
    let mut request = app.request(Method::DELETE, &path, None);
    let token = confirmed.confirmation.unwrap().token.parse().unwrap();
    request.headers_mut().insert(CONFIRMATION_HEADER, token);
    assert_eq!(app.send(request).await.status, 200);

    assert_eq!(app.delete(SESSION).await.status, 204);
    assert_eq!(app.signed_in_as().await, None);
}

#[tokio::test]
async fn signing_in_again_ends_the_token_before() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "phone");
    app.sign_up("ada").await;
    let before = app.clone();
    app.sign_in().await;
    assert_ne!(app.bearer, before.bearer);
    assert_eq!(before.signed_in_as().await, None);
    assert_eq!(app.signed_in_as().await.as_deref(), Some("ada"));
}

#[tokio::test]
async fn a_bearer_token_is_no_cookie_and_a_cookie_is_no_bearer_token() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "phone");
    app.sign_up("ada").await;
    let token = app.bearer.clone().unwrap();
    let token = token.strip_prefix("passkeep_").unwrap();
    let mut browser = server.browser("ada");
    let name = "__Host-passkeep-session".to_owned();
    browser.cookies.insert(name.clone(), token.to_owned());
    assert_eq!(browser.signed_in_as().await, None);

    let mut page = server.browser("bob");
    page.sign_up("bob").await;
    app.bearer = Some(format!("passkeep_{}", page.cookies[&name]));
    assert_eq!(app.signed_in_as().await, None);
}

#[tokio::test]
async fn a_request_cannot_come_both_ways() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "phone");
    app.sign_up("ada").await;
    let mut page = server.browser("bob");
    page.sign_up("bob").await;
    let cookie = format!(
        "__Host-passkeep-session={}",
        page.cookies["__Host-passkeep-session"]
    );
    let mut request = app.request(Method::GET, PASSKEYS, None);
    request
        .headers_mut()
        .insert(COOKIE, cookie.parse().unwrap());
    let answer = app.send(request).await;
    answer.problem(ErrorCode::WrongChannel, 400);
}

#[tokio::test]
async fn an_app_that_misspells_what_it_is_is_told_so() {
    let server = Server::with_app(&FINGERPRINT).await;
    let app = App::new(&server, "phone");
    for misspelt in ["Native", "app", ""] {
        let mut request = app.request(Method::POST, AUTHENTICATION_START, Some("{}".to_owned()));
        let headers = request.headers_mut();
        headers.insert(CLIENT_HEADER, misspelt.parse().unwrap());
        let problem = app
            .send(request)
            .await
            .problem(ErrorCode::WrongChannel, 400);
        let expected = "`passkeep-client` is `native`, or is not sent";
        assert_eq!(problem.detail.as_deref(), Some(expected), "{misspelt:?}");
    }
}

#[tokio::test]
async fn a_page_that_says_it_is_an_app_gets_no_token() {
    let server = Server::with_app(&FINGERPRINT).await;
    let app = App::new(&server, "phone");
    for (name, value) in [
        (ORIGIN.as_str(), "https://example.org"),
        ("sec-fetch-mode", "cors"),
    ] {
        let body = Some("{}".to_owned());
        let mut request = app.request(Method::POST, AUTHENTICATION_START, body);
        let value = value.parse().unwrap();
        let name: axum::http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value);
        let answer = app.send(request).await;
        answer.problem(ErrorCode::WrongChannel, 400);
    }
}

#[tokio::test]
async fn a_ceremony_is_finished_the_way_it_was_started() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "phone");
    app.sign_up("ada").await;
    app.bearer = None;
    let started: AuthenticationStarted = app.post(AUTHENTICATION_START, json!({})).await.json(200);
    let credential = app.client.get(&started.options, &mut app.authenticator);
    let finish = AuthenticationFinish {
        ceremony: started.ceremony,
        credential: credential.unwrap(),
    };
    let mut browser = server.browser("ada");
    browser.start_sign_in().await;
    let answer = browser.post(AUTHENTICATION_FINISH, &finish).await;
    answer.problem(ErrorCode::CeremonyUnknown, 400);

    let mut page = server.browser("bob");
    page.sign_up("bob").await;
    let started = page.start_sign_in().await;
    let of_page = page.assert(started);
    let answer = app.post(AUTHENTICATION_FINISH, of_page).await;
    answer.problem(ErrorCode::CeremonyUnknown, 400);

    let finished: AuthenticationFinished = app.post(AUTHENTICATION_FINISH, finish).await.json(200);
    assert_eq!(finished.account.user_name, "ada");
}

#[tokio::test]
async fn another_apps_origin_is_refused() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "phone");
    app.client = Client::android_app(&[0xae; 32]);
    let start = json!({ "flow": "sign-up", "userName": "ada" });
    let problem = app.register(start).await;
    let problem = problem.problem(ErrorCode::RegistrationRejected, 400);
    assert_eq!(problem.detail.as_deref(), Some("client_data_origin"));
}
