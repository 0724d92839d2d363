//! Attestation statement formats, one file each. Source: L3 §8.

use std::fmt::Debug;

use sha2::{Digest as _, Sha256};

use crate::cbor::Value;
use crate::signing::PrivateKey;

pub mod none;
pub mod packed;

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
    pub key: &'a dyn PrivateKey,
}

impl NewCredential<'_> {
    /// What most formats sign: the authenticator data and the hash of the client data.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        signed_bytes(self.authenticator_data, self.client_data_json)
    }
}

/// The message of assertions and of most statements: authenticator data, then SHA-256 of the client data.
pub(crate) fn signed_bytes(authenticator_data: &[u8], client_data_json: &[u8]) -> Vec<u8> {
    [authenticator_data, &Sha256::digest(client_data_json)].concat()
}
