//! The format `apple`. [L3 §8.8]
//!
//! [L3 §8.8]: https://www.w3.org/TR/webauthn-3/#sctn-apple-anonymous-attestation

use der::Tag;
use passkeep_protocol::attestation_statement::AppleStatement;
use passkeep_protocol::{Malformed, Structure};
use sha2::{Digest as _, Sha256};

use super::profile::{leaf, read_chain};
use super::{AttestationFormat, AttestationOutcome, AttestationType, Certified, Context, ensure};
use crate::asn1::{Der, explicit};
use crate::certificate::{Certificate, oid};
use crate::finding::Finding;
use crate::rejection::{AttestationRejection, VerifyError};

pub(super) fn verify(
    context: &Context<'_>,
    att_stmt: &[u8],
) -> Result<AttestationOutcome, VerifyError> {
    let statement = AppleStatement::parse(att_stmt)?;
    let chain = read_chain(&statement.x5c)?;
    let certificate = leaf(&chain)?;

    // [L3 §8.8, "Verify that nonce equals the value of the extension with OID 1.2.840.113635.100.8.2"]
    let nonce = nonce(certificate)?.ok_or(AttestationRejection::AppleNonceMissing)?;
    let expected: [u8; 32] = Sha256::digest(context.attested.signed_bytes()).into();
    ensure(nonce == expected, || {
        AttestationRejection::AppleNonceDiffers
    })?;

    // [L3 §8.8, "Verify that the credential public key equals the Subject Public Key of credCert"]
    context.key_is_certified(certificate)?;
    let superfluous = statement.alg.map(|_| Finding::AppleAlgorithm);
    let findings = superfluous.into_iter().collect();
    context.certified(Certified {
        format: AttestationFormat::Apple,
        ty: AttestationType::AnonCa,
        chain: &chain,
        understood: &[],
        findings,
    })
}

/// `SEQUENCE { [1] EXPLICIT OCTET STRING }`
fn nonce<'a>(certificate: &Certificate<'a>) -> Result<Option<&'a [u8]>, Malformed> {
    let Some(extension) = certificate.extension(oid::APPLE_NONCE) else {
        return Ok(None);
    };
    let mut value = Der::new(Structure::Certificate, extension.value);
    let mut sequence = value.sequence("the nonce")?;
    value.finish()?;
    let tagged = sequence.element(explicit(1), "the nonce")?;
    let mut tagged = sequence.inside(tagged);
    let nonce = tagged.element(Tag::OctetString, "the nonce")?;
    tagged.finish()?;
    sequence.finish()?;
    Ok(Some(nonce.value))
}
