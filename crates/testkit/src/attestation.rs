//! Attestation statement formats, one file each. Source: L3 §8.
//!
//! A format makes its statement over a draft that a test may change, and everything that is signed afterwards is signed
//! over the change:
//!
//! ```
//! use std::sync::Arc;
//!
//! use passkeep_protocol::names::AttestationConveyancePreference;
//! use passkeep_testkit::attestation::packed::Packed;
//! use passkeep_testkit::authenticator::Config;
//! use passkeep_testkit::certificate::{CertificateAuthority, oid};
//! use passkeep_testkit::{Authenticator, Client, options};
//!
//! // A security key whose certificate does not say in which country its maker is.
//! let packed = Packed::new(CertificateAuthority::root("a vendor"))
//!     .with(|draft| draft.certificate.subject.remove(oid::COUNTRY));
//! let config = Config { attestation: Arc::new(packed), ..Config::security_key() };
//! let mut authenticator = Authenticator::with_config("seed", config);
//!
//! let mut options = options::creation("example.org", b"challenge");
//! options.attestation = Some(AttestationConveyancePreference::Direct);
//! let response = Client::new("https://example.org").create(&options, &mut authenticator)?;
//! # Ok::<(), passkeep_testkit::ClientError>(())
//! ```

use std::fmt::Debug;
use std::sync::Arc;

use passkeep_protocol::authenticator_data::AuthenticatorData;
use sha2::{Digest as _, Sha256};

use crate::cbor::Value;
use crate::certificate::CertificateDraft;
use crate::draws::Draws;
use crate::signing::ecdsa::ES256;
use crate::signing::{Algorithm as _, PrivateKey};

pub mod none;
pub mod packed;
pub mod tpm;

pub mod android_key;
pub mod android_safetynet;
pub mod apple;
pub mod fido_u2f;

pub mod compound;

mod changes;

pub use changes::Changes;

/// A format, with all it needs to make statements.
pub trait AttestationFormat: Debug + Send + Sync {
    /// Its identifier, the `fmt` of the attestation object.
    fn identifier(&self) -> &'static str;

    /// Makes a statement.
    fn statement(&self, about: &NewCredential<'_>) -> Value;

    /// Whether a client passes the statement on to a Relying Party that asked for none, if the AAGUID is zeros.
    /// Source: L3 §5.1.3, "self attestation is being used".
    fn is_self_attestation(&self) -> bool {
        false
    }
}

/// What a statement is made about.
#[derive(Clone, Copy, Debug)]
pub struct NewCredential<'a> {
    /// The authenticator data.
    pub authenticator_data: &'a [u8],
    /// The client data.
    pub client_data_json: &'a [u8],
    /// The credential's key.
    pub key: &'a Arc<dyn PrivateKey>,
}

impl NewCredential<'_> {
    /// What most formats sign: the authenticator data and the hash of the client data.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        signed_bytes(self.authenticator_data, self.client_data_json)
    }

    /// SHA-256 of the client data.
    #[must_use]
    pub fn client_data_hash(&self) -> [u8; 32] {
        Sha256::digest(self.client_data_json).into()
    }

    /// The AAGUID in the authenticator data; zeros if a test broke them.
    fn aaguid(&self) -> [u8; 16] {
        let data = AuthenticatorData::parse(self.authenticator_data).ok();
        let attested = data.and_then(|data| data.attested_credential_data);
        attested.map_or([0; 16], |attested| *attested.aaguid)
    }
}

/// The message of assertions and of most statements: authenticator data, then SHA-256 of the client data.
pub(crate) fn signed_bytes(authenticator_data: &[u8], client_data_json: &[u8]) -> Vec<u8> {
    [authenticator_data, &Sha256::digest(client_data_json)].concat()
}

/// The attestation key of a device, for formats that do not sign with the credential's own.
fn attestation_key(purpose: &str) -> Arc<dyn PrivateKey> {
    ES256.generate(&mut Draws::new(
        b"passkeep-testkit attestation key",
        purpose,
    ))
}

/// A certificate and those above it.
fn x5c(certificate: &CertificateDraft, chain: &[Vec<u8>]) -> Value {
    let leaf = [certificate.to_der()];
    let certificates = leaf.iter().chain(chain);
    Value::Array(certificates.map(|der| Value::from(&**der)).collect())
}
