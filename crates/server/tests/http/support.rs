//! A server in memory, browsers that talk to it, and their answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use passkeep_protocol::api::{
    Action, AuthenticationFinish, AuthenticationFinished, AuthenticationStarted,
    CONFIRMATION_HEADER, ErrorCode, Passkeys, ProblemDetails, RegistrationFinish,
    RegistrationFinished, RegistrationStarted, Session,
};
use passkeep_protocol::bytes::Bytes;
use passkeep_server::{AndroidApp, AppState, Apps, Clock, Outside, Settings, app};
use passkeep_store::{SqliteOptions, SqliteStore, Store};
use passkeep_testkit::{Authenticator, Client};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::origin::Origin;
use passkeep_verify::origin::apk_key_hash::ApkKeyHash;
use passkeep_verify::{RelyingParty, RelyingPartyConfig, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tempfile::TempDir;
use tower::ServiceExt as _;

pub(crate) const REGISTRATION_START: &str = "/api/v1/registration/start";
pub(crate) const REGISTRATION_FINISH: &str = "/api/v1/registration/finish";
pub(crate) const AUTHENTICATION_START: &str = "/api/v1/authentication/start";
pub(crate) const AUTHENTICATION_FINISH: &str = "/api/v1/authentication/finish";
pub(crate) const SESSION: &str = "/api/v1/session";
pub(crate) const PASSKEYS: &str = "/api/v1/passkeys";

pub(crate) const MINUTE: u64 = 60 * 1000;
pub(crate) const DAY: u64 = 24 * 60 * MINUTE;

/// A clock that moves when it is told to.
pub(crate) struct TestClock(AtomicU64);

impl TestClock {
    pub(crate) fn advance(&self, milliseconds: u64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// A server with a database in a folder of its own.
pub(crate) struct Server {
    pub(crate) state: AppState,
    pub(crate) app: Router,
    pub(crate) clock: Arc<TestClock>,
    store: Arc<dyn Store>,
    origin: &'static str,
    directory: TempDir,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::at("https://example.org").await
    }

    /// A server whose one origin this is.
    pub(crate) async fn at(origin: &'static str) -> Self {
        Self::with(origin, Settings::default()).await
    }

    pub(crate) async fn with(origin: &'static str, settings: Settings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self::on(directory, origin, settings, test_clock()).await
    }

    /// A server for an Android app too.
    pub(crate) async fn with_app(fingerprint: &[u8; 32]) -> Self {
        Self::with_app_and(fingerprint, Settings::default()).await
    }

    pub(crate) async fn with_app_and(fingerprint: &[u8; 32], settings: Settings) -> Self {
        let server = Self::with("https://example.org", settings).await;
        let android = AndroidApp {
            package: "com.example.app".to_owned(),
            fingerprints: vec![ApkKeyHash(*fingerprint)],
        };
        let mut origins = vec![Origin::parse("https://example.org").unwrap()];
        origins.extend(android.origins());
        let store = Arc::clone(&server.store);
        let clock = Arc::clone(&server.clock);
        let state = state_for(origins, store, clock, settings).await;
        let state = state.with_apps(Apps {
            android: vec![android],
            apple: Vec::new(),
        });
        Self {
            app: app(state.clone()),
            state,
            ..server
        }
    }

    /// Stops the server and starts another on the same database.
    pub(crate) async fn restart(self) -> Self {
        let Self {
            state,
            app,
            clock,
            store,
            origin,
            directory,
        } = self;
        drop((state, app));
        // Nobody else holds it any more, so the database is closed.
        assert_eq!(Arc::strong_count(&store), 1);
        drop(store);
        Self::on(directory, origin, Settings::default(), clock).await
    }

    async fn on(
        directory: TempDir,
        origin: &'static str,
        settings: Settings,
        clock: Arc<TestClock>,
    ) -> Self {
        let path = directory.path().join("passkeep.sqlite");
        let store = Arc::new(SqliteStore::open(SqliteOptions::new(path)).unwrap());
        let state = state(
            origin,
            Arc::clone(&store) as _,
            Arc::clone(&clock),
            settings,
        )
        .await;
        Self {
            app: app(state.clone()),
            state,
            clock,
            store,
            origin,
            directory,
        }
    }

    /// The store, for an operator beside it.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// Another server on the same store, with nothing else in common.
    pub(crate) async fn replica(&self) -> Router {
        let store = Arc::clone(&self.store);
        let clock = Arc::clone(&self.clock);
        app(state(self.origin, store, clock, Settings::default()).await)
    }

    /// A browser with an authenticator of its own, on the server's site.
    pub(crate) fn browser(&self, name: &str) -> Browser {
        Browser::new(self.app.clone(), self.origin, name)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.app, request).await
    }
}

pub(crate) async fn state(
    origin: &str,
    store: Arc<dyn Store>,
    clock: Arc<TestClock>,
    settings: Settings,
) -> AppState {
    let origins = vec![Origin::parse(origin).unwrap()];
    state_for(origins, store, clock, settings).await
}

async fn state_for(
    origins: Vec<Origin>,
    store: Arc<dyn Store>,
    clock: Arc<TestClock>,
    settings: Settings,
) -> AppState {
    let id = origins[0].host().unwrap().to_owned();
    let config = RelyingPartyConfig::new(&id, "Example", origins, AWS_LC_RS);
    let rp = RelyingParty::new(config).unwrap();
    let outside = Outside {
        clock,
        ..Outside::system()
    };
    AppState::new(rp, store, outside, settings).await.unwrap()
}

pub(crate) fn test_clock() -> Arc<TestClock> {
    Arc::new(TestClock(AtomicU64::new(1_800_000_000_000)))
}

/// A person's browser: it keeps cookies and sends its origin.
#[derive(Clone)]
pub(crate) struct Browser {
    app: Router,
    origin: &'static str,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) client: Client,
    pub(crate) authenticator: Authenticator,
}

impl Browser {
    pub(crate) fn new(app: Router, origin: &'static str, name: &str) -> Self {
        Self {
            app,
            origin,
            cookies: BTreeMap::new(),
            client: Client::new(origin),
            authenticator: Authenticator::new(name),
        }
    }

    /// The same browser, where another server answers.
    pub(crate) fn at(self, app: Router) -> Self {
        Self { app, ..self }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: impl Serialize) -> Answer {
        let body = serde_json::to_string(&body).unwrap();
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&mut self, path: &str, body: impl Serialize) -> Answer {
        let body = serde_json::to_string(&body).unwrap();
        self.send(Method::PATCH, path, Some(body)).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<String>) -> Answer {
        let request = self.request(method, path, body);
        self.send_request(request).await
    }

    pub(crate) async fn send_request(&mut self, request: Request<Body>) -> Answer {
        let answer = send(&self.app, request).await;
        for line in answer.set_cookies() {
            let (pair, attributes) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub(crate) fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Request<Body> {
        let mut request = Request::builder().method(&method).uri(path);
        if method != Method::GET {
            request = request.header(ORIGIN, self.origin);
        }
        if !self.cookies.is_empty() {
            let pairs = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            request = request.header(COOKIE, pairs.collect::<Vec<_>>().join("; "));
        }
        match body {
            Some(body) => request
                .header(CONTENT_TYPE, "application/json")
                .body(Body::from(body))
                .unwrap(),
            None => request.body(Body::empty()).unwrap(),
        }
    }

    pub(crate) async fn start_sign_up(&mut self, name: &str) -> RegistrationStarted {
        let body = json!({ "flow": "sign-up", "userName": name });
        self.post(REGISTRATION_START, body).await.json(200)
    }

    pub(crate) fn create(&mut self, started: RegistrationStarted) -> RegistrationFinish {
        let credential = self
            .client
            .create(&started.options, &mut self.authenticator);
        RegistrationFinish {
            ceremony: started.ceremony,
            credential: credential.unwrap(),
        }
    }

    pub(crate) async fn sign_up(&mut self, name: &str) -> RegistrationFinished {
        let started = self.start_sign_up(name).await;
        let finish = self.create(started);
        self.post(REGISTRATION_FINISH, finish).await.json(201)
    }

    /// Adds a passkey of another authenticator.
    pub(crate) async fn add_passkey(&mut self, seed: &str) -> RegistrationFinished {
        let started: RegistrationStarted = self
            .post(REGISTRATION_START, json!({ "flow": "add" }))
            .await
            .json(200);
        let mut other = Authenticator::new(seed);
        let credential = self.client.create(&started.options, &mut other).unwrap();
        let finish = RegistrationFinish {
            ceremony: started.ceremony,
            credential,
        };
        self.post(REGISTRATION_FINISH, finish).await.json(201)
    }

    pub(crate) async fn start_sign_in(&mut self) -> AuthenticationStarted {
        self.post(AUTHENTICATION_START, json!({})).await.json(200)
    }

    pub(crate) fn assert(&mut self, started: AuthenticationStarted) -> AuthenticationFinish {
        let credential = self.client.get(&started.options, &mut self.authenticator);
        AuthenticationFinish {
            ceremony: started.ceremony,
            credential: credential.unwrap(),
        }
    }

    pub(crate) async fn sign_in(&mut self) -> AuthenticationFinished {
        let started = self.start_sign_in().await;
        let finish = self.assert(started);
        self.post(AUTHENTICATION_FINISH, finish).await.json(200)
    }

    /// The user name that the browser is signed in as.
    pub(crate) async fn signed_in_as(&mut self) -> Option<String> {
        let session: Session = self.get(SESSION).await.json(200);
        session.account.map(|account| account.user_name)
    }

    /// Confirms an action with the browser's passkey, and returns what permits it.
    pub(crate) async fn confirm(&mut self, action: &Action) -> String {
        let body = json!({ "flow": "confirm", "action": action });
        let started: AuthenticationStarted = self.post(AUTHENTICATION_START, body).await.json(200);
        let finish = self.assert(started);
        let answer = self.post(AUTHENTICATION_FINISH, finish).await;
        let finished: AuthenticationFinished = answer.json(200);
        finished.confirmation.unwrap().token
    }

    /// Sends a request with what permits it.
    pub(crate) async fn send_confirmed(
        &mut self,
        method: Method,
        path: &str,
        body: Option<String>,
        confirmation: &str,
    ) -> Answer {
        let mut request = self.request(method, path, body);
        let confirmation = confirmation.parse().unwrap();
        request
            .headers_mut()
            .insert(CONFIRMATION_HEADER, confirmation);
        self.send_request(request).await
    }

    /// Confirms that a passkey is to be deleted, and deletes it.
    pub(crate) async fn delete_passkey(&mut self, id: &Bytes, query: &str) -> Answer {
        let action = Action::DeletePasskey { id: id.clone() };
        let confirmation = self.confirm(&action).await;
        let path = format!("{PASSKEYS}/{}{query}", id.to_base64url());
        self.send_confirmed(Method::DELETE, &path, None, &confirmation)
            .await
    }

    pub(crate) async fn passkeys(&mut self) -> Passkeys {
        self.get(PASSKEYS).await.json(200)
    }
}

pub(crate) async fn send(app: &Router, request: Request<Body>) -> Answer {
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json<T: DeserializeOwned>(&self, status: u16) -> T {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A refusal with that code, which must be complete.
    #[track_caller]
    pub(crate) fn problem(&self, code: ErrorCode, status: u16) -> ProblemDetails {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(self.header("cache-control"), Some("no-store"));
        let scheme = (status == 401).then_some("Bearer");
        assert_eq!(self.header("www-authenticate"), scheme);
        let problem: ProblemDetails = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.code, code);
        assert_eq!(problem.status, status);
        assert_eq!(problem.title, code.title());
        assert_eq!(
            problem.ty,
            format!("urn:passkeep:problem:{}", code.as_str())
        );
        assert_eq!(problem.request_id.as_deref(), self.header("x-request-id"));
        assert_eq!(problem.request_id.as_ref().map(String::len), Some(36));
        problem
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        let lines = self.headers.get_all(SET_COOKIE).iter();
        lines.map(|line| line.to_str().unwrap()).collect()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
