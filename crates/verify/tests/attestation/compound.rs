//! The format `compound`.

use std::sync::Arc;

use passkeep_protocol::{Problem, Structure};
use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::compound::Compound;
use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::none::NoAttestation;
use passkeep_testkit::attestation::packed::{Packed, PackedSelf};
use passkeep_testkit::attestation::tpm::Tpm;
use passkeep_testkit::cbor::Value;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_verify::attestation::{AttestationOutcome, AttestationType, Trust};
use passkeep_verify::certificate::SignatureFault;
use passkeep_verify::certificate::path::PathFault;
use passkeep_verify::rejection::{AttestationRejection, Unsupported, VerifyError};
use passkeep_verify::trust::{Accept, CompoundPolicy, Untrusted};

use crate::{Ceremony, part, path_error, trusted, vendor};

type Parts = [Arc<dyn AttestationFormat>; 2];
type Make = fn() -> Arc<dyn AttestationFormat>;

fn all(parts: Parts) -> Ceremony {
    Ceremony::of(Compound::new(parts))
}

fn any(parts: Parts) -> Ceremony {
    all(parts).under(|policy| policy.compound = CompoundPolicy::Any)
}

fn packed() -> Arc<dyn AttestationFormat> {
    part(Packed::new(vendor()))
}

fn apple() -> Arc<dyn AttestationFormat> {
    part(Apple::new(vendor()))
}

/// A part whose signature is not over this registration.
fn broken() -> Arc<dyn AttestationFormat> {
    part(Packed::new(vendor()).with(|draft| draft.message.push(0)))
}

/// A part that nobody known vouches for.
fn strange() -> Arc<dyn AttestationFormat> {
    part(Packed::new(CertificateAuthority::root("stranger")))
}

fn untrusted() -> Trust {
    let invalid = PathFault::Signature(SignatureFault::Invalid);
    let why = path_error(0, invalid);
    Trust::Untrusted { why }
}

/// The types of the parts, or why they are refused.
fn types(outcome: &AttestationOutcome) -> Vec<Result<AttestationType, VerifyError>> {
    let parts = outcome.parts.iter();
    parts
        .map(|part| part.as_ref().map(|it| it.ty).map_err(Clone::clone))
        .collect()
}

fn signature_invalid() -> VerifyError {
    AttestationRejection::SignatureInvalid.into()
}

#[test]
fn all_parts_are_accepted_and_reported() {
    for ceremony in [all([packed(), apple()]), any([packed(), apple()])] {
        // Both are trusted alike: which of their types is the whole's does not matter.
        let verified = ceremony.register().unwrap();
        let outcome = verified.attestation_outcome();
        assert_eq!(outcome.fmt, "compound");
        assert_eq!(outcome.trust, trusted());
        let (first, second) = (AttestationType::BasicOrAttCa, AttestationType::AnonCa);
        assert_eq!(types(outcome), [Ok(first), Ok(second)]);
        let fmts = outcome.parts.iter().flatten().map(|part| &*part.fmt);
        assert_eq!(fmts.collect::<Vec<_>>(), ["packed", "apple"]);
        assert!(outcome.proves_aaguid());
    }
}

#[test]
fn a_compound_statement_has_no_other_inside() {
    let inner = part(Compound::new([packed(), apple()]));
    for ceremony in [all([packed(), inner.clone()]), any([packed(), inner])] {
        ceremony.refused(AttestationRejection::CompoundNested);
    }
}

#[test]
fn a_compound_statement_has_two_parts_at_least() {
    let one = Compound::new([packed()]);
    let problem = Problem::Unexpected("the number of statements");
    Ceremony::of(one).malformed(Structure::AttestationStatement, problem);
}

#[test]
fn every_part_counts_where_the_policy_wants_all() {
    for (parts, index) in [([broken(), apple()], 0), ([apple(), broken()], 1)] {
        let why = Box::new(signature_invalid());
        all(parts).refused(AttestationRejection::CompoundPartRefused { index, why });
    }
}

#[test]
fn one_part_is_enough_where_the_policy_says_so() {
    let invalid = || Err(signature_invalid());
    let anonymous = AttestationType::AnonCa;
    let outcome = any([broken(), apple()]).accepted(anonymous, trusted());
    assert_eq!(types(&outcome), [invalid(), Ok(anonymous)]);
    let outcome = any([apple(), broken()]).accepted(anonymous, trusted());
    assert_eq!(types(&outcome), [Ok(anonymous), invalid()]);
}

