//! Attestations that nobody who is believed vouches for, each for another fault of the path.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::{Malformed, Problem, Structure};
use passkeep_testkit::attestation::android_key::AndroidKey;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::packed::{Packed, PackedDraft};
use passkeep_testkit::attestation::tpm::Tpm;
use passkeep_testkit::cbor::Value;
use passkeep_testkit::certificate::{
    CertificateAuthority, CertificateDraft, Extension, Time, oid, signature_algorithm,
};
use passkeep_testkit::der;
use passkeep_verify::attestation::{AttestationType, Trust};
use passkeep_verify::certificate::SignatureFault;
use passkeep_verify::certificate::path::{PathError, PathFault};
use passkeep_verify::finding::Finding;
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::trust::{ExpiredAnchors, Untrusted};

use crate::{Ceremony, anchor, factory, key, path_error, trusted, vendor};

/// Refused where a path is wanted, and accepted with the reason where not.
#[track_caller]
fn untrusted(ceremony: &Ceremony, why: PathError) {
    ceremony.refused(AttestationRejection::Untrusted(why.clone()));
    let lenient = ceremony
        .clone()
        .under(|policy| policy.untrusted = Untrusted::Accept);
    let trust = Trust::Untrusted { why };
    lenient.accepted(AttestationType::BasicOrAttCa, trust);
    let verified = lenient.register().unwrap();
    let fmt = "packed".to_owned();
    assert_eq!(verified.findings(), [Finding::UntrustedAttestation { fmt }]);
}

#[track_caller]
fn untrusted_with(
    change: impl Fn(&mut PackedDraft) + Send + Sync + 'static,
    position: usize,
    fault: PathFault,
) {
    let packed = Packed::new(factory()).with(change);
    untrusted(&Ceremony::of(packed), path_error(position, fault));
}

/// The authority between the device and the vendor is not as it should be.
#[track_caller]
fn untrusted_below(
    change: impl FnOnce(&mut CertificateDraft),
    position: impl Into<Option<usize>>,
    fault: PathFault,
) {
    let factory = vendor().intermediate("factory", change);
    untrusted(
        &Ceremony::of(Packed::new(factory)),
        path_error(position, fault),
    );
}

const A_SECOND_AGO: i64 = crate::NOW_SECONDS - 1;
const IN_A_SECOND: i64 = crate::NOW_SECONDS + 1;

#[test]
fn a_whole_path_is_trusted_wherever_the_anchor_stands_on_it() {
    let packed = Packed::new(factory());
    let ceremony = Ceremony::of(packed);
    ceremony.accepted(AttestationType::BasicOrAttCa, trusted());
    let anchor = anchor(&factory());
    let shorter = ceremony.under(|policy| policy.anchors = [anchor.clone()].into());
    let trust = Trust::Trusted { anchor };
    shorter.accepted(AttestationType::BasicOrAttCa, trust);
}

#[test]
fn validity_has_begun_and_is_not_over() {
    untrusted_with(
        |draft| draft.certificate.not_before = Time::from_unix(IN_A_SECOND),
        0,
        PathFault::NotYetValid,
    );
    untrusted_with(
        |draft| draft.certificate.not_after = Time::from_unix(A_SECOND_AGO),
        0,
        PathFault::Expired,
    );
    untrusted_below(
        |draft| draft.not_before = Time::from_unix(IN_A_SECOND),
        1,
        PathFault::NotYetValid,
    );
    untrusted_below(
        |draft| draft.not_after = Time::from_unix(A_SECOND_AGO),
        1,
        PathFault::Expired,
    );
}

#[test]
fn critical_extensions_are_understood() {
    let unknown = const_oid::ObjectIdentifier::new_unwrap("1.2.3.4");
    let fault = |oid| PathFault::UnknownCriticalExtension(Box::new(oid));
    // Policies are understood in the format tpm alone, constraints of names nowhere.
    for oid in [unknown, oid::CERTIFICATE_POLICIES, oid::NAME_CONSTRAINTS] {
        let extension = move || Extension::critical(oid, der::sequence([]));
        untrusted_with(
            move |draft| draft.certificate.set_extension(extension()),
            0,
            fault(oid),
        );
        let below = match oid {
            oid::NAME_CONSTRAINTS => PathFault::NameConstraints,
            _ => fault(oid),
        };
        untrusted_below(|draft| draft.set_extension(extension()), 1, below);
        let harmless = Packed::new(factory()).with(move |draft| {
            let extension = Extension::new(oid, der::sequence([]));
            draft.certificate.set_extension(extension);
        });
        Ceremony::of(harmless).accepted(AttestationType::BasicOrAttCa, trusted());
    }
}

#[test]
fn somebody_who_is_believed_issued_it() {
    untrusted_with(|draft| draft.chain.clear(), 0, PathFault::IssuerUnknown);
    // The root alone, which is in nobody's list.
    let ceremony = Ceremony::of(Packed::new(factory()));
    let nobody = ceremony.under(|policy| policy.anchors = [].into());
    untrusted(&nobody, path_error(1, PathFault::IssuerUnknown));
}

#[test]
fn the_issuers_key_is_of_a_known_kind() {
    untrusted_below(
        |draft| draft.subject_public_key_info = vec![0x30, 0],
        0,
        PathFault::IssuerKeyUnsupported,
    );
}

