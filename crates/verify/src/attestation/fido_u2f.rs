//! The format `fido-u2f`. [L3 §8.6]
//!
//! [L3 §8.6]: https://www.w3.org/TR/webauthn-3/#sctn-fido-u2f-attestation

use passkeep_protocol::attestation_statement::FidoU2fStatement;
use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};

use super::profile::{leaf, read_chain};
use super::signature::{Legacy, key_of};
use super::{AttestationFormat, AttestationOutcome, AttestationType, Certified, Context, ensure};
use crate::rejection::{AttestationRejection, VerifyError};

/// The number of P-256 in the IANA registry "COSE Elliptic Curves".
const P_256: i64 = 1;

pub(super) fn verify(
    context: &Context<'_>,
    att_stmt: &[u8],
) -> Result<AttestationOutcome, VerifyError> {
    let statement = FidoU2fStatement::parse(att_stmt)?;
    let attested = context.attested;

    // [L3 §8.6, "Check that x5c has exactly one element"]
    let received = statement.x5c.len();
    ensure(received == 1, || {
        AttestationRejection::U2fCertificateCount { received }
    })?;
    let chain = read_chain(&statement.x5c)?;
    let certificate = leaf(&chain)?;
    let certificate_key = key_of(certificate)?;
    let on_p256 = matches!(certificate_key, KeyParameters::Ec2 { crv: P_256, .. });
    ensure(on_p256, || AttestationRejection::U2fCertificateKey)?;

    // [L3 §8.6, "Convert the COSE_KEY formatted credentialPublicKey"]
    let key = attested.key;
    let coordinates = match key.parameters {
        KeyParameters::Ec2 { crv: P_256, x, y } if key.alg == CoseAlgorithm::ES256 => {
            (x.len() == 32 && y.len() == 32).then_some((x, y))
        }
        _ => None,
    };
    let (x, y) = coordinates.ok_or(AttestationRejection::U2fCredentialKey)?;

    // [L3 §8.6, "Let verificationData be the concatenation of"]
    let verification_data = [
        &[0x00],
        &attested.rp_id_hash[..],
        attested.client_data_hash,
        attested.credential.credential_id,
        &[0x04],
        x,
        y,
    ]
    .concat();
    let signed = (&verification_data[..], statement.sig);
    let alg = CoseAlgorithm::ES256;
    let findings = context.signed(alg, Legacy::Refuse, &certificate_key, signed)?;
    context.certified(Certified {
        format: AttestationFormat::FidoU2f,
        ty: AttestationType::BasicOrAttCa,
        chain: &chain,
        understood: &[],
        findings,
    })
}
