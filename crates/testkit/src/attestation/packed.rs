//! The format most authenticators use. Source: L3 §8.2.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;

use super::{AttestationFormat, Changes, NewCredential, attestation_key, x5c};
use crate::cbor::Value;
use crate::certificate::{CertificateAuthority, CertificateDraft, Extension};
use crate::signing::PrivateKey;

/// Self attestation: signed with the credential's own key, without certificates.
#[derive(Clone, Copy, Debug)]
pub struct PackedSelf;

impl AttestationFormat for PackedSelf {
    fn identifier(&self) -> &'static str {
        "packed"
    }

    fn statement(&self, about: &NewCredential<'_>) -> Value {
        Value::map([
            ("alg", Value::from(about.key.alg().0)),
            ("sig", Value::from(about.key.sign(&about.signed_bytes()))),
        ])
    }

    fn is_self_attestation(&self) -> bool {
        true
    }
}

/// Signed with a key of the device or its model, which a certificate vouches for.
#[derive(Clone, Debug)]
pub struct Packed {
    /// Who issues the certificate.
    pub authority: CertificateAuthority,
    /// The attestation key.
    pub key: Arc<dyn PrivateKey>,
    /// What is changed in each draft.
    pub changes: Changes<PackedDraft>,
}

/// A statement before anything in it is signed.
#[derive(Clone, Debug)]
pub struct PackedDraft {
    /// The algorithm the statement names.
    pub alg: CoseAlgorithm,
    /// The key that signs.
    pub key: Arc<dyn PrivateKey>,
    /// What it signs.
    pub message: Vec<u8>,
    /// The key's certificate.
    pub certificate: CertificateDraft,
    /// What follows it in `x5c`.
    pub chain: Vec<Vec<u8>>,
}

impl Packed {
    /// Attestation with a P-256 key and a certificate of this authority.
    #[must_use]
    pub fn new(authority: CertificateAuthority) -> Self {
        Self {
            authority,
            key: attestation_key("packed"),
            changes: Changes::default(),
        }
    }

    /// Changes every draft.
    #[must_use]
    pub fn with(mut self, change: impl Fn(&mut PackedDraft) + Send + Sync + 'static) -> Self {
        self.changes.push(change);
        self
    }
}

impl AttestationFormat for Packed {
    fn identifier(&self) -> &'static str {
        "packed"
    }

    fn statement(&self, about: &NewCredential<'_>) -> Value {
        let certificate = self.authority.draft(&self.key.public_key());
        let draft = self.changes.apply(PackedDraft {
            alg: self.key.alg(),
            key: Arc::clone(&self.key),
            message: about.signed_bytes(),
            certificate: certificate.with(|certificate| {
                certificate.set_extension(Extension::aaguid(&about.aaguid()));
            }),
            chain: self.authority.chain.clone(),
        });
        Value::map([
            ("alg", Value::from(draft.alg.0)),
            ("sig", Value::from(draft.key.sign(&draft.message))),
            ("x5c", x5c(&draft.certificate, &draft.chain)),
        ])
    }
}
