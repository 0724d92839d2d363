//! The program speaks TLS, with a certificate that can be replaced while it runs.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Version};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::process::{Running, assert_failure, passkeep};

/// Writes a new certificate for localhost and its key.
fn issue(directory: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(directory.join("cert.pem"), cert.pem()).unwrap();
    std::fs::write(directory.join("key.pem"), signing_key.serialize_pem()).unwrap();
    cert.der().clone()
}

fn start(directory: &tempfile::TempDir, more: &[(&str, &str)]) -> (String, Running) {
    let path = |name: &str| directory.path().join(name).display().to_string();
    let environment = [
        ("PASSKEEP_TLS_CERT", path("cert.pem")),
        ("PASSKEEP_TLS_KEY", path("key.pem")),
    ];
    let environment = environment.each_ref().map(|(name, path)| (*name, &**path));
    Running::with(directory, &[&environment, more].concat())
}

/// Connects, trusting this certificate alone.
async fn connect(
    server: &Running,
    trusted: &CertificateDer<'static>,
    protocol: &str,
) -> std::io::Result<TokioIo<TlsStream<tokio::net::TcpStream>>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = server.connect();
    stream.set_nonblocking(true).unwrap();
    let stream = tokio::net::TcpStream::from_std(stream).unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let stream = stream.await?;
    let spoken = stream.get_ref().1.alpn_protocol();
    assert_eq!(spoken, Some(protocol.as_bytes()));
    Ok(TokioIo::new(stream))
}

fn health(uri: &str) -> Request<Body> {
    let request = Request::get(uri).header("host", "localhost");
    request.body(Body::empty()).unwrap()
}

async fn assert_healthy(connection: &mut http2::SendRequest<Body>) {
    let answer = connection.send_request(health("https://localhost/healthz"));
    let answer = answer.await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.version()),
        (200, Version::HTTP_2)
    );
    let body = to_bytes(Body::new(answer.into_body()), 100).await.unwrap();
    assert_eq!(&*body, b"ok");
}

async fn http2(
    server: &Running,
    trusted: &CertificateDer<'static>,
) -> std::io::Result<http2::SendRequest<Body>> {
    let io = connect(server, trusted, "h2").await?;
    let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    Ok(sender)
}

fn hang_up(server: &Running) {
    let id = server.id().to_string();
    let status = Command::new("kill").args(["-HUP", &id]).status();
    assert!(status.unwrap().success());
}

// With threads, because the client must answer the server's farewell while the test waits for its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_takes_over_and_connections_stay() {
    let directory = tempfile::tempdir().unwrap();
    let old = issue(directory.path());
    let (site, server) = start(&directory, &[]);
    assert!(site.starts_with("https://localhost:"), "{site}");
    let mut before = http2(&server, &old).await.unwrap();
    assert_healthy(&mut before).await;

    let new = issue(directory.path());
    hang_up(&server);
    let mut after = None;
    for _ in 0..100 {
        after = http2(&server, &new).await.ok();
        if after.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_healthy(&mut after.unwrap()).await;
    assert_healthy(&mut before).await;
    let refused = http2(&server, &old).await.unwrap_err();
    assert!(
        refused.to_string().contains("invalid peer certificate"),
        "{refused}"
    );

    // A key without its certificate, as in the middle of a renewal.
    let key = std::fs::read(directory.path().join("cert.pem")).unwrap();
    issue(directory.path());
    std::fs::write(directory.path().join("cert.pem"), key).unwrap();
    hang_up(&server);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_healthy(&mut http2(&server, &new).await.unwrap()).await;

    server.terminate();
    let (status, log) = server.wait();
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("the new TLS certificate is in force"), "{log}");
    assert!(
        log.contains("the TLS certificate was not renewed: the key in "),
        "{log}"
    );
}

#[tokio::test]
async fn who_does_not_know_http2_is_served_too() {
    let directory = tempfile::tempdir().unwrap();
    let certificate = issue(directory.path());
    let (_, server) = start(&directory, &[]);
    let io = connect(&server, &certificate, "http/1.1").await.unwrap();
    let (mut sender, connection) = http1::handshake(io).await.unwrap();
    tokio::spawn(connection);
    let answer = sender.send_request(health("/healthz")).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.version()),
        (200, Version::HTTP_11)
    );
    let hsts = answer.headers().get("strict-transport-security").unwrap();
    assert_eq!(hsts, "max-age=31536000");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_in_the_head_of_a_request_is_logged() {
    let directory = tempfile::tempdir().unwrap();
    let certificate = issue(directory.path());
    let (_, server) = start(&directory, &[("PASSKEEP_LOG", "trace")]);
    let mut connection = http2(&server, &certificate).await.unwrap();
    let (token, session, query) = ("c2VjcmV0LXRva2Vu", "c2VjcmV0LXNlc3Npb24", "secret-query");
    let request = Request::get(format!("https://localhost/api/v1/session?token={query}"))
        .header("authorization", format!("Bearer {token}"))
        .header("cookie", format!("__Host-passkeep-session={session}"));
    let answer = connection.send_request(request.body(Body::empty()).unwrap());
    assert_eq!(answer.await.unwrap().status(), 200);
    drop(connection);
    server.terminate();
    let (_, log) = server.wait();
    assert!(log.contains("received frame=Headers"), "{log}");
    for secret in [token, session, query] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn files_that_are_no_certificate_and_key_are_named() {
    let directory = tempfile::tempdir().unwrap();
    issue(directory.path());
    let path = |name: &str| directory.path().join(name).display().to_string();
    let (cert, key, other) = (path("cert.pem"), path("key.pem"), path("other.pem"));
    std::fs::copy(&key, &other).unwrap();
    issue(directory.path());
    for (files, message) in [
        (
            [&*cert, "none.pem"],
            "passkeep: cannot read none.pem: ".to_owned(),
        ),
        (
            [&*key, &*key],
            format!("passkeep: {key} has no certificate in PEM (PASSKEEP_TLS_CERT, "),
        ),
        (
            [&*cert, &*cert],
            format!("passkeep: {cert} has no private key in PEM "),
        ),
        (
            [&*cert, &*other],
            format!("passkeep: the key in {other} is not that of the first certificate in {cert} "),
        ),
        (
            [&*cert, ""],
            "passkeep: TLS needs a certificate and its key, ".to_owned(),
        ),
    ] {
        let output = passkeep(&["serve", "--listen", "127.0.0.1:0"])
            .env("PASSKEEP_TLS_CERT", files[0])
            .env("PASSKEEP_TLS_KEY", files[1])
            .current_dir(directory.path())
            .output()
            .unwrap();
        assert_failure(&output, &message);
    }
}
