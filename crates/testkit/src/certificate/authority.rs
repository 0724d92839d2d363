use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::{
    CertificateDraft, Extension, Name, Time, signature_algorithm, subject_public_key_info,
};
use crate::cbor::Value;
use crate::draws::Draws;
use crate::signing::ecdsa::ES256;
use crate::signing::{Algorithm as _, PrivateKey};

/// 2020-01-01T00:00:00Z.
const NOT_BEFORE: i64 = 1_577_836_800;
/// 2049-12-31T23:59:59Z.
const NOT_AFTER: i64 = 2_524_607_999;

/// A certificate authority: a root, or an intermediate below one.
///
/// Its key follows from a seed, so the same seed gives the same certificates.
#[derive(Clone, Debug)]
pub struct CertificateAuthority {
    /// The key that signs what it issues.
    pub key: Arc<dyn PrivateKey>,
    /// Its name, the issuer of what it issues.
    pub subject: Name,
    /// The AlgorithmIdentifier of its signatures.
    pub signature_algorithm: Vec<u8>,
    /// Its own certificate.
    pub certificate: Vec<u8>,
    /// What stands after a certificate it issues, for whoever has the root: its own certificate and the intermediates
    /// above it. Empty for a root.
    pub chain: Vec<Vec<u8>>,
}

impl CertificateAuthority {
    /// A root with a P-256 key.
    #[must_use]
    pub fn root(seed: impl AsRef<[u8]>) -> Self {
        Self::with_key(key(seed.as_ref()), |_| {})
    }

    /// A root with that key, its certificate changed before it signs it itself.
    #[must_use]
    pub fn with_key(key: Arc<dyn PrivateKey>, change: impl FnOnce(&mut CertificateDraft)) -> Self {
        let subject = Name::attestation("Passkeep testkit root", "Authenticator Attestation CA");
        let this = Self {
            signature_algorithm: signature_algorithm(key.alg()),
            subject: subject.clone(),
            certificate: Vec::new(),
            chain: Vec::new(),
            key,
        };
        let public_key = this.key.public_key();
        let draft = this.ca_draft(&public_key, subject).with(|draft| {
            draft.remove_extension(super::oid::AUTHORITY_KEY_IDENTIFIER);
            change(draft);
        });
        Self {
            subject: draft.subject.clone(),
            certificate: draft.to_der(),
            ..this
        }
    }

    /// An authority below this one with a P-256 key, its certificate changed before this one signs it.
    #[must_use]
    pub fn intermediate(
        &self,
        seed: impl AsRef<[u8]>,
        change: impl FnOnce(&mut CertificateDraft),
    ) -> Self {
        self.intermediate_with_key(key(seed.as_ref()), change)
    }

    /// As [`intermediate`](Self::intermediate), with that key.
    #[must_use]
    pub fn intermediate_with_key(
        &self,
        key: Arc<dyn PrivateKey>,
        change: impl FnOnce(&mut CertificateDraft),
    ) -> Self {
        let depth = self.chain.len() + 1;
        let common_name = format!("Passkeep testkit intermediate {depth}");
        let subject = Name::attestation(&common_name, "Authenticator Attestation CA");
        let draft = self.ca_draft(&key.public_key(), subject).with(change);
        let certificate = draft.to_der();
        Self {
            signature_algorithm: signature_algorithm(key.alg()),
            chain: [std::slice::from_ref(&certificate), &self.chain].concat(),
            subject: draft.subject,
            certificate,
            key,
        }
    }

    /// A certificate for a device's key, such as packed attestation asks for: no CA, for signatures, with the identifiers
    /// of both keys. Source: L3 §8.2.1.
    pub fn draft(&self, cose_key: &Value) -> CertificateDraft {
        let subject = Name::attestation("Passkeep testkit", "Authenticator Attestation");
        let subject_public_key_info = subject_public_key_info(cose_key);
        // Issuing keeps no count, so that it changes nothing: two keys have two serial numbers by their hashes. The first
        // byte makes it a number of 16 bytes that needs no sign.
        let hash = Sha256::digest([&*self.subject.to_der(), &subject_public_key_info].concat());
        let mut serial_number = vec![0x40];
        serial_number.extend_from_slice(hash.get(..15).unwrap_or_default());
        CertificateDraft {
            version: Some(2),
            serial_number,
            signature: self.signature_algorithm.clone(),
            issuer: self.subject.clone(),
            not_before: Time::from_unix(NOT_BEFORE),
            not_after: Time::from_unix(NOT_AFTER),
            subject,
            subject_public_key_info,
            extensions: vec![
                Extension::basic_constraints(false, None),
                Extension::key_usage(&[Extension::DIGITAL_SIGNATURE]),
                Extension::subject_key_identifier(cose_key),
                Extension::authority_key_identifier(&self.key.public_key()),
            ],
            signature_algorithm: self.signature_algorithm.clone(),
            issuer_key: Arc::clone(&self.key),
        }
    }

    /// A certificate for another authority's key.
    fn ca_draft(&self, cose_key: &Value, subject: Name) -> CertificateDraft {
        self.draft(cose_key).with(|draft| {
            draft.subject = subject;
            draft.set_extension(Extension::basic_constraints(true, None));
            let usage = [Extension::KEY_CERT_SIGN, Extension::CRL_SIGN];
            draft.set_extension(Extension::key_usage(&usage));
        })
    }
}

fn key(seed: &[u8]) -> Arc<dyn PrivateKey> {
    ES256.generate(&mut Draws::new(
        seed,
        "passkeep-testkit certificate authority",
    ))
}
