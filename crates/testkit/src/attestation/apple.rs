//! The format of Apple's platform authenticators. Source: L3 §8.8.

use sha2::{Digest as _, Sha256};

use super::{AttestationFormat, Changes, NewCredential, x5c};
use crate::cbor::Value;
use crate::certificate::{CertificateAuthority, CertificateDraft, Extension};

/// Anonymous attestation: a certificate for the credential's own key, with a hash of the ceremony in it. Nothing else is
/// signed.
#[derive(Clone, Debug)]
pub struct Apple {
    /// Who issues the certificate.
    pub authority: CertificateAuthority,
    /// What is changed in each draft.
    pub changes: Changes<AppleDraft>,
}

/// A statement before the certificate is signed.
#[derive(Clone, Debug)]
pub struct AppleDraft {
    /// The certificate of the credential's key, with the nonce as its last extension.
    pub certificate: CertificateDraft,
    /// What follows it in `x5c`.
    pub chain: Vec<Vec<u8>>,
}

impl Apple {
    /// Attestation by this authority.
    #[must_use]
    pub fn new(authority: CertificateAuthority) -> Self {
        Self {
            authority,
            changes: Changes::default(),
        }
    }

    /// Changes every draft.
    #[must_use]
    pub fn with(mut self, change: impl Fn(&mut AppleDraft) + Send + Sync + 'static) -> Self {
        self.changes.push(change);
        self
    }
}

impl AttestationFormat for Apple {
    fn identifier(&self) -> &'static str {
        "apple"
    }

    fn statement(&self, about: &NewCredential<'_>) -> Value {
        let nonce = Sha256::digest(about.signed_bytes());
        let certificate = self.authority.draft(&about.key.public_key());
        let draft = self.changes.apply(AppleDraft {
            certificate: certificate.with(|certificate| {
                certificate.set_extension(Extension::apple_nonce(&nonce));
            }),
            chain: self.authority.chain.clone(),
        });
        Value::map([("x5c", x5c(&draft.certificate, &draft.chain))])
    }
}
