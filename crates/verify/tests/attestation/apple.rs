//! `apple`.

use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::certificate::{Extension, oid};
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::rejection::AttestationRejection;

use crate::{accepts, refuses, vendor};

fn apple() -> Apple {
    Apple::new(vendor().intermediate("credentials", |_| {}))
}

#[test]
fn a_credential_is_certified_by_itself() {
    let outcome = accepts(apple(), AttestationType::AnonCa);
    assert!(outcome.proves_aaguid());
    assert_eq!(outcome.chain.len(), 2);
}

#[test]
fn the_certificate_was_made_for_this_registration() {
    let without = apple().with(|draft| draft.certificate.remove_extension(oid::APPLE_NONCE));
    refuses(without, AttestationRejection::AppleNonceMissing);
    let other = apple().with(|draft| {
        let extension = Extension::apple_nonce(&[0; 32]);
        draft.certificate.set_extension(extension);
    });
    refuses(other, AttestationRejection::AppleNonceDiffers);
}

#[test]
fn the_certificate_is_the_credentials() {
    let other = apple().with(|draft| {
        let key = vendor().key.public_key();
        draft.certificate.set_public_key(&key);
    });
    refuses(other, AttestationRejection::CertificateKeyDiffers);
}
