//! TLS with a certificate in files, which are read again when they change.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, ServerConfig};
use tokio_rustls::TlsAcceptor;

/// How often the files are looked at. Whoever renews a certificate does it weeks before the old one ends.
const INTERVAL: Duration = Duration::from_secs(30);

/// The name of HTTP/2 in a handshake.
pub(super) const HTTP2: &[u8] = b"h2";

/// The certificate that is in force, and the files it comes from.
pub(super) struct Certificate {
    files: Files,
    current: RwLock<Arc<CertifiedKey>>,
}

/// The files of a certificate with its chain, and of its private key, both in PEM.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Certificate {
    pub(super) fn load(files: Files) -> Result<Arc<Self>, TlsError> {
        let current = RwLock::new(Arc::new(files.read()?));
        Ok(Arc::new(Self { files, current }))
    }

    /// What makes TLS of connections: versions 1.2 and 1.3, with HTTP/2 for those who know it.
    pub(super) fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, TlsError> {
        let config = ServerConfig::builder_with_provider(Arc::new(provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Rustls)?;
        let resolver = Arc::clone(self) as Arc<dyn ResolvesServerCert>;
        let mut config = config.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = vec![HTTP2.to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Takes the files over whenever they have changed: at SIGHUP at once, otherwise within half a minute. Open connections
    /// stay, and while the files are not good the certificate stays too.
    pub(super) async fn renew_forever(self: Arc<Self>, mut hangup: Hangup) {
        let mut said = String::new();
        loop {
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                () = hangup.next() => {}
            }
            let certificate = Arc::clone(&self);
            let renewed = tokio::task::spawn_blocking(move || certificate.renew()).await;
            match renewed {
                Ok(Ok(false)) | Err(_) => {}
                Ok(Ok(true)) => {
                    said.clear();
                    tracing::info!("the new TLS certificate is in force");
                }
                // Once for each reason, not twice a minute.
                Ok(Err(error)) if error.to_string() != said => {
                    said = error.to_string();
                    tracing::error!("the TLS certificate was not renewed: {said}");
                }
                Ok(Err(_)) => {}
            }
        }
    }

    /// Whether there was another certificate.
    fn renew(&self) -> Result<bool, TlsError> {
        let read = self.files.read()?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = current.cert != read.cert;
        *current = Arc::new(read);
        Ok(is_new)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(f)
    }
}

impl Files {
    fn read(&self) -> Result<CertifiedKey, TlsError> {
        let pem = read(&self.certificate)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty());
        let chain = chain.ok_or_else(|| TlsError::NoCertificate(self.certificate.clone()))?;
        let key = PrivateKeyDer::from_pem_slice(&read(&self.key)?);
        let key = key.map_err(|_| TlsError::NoKey(self.key.clone()))?;
        CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                TlsError::Mismatch(self.clone())
            }
            error => TlsError::Rustls(error),
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|error| TlsError::Unreadable(path.to_owned(), error))
}

/// The provider that verification uses too.
fn provider() -> CryptoProvider {
    aws_lc_rs::default_provider()
}

/// Tells when somebody wants the files to be read: at SIGHUP, where there is such a thing.
#[cfg(unix)]
pub(super) struct Hangup(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Hangup {
    /// Listens from now on.
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::hangup()).map(Self)
    }

    async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(windows)]
pub(super) struct Hangup;

#[cfg(windows)]
impl Hangup {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        std::future::pending::<()>().await;
    }
}

/// Why there is no TLS.
#[derive(Debug)]
pub(crate) enum TlsError {
    Unreadable(PathBuf, io::Error),
    NoCertificate(PathBuf),
    NoKey(PathBuf),
    Mismatch(Files),
    Rustls(rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => {
                write!(f, "cannot read {}: {error}", path.display())
            }
            Self::NoCertificate(path) => {
                write!(f, "{} has no certificate in PEM", path.display())
            }
            Self::NoKey(path) => write!(f, "{} has no private key in PEM", path.display()),
            Self::Mismatch(Files { certificate, key }) => write!(
                f,
                "the key in {} is not that of the first certificate in {}",
                key.display(),
                certificate.display()
            ),
            Self::Rustls(error) => write!(f, "the certificate or its key cannot be used: {error}"),
        }?;
        f.write_str(" (PASSKEEP_TLS_CERT, PASSKEEP_TLS_KEY)")
    }
}

impl std::error::Error for TlsError {}
