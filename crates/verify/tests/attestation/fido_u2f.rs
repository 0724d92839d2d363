//! The format `fido-u2f`.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::attestation::fido_u2f::{FidoU2f, FidoU2fDraft};
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::rejection::AttestationRejection;

use crate::{Ceremony, key, trusted, vendor};

fn u2f() -> FidoU2f {
    FidoU2f::new(vendor())
}

#[track_caller]
fn refused(
    change: impl Fn(&mut FidoU2fDraft) + Send + Sync + 'static,
    expected: AttestationRejection,
) {
    Ceremony::of(u2f().with(change)).refused(expected);
}

#[test]
fn a_statement_is_accepted() {
    let outcome = Ceremony::of(u2f()).accepted(AttestationType::BasicOrAttCa, trusted());
    assert_eq!(outcome.chain.len(), 1);
}

#[test]
fn there_is_one_certificate() {
    refused(
        |draft| draft.chain.push(vendor().certificate),
        AttestationRejection::U2fCertificateCount { received: 2 },
    );
}

#[test]
fn the_attestation_key_is_on_p_256() {
    for alg in [
        CoseAlgorithm::ES384,
        CoseAlgorithm::ES256K,
        CoseAlgorithm::RS256,
    ] {
        let other = key(alg, "u2f");
        refused(
            move |draft| {
                draft.certificate.set_public_key(&other.public_key());
                draft.key = Arc::clone(&other);
            },
            AttestationRejection::U2fCertificateKey,
        );
    }
    refused(
        |draft| draft.certificate.subject_public_key_info = vec![0x30, 0],
        AttestationRejection::CertificateKeyUnsupported,
    );
}

#[test]
fn the_credentials_key_is_one_of_u2f() {
    // ESP256 is the same curve and hash under a name that U2F does not know.
    for algorithm in [
        CoseAlgorithm::ESP256,
        CoseAlgorithm::ES384,
        CoseAlgorithm::ES256K,
        CoseAlgorithm::RS256,
    ] {
        let ceremony = Ceremony::of(u2f()).with_algorithm(algorithm);
        ceremony.refused(AttestationRejection::U2fCredentialKey);
    }
}

#[test]
fn every_part_of_the_message_is_signed() {
    let invalid = || AttestationRejection::SignatureInvalid;
    refused(|draft| draft.reserved = 1, invalid());
    refused(|draft| draft.rp_id_hash[0] ^= 1, invalid());
    refused(|draft| draft.client_data_hash[0] ^= 1, invalid());
    refused(|draft| draft.credential_id[0] ^= 1, invalid());
    refused(|draft| draft.public_key[0] = 2, invalid());
    refused(|draft| draft.public_key[64] ^= 1, invalid());
    let other = key(CoseAlgorithm::ES256, "other");
    refused(move |draft| draft.key = Arc::clone(&other), invalid());
}
