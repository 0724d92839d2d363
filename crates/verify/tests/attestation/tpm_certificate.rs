//! The format `tpm`: what its attestation certificate must be.

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::attestation::tpm::device_name;
use passkeep_testkit::certificate::{CertificateDraft, Extension, Name, oid};
use passkeep_testkit::der;
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::trust::EnterpriseAttestation;

use crate::tpm::tpm;
use crate::{AAGUID, Ceremony, trusted};

fn with(change: impl Fn(&mut CertificateDraft) + Send + Sync + 'static) -> Ceremony {
    Ceremony::of(tpm().with(move |draft| change(&mut draft.certificate)))
}

#[track_caller]
fn refused(
    change: impl Fn(&mut CertificateDraft) + Send + Sync + 'static,
    expected: AttestationRejection,
) {
    with(change).refused(expected);
}

fn names(certificate: &mut CertificateDraft, name: &Name) {
    certificate.set_extension(Extension::alternative_directory_name(name));
}

#[test]
fn a_certificate_is_of_version_3() {
    refused(
        |certificate| certificate.version = Some(1),
        AttestationRejection::CertificateVersion { received: 2 },
    );
}

#[test]
fn a_certificate_is_no_authoritys() {
    let expected = || AttestationRejection::CertificateNotEndEntity;
    refused(
        |certificate| certificate.set_extension(Extension::basic_constraints(true, None)),
        expected(),
    );
    refused(
        |certificate| certificate.remove_extension(oid::BASIC_CONSTRAINTS),
        expected(),
    );
}

#[test]
fn a_certificate_has_no_subject() {
    refused(
        |certificate| certificate.subject.set(oid::COMMON_NAME, "A TPM"),
        AttestationRejection::TpmSubjectNotEmpty,
    );
}

#[test]
fn a_certificate_names_the_tpm() {
    let missing = |attribute| AttestationRejection::TpmNamesMissing { attribute };
    let full = || device_name("id:53544D20", "Passkeep testkit", "id:00020008");
    for (oid, attribute) in [
        (oid::TPM_MANUFACTURER, "manufacturer"),
        (oid::TPM_MODEL, "model"),
        (oid::TPM_VERSION, "version"),
    ] {
        let mut without = full();
        without.remove(oid);
        let change = move |certificate: &mut CertificateDraft| names(certificate, &without);
        refused(change, missing(attribute));
        let mut empty = full();
        empty.set(oid, "");
        let change = move |certificate: &mut CertificateDraft| names(certificate, &empty);
        refused(change, missing(attribute));
    }
    refused(
        |certificate| certificate.remove_extension(oid::SUBJECT_ALTERNATIVE_NAME),
        missing("manufacturer"),
    );
    refused(
        |certificate| {
            certificate.set_extension(Extension::alternative_dns_name("tpm.example.org"));
        },
        missing("manufacturer"),
    );
}

#[test]
fn a_tpm_may_be_named_in_as_many_relative_names() {
    let mut name = Name::default();
    name.set(oid::TPM_MANUFACTURER, "id:53544D20");
    name.set(oid::TPM_MODEL, "Passkeep testkit");
    name.set(oid::TPM_VERSION, "id:00020008");
    let ceremony = with(move |certificate| names(certificate, &name));
    ceremony.accepted(AttestationType::AttCa, trusted());
}

#[test]
fn a_certificates_purpose_is_attestation() {
    let expected = || AttestationRejection::TpmPurposeMissing;
    refused(
        |certificate| certificate.remove_extension(oid::EXTENDED_KEY_USAGE),
        expected(),
    );
    // Any purpose is not this one.
    let any = const_oid::ObjectIdentifier::new_unwrap("2.5.29.37.0");
    refused(
        move |certificate| certificate.set_extension(Extension::extended_key_usage(&[any])),
        expected(),
    );
    let ceremony = with(move |certificate| {
        let both = [any, oid::TCG_AIK_CERTIFICATE];
        certificate.set_extension(Extension::extended_key_usage(&both));
    });
    ceremony.accepted(AttestationType::AttCa, trusted());
}

#[test]
fn a_certificates_aaguid_is_the_authenticators() {
    let same = with(|certificate| certificate.set_extension(Extension::aaguid(&AAGUID)));
    same.accepted(AttestationType::AttCa, trusted());
    refused(
        |certificate| certificate.set_extension(Extension::aaguid(&[0; 16])),
        AttestationRejection::AaguidDiffers,
    );
}

#[test]
fn the_extensions_of_fido_are_judged_here_too() {
    refused(
        |certificate| {
            let extension = Extension::aaguid(&AAGUID);
            let critical = Extension::critical(extension.oid, extension.value);
            certificate.set_extension(critical);
        },
        AttestationRejection::ExtensionCritical,
    );
    let ceremony = with(|certificate| certificate.set_extension(Extension::serial_number(b"42")));
    ceremony.refused(AttestationRejection::SerialNumberUnexpected);
    let expecting = ceremony.under(|policy| policy.enterprise = EnterpriseAttestation::Expected);
    expecting.accepted(AttestationType::AttCa, trusted());
}

#[test]
fn a_certificates_key_is_of_a_known_kind() {
    refused(
        |certificate| {
            // An RSA key whose identifier is that of another algorithm: RSAES-OAEP.
            let oaep = const_oid::ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.7");
            let algorithm = der::sequence([der::oid(&oaep), der::null()]);
            certificate.subject_public_key_info = der::sequence([algorithm, der::bit_string(&[1])]);
        },
        AttestationRejection::CertificateKeyUnsupported,
    );
}

#[test]
fn a_key_is_of_the_algorithm_that_is_named() {
    // RSA's number over a key of P-256.
    let tpm = tpm().with(|draft| draft.alg = CoseAlgorithm::RS256);
    Ceremony::of(tpm).refused(AttestationRejection::SignatureInvalid);
}

#[test]
fn certificate_policies_may_be_critical_in_this_format() {
    let ceremony = with(|certificate| {
        let any = const_oid::ObjectIdentifier::new_unwrap("2.5.29.32.0");
        let policies = der::sequence([der::sequence([der::oid(&any)])]);
        certificate.set_extension(Extension::critical(oid::CERTIFICATE_POLICIES, policies));
    });
    ceremony.accepted(AttestationType::AttCa, trusted());
}
