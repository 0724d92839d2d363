//! The files under `/.well-known/` by which platforms learn whose passkeys are whose.
//!
//! All of them are made from the relying party that also judges the ceremonies and from the [`Apps`] beside it, so they
//! cannot name an origin or a fingerprint that a finish would refuse, nor leave one out.
//!
//! | file | read by | says |
//! |---|---|---|
//! | `assetlinks.json` | Android's Credential Manager | which apps share the site's passkeys and open its links |
//! | `apple-app-site-association` | iOS, macOS, watchOS | which apps share the site's passkeys |
//! | `webauthn` | browsers | which sites of other domains may use the RP ID |
//! | `passkey-endpoints` | password managers | where passkeys are made and managed |
//!
//! A file that has nothing to say is not there. None is redirected to, and none needs a cookie: that is what the platforms
//! ask. The exception is `change-password`, which is nothing but a redirection, and there only for a site that has passwords
//! besides ([`AppState::with_change_password`]).

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use passkeep_verify::RelyingParty;
use passkeep_verify::origin::apk_key_hash::{ApkKeyHash, asset_link};
use passkeep_verify::origin::{Origin, related};
use serde_json::{Value, json};

use crate::state::AppState;

/// The apps that share the relying party's passkeys.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Apps {
    /// Apps for Android, Wear OS and Android XR.
    pub android: Vec<AndroidApp>,
    /// Apps for iOS, iPadOS, macOS and watchOS.
    pub apple: Vec<AppleAppId>,
}

/// An Android app.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AndroidApp {
    /// Its package, as in `com.example.app`.
    pub package: String,
    /// The certificates that it is signed with: that of Play's app signing, and that of the developers' own builds.
    pub fingerprints: Vec<ApkKeyHash>,
}

impl AndroidApp {
    /// The origins that its ceremonies have, for [`RelyingPartyConfig`](passkeep_verify::RelyingPartyConfig).
    pub fn origins(&self) -> impl Iterator<Item = Origin> + '_ {
        self.fingerprints.iter().map(ApkKeyHash::origin)
    }
}

/// An app of Apple's platforms: ten characters of a team, a dot, and a bundle identifier.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AppleAppId(String);

impl AppleAppId {
    /// Reads an app id, as in `ABCDE12345.com.example.app`; `None` when it is none.
    ///
    /// ```
    /// use passkeep_server::AppleAppId;
    ///
    /// assert!(AppleAppId::parse("ABCDE12345.com.example.app").is_some());
    /// assert!(AppleAppId::parse("com.example.app").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (team, bundle) = text.split_once('.')?;
        let of_team = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        let of_bundle = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        let is_team = team.len() == 10 && team.chars().all(of_team);
        let is_bundle = !bundle.is_empty() && bundle.len() <= 155 && bundle.chars().all(of_bundle);
        (is_team && is_bundle).then(|| Self(text.to_owned()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How long the files are kept, in seconds: an hour, so that a new fingerprint is known soon.
const CACHED: &str = "public, max-age=3600";

/// The paths of the files and their content in JSON, which is `None` for a file that must not be there.
#[must_use]
pub fn well_known_files(rp: &RelyingParty, apps: &Apps) -> [(&'static str, Option<String>); 4] {
    [
        ("/.well-known/assetlinks.json", asset_links(rp, apps)),
        (
            "/.well-known/apple-app-site-association",
            apple_app_site_association(apps),
        ),
        ("/.well-known/webauthn", related_origins(rp)),
        ("/.well-known/passkey-endpoints", passkey_endpoints(rp)),
    ]
}

/// The routes of the files, at the root of the relying party's site.
pub fn well_known(state: &AppState) -> Router {
    let files = well_known_files(&state.rp, &state.apps);
    let routes = Router::new();
    let routes = files.into_iter().fold(routes, |routes, (path, content)| {
        let content = content.map(Arc::<str>::from);
        routes.route(path, get(move || async move { answer(content) }))
    });
    let routes = match state.change_password.clone() {
        None => routes,
        Some(page) => routes.route(
            "/.well-known/change-password",
            get(move || async move { ([(CACHE_CONTROL, CACHED)], Redirect::to(&page)) }),
        ),
    };
    // Whatever else is asked for is not there, and no page says so: a tool asks for
    // `resource-that-should-not-exist-whose-status-code-should-not-be-200` to see whether answers can be believed.
    routes.route("/.well-known/{*other}", get(|| async { answer(None) }))
}

fn answer(content: Option<Arc<str>>) -> Response {
    let Some(content) = content else {
        return (StatusCode::NOT_FOUND, "Not found.\n").into_response();
    };
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, CACHED)];
    (headers, content.to_string()).into_response()
}

/// The apps, and beside them the sites themselves: an app that trusts one of these learns here that the others share its
/// credentials.
fn asset_links(rp: &RelyingParty, apps: &Apps) -> Option<String> {
    let accepted = |hash: &ApkKeyHash| rp.origins().contains(&hash.origin());
    let apps = apps.android.iter().filter_map(|app| {
        let certificates = app.fingerprints.iter().copied().filter(accepted);
        let certificates: Vec<_> = certificates.collect();
        (!certificates.is_empty()).then(|| asset_link(&app.package, &certificates))
    });
    let mut statements: Vec<Value> = apps.collect();
    if statements.is_empty() {
        return None;
    }
    statements.extend(web_origins(rp).map(|origin| {
        json!({
            "relation": ["delegate_permission/common.get_login_creds"],
            "target": {"namespace": "web", "site": origin.as_str()},
        })
    }));
    Some(Value::Array(statements).to_string())
}

fn apple_app_site_association(apps: &Apps) -> Option<String> {
    let ids: Vec<_> = apps.apple.iter().map(AppleAppId::as_str).collect();
    (!ids.is_empty()).then(|| json!({"webcredentials": {"apps": ids}}).to_string())
}

fn related_origins(rp: &RelyingParty) -> Option<String> {
    let origins = rp.related_origins();
    (!origins.is_empty()).then(|| related::file(origins))
}

/// Where people make and manage passkeys. Source: W3C, "A Well-Known URL for Relying Party Passkey Endpoints".
fn passkey_endpoints(rp: &RelyingParty) -> Option<String> {
    let origin = web_origins(rp).next()?;
    let account = format!("{}/account", origin.as_str());
    Some(json!({"enroll": account, "manage": account}).to_string())
}

fn web_origins(rp: &RelyingParty) -> impl Iterator<Item = &Origin> {
    let origins = rp.origins().iter();
    origins.filter(|origin| origin.is_web())
}
