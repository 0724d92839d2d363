//! `passkeep doctor`

use std::net::SocketAddr;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::get;
use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

use crate::deployment::Deployment;
use crate::process::{Running, passkeep};

const FINGERPRINT: &str = "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:\
    10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F";

/// What it found: whether it was an error for the shell, and a line for each check.
fn findings(output: &std::process::Output) -> (Option<i32>, Vec<String>) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let document: Value = serde_json::from_str(&stdout)
        .unwrap_or_else(|_| panic!("{stdout}{}", String::from_utf8_lossy(&output.stderr)));
    let findings = document["findings"].as_array().unwrap().iter();
    let findings = findings.map(|finding| {
        let text = |member: &str| finding[member].as_str().unwrap().to_owned();
        // What is not right comes with what to do about it.
        assert_eq!(
            finding.get("advice").is_some(),
            text("verdict") != "ok",
            "{finding}"
        );
        format!("{} {}: {}", text("verdict"), text("check"), text("message"))
    });
    (output.status.code(), findings.collect())
}

fn apps() -> Vec<(&'static str, String)> {
    vec![
        (
            "PASSKEEP_ANDROID_APPS",
            format!("org.example.app={FINGERPRINT}"),
        ),
        (
            "PASSKEEP_APPLE_APPS",
            "ABCDE12345.org.example.app".to_owned(),
        ),
        ("PASSKEEP_RELATED_ORIGINS", "https://example.de".to_owned()),
    ]
}

/// Examines what answers on a port of this machine, with the configuration of a deployment.
fn examine(deployment: &Deployment, port: u16) -> (Option<i32>, Vec<String>) {
    let url = format!("http://localhost:{port}");
    findings(&deployment.run(&["doctor", "--json", "--url", &url]))
}

#[test]
fn a_deployment_that_is_well_has_nothing_but_ok() {
    let deployment = Deployment::with(apps());
    let (status, findings) = examine(&deployment, deployment.server.port);
    let database = deployment.data.path().join("deep/data/passkeep.sqlite");
    let database = format!(
        "ok database: the SQLite database {} answers, ",
        database.display()
    );
    let (found, rest): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|it| it.starts_with(&database));
    assert_eq!(found.len(), 1);
    assert_eq!(
        rest,
        [
            "warning rp-id: passkeys are for localhost",
            "ok related-origins: 1 related site, of no more than 5 names",
            "ok android-apps: 1 Android app with 1 certificate fingerprint",
            "ok apple-apps: 1 Apple app",
            "ok writable: it can be written to",
            "ok sealing-key: the newest is 0 days old",
            "ok tls: none, which browsers allow on localhost only",
            "ok readyz: the server is ready",
            "ok headers: all security headers are there",
            "ok clock: the site's agrees with this machine's",
            "ok metrics: not for the public, as it should be",
            "ok well-known: /.well-known/assetlinks.json is what the configuration says",
            "ok well-known: /.well-known/apple-app-site-association is what the configuration says",
            "ok well-known: /.well-known/webauthn is what the configuration says",
            "ok well-known: /.well-known/passkey-endpoints is what the configuration says",
        ]
    );
    assert_eq!(status, Some(0));

    let url = format!("http://localhost:{}", deployment.server.port);
    let text = deployment.text(&["doctor", "--url", &url]);
    assert!(
        text.contains("\nok       readyz           the server is ready\n"),
        "{text}"
    );
    let advice = "         That is good for trying it on this machine. Set PASSKEEP_RP_ID ";
    assert!(text.contains(&format!("\n{advice}")), "{text}");
}

