//! `packed`, and what its certificates must be.

use const_oid::ObjectIdentifier;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::attestation::packed::{Packed, PackedDraft, PackedSelf};
use passkeep_testkit::certificate::{Extension, Name, oid};
use passkeep_testkit::der;
use passkeep_verify::attestation::{AttestationType, Trust};
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::trust::{Accept, EnterpriseAttestation};

use crate::{Setup, accepts, refuses, vendor};

/// id-fido-gen-ce-sernum, of enterprise attestation.
const FIDO_SERIAL_NUMBER: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.2");

fn packed() -> Packed {
    Packed::new(vendor())
}

fn certificate(change: impl Fn(&mut PackedDraft) + Send + Sync + 'static) -> Packed {
    packed().with(change)
}

#[test]
fn a_certified_statement_is_trusted_and_proves_the_model() {
    let outcome = accepts(packed(), AttestationType::BasicOrAttCa);
    assert!(outcome.proves_aaguid());
    assert_eq!(outcome.chain.len(), 1);

    let below = Packed::new(vendor().intermediate("factory", |_| {}));
    assert_eq!(accepts(below, AttestationType::BasicOrAttCa).chain.len(), 2);
}

#[test]
fn a_self_attestation_is_one() {
    let setup = Setup::with_policy(|policy| policy.self_attestation = Accept::Accept);
    let outcome = setup.accepts(PackedSelf, AttestationType::SelfAttestation);
    assert_eq!(outcome.trust, Trust::NotApplicable);
    assert!(!outcome.proves_aaguid());
}

#[test]
fn the_signature_is_over_these_bytes_by_that_key() {
    let other = packed().with(|draft| draft.message[0] ^= 1);
    refuses(other, AttestationRejection::SignatureInvalid);
    let foreign = vendor().key;
    let other = packed().with(move |draft| draft.key = foreign.clone());
    refuses(other, AttestationRejection::SignatureInvalid);
}

#[test]
fn the_algorithm_is_one_that_may_sign_statements() {
    for received in [CoseAlgorithm::RS1, CoseAlgorithm(-1_000_000)] {
        let other = packed().with(move |draft| draft.alg = received);
        refuses(
            other,
            AttestationRejection::AlgorithmUnsupported { received },
        );
    }
    // One that is verified, and is not the key's.
    let other = packed().with(|draft| draft.alg = CoseAlgorithm::EDDSA);
    refuses(other, AttestationRejection::SignatureInvalid);
}

#[test]
fn the_certificates_key_is_one_that_can_be_verified_with() {
    let compressed = certificate(|draft| {
        let point = der::bit_string(&[&[0x02][..], &[0x11; 32]].concat());
        let info = &draft.certificate.subject_public_key_info;
        // The algorithm identifier of P-256 stays: SEQUENCE, its length, and its contents.
        let algorithm = info[2..2 + 2 + usize::from(info[3])].to_vec();
        draft.certificate.subject_public_key_info = der::sequence([algorithm, point]);
    });
    refuses(compressed, AttestationRejection::CertificateKeyUnsupported);
}

#[test]
fn the_certificate_is_of_version_3() {
    let old = certificate(|draft| {
        draft.certificate.version = None;
        draft.certificate.extensions.clear();
    });
    refuses(
        old,
        AttestationRejection::CertificateVersion { received: 1 },
    );
}

#[test]
fn the_certificates_subject_is_as_the_format_demands() {
    type Change = fn(&mut Name);
    let changes: [(Change, &str); 9] = [
        (|name| name.remove(oid::COUNTRY), "C"),
        (
            |name| name.set_der(oid::COUNTRY, der::printable_string("us")),
            "C",
        ),
        (
            |name| name.set_der(oid::COUNTRY, der::printable_string("USA")),
            "C",
        ),
        (
            |name| name.set_der(oid::COUNTRY, der::utf8_string("US")),
            "C",
        ),
        (|name| name.remove(oid::ORGANIZATION), "O"),
        (|name| name.set(oid::ORGANIZATION, ""), "O"),
        (|name| name.remove(oid::ORGANIZATIONAL_UNIT), "OU"),
        (
            |name| name.set(oid::ORGANIZATIONAL_UNIT, "authenticator attestation"),
            "OU",
        ),
        (|name| name.remove(oid::COMMON_NAME), "CN"),
    ];
    for (change, attribute) in changes {
        let other = certificate(move |draft| change(&mut draft.certificate.subject));
        refuses(
            other,
            AttestationRejection::CertificateSubject { attribute },
        );
    }
}

#[test]
fn the_certificate_says_that_it_is_no_authority() {
    let authority = certificate(|draft| {
        let extension = Extension::basic_constraints(true, None);
        draft.certificate.set_extension(extension);
    });
    refuses(authority, AttestationRejection::CertificateNotEndEntity);
    let silent = certificate(|draft| draft.certificate.remove_extension(oid::BASIC_CONSTRAINTS));
    refuses(silent, AttestationRejection::CertificateNotEndEntity);
}

#[test]
fn the_aaguid_in_the_certificate_is_the_credentials_and_not_critical() {
    let other = certificate(|draft| draft.certificate.set_extension(Extension::aaguid(&[8; 16])));
    refuses(other, AttestationRejection::AaguidDiffers);
    let critical = certificate(|draft| {
        let mut extension = Extension::aaguid(&crate::AAGUID);
        extension.critical = true;
        draft.certificate.set_extension(extension);
    });
    refuses(critical, AttestationRejection::ExtensionCritical);
    let silent = certificate(|draft| draft.certificate.remove_extension(oid::FIDO_AAGUID));
    accepts(silent, AttestationType::BasicOrAttCa);
}

#[test]
fn a_serial_number_is_only_for_those_who_asked_for_it() {
    let numbered = || {
        certificate(|draft| {
            let extension = Extension::new(FIDO_SERIAL_NUMBER, der::octet_string(b"42"));
            draft.certificate.set_extension(extension);
        })
    };
    refuses(numbered(), AttestationRejection::SerialNumberUnexpected);
    let setup = Setup::with_policy(|policy| policy.enterprise = EnterpriseAttestation::Expected);
    setup.accepts(numbered(), AttestationType::BasicOrAttCa);
}
