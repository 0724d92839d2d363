//! `android-key`.

use std::sync::Arc;

use passkeep_testkit::attestation::android_key::{AndroidKey, AuthorizationList, KeyDescription};
use passkeep_testkit::certificate::{CertificateAuthority, Extension, oid};
use passkeep_testkit::der;
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::trust::AndroidKeySecurity::{self, StrongBox, TrustedEnvironment};

use crate::{Setup, accepts, refuses, vendor};

fn android() -> AndroidKey {
    AndroidKey::new(vendor())
}

fn demanding(security: AndroidKeySecurity) -> Setup {
    Setup::with_policy(|policy| policy.android_key = security)
}

/// A key at that level, by its attestation and by its key store.
fn at_level(attestation: i64, key_store: i64) -> AndroidKey {
    android().with_description(move |description| {
        description.attestation_security_level = attestation;
        description.keymint_security_level = key_store;
    })
}

#[test]
fn a_key_of_the_key_store_is_trusted_with_and_without_the_root() {
    let provisioned = || AndroidKey::new(vendor().intermediate("provisioning", |_| {}));
    let outcome = accepts(provisioned(), AttestationType::Basic);
    assert_eq!(outcome.chain.len(), 2);
    assert!(outcome.proves_aaguid());

    let with_root = provisioned().with(|draft| draft.chain.push(vendor().certificate));
    assert_eq!(accepts(with_root, AttestationType::Basic).chain.len(), 3);
}

#[test]
fn the_key_is_where_the_policy_wants_it() {
    let (software, environment, chip) = (0, 1, 2);
    let low = |received| AttestationRejection::AndroidSecurityLevel { received };
    demanding(TrustedEnvironment).accepts(android(), AttestationType::Basic);
    demanding(StrongBox).accepts(at_level(chip, chip), AttestationType::Basic);
    demanding(StrongBox).refuses(android(), low(1));
    // The lower of the two levels counts.
    demanding(StrongBox).refuses(at_level(chip, environment), low(1));
    demanding(TrustedEnvironment).refuses(at_level(software, chip), low(0));
    demanding(TrustedEnvironment).refuses(at_level(chip, software), low(0));
}

#[test]
fn the_key_signs_and_is_the_certified_one() {
    let other = android().with(|draft| draft.message[0] ^= 1);
    refuses(other, AttestationRejection::SignatureInvalid);
    // A key that signs with its own certificate, and is not the credential's.
    let key = vendor().key;
    let other = android().with(move |draft| {
        draft.certificate.set_public_key(&key.public_key());
        draft.key = Arc::clone(&key);
    });
    refuses(other, AttestationRejection::CertificateKeyDiffers);
}

#[test]
fn the_description_is_in_the_credentials_own_certificate() {
    let without = android().with(|draft| draft.key_description = None);
    refuses(without, AttestationRejection::AndroidKeyDescriptionMissing);

    // Somebody's attested key, which issued a certificate for another key.
    let attested = vendor().intermediate("an attested key", |draft| {
        let value = KeyDescription::new(&[0; 32]).to_der();
        draft.set_extension(Extension::new(oid::ANDROID_KEY_DESCRIPTION, value));
    });
    let position = 1;
    refuses(
        AndroidKey::new(attested),
        AttestationRejection::AndroidKeyDescriptionNotNearestRoot { position },
    );
}

#[test]
fn the_key_was_made_for_this_registration() {
    let other = android().with_description(|description| description.attestation_challenge[0] ^= 1);
    refuses(other, AttestationRejection::AndroidChallengeDiffers);
}

#[test]
fn the_key_is_not_for_every_application() {
    let property = AuthorizationList::ALL_APPLICATIONS;
    let open = android().with_description(move |description| {
        description.hardware_enforced.set(property, der::null());
    });
    refuses(open, AttestationRejection::AndroidAllApplications);
    let open = android().with_description(move |description| {
        description.software_enforced.set(property, der::null());
    });
    refuses(open, AttestationRejection::AndroidAllApplications);
}

#[test]
fn the_key_was_made_in_the_key_store() {
    let imported = android().with_description(|description| {
        let origin = AuthorizationList::IMPORTED;
        description.hardware_enforced.set_origin(origin);
    });
    refuses(imported, AttestationRejection::AndroidOriginDiffers);
    let silent = android().with_description(|description| {
        let property = AuthorizationList::ORIGIN;
        description.hardware_enforced.remove(property);
    });
    refuses(silent, AttestationRejection::AndroidOriginDiffers);
}

#[test]
fn the_key_is_for_signing() {
    let decrypts = android().with_description(|description| {
        description.hardware_enforced.set_purposes(&[1]);
    });
    refuses(decrypts, AttestationRejection::AndroidPurposeDiffers);
}

#[test]
fn what_only_software_says_does_not_count_where_the_key_must_be_in_hardware() {
    let said_by_software = || {
        android().with_description(|description| {
            let hardware = std::mem::take(&mut description.hardware_enforced);
            description.software_enforced = hardware;
        })
    };
    accepts(said_by_software(), AttestationType::Basic);
    let rejection = AttestationRejection::AndroidOriginDiffers;
    demanding(TrustedEnvironment).refuses(said_by_software(), rejection);
}

#[test]
fn somebody_elses_root_is_not_believed() {
    let other = AndroidKey::new(CertificateAuthority::root("another vendor"));
    refuses(other, crate::trust::foreign());
}
