//! One request on one connection, which follows no redirect and no proxy: what platforms do when they fetch the well-known
//! files, and what a webhook should meet.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::{HOST, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri};
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
const PATIENCE: Duration = Duration::from_secs(15);

/// The most of an answer that is read, in bytes.
const MAX_BODY: usize = 1 << 20;

/// Somebody who asks one host.
pub(crate) struct Client {
    host: String,
    port: u16,
    /// None where the host speaks plain HTTP.
    tls: Option<TlsConnector>,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The server's certificate, where there is TLS.
    pub(crate) certificate: Option<CertificateDer<'static>>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Client {
    /// A client for the host of a URL; `None` if the URL has no host, or neither `http` nor `https` as its scheme.
    pub(crate) fn new(url: &Uri, trust: Option<&Path>) -> Result<Option<Self>, String> {
        let https = match url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Ok(None),
        };
        let Some(host) = url.host() else {
            return Ok(None);
        };
        Ok(Some(Self {
            host: host.to_owned(),
            port: url.port_u16().unwrap_or(if https { 443 } else { 80 }),
            tls: https.then(|| connector(trust)).transpose()?,
        }))
    }

    pub(crate) fn is_https(&self) -> bool {
        self.tls.is_some()
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Fetches what is at a path, or says why it could not be fetched.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, String> {
        let request = Request::get(path).body(Body::empty());
        self.send(request.map_err(|error| error.to_string())?).await
    }

    /// Sends a request, whose URI is a path, or says why there is no answer.
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<Answer, String> {
        let answered = tokio::time::timeout(PATIENCE, self.connect_and_send(request)).await;
        answered.unwrap_or_else(|_| {
            let seconds = PATIENCE.as_secs();
            Err(format!("it did not answer within {seconds} seconds"))
        })
    }

    async fn connect_and_send(&self, request: Request<Body>) -> Result<Answer, String> {
        // Brackets are for URLs.
        let name = self.host.trim_matches(['[', ']']);
        let stream = TcpStream::connect((name, self.port)).await;
        let stream = stream.map_err(|error| format!("cannot connect to it: {error}"))?;
        let Some(tls) = &self.tls else {
            return self.converse(stream, request, None).await;
        };
        let server = ServerName::try_from(name.to_owned());
        let server = server.map_err(|error| format!("TLS knows no such host: {error}"))?;
        let stream = tls.connect(server, stream).await;
        let stream = stream.map_err(|error| format!("TLS fails: {error}"))?;
        let chain = stream.get_ref().1.peer_certificates();
        let certificate = chain.and_then(|chain| chain.first().cloned());
        let certificate = certificate.map(CertificateDer::into_owned);
        self.converse(stream, request, certificate).await
    }

    async fn converse(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        mut request: Request<Body>,
        certificate: Option<CertificateDer<'static>>,
    ) -> Result<Answer, String> {
        let broken = |error: hyper::Error| format!("HTTP fails: {error}");
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(broken)?;
        // It ends with the sender; what it says then, the request has said.
        tokio::spawn(connection);
        let schemes_own = if self.tls.is_some() { 443 } else { 80 };
        let host = match self.port {
            port if port == schemes_own => self.host.clone(),
            port => format!("{}:{port}", self.host),
        };
        let host = HeaderValue::try_from(host).map_err(|error| error.to_string())?;
        let ours = HeaderValue::from_static(concat!("passkeep/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().insert(HOST, host);
        request.headers_mut().insert(USER_AGENT, ours);
        let answer = sender.send_request(request).await.map_err(broken)?;
        read(answer, certificate).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({}:{})", self.host, self.port)
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
        let unreadable = |error: &dyn fmt::Display| {
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