#[test]
fn one_part_at_least_must_hold() {
    any([broken(), broken()]).refused(AttestationRejection::CompoundAllRefused);
}

#[test]
fn a_part_of_an_unknown_format_is_refused_as_a_whole_statement_would_be() {
    let unknown = |ceremony: &Ceremony| {
        ceremony.changed(|signed| {
            let Value::Array(parts) = &mut signed.att_stmt else {
                panic!("no parts");
            };
            parts[0].set("fmt", "brand-new");
        })
    };
    let unsupported = || {
        let unsupported = Unsupported::AttestationFormat("brand-new".into());
        VerifyError::Unsupported(unsupported)
    };
    let why = Box::new(unsupported());
    crate::refused(
        unknown(&all([packed(), apple()])),
        AttestationRejection::CompoundPartRefused { index: 0, why },
    );
    let verified = unknown(&any([packed(), apple()])).unwrap();
    let expected = [Err(unsupported()), Ok(AttestationType::AnonCa)];
    assert_eq!(types(verified.attestation_outcome()), expected);
}

#[test]
fn the_least_trusted_part_decides_where_all_count_and_the_most_trusted_where_one_does() {
    let lenient = |ceremony: Ceremony| {
        ceremony.under(|policy| {
            policy.untrusted = Untrusted::Accept;
            policy.self_attestation = Accept::Accept;
            policy.none = Accept::Accept;
        })
    };
    // From the least to the most.
    let ranked: [(Make, _, _); 4] = [
        (
            || part(NoAttestation),
            AttestationType::None,
            Trust::NotApplicable,
        ),
        (
            || part(PackedSelf),
            AttestationType::SelfAttestation,
            Trust::NotApplicable,
        ),
        (strange, AttestationType::BasicOrAttCa, untrusted()),
        (apple, AttestationType::AnonCa, trusted()),
    ];
    for (index, (less, less_ty, less_trust)) in ranked.iter().enumerate() {
        for (more, more_ty, more_trust) in &ranked[index + 1..] {
            for parts in [[less(), more()], [more(), less()]] {
                lenient(all(parts.clone())).accepted(*less_ty, less_trust.clone());
                lenient(any(parts)).accepted(*more_ty, more_trust.clone());
            }
        }
    }
}

#[test]
fn a_part_that_does_not_sign_the_aaguid_proves_less() {
    let parts = || [part(FidoU2f::new(vendor())), part(Tpm::new(vendor()))];
    let proves = |ceremony: Ceremony| {
        let verified = ceremony.register().unwrap();
        let outcome = verified.attestation_outcome();
        (outcome.ty, outcome.proves_aaguid())
    };
    let least = (AttestationType::BasicOrAttCa, false);
    assert_eq!(proves(all(parts())), least);
    assert_eq!(proves(any(parts())), (AttestationType::AttCa, true));
}

#[test]
fn the_policy_about_trust_is_about_the_part_that_decides() {
    let Trust::Untrusted { why } = untrusted() else {
        panic!("trusted");
    };
    all([apple(), strange()]).refused(AttestationRejection::Untrusted(why));
    any([apple(), strange()]).accepted(AttestationType::AnonCa, trusted());
    all([apple(), part(PackedSelf)]).refused(AttestationRejection::SelfNotAccepted);
    all([apple(), part(NoAttestation)]).refused(AttestationRejection::NoneNotAccepted);
}

#[test]
fn a_part_counts_as_the_policy_would_judge_it_alone() {
    let Trust::Untrusted { why } = untrusted() else {
        panic!("trusted");
    };
    let own = || part(PackedSelf);
    // The part that is refused alone proves more than the one that is accepted alone.
    let self_only =
        |ceremony: Ceremony| ceremony.under(|policy| policy.self_attestation = Accept::Accept);
    for parts in [[strange(), own()], [own(), strange()]] {
        let ty = AttestationType::SelfAttestation;
        self_only(any(parts.clone())).accepted(ty, Trust::NotApplicable);
        self_only(all(parts)).refused(AttestationRejection::Untrusted(why.clone()));
    }
    let none_only = |ceremony: Ceremony| ceremony.under(|policy| policy.none = Accept::Accept);
    for parts in [[own(), part(NoAttestation)], [part(NoAttestation), own()]] {
        let ty = AttestationType::None;
        none_only(any(parts.clone())).accepted(ty, Trust::NotApplicable);
        none_only(all(parts)).refused(AttestationRejection::SelfNotAccepted);
    }
    // Where no part is accepted, the one that proves most says why.
    any([own(), strange()]).refused(AttestationRejection::Untrusted(why));
}
