//! The format `apple`.

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::{Problem, Structure};
use passkeep_testkit::attestation::apple::{Apple, AppleDraft};
use passkeep_testkit::certificate::{Extension, oid};
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::rejection::AttestationRejection;

use crate::{Ceremony, factory, key, trusted, vendor};

fn with(change: impl Fn(&mut AppleDraft) + Send + Sync + 'static) -> Ceremony {
    Ceremony::of(Apple::new(vendor()).with(change))
}

#[test]
fn a_statement_is_accepted() {
    for algorithm in [CoseAlgorithm::ES256, CoseAlgorithm::RS256] {
        let ceremony = Ceremony::of(Apple::new(factory())).with_algorithm(algorithm);
        let outcome = ceremony.accepted(AttestationType::AnonCa, trusted());
        assert_eq!(outcome.chain[1..], factory().chain);
    }
}

#[test]
fn the_algorithm_that_safari_sent_in_2020_is_passed_over() {
    let ceremony = Ceremony::of(Apple::new(factory()));
    let outcome = ceremony.changed(|signed| signed.att_stmt.set("alg", -7));
    let verified = outcome.unwrap();
    let outcome = verified.attestation_outcome();
    assert_eq!(
        (outcome.ty, &outcome.trust),
        (AttestationType::AnonCa, &trusted())
    );
}

#[test]
fn a_certificate_has_a_nonce() {
    with(|draft| draft.certificate.remove_extension(oid::APPLE_NONCE))
        .refused(AttestationRejection::AppleNonceMissing);
    with(|draft| {
        let bare = Extension::new(oid::APPLE_NONCE, vec![7; 32]);
        draft.certificate.set_extension(bare);
    })
    .malformed(Structure::Certificate, Problem::Unexpected("the nonce"));
}

#[test]
fn the_nonce_is_of_this_registration() {
    for nonce in [&[0; 32][..], &[0; 31], &[]] {
        let extension = Extension::apple_nonce(nonce);
        let ceremony = with(move |draft| draft.certificate.set_extension(extension.clone()));
        ceremony.refused(AttestationRejection::AppleNonceDiffers);
    }
}

#[test]
fn the_certified_key_is_the_credentials() {
    for alg in [CoseAlgorithm::ES256, CoseAlgorithm::RS256] {
        let other = key(alg, "other").public_key();
        with(move |draft| draft.certificate.set_public_key(&other))
            .refused(AttestationRejection::CertificateKeyDiffers);
    }
}

#[test]
fn the_certified_key_is_of_a_known_kind() {
    with(|draft| draft.certificate.subject_public_key_info = vec![0x30, 0])
        .refused(AttestationRejection::CertificateKeyUnsupported);
}
