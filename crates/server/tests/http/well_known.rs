//! The files under `/.well-known/`, and that they say what the verifier accepts.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use passkeep_server::{AndroidApp, AppState, AppleAppId, Apps, Outside, Settings, app};
use passkeep_store::{SqliteOptions, SqliteStore};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::origin::Origin;
use passkeep_verify::origin::apk_key_hash::ApkKeyHash;
use passkeep_verify::{RelyingParty, RelyingPartyConfig};
use serde_json::{Value, json};

use crate::support::{Answer, Server, send};

const SITE: &str = "https://example.org";
const PACKAGE: &str = "org.example.app";

fn hash(byte: u8) -> ApkKeyHash {
    ApkKeyHash([byte; 32])
}

fn apps() -> Apps {
    Apps {
        android: vec![AndroidApp {
            package: PACKAGE.to_owned(),
            fingerprints: vec![hash(1), hash(2)],
        }],
        apple: vec![AppleAppId::parse("ABCDE12345.org.example.app").unwrap()],
    }
}

/// Asks a server for a file; its relying party accepts these origins and shares its RP ID with those.
async fn ask(path: &str, apps: Apps, origins: &[&str], related: &[&str]) -> Answer {
    let parse = |origins: &[&str]| -> Vec<Origin> {
        let origins = origins.iter();
        origins
            .map(|origin| Origin::parse(origin).unwrap())
            .collect()
    };
    let mut config = RelyingPartyConfig::new("example.org", "Example", parse(origins), AWS_LC_RS);
    config.related_origins = parse(related);
    let rp = RelyingParty::new(config).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(SqliteOptions::new(directory.path().join("a.sqlite"))).unwrap();
    let state = AppState::new(rp, Arc::new(store), Outside::system(), Settings::default());
    let server = app(state.await.unwrap().with_apps(apps));
    let request = Request::get(format!("/.well-known/{path}"));
    send(&server, request.body(Body::empty()).unwrap()).await
}

#[track_caller]
fn file(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers[CONTENT_TYPE], "application/json");
    assert_eq!(answer.headers[CACHE_CONTROL], "public, max-age=3600");
    serde_json::from_slice(&answer.body).unwrap()
}

#[tokio::test]
async fn asset_links_name_the_fingerprints_that_are_accepted_and_no_others() {
    let accepted = hash(1).origin();
    let answer = ask("assetlinks.json", apps(), &[SITE, accepted.as_str()], &[]).await;
    let logins = "delegate_permission/common.get_login_creds";
    let expected = json!([
        {
            "relation": ["delegate_permission/common.handle_all_urls", logins],
            "target": {
                "namespace": "android_app",
                "package_name": PACKAGE,
                "sha256_cert_fingerprints": [hash(1).fingerprint()],
            },
        },
        {"relation": [logins], "target": {"namespace": "web", "site": SITE}},
    ]);
    assert_eq!(file(&answer), expected);
}

#[tokio::test]
async fn apples_file_names_the_apps() {
    let answer = ask("apple-app-site-association", apps(), &[SITE], &[]).await;
    let expected = json!({"webcredentials": {"apps": ["ABCDE12345.org.example.app"]}});
    assert_eq!(file(&answer), expected);
}

#[tokio::test]
async fn related_origins_are_those_of_the_relying_party() {
    let related = ["https://example.de", "https://example.co.uk"];
    let answer = ask("webauthn", apps(), &[SITE], &related).await;
    assert_eq!(file(&answer), json!({"origins": related}));
}

#[tokio::test]
async fn password_managers_learn_where_passkeys_are_managed() {
    let app = hash(1).origin();
    let answer = ask("passkey-endpoints", apps(), &[app.as_str(), SITE], &[]).await;
    let account = "https://example.org/account";
    assert_eq!(file(&answer), json!({"enroll": account, "manage": account}));
}

#[tokio::test]
async fn what_has_nothing_to_say_is_not_there_and_no_page_says_so() {
    for path in [
        "assetlinks.json",
        "apple-app-site-association",
        "webauthn",
        "change-password",
        "resource-that-should-not-exist-whose-status-code-should-not-be-200",
    ] {
        let answer = ask(path, Apps::default(), &[SITE], &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(&answer.body[..], b"Not found.\n", "{path}");
    }
}

#[test]
fn app_ids_have_a_team_and_a_bundle() {
    for id in ["ABCDE12345.org.example.app", "0123456789.a-b.C"] {
        assert_eq!(AppleAppId::parse(id).unwrap().as_str(), id);
    }
    for id in [
        "",
        "ABCDE12345",
        "ABCDE12345.",
        "abcde12345.a.b",
        "ABCDE1234.a.b",
        "ABCDE12345.a_b",
    ] {
        assert_eq!(AppleAppId::parse(id), None, "{id}");
    }
}

#[tokio::test]
async fn a_site_with_passwords_says_where_they_are_changed_and_another_does_not() {
    const PATH: &str = "/.well-known/change-password";
    let server = Server::start().await;
    let get = || Request::get(PATH).body(Body::empty()).unwrap();
    assert_eq!(server.send(get()).await.status, 404);
    let state = server
        .state
        .clone()
        .with_change_password("/settings#password");
    let answer = send(&app(state), get()).await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), Some("/settings#password"));
    let cached = answer.header("cache-control");
    assert_eq!(cached, Some("public, max-age=3600"));
}
