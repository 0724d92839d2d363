//! The format `packed` with certificates. Self attestation is in [`crate::formats`].

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::{Problem, Structure};
use passkeep_testkit::attestation::packed::{Packed, PackedDraft};
use passkeep_testkit::certificate::{CertificateDraft, Extension, oid};
use passkeep_testkit::der;
use passkeep_testkit::signing::{ALGORITHMS, PrivateKey};
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::trust::EnterpriseAttestation;

use crate::{AAGUID, Ceremony, factory, key, trusted, vendor};

fn packed() -> Packed {
    Packed::new(vendor())
}

fn with_key(key: Arc<dyn PrivateKey>) -> Packed {
    Packed { key, ..packed() }
}

#[track_caller]
fn refused(
    change: impl Fn(&mut PackedDraft) + Send + Sync + 'static,
    expected: AttestationRejection,
) {
    Ceremony::of(packed().with(change)).refused(expected);
}

#[track_caller]
fn certificate_refused(
    change: impl Fn(&mut CertificateDraft) + Send + Sync + 'static,
    expected: AttestationRejection,
) {
    refused(move |draft| change(&mut draft.certificate), expected);
}

#[test]
fn a_statement_is_accepted_with_every_algorithm() {
    for algorithm in ALGORITHMS {
        let ceremony = Ceremony::of(with_key(key(algorithm.alg(), "packed")));
        let outcome = ceremony.accepted(AttestationType::BasicOrAttCa, trusted());
        assert_eq!(outcome.chain.len(), 1);
    }
}

#[test]
fn the_chain_is_kept_as_it_came() {
    let ceremony = Ceremony::of(Packed::new(factory()));
    let outcome = ceremony.accepted(AttestationType::BasicOrAttCa, trusted());
    assert_eq!(outcome.chain[1..], factory().chain);
}

#[test]
fn an_algorithm_is_one_for_statements() {
    // SHA-1 is for TPMs alone.
    let received = CoseAlgorithm::RS1;
    let expected = AttestationRejection::AlgorithmUnsupported { received };
    Ceremony::of(with_key(key(received, "packed"))).refused(expected);
    let received = CoseAlgorithm(-65_000);
    let expected = AttestationRejection::AlgorithmUnsupported { received };
    refused(move |draft| draft.alg = received, expected);
}

#[test]
fn the_signature_is_the_certified_keys_over_this_registration() {
    let invalid = || AttestationRejection::SignatureInvalid;
    refused(|draft| draft.message.push(0), invalid());
    let other = key(CoseAlgorithm::ES256, "other");
    refused(move |draft| draft.key = Arc::clone(&other), invalid());
    // Another algorithm than the one that signed, with the same key and with none of its kind.
    refused(|draft| draft.alg = CoseAlgorithm::RS256, invalid());
    refused(|draft| draft.alg = CoseAlgorithm::ES384, invalid());
}

#[test]
fn a_certificates_key_is_of_a_known_kind() {
    certificate_refused(
        |certificate| {
            // A key on brainpoolP256r1.
            let [key, curve] = ["1.2.840.10045.2.1", "1.3.36.3.3.2.8.1.1.7"]
                .map(|oid| der::oid(&const_oid::ObjectIdentifier::new_unwrap(oid)));
            let point = der::bit_string(&[&[4][..], &[7; 64]].concat());
            certificate.subject_public_key_info =
                der::sequence([der::sequence([key, curve]), point]);
        },
        AttestationRejection::CertificateKeyUnsupported,
    );
}

#[test]
fn a_certificate_is_of_version_3() {
    for (number, received) in [(None, 1), (Some(1), 2)] {
        certificate_refused(
            move |certificate| certificate.version = number,
            AttestationRejection::CertificateVersion { received },
        );
    }
}

