//! One request on one connection, which follows no redirect and no proxy: what platforms do when they fetch the files.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::{HOST, USER_AGENT};
use axum::http::{HeaderMap, Request, Response, StatusCode, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most of an answer that is read, in bytes.
const MAX_BODY: usize = 1 << 20;

/// Somebody who visits the site.
pub(super) struct Client {
    host: String,
    port: u16,
    /// None where the site is plain HTTP.
    tls: Option<TlsConnector>,
}

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// The server's certificate, where there is TLS.
    pub(super) certificate: Option<CertificateDer<'static>>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Client {
    pub(super) fn new(url: &str, trust: Option<&Path>) -> Result<Self, String> {
        let unusable = || {
            format!("{url:?} is no address of a site: give one like https://example.org (--url)")
        };
        let uri: Uri = url.parse().map_err(|_| unusable())?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(unusable()),
        };
        let host = uri.host().ok_or_else(unusable)?;
        if uri
            .path_and_query()
            .is_some_and(|path| path.as_str() != "/")
        {
            return Err(unusable());
        }
        Ok(Self {
            host: host.to_owned(),
            port: uri.port_u16().unwrap_or(if https { 443 } else { 80 }),
            tls: https.then(|| connector(trust)).transpose()?,
        })
    }

    pub(super) fn is_https(&self) -> bool {
        self.tls.is_some()
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Fetches what is at a path, or says why it could not be fetched.
    pub(super) async fn get(&self, path: &str) -> Result<Answer, String> {
        let fetched = tokio::time::timeout(PATIENCE, self.fetch(path)).await;
        fetched.unwrap_or_else(|_| {
            Err(format!(
                "it did not answer within {} seconds",
                PATIENCE.as_secs()
            ))
        })
    }

    async fn fetch(&self, path: &str) -> Result<Answer, String> {
        // Brackets are for URLs.
        let name = self.host.trim_matches(['[', ']']);
        let stream = TcpStream::connect((name, self.port)).await;
        let stream = stream.map_err(|error| format!("cannot connect to it: {error}"))?;
        let Some(tls) = &self.tls else {
            return self.send(stream, path, None).await;
        };
        let server = ServerName::try_from(name.to_owned());
        let server = server.map_err(|error| format!("TLS knows no such host: {error}"))?;
        let stream = tls.connect(server, stream).await;
        let stream = stream.map_err(|error| format!("TLS fails: {error}"))?;
        let chain = stream.get_ref().1.peer_certificates();
        let certificate = chain.and_then(|chain| chain.first().cloned());
        let certificate = certificate.map(CertificateDer::into_owned);
        self.send(stream, path, certificate).await
    }

    async fn send(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        path: &str,
        certificate: Option<CertificateDer<'static>>,
    ) -> Result<Answer, String> {
        let broken = |error: hyper::Error| format!("HTTP fails: {error}");
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(broken)?;
        // It ends with the sender; what it says then, the request has said.
        tokio::spawn(connection);
        let ours = if self.tls.is_some() { 443 } else { 80 };
        let host = match self.port {
            port if port == ours => self.host.clone(),
            port => format!("{}:{port}", self.host),
        };
        let request = Request::get(path)
            .header(HOST, host)
            .header(
                USER_AGENT,
                concat!("passkeep-doctor/", env!("CARGO_PKG_VERSION")),
            )
            .body(Body::empty())
            .map_err(|error| error.to_string())?;
        let answer = sender.send_request(request).await.map_err(broken)?;
        read(answer, certificate).await
    }
}

async fn read(
    answer: Response<hyper::body::Incoming>,
    certificate: Option<CertificateDer<'static>>,
) -> Result<Answer, String> {
    let (head, body) = answer.into_parts();
    let body = to_bytes(Body::new(body), MAX_BODY).await;
    let body = body.map_err(|error| format!("its answer cannot be read: {error}"))?;
    Ok(Answer {
        status: head.status,
        headers: head.headers,
        body: body.to_vec(),
        certificate,
    })
}

/// TLS as browsers speak it, trusting the system's certificates and those in a file.
fn connector(trust: Option<&Path>) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    // A system whose store cannot be read in full, or has none, trusts so much fewer.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = trust {
        let unreadable = |error: &dyn std::fmt::Display| {
            format!(
                "cannot read certificates from {}: {error} (--trust)",
                path.display()
            )
        };
        let certificates =
            CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))?;
        for certificate in certificates {
            let certificate = certificate.map_err(|error| unreadable(&error))?;
            roots.add(certificate).map_err(|error| unreadable(&error))?;
        }
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("there is no TLS: {error}"))?;
    let config = config.with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
