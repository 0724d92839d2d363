//! Attestation statements, format by format. [L3 §8]
//!
//! [L3 §8]: https://www.w3.org/TR/webauthn-3/#sctn-defined-attestation-formats

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::attestation_statement::PackedStatement;
use passkeep_protocol::cose::CoseKey;
use sha2::{Digest as _, Sha256};

use crate::algorithm::Algorithm;
use crate::checks::ensure;
use crate::rejection::{Rejection, Unsupported, VerifyError};

/// What an attestation proves. [L3 §6.5.3, "Attestation Types"]
///
/// [L3 §6.5.3, "Attestation Types"]: https://www.w3.org/TR/webauthn-3/#sctn-attestation-types
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AttestationType {
    /// Nothing.
    None,
    /// That whoever made the credential had its private key.
    SelfAttestation,
}

impl AttestationType {
    /// A stable name for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SelfAttestation => "self",
        }
    }
}

/// What a statement is about, and what it is verified with.
pub(crate) struct AttestedCredential<'a> {
    pub(crate) object: &'a AttestationObject<'a>,
    pub(crate) client_data_json: &'a [u8],
    pub(crate) key: &'a CoseKey<'a>,
    pub(crate) algorithm: &'a dyn Algorithm,
}

/// Runs the procedure of the statement's format.
pub(crate) fn verify(attested: &AttestedCredential<'_>) -> Result<AttestationType, VerifyError> {
    match attested.object.fmt {
        "none" => none(attested),
        "packed" => packed(attested),
        fmt => Err(VerifyError::Unsupported(Unsupported::AttestationFormat(
            fmt.to_owned(),
        ))),
    }
}

/// [L3 §8.7], whose statement is the empty map.
///
/// [L3 §8.7]: https://www.w3.org/TR/webauthn-3/#sctn-none-attestation
fn none(attested: &AttestedCredential<'_>) -> Result<AttestationType, VerifyError> {
    const EMPTY_MAP: &[u8] = &[0xa0];
    let empty = attested.object.att_stmt == EMPTY_MAP;
    ensure(empty, || Rejection::NoneStatementNotEmpty)?;
    Ok(AttestationType::None)
}

/// [L3 §8.2], without certificates: the credential's own key signs.
///
/// [L3 §8.2]: https://www.w3.org/TR/webauthn-3/#sctn-packed-attestation
fn packed(attested: &AttestedCredential<'_>) -> Result<AttestationType, VerifyError> {
    let statement = PackedStatement::parse(attested.object.att_stmt)?;
    if statement.x5c.is_some() {
        return Err(VerifyError::Unsupported(
            Unsupported::AttestationCertificates,
        ));
    }
    // [L3 §8.2, "Validate that alg matches the algorithm of the credentialPublicKey"]
    let received = statement.alg;
    ensure(received == attested.key.alg, || {
        Rejection::SelfAttestationAlgorithmDiffers { received }
    })?;
    // [L3 §8.2, "Verify that sig is a valid signature over the concatenation of authenticatorData and clientDataHash"]
    let hash = Sha256::digest(attested.client_data_json);
    let message = [attested.object.auth_data, &hash].concat();
    let parameters = &attested.key.parameters;
    let verified = attested
        .algorithm
        .verify(parameters, &message, statement.sig);
    ensure(verified.is_ok(), || Rejection::AttestationSignatureInvalid)?;
    Ok(AttestationType::SelfAttestation)
}
