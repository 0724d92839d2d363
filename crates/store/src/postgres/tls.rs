//! TLS to the database. The server's certificate and name are always verified.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Address;
use crate::StoreError;

/// Prepares to speak TLS, trusting the certificates in a file or else those of the system.
pub(super) fn connector(address: &Address) -> Result<MakeRustlsConnect, StoreError> {
    let mut store = RootCertStore::empty();
    match &address.roots {
        Some(path) => add_file(&mut store, path)?,
        // They take a while to read.
        None if address.config.get_ssl_mode() == SslMode::Disable => {}
        None => {
            // A system whose store cannot be read in full, or has none, trusts so much fewer.
            let native = rustls_native_certs::load_native_certs();
            store.add_parsable_certificates(native.certs);
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| StoreError::Inconsistent(error.into()))?;
    let mut config = config.with_root_certificates(store).with_no_client_auth();
    // A connection that begins with TLS, `sslnegotiation=direct`, needs it; others do not mind.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

fn add_file(store: &mut RootCertStore, path: &Path) -> Result<(), StoreError> {
    let unreadable = |error: &dyn core::fmt::Display| {
        let text = format!(
            "the certificates in {} (sslrootcert): {error}",
            path.display()
        );
        StoreError::Unavailable(text.into())
    };
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unreadable(&error))?;
        store.add(certificate).map_err(|error| unreadable(&error))?;
    }
    if store.is_empty() {
        return Err(unreadable(&"there are none"));
    }
    Ok(())
}