/// Serves something else than Passkeep.
async fn serve(app: Router) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let SocketAddr::V4(address) = listener.local_addr().unwrap() else {
        unreachable!()
    };
    tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
    address.port()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_broken_site_does_is_named_one_by_one() {
    let deployment = Deployment::with(apps());
    let json = [
        ("content-type", "application/json"),
        ("cache-control", "max-age=60"),
    ];
    let app = Router::new()
        .route(
            "/",
            get(|| async {
                (
                    [
                        ("x-content-type-options", "none"),
                        ("date", "Thu, 01 Jan 2026 00:00:00 GMT"),
                    ],
                    "hello",
                )
            }),
        )
        .route("/readyz", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route("/metrics", get(|| async { "passkeep_build_info{} 1" }))
        .route(
            "/.well-known/assetlinks.json",
            get(|| async { Redirect::permanent("https://www.example.org/assetlinks.json") }),
        )
        .route(
            "/.well-known/apple-app-site-association",
            get(|| async { r#"{"webcredentials":{"apps":["ABCDE12345.org.example.app"]}}"# }),
        )
        .route(
            "/.well-known/webauthn",
            get(move || async move { (json, r#"{"origins":["https://example.com"]}"#) }),
        );
    let port = serve(app).await;
    let (status, findings) = examine(&deployment, port);
    let (clock, findings): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|it| it.contains("clock: "));
    assert!(
        clock[0].starts_with("warning clock: the site's is "),
        "{clock:?}"
    );
    let site: Vec<_> = findings
        .iter()
        .skip_while(|it| *it != "error readyz: /readyz answers 503 Service Unavailable")
        .collect();
    assert_eq!(
        site,
        [
            "error readyz: /readyz answers 503 Service Unavailable",
            "warning headers: missing: content-security-policy, cross-origin-opener-policy, cross-origin-resource-policy, \
             permissions-policy, referrer-policy",
            "warning headers: not as the server sends them: x-content-type-options",
            "error metrics: /metrics can be read by everybody",
            "error well-known: /.well-known/assetlinks.json is redirected to https://www.example.org/assetlinks.json",
            "error well-known: /.well-known/apple-app-site-association has the type text/plain; charset=utf-8",
            "warning well-known: /.well-known/apple-app-site-association does not say how long it may be kept",
            "error well-known: /.well-known/webauthn says something else than the configuration",
            "error well-known: /.well-known/passkey-endpoints answers 404 Not Found",
        ]
    );
    assert_eq!(status, Some(1));
}

#[test]
fn a_file_that_should_not_be_there_and_one_that_is_old_are_errors() {
    // The server that runs has apps; the configuration that is examined has none any more, and another RP name.
    let deployment = Deployment::with(apps());
    let url = format!("http://localhost:{}", deployment.server.port);
    let output = passkeep(&["doctor", "--json", "--url", &url])
        .env(
            "PASSKEEP_DATA_DIR",
            deployment.data.path().join("deep/data"),
        )
        .env("PASSKEEP_ORIGINS", "http://localhost:10")
        .output()
        .unwrap();
    let (status, findings) = findings(&output);
    for expected in [
        "error well-known: /.well-known/assetlinks.json is there, and the configuration has nothing to say in it",
        "error well-known: /.well-known/passkey-endpoints says something else than the configuration",
    ] {
        assert!(findings.iter().any(|it| it == expected), "{findings:?}");
    }
    assert_eq!(status, Some(1));
}

#[test]
fn a_site_that_is_not_there_and_a_configuration_that_cannot_work_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let mut command = passkeep(&[&["doctor", "--json"], more].concat());
        findings(
            &command
                .env("PASSKEEP_DATA_DIR", folder.path())
                .output()
                .unwrap(),
        )
    };
    let (status, found) = run(&["--url", "http://localhost:1"]);
    assert_eq!(status, Some(1));
    assert!(
        found[1].starts_with("error database: there is no database "),
        "{found:?}"
    );
    assert!(
        found[2].starts_with("error site: localhost: cannot connect to it: "),
        "{found:?}"
    );
    assert_eq!(found.len(), 3);

    let (status, found) = run(&["--origins", "https://example.org", "--tls-key", "key.pem"]);
    assert_eq!(status, Some(1));
    assert_eq!(
        found[0],
        "error configuration: a browser on https://example.org may not use the RP ID: its host is neither the RP ID nor \
         below it (PASSKEEP_RP_ID, PASSKEEP_ORIGINS)"
    );
    assert_eq!(
        found[2],
        "warning site: what the site answers was not checked"
    );

    let output = passkeep(&["doctor", "--url", "localhost:1"])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with("passkeep: \"localhost:1\" is no address of a site: "),
        "{stderr}"
    );
}

#[test]
fn more_names_than_browsers_take_and_files_that_nobody_finds_are_warnings() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["a", "b", "c", "d", "e", "f"];
    let related = names
        .map(|name| format!("https://{name}{name}.net"))
        .join(",");
    let localhost = "http://localhost:1";
    let output = passkeep(&[
        "doctor",
        "--json",
        "--url",
        localhost,
        "--rp-id-url",
        localhost,
    ])
    .env("PASSKEEP_DATA_DIR", folder.path())
    .env("PASSKEEP_RP_ID", "example.org")
    .env("PASSKEEP_ORIGINS", "https://www.example.org")
    .env("PASSKEEP_RELATED_ORIGINS", related)
    .output()
    .unwrap();
    let (_, findings) = findings(&output);
    assert_eq!(
        findings[0],
        "ok rp-id: passkeys are for example.org, on 1 site"
    );
    assert_eq!(
        findings[1],
        "warning related-origins: https://ff.net comes after 5 other names; its own is \"ff\""
    );
    let (last, before) = findings.split_last().unwrap();
    assert!(
        last.starts_with("error well-known: http://localhost:1: cannot connect to it: "),
        "{findings:?}"
    );
    assert!(before[3].starts_with("error site: "), "{findings:?}");
    assert_eq!(before.len(), 4, "{findings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_are_looked_for_at_the_rp_id_where_no_origin_is() {
    let environment = [
        ("PASSKEEP_RP_ID", "example.org".to_owned()),
        ("PASSKEEP_ORIGINS", "https://www.example.org".to_owned()),
        (
            "PASSKEEP_APPLE_APPS",
            "ABCDE12345.org.example.app".to_owned(),
        ),
        ("PASSKEEP_RELATED_ORIGINS", "https://example.de".to_owned()),
    ];
    let deployment = Deployment::with(environment.to_vec());
    let site = format!("http://localhost:{}", deployment.server.port);
    let well_known = |url: &str| {
        let run = deployment.run(&["doctor", "--json", "--url", &site, "--rp-id-url", url]);
        let (_, findings) = findings(&run);
        let found = findings.into_iter().filter(|it| it.contains(url));
        found.collect::<Vec<_>>()
    };
    // The server answers for all names, so it stands for a host that has its files.
    assert_eq!(
        well_known(&site),
        [
            "apple-app-site-association",
            "webauthn",
            "passkey-endpoints",
        ]
        .map(|file| format!(
            "ok well-known: {site}/.well-known/{file} is what the configuration says"
        ))
    );
    let other = serve(Router::new().fallback(get(|| async { "hello" }))).await;
    let other = format!("http://localhost:{other}");
    let found = well_known(&other);
    assert_eq!(
        found[0],
        format!(
            "error well-known: {other}/.well-known/assetlinks.json is there, and the configuration has nothing to say in it"
        )
    );
    assert_eq!(found.len(), 10, "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_passwords_and_an_answer_for_everything_are_noticed() {
    let deployment = Deployment::with(vec![("PASSKEEP_CHANGE_PASSWORD", "/settings".to_owned())]);
    let (_, findings) = examine(&deployment, deployment.server.port);
    let ours = "ok well-known: /.well-known/change-password leads to /settings";
    assert_eq!(findings.last().map(String::as_str), Some(ours));

    let path = "/.well-known/change-password";
    let elsewhere = Router::new().route(path, get(|| async { Redirect::to("/elsewhere") }));
    let elsewhere = elsewhere.fallback(get(|| async { "hello" }));
    let (_, findings) = examine(&deployment, serve(elsewhere).await);
    let expected = [
        "warning well-known: /.well-known/change-password leads to /elsewhere, and PASSKEEP_CHANGE_PASSWORD says /settings",
        "warning well-known: what is not there answers 200 OK",
    ];
    assert_eq!(findings[findings.len() - 2..], expected);

    let page = Router::new().route(path, get(|| async { "hello" }));
    let (_, findings) = examine(&deployment, serve(page).await);
    let expected = "warning well-known: /.well-known/change-password answers 200 OK";
    assert_eq!(findings.last().map(String::as_str), Some(expected));
}

/// Starts a server that speaks TLS with a certificate that is good for so many days, and says where the certificate is.
fn with_certificate(folder: &TempDir, days: i64) -> (String, String, Running) {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_after = OffsetDateTime::now_utc() + Duration::days(days) + Duration::minutes(5);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("cert.pem"), certificate.pem()).unwrap();
    std::fs::write(path("key.pem"), key.serialize_pem()).unwrap();
    let environment = [
        ("PASSKEEP_TLS_CERT", path("cert.pem")),
        ("PASSKEEP_TLS_KEY", path("key.pem")),
        ("PASSKEEP_DATA_DIR", path("data")),
    ];
    let environment = environment.each_ref().map(|(name, path)| (*name, &**path));
    let (url, server) = Running::with(folder, &environment);
    (url, path("cert.pem"), server)
}

#[test]
fn a_certificate_is_judged_as_browsers_do_and_by_the_days_it_has_left() {
    for (days, expected) in [
        (
            100,
            "ok tls: the certificate is good for localhost, and for 100 days more",
        ),
        (3, "warning tls: the certificate is good for 3 days only"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (url, certificate, server) = with_certificate(&folder, days);
        let run = |more: &[&str]| {
            let mut command = passkeep(&[&["doctor", "--json", "--origins", &url], more].concat());
            command.env("PASSKEEP_DATA_DIR", folder.path().join("data"));
            findings(&command.output().unwrap())
        };
        let (status, found) = run(&["--trust", &certificate]);
        assert_eq!(found[4], expected, "{found:?}");
        assert!(
            found.contains(&"ok headers: all security headers are there".to_owned()),
            "{found:?}"
        );
        assert_eq!(status, Some(0), "{found:?}");

        let (status, found) = run(&[]);
        assert!(
            found[4].starts_with("error tls: localhost: TLS fails: invalid peer certificate: "),
            "{found:?}"
        );
        assert_eq!(status, Some(1));
        drop(server);
    }
}
