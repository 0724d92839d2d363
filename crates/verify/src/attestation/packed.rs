//! The format `packed`. [L3 §8.2]
//!
//! [L3 §8.2]: https://www.w3.org/TR/webauthn-3/#sctn-packed-attestation

use der::Tag;
use passkeep_protocol::attestation_statement::PackedStatement;

use super::profile::{end_entity, leaf, read_chain};
use super::signature::{Legacy, key_of};
use super::{AttestationFormat, AttestationOutcome, AttestationType, Certified, Context, ensure};
use crate::certificate::{Certificate, oid};
use crate::rejection::{AttestationRejection, VerifyError};

pub(super) fn verify(
    context: &Context<'_>,
    att_stmt: &[u8],
) -> Result<AttestationOutcome, VerifyError> {
    let statement = PackedStatement::parse(att_stmt)?;
    let message = context.attested.signed_bytes();
    let signed = (&message[..], statement.sig);
    let Some(x5c) = &statement.x5c else {
        // [L3 §8.2, "Validate that alg matches the algorithm of the credentialPublicKey"]
        let key = context.attested.key;
        let received = statement.alg;
        ensure(received == key.alg, || {
            AttestationRejection::SelfAttestationAlgorithmDiffers { received }
        })?;
        // [L3 §8.2, "Verify that sig is a valid signature over the concatenation of authenticatorData and clientDataHash"]
        let findings = context.signed(received, Legacy::Refuse, &key.parameters, signed)?;
        let ty = AttestationType::SelfAttestation;
        return Ok(AttestationOutcome {
            findings,
            ..AttestationOutcome::without_certificates("packed", ty)
        });
    };

    let chain = read_chain(x5c)?;
    let certificate = leaf(&chain)?;
    // [L3 §8.2, "Verify that sig is a valid signature over the concatenation of authenticatorData and clientDataHash"]
    let key = key_of(certificate)?;
    let findings = context.signed(statement.alg, Legacy::Refuse, &key, signed)?;
    // [L3 §8.2, "Verify that attestnCert meets the requirements in § 8.2.1"]
    end_entity(certificate)?;
    subject(certificate)?;
    context.fido_extensions(certificate)?;
    context.certified(Certified {
        format: AttestationFormat::Packed,
        ty: AttestationType::BasicOrAttCa,
        chain: &chain,
        understood: &[],
        findings,
    })
}

/// [L3 §8.2.1, "Subject field MUST be set to"]
///
/// The country is two letters, of the assigned codes or not: authenticators of bodies without a country have user-assigned
/// ones.
///
/// [L3 §8.2.1, "Subject field MUST be set to"]: https://www.w3.org/TR/webauthn-3/#sctn-packed-attestation-cert-requirements
fn subject(certificate: &Certificate<'_>) -> Result<(), AttestationRejection> {
    let attributes = [
        oid::COUNTRY,
        oid::ORGANIZATION,
        oid::ORGANIZATIONAL_UNIT,
        oid::COMMON_NAME,
    ];
    let [country, organization, unit, name] = certificate.subject().first_of(attributes);
    let is_country = country.is_some_and(|country| {
        let letters = country.value.iter().all(u8::is_ascii_uppercase);
        country.tag == Tag::PrintableString && country.value.len() == 2 && letters
    });
    // O and CN are said to be UTF8String; vendors write PrintableString too, and a name is a name.
    let [organization, unit, name] =
        [organization, unit, name].map(|found| found.and_then(|found| found.text()));
    let is_there = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    let wrong = [
        (is_country, "C"),
        (is_there(organization), "O"),
        (unit == Some("Authenticator Attestation"), "OU"),
        (is_there(name), "CN"),
    ];
    match wrong.into_iter().find(|(right, _)| !right) {
        Some((_, attribute)) => Err(AttestationRejection::CertificateSubject { attribute }),
        None => Ok(()),
    }
}
