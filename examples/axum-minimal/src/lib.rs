//! An application that has users and sessions of its own, and gives its users passkeys.
//!
//! What is Passkeep's is in [`app`], in `impl Host` and in `page/page.js`. The rest is what the application has had all along: a
//! table of users, a table of sessions, and a way to sign in that asks for nothing, which stands for the password of before.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use axum::extract::{self, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use passkeep_server::{AppState, Host, HostError, HostSession, HostUser, Outside, Settings};
use passkeep_store::{SqliteOptions, SqliteStore};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::origin::Origin;
use passkeep_verify::user::{DisplayName, UserName};
use passkeep_verify::{RelyingParty, RelyingPartyConfig, UserHandle};

/// What the page may do: its scripts are its own, and start the WebAssembly of the npm package.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// The application, at an origin, with its passkeys in a file. `package` is the folder of the npm package `passkeep`, which the page
/// imports.
///
/// # Errors
///
/// Whatever keeps the passkeys from being set up.
pub async fn app(origin: &str, file: &Path, package: PathBuf) -> Result<Router, Box<dyn Error>> {
    let users = Users::default();
    let origin = Origin::parse(origin)?;
    let id = origin.host().unwrap_or_default().to_owned();
    let config = RelyingPartyConfig::new(&id, "axum-minimal", vec![origin], AWS_LC_RS);
    let store = Arc::new(SqliteStore::open(SqliteOptions::new(file))?);
    let rp = RelyingParty::new(config)?;
    let state = AppState::new(rp, store, Outside::system(), Settings::default()).await?;
    let state = state.with_host(users.clone());
    tokio::spawn(state.clone().maintain_forever());
    Ok(Router::new()
        .route("/", get(home))
        .route("/login", post(login))
        .with_state(users)
        .route("/page.js", get(script))
        .route("/style.css", get(style))
        .route("/passkeep/{file}", get(file_of_package).with_state(package))
        .nest("/passkeys", passkeep_server::router(state)))
}

#[async_trait]
impl Host for Users {
    async fn session(&self, headers: &HeaderMap) -> Result<Option<HostSession>, HostError> {
        Ok(self.signed_in(headers))
    }

    async fn sign_in(
        &self,
        user: &UserHandle,
        headers: &HeaderMap,
    ) -> Result<HeaderMap, HostError> {
        let found = self
            .tables()
            .users
            .values()
            .find(|it| it.handle == *user)
            .cloned();
        let user = found.ok_or_else(|| HostError::new("the user has been deleted"))?;
        self.open(user, headers).map_err(HostError::new)
    }

    async fn sign_out(&self, headers: &HeaderMap) -> Result<HeaderMap, HostError> {
        self.close(headers);
        Ok(cookie("", 0))
    }
}

/// The tables of users and sessions.
#[derive(Clone, Default)]
struct Users(Arc<Mutex<Tables>>);

#[derive(Default)]
struct Tables {
    users: HashMap<String, HostUser>,
    sessions: HashMap<String, HostSession>,
}

impl Users {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signed_in(&self, headers: &HeaderMap) -> Option<HostSession> {
        self.tables().sessions.get(&token(headers)?).cloned()
    }

    fn open(&self, user: HostUser, headers: &HeaderMap) -> Result<HeaderMap, getrandom::Error> {
        self.close(headers);
        let token = random_text()?;
        let session = HostSession {
            id: token.clone().into_bytes(),
            user,
            authenticated_at: SystemTime::now().into(),
        };
        self.tables().sessions.insert(token.clone(), session);
        Ok(cookie(&token, 86_400))
    }

    fn close(&self, headers: &HeaderMap) {
        if let Some(token) = token(headers) {
            self.tables().sessions.remove(&token);
        }
    }
}

async fn home(State(users): State<Users>, headers: HeaderMap) -> impl IntoResponse {
    let page = include_str!("page/index.html");
    let name = users
        .signed_in(&headers)
        .map(|session| session.user.user_name);
    let name = name.map_or_else(|| "nobody".to_owned(), |name| name.as_str().to_owned());
    // A user name can hold any character.
    let name = name.replace('&', "&amp;").replace('<', "&lt;");
    let page = Html(page.replace("{name}", &name));
    ([(CONTENT_SECURITY_POLICY, POLICY)], page)
}

async fn script() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "text/javascript")],
        include_str!("page/page.js"),
    )
}

async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css")], include_str!("page/style.css"))
}

/// A file of the npm package.
async fn file_of_package(
    State(package): State<PathBuf>,
    extract::Path(name): extract::Path<String>,
) -> Result<impl IntoResponse, StatusCode> {
    let kind = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript",
        Some((_, "wasm")) => "application/wasm",
        _ => return Err(StatusCode::NOT_FOUND),
    };
    if name.contains(['/', '\\']) {
        return Err(StatusCode::NOT_FOUND);
    }
    let bytes = fs::read(package.join(name)).map_err(|_| StatusCode::NOT_FOUND)?;
    Ok(([(CONTENT_TYPE, kind)], bytes))
}

async fn login(
    State(users): State<Users>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<(HeaderMap, Redirect), String> {
    let name = form.get("name").map(String::as_str).unwrap_or_default();
    let user_name = UserName::parse(name).map_err(|error| error.to_string())?;
    let handle = random_text().map_err(|error| error.to_string())?;
    let new = HostUser {
        handle: UserHandle::new(handle).ok_or("the handle has a wrong length")?,
        display_name: DisplayName::from(&user_name),
        user_name,
    };
    let key = new.user_name.key().to_owned();
    let user = users.tables().users.entry(key).or_insert(new).clone();
    let added = users
        .open(user, &headers)
        .map_err(|error| error.to_string())?;
    Ok((added, Redirect::to("/")))
}

fn token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(name, value)| (name == "app-session").then(|| value.to_owned()))
}

fn cookie(token: &str, max_age: u32) -> HeaderMap {
    let cookie = format!("app-session={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}");
    let cookie = HeaderValue::try_from(cookie);
    cookie
        .into_iter()
        .map(|cookie| (SET_COOKIE, cookie))
        .collect()
}

fn random_text() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
