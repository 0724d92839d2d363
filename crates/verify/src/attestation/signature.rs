//! Signatures of statements.

use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};

use super::{Context, ensure};
use crate::algorithm::{SignatureForm, verify_in_either_form};
use crate::certificate::{Certificate, same_key};
use crate::finding::Finding;
use crate::rejection::AttestationRejection;

/// Whether algorithms that are too weak for credentials are accepted.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Legacy {
    /// They are not.
    Refuse,
    /// They are: TPMs that sign with SHA-1 are in use.
    Accept,
}

impl Context<'_> {
    /// Whether `signature` is the key's over `message`; returns what was noticed about it.
    pub(super) fn signed(
        &self,
        alg: CoseAlgorithm,
        legacy: Legacy,
        key: &KeyParameters<'_>,
        (message, signature): (&[u8], &[u8]),
    ) -> Result<Vec<Finding>, AttestationRejection> {
        let algorithm = match legacy {
            Legacy::Refuse => self.crypto.algorithm(alg),
            Legacy::Accept => self.crypto.statement_algorithm(alg),
        };
        let unsupported = AttestationRejection::AlgorithmUnsupported { received: alg };
        let algorithm = algorithm.ok_or(unsupported)?;
        let form = verify_in_either_form(algorithm, key, message, signature);
        valid(form.is_ok())?;
        let noticed = (form == Ok(SignatureForm::Ber)).then_some(Finding::SignatureNotDer);
        Ok(noticed.into_iter().collect())
    }

    /// That the certificate is about the credential's own key. [L3 §8.4, "Verify that the public key in the first
    /// certificate"] and [L3 §8.8, "Verify that the credential public key equals the Subject Public Key of credCert"]
    ///
    /// [L3 §8.4, "Verify that the public key in the first certificate"]: https://www.w3.org/TR/webauthn-3/#sctn-android-key-attestation
    /// [L3 §8.8, "Verify that the credential public key equals the Subject Public Key of credCert"]: https://www.w3.org/TR/webauthn-3/#sctn-apple-anonymous-attestation
    pub(super) fn key_is_certified(
        &self,
        certificate: &Certificate<'_>,
    ) -> Result<(), AttestationRejection> {
        let same = same_key(&key_of(certificate)?, &self.attested.key.parameters);
        ensure(same, || AttestationRejection::CertificateKeyDiffers)
    }
}

/// The outcome of any signature verification.
pub(super) fn valid(verified: bool) -> Result<(), AttestationRejection> {
    ensure(verified, || AttestationRejection::SignatureInvalid)
}

/// The key of an attestation certificate.
pub(super) fn key_of<'a>(
    certificate: &Certificate<'a>,
) -> Result<KeyParameters<'a>, AttestationRejection> {
    let key = certificate.public_key();
    key.ok_or(AttestationRejection::CertificateKeyUnsupported)
}