#[test]
fn a_certificates_subject_has_four_parts() {
    let wrong = |attribute| AttestationRejection::CertificateSubject { attribute };
    for (oid, attribute) in [
        (oid::COUNTRY, "C"),
        (oid::ORGANIZATION, "O"),
        (oid::ORGANIZATIONAL_UNIT, "OU"),
        (oid::COMMON_NAME, "CN"),
    ] {
        certificate_refused(
            move |certificate| certificate.subject.remove(oid),
            wrong(attribute),
        );
        certificate_refused(
            move |certificate| certificate.subject.set(oid, ""),
            wrong(attribute),
        );
    }
    for country in ["ch", "CHE", "C", "C1"] {
        certificate_refused(
            move |certificate| certificate.subject.set(oid::COUNTRY, country),
            wrong("C"),
        );
    }
    certificate_refused(
        |certificate| {
            let country = der::utf8_string("CH");
            certificate.subject.set_der(oid::COUNTRY, country);
        },
        wrong("C"),
    );
    let unit = "authenticator attestation";
    certificate_refused(
        move |certificate| certificate.subject.set(oid::ORGANIZATIONAL_UNIT, unit),
        wrong("OU"),
    );
}

#[test]
fn a_certificate_is_no_authoritys() {
    let expected = || AttestationRejection::CertificateNotEndEntity;
    certificate_refused(
        |certificate| certificate.set_extension(Extension::basic_constraints(true, None)),
        expected(),
    );
    certificate_refused(
        |certificate| certificate.remove_extension(oid::BASIC_CONSTRAINTS),
        expected(),
    );
}

#[test]
fn a_certificates_aaguid_is_the_authenticators() {
    let mut other = AAGUID;
    other[15] ^= 1;
    certificate_refused(
        move |certificate| certificate.set_extension(Extension::aaguid(&other)),
        AttestationRejection::AaguidDiffers,
    );
    // A certificate need not say which model it is of.
    let silent = packed().with(|draft| draft.certificate.remove_extension(oid::FIDO_AAGUID));
    Ceremony::of(silent).accepted(AttestationType::BasicOrAttCa, trusted());
    // The identifier is wrapped twice.
    let bare = packed().with(|draft| {
        let extension = Extension::new(oid::FIDO_AAGUID, AAGUID.to_vec());
        draft.certificate.set_extension(extension);
    });
    let problem = Problem::Unexpected("an extension's value");
    Ceremony::of(bare).malformed(Structure::Certificate, problem);
}

#[test]
fn fidos_extensions_are_not_critical() {
    let extensions = [
        Extension::aaguid(&AAGUID),
        Extension::firmware_version(5),
        Extension::serial_number(b"42"),
    ];
    for extension in extensions {
        let critical = Extension::critical(extension.oid, extension.value);
        let packed = packed().with(move |draft| draft.certificate.set_extension(critical.clone()));
        let ceremony = Ceremony::of(packed)
            .under(|policy| policy.enterprise = EnterpriseAttestation::Expected);
        ceremony.refused(AttestationRejection::ExtensionCritical);
    }
}

#[test]
fn a_firmware_version_is_a_number_that_is_not_negative() {
    let version = |number| {
        Ceremony::of(packed().with(move |draft| {
            let version = Extension::firmware_version(number);
            draft.certificate.set_extension(version);
        }))
    };
    version(5).accepted(AttestationType::BasicOrAttCa, trusted());
    let problem = Problem::Unexpected("the firmware version");
    version(-1).malformed(Structure::Certificate, problem);
}

#[test]
fn a_serial_number_is_for_enterprises() {
    let ceremony = Ceremony::of(packed().with(|draft| {
        let serial = Extension::serial_number(b"42");
        draft.certificate.set_extension(serial);
    }));
    ceremony.refused(AttestationRejection::SerialNumberUnexpected);
    let expecting = ceremony.under(|policy| policy.enterprise = EnterpriseAttestation::Expected);
    expecting.accepted(AttestationType::BasicOrAttCa, trusted());
}