#[test]
fn the_issuers_signature_is_right() {
    let invalid = PathFault::Signature(SignatureFault::Invalid);
    let other = key(CoseAlgorithm::ES256, "other");
    untrusted_with(
        move |draft| draft.certificate.issuer_key = Arc::clone(&other),
        0,
        invalid.clone(),
    );
    // A root of the vendor's name.
    let namesake = CertificateAuthority::root("namesake");
    let packed = Packed::new(namesake);
    untrusted(&Ceremony::of(packed), path_error(0, invalid));
}

#[test]
fn a_certificate_is_not_believed_by_sha_1() {
    let sha_1 = signature_algorithm(CoseAlgorithm::RS1);
    let rsa = CertificateAuthority::with_key(key(CoseAlgorithm::RS1, "vendor"), |_| {});
    assert_eq!(rsa.signature_algorithm, sha_1);
    let oid = const_oid::ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
    let anchor = anchor(&rsa);
    let ceremony = Ceremony::of(Packed::new(rsa));
    let believing = ceremony.under(|policy| policy.anchors = [anchor].into());
    let fault = PathFault::Signature(SignatureFault::Unsupported(Box::new(oid)));
    untrusted(&believing, path_error(0, fault));
}

#[test]
fn only_authorities_issue() {
    untrusted_below(
        |draft| draft.set_extension(Extension::basic_constraints(false, None)),
        1,
        PathFault::NotAnAuthority,
    );
    untrusted_below(
        |draft| draft.remove_extension(oid::BASIC_CONSTRAINTS),
        1,
        PathFault::NotAnAuthority,
    );
    let usage = [Extension::DIGITAL_SIGNATURE, Extension::CRL_SIGN];
    untrusted_below(
        |draft| draft.set_extension(Extension::key_usage(&usage)),
        1,
        PathFault::MayNotSign,
    );
}

#[test]
fn what_an_issuer_may_is_readable() {
    let malformed = |offset, problem| {
        let structure = Structure::Certificate;
        PathFault::Malformed(Malformed::new(structure, offset, problem))
    };
    let what = "basicConstraints";
    untrusted_below(
        |draft| {
            let number = Extension::critical(oid::BASIC_CONSTRAINTS, der::integer(1));
            draft.set_extension(number);
        },
        1,
        malformed(0, Problem::Unexpected(what)),
    );
}

#[test]
fn a_path_is_as_long_as_its_authorities_allow() {
    let upper = vendor().intermediate("upper", |draft| {
        draft.set_extension(Extension::basic_constraints(true, Some(0)));
    });
    let lower = upper.intermediate("lower", |_| {});
    let fault = PathFault::PathTooLong { allowed: 0 };
    Ceremony::of(Packed::new(upper)).accepted(AttestationType::BasicOrAttCa, trusted());
    let ceremony = Ceremony::of(Packed::new(lower));
    untrusted(&ceremony, path_error(2, fault.clone()));

    let root = CertificateAuthority::with_key(vendor().key, |draft| {
        draft.set_extension(Extension::basic_constraints(true, Some(0)));
    });
    let anchor = anchor(&root);
    let ceremony = Ceremony::of(Packed::new(factory()));
    let ceremony = ceremony.under(|policy| policy.anchors = [anchor].into());
    untrusted(&ceremony, path_error(None, fault));
}

#[test]
fn an_anchor_is_believed_after_its_validity_unless_the_policy_says_otherwise() {
    let root = CertificateAuthority::with_key(vendor().key, |draft| {
        draft.not_after = Time::from_unix(A_SECOND_AGO);
    });
    let anchor = anchor(&root);
    let ceremony = Ceremony::of(Packed::new(factory()));
    let ceremony = ceremony.under(|policy| policy.anchors = [anchor.clone()].into());
    let trust = Trust::Trusted { anchor };
    ceremony.accepted(AttestationType::BasicOrAttCa, trust);
    let strict = ceremony.under(|policy| policy.expired_anchors = ExpiredAnchors::Refuse);
    untrusted(&strict, path_error(None, PathFault::AnchorOutOfDate));
}

#[test]
fn a_statement_has_no_more_certificates_than_a_path() {
    let crowd = |count: usize| {
        let packed = Packed::new(factory()).with(move |draft| {
            let more = std::iter::repeat_n(vendor().certificate, count - 2);
            draft.chain.extend(more);
        });
        Ceremony::of(packed)
    };
    crowd(16).accepted(AttestationType::BasicOrAttCa, trusted());
    let problem = Problem::TooLong { cap: 16 };
    crowd(17).malformed(Structure::AttestationStatement, problem);
}

#[test]
fn a_statement_with_certificates_has_one_at_least() {
    // Otherwise a path of none would have to be judged.
    for ceremony in [
        Ceremony::of(Packed::new(vendor())),
        Ceremony::of(Tpm::new(vendor())),
        Ceremony::of(AndroidKey::new(vendor())),
        Ceremony::of(FidoU2f::new(vendor())),
        Ceremony::of(Apple::new(vendor())),
    ] {
        let outcome = ceremony.changed(|signed| signed.att_stmt.set("x5c", Value::Array(vec![])));
        let problem = Problem::Unexpected("x5c");
        crate::malformed(outcome, Structure::AttestationStatement, problem);
    }
}
