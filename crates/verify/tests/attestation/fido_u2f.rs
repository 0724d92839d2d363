//! `fido-u2f`.

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::Draws;
use passkeep_testkit::attestation::fido_u2f::{FidoU2f, FidoU2fDraft};
use passkeep_testkit::signing::Algorithm as _;
use passkeep_testkit::signing::ecdsa::ES384;
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::rejection::AttestationRejection;

use crate::{Setup, accepts, refuses, vendor};

fn u2f() -> FidoU2f {
    FidoU2f::new(vendor())
}

#[test]
fn a_u2f_key_is_trusted_and_does_not_prove_its_aaguid() {
    let outcome = accepts(u2f(), AttestationType::BasicOrAttCa);
    assert!(!outcome.proves_aaguid());
}

#[test]
fn there_is_one_certificate() {
    let two = u2f().with(|draft| draft.chain.push(vendor().certificate));
    refuses(
        two,
        AttestationRejection::U2fCertificateCount { received: 2 },
    );
}

#[test]
fn the_certificates_key_is_on_p_256() {
    let key = ES384.generate(&mut Draws::new(b"u2f", "P-384 attestation key"));
    let other = FidoU2f { key, ..u2f() };
    refuses(other, AttestationRejection::U2fCertificateKey);
}

#[test]
fn the_credentials_key_is_on_p_256() {
    for algorithm in [CoseAlgorithm::ES384, CoseAlgorithm::EDDSA] {
        let setup = Setup {
            algorithm,
            ..Setup::default()
        };
        setup.refuses(u2f(), AttestationRejection::U2fCredentialKey);
    }
}

#[test]
fn every_part_of_the_message_is_signed() {
    let changes: [fn(&mut FidoU2fDraft); 5] = [
        |draft| draft.reserved = 1,
        |draft| draft.rp_id_hash[0] ^= 1,
        |draft| draft.client_data_hash[0] ^= 1,
        |draft| draft.credential_id[0] ^= 1,
        |draft| draft.public_key[64] ^= 1,
    ];
    for change in changes {
        let other = u2f().with(change);
        refuses(other, AttestationRejection::SignatureInvalid);
    }
}
