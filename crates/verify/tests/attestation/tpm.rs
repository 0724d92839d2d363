//! `tpm`.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::Draws;
use passkeep_testkit::attestation::tpm::{HashAlgorithm, PublicId, Tpm, device_name};
use passkeep_testkit::certificate::{Extension, Name, oid};
use passkeep_testkit::signing::rsa::{RS1, RS256};
use passkeep_testkit::signing::{Algorithm as _, PrivateKey};
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::rejection::AttestationRejection;

use crate::{Setup, accepts, refuses, vendor};

fn tpm() -> Tpm {
    Tpm::new(vendor())
}

fn signed_by(key: Arc<dyn PrivateKey>) -> Tpm {
    Tpm { key, ..tpm() }
}

#[test]
fn keys_on_curves_and_of_rsa_are_attested() {
    let outcome = accepts(tpm(), AttestationType::AttCa);
    assert!(outcome.proves_aaguid());
    let rsa = Setup {
        algorithm: CoseAlgorithm::RS256,
        ..Setup::default()
    };
    rsa.accepts(tpm(), AttestationType::AttCa);
    let key = RS256.generate(&mut Draws::new(b"tpm", "RSA attestation key"));
    accepts(signed_by(key), AttestationType::AttCa);
}

#[test]
fn objects_are_named_with_any_hash_and_old_tpms_sign_with_sha_1() {
    for name_algorithm in [
        HashAlgorithm::Sha1,
        HashAlgorithm::Sha256,
        HashAlgorithm::Sha384,
        HashAlgorithm::Sha512,
    ] {
        let named = Tpm {
            name_algorithm,
            ..tpm()
        };
        accepts(named, AttestationType::AttCa);
    }
    let key = RS1.generate(&mut Draws::new(b"tpm", "RS1 attestation key"));
    accepts(signed_by(key), AttestationType::AttCa);
}

#[test]
fn the_version_is_two() {
    let old = tpm().with(|draft| draft.ver = "1.2".into());
    refuses(old, AttestationRejection::TpmVersion);
}

#[test]
fn the_public_area_has_the_credentials_key() {
    let other = tpm().with(|draft| {
        if let PublicId::Ecc { x, .. } = &mut draft.pub_area.unique {
            x[31] ^= 1;
        }
    });
    refuses(other, AttestationRejection::TpmKeyDiffers);
}

#[test]
fn the_hash_that_names_is_a_known_one() {
    // TPM_ALG_SM3_256
    let unknown = tpm().with(|draft| draft.pub_area.name_alg = 0x0012);
    refuses(unknown, AttestationRejection::TpmHashUnsupported);
}

#[test]
fn the_certificate_meets_its_profile() {
    let named = tpm().with(|draft| draft.certificate.subject.set(oid::COMMON_NAME, "a TPM"));
    refuses(named, AttestationRejection::TpmSubjectNotEmpty);

    let old = tpm().with(|draft| {
        draft.certificate.version = None;
        draft.certificate.extensions.clear();
    });
    refuses(
        old,
        AttestationRejection::CertificateVersion { received: 1 },
    );
    let authority = tpm().with(|draft| {
        let extension = Extension::basic_constraints(true, None);
        draft.certificate.set_extension(extension);
    });
    refuses(authority, AttestationRejection::CertificateNotEndEntity);
    let other = tpm().with(|draft| draft.certificate.set_extension(Extension::aaguid(&[8; 16])));
    refuses(other, AttestationRejection::AaguidDiffers);

    let purpose = tpm().with(|draft| draft.certificate.remove_extension(oid::EXTENDED_KEY_USAGE));
    refuses(purpose, AttestationRejection::TpmPurposeMissing);
    let nameless = tpm().with(|draft| {
        draft
            .certificate
            .remove_extension(oid::SUBJECT_ALTERNATIVE_NAME);
    });
    let attribute = "manufacturer";
    refuses(
        nameless,
        AttestationRejection::TpmNamesMissing { attribute },
    );
}

#[test]
fn manufacturer_model_and_version_are_named() {
    for (index, attribute) in ["manufacturer", "model", "version"].into_iter().enumerate() {
        let without = tpm().with(move |draft| {
            let mut name: Name = device_name("id:53544D20", "Passkeep testkit", "id:00020008");
            name.relative[0].remove(index);
            let extension = Extension::alternative_directory_name(&name);
            draft.certificate.set_extension(extension);
        });
        refuses(without, AttestationRejection::TpmNamesMissing { attribute });
    }
}

#[test]
fn the_tpm_signed_a_certification_of_this_key_for_this_registration() {
    let made = tpm().with(|draft| draft.cert_info.magic ^= 1);
    refuses(made, AttestationRejection::TpmMagicDiffers);
    // TPM_ST_ATTEST_QUOTE
    let quote = tpm().with(|draft| draft.cert_info.attestation_type = 0x8018);
    refuses(quote, AttestationRejection::TpmTypeDiffers);
    let other = tpm().with(|draft| draft.cert_info.extra_data[0] ^= 1);
    refuses(other, AttestationRejection::TpmExtraDataDiffers);
    let other = tpm().with(|draft| {
        let mut name = draft.pub_area.name();
        name[5] ^= 1;
        draft.cert_info.attested_name = Some(name);
    });
    refuses(other, AttestationRejection::TpmNameDiffers);
}

#[test]
fn the_attestation_key_signs() {
    let foreign = vendor().key;
    let other = tpm().with(move |draft| draft.key = foreign.clone());
    refuses(other, AttestationRejection::SignatureInvalid);
}
