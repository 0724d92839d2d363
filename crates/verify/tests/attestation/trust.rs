//! What a policy believes of a correct statement: whom, of which format, about which model.

use std::collections::BTreeSet;

use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::none::NoAttestation;
use passkeep_testkit::attestation::packed::{Packed, PackedSelf};
use passkeep_testkit::attestation::tpm::Tpm;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_verify::attestation::{AttestationFormat, AttestationType, Trust};
use passkeep_verify::certificate::SignatureFault;
use passkeep_verify::certificate::path::{PathError, PathFault};
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::trust::{Accept, TrustAnchor, TrustPolicy, UnknownFormat, Untrusted};

use crate::{AAGUID, Ceremony, anchor, path_error, trusted, vendor};

const OTHER: [u8; 16] = [7; 16];

fn packed() -> Ceremony {
    Ceremony::of(Packed::new(vendor()))
}

/// Of a vendor who has the believed one's name and another key.
fn strange() -> Ceremony {
    Ceremony::of(Packed::new(CertificateAuthority::root("stranger")))
}

fn not_signed() -> PathError {
    path_error(0, PathFault::Signature(SignatureFault::Invalid))
}

fn nobody_issued() -> AttestationRejection {
    AttestationRejection::Untrusted(path_error(0, PathFault::IssuerUnknown))
}

fn allowing(ceremony: Ceremony, aaguids: &[[u8; 16]]) -> Ceremony {
    let allow = BTreeSet::from_iter(aaguids.iter().copied());
    ceremony.under(|policy| policy.aaguids.allow = Some(allow))
}

#[test]
fn the_default_accepts_what_is_correct_and_reports_whom_nobody_knows() {
    let default = |ceremony: Ceremony| ceremony.under(|policy| *policy = TrustPolicy::default());
    let why = path_error(0, PathFault::IssuerUnknown);
    default(packed()).accepted(AttestationType::BasicOrAttCa, Trust::Untrusted { why });
    let own = default(Ceremony::of(PackedSelf));
    own.accepted(AttestationType::SelfAttestation, Trust::NotApplicable);
    let none = default(Ceremony::of(NoAttestation));
    none.accepted(AttestationType::None, Trust::NotApplicable);
}

#[test]
fn a_policy_says_whether_no_attestation_is_enough() {
    let ceremony = Ceremony::of(NoAttestation);
    ceremony.refused(AttestationRejection::NoneNotAccepted);
    // One about self attestation says nothing about none.
    let other = ceremony.under(|policy| policy.self_attestation = Accept::Accept);
    other.refused(AttestationRejection::NoneNotAccepted);
}

#[test]
fn a_policy_says_whether_a_self_attestation_is_enough() {
    let ceremony = Ceremony::of(PackedSelf);
    ceremony.refused(AttestationRejection::SelfNotAccepted);
    let other = ceremony.under(|policy| policy.none = Accept::Accept);
    other.refused(AttestationRejection::SelfNotAccepted);
}

#[test]
fn a_policy_says_what_an_untrusted_attestation_is() {
    let why = not_signed();
    let ceremony = strange();
    ceremony.refused(AttestationRejection::Untrusted(why.clone()));
    let with = |untrusted| strange().under(|policy| policy.untrusted = untrusted);
    let trust = Trust::Untrusted { why };
    let accepting = with(Untrusted::Accept);
    accepting.accepted(AttestationType::BasicOrAttCa, trust.clone());
    let own = with(Untrusted::AsSelfAttestation);
    own.refused(AttestationRejection::SelfNotAccepted);
    let own = own.under(|policy| policy.self_attestation = Accept::Accept);
    own.accepted(AttestationType::SelfAttestation, trust);
}

#[test]
fn an_anchor_is_for_its_formats() {
    let only = |format| [anchor(&vendor()).for_formats([format])];
    let packed_only =
        |policy: &mut TrustPolicy| policy.anchors = only(AttestationFormat::Packed).into();
    packed()
        .under(packed_only)
        .accepted(AttestationType::BasicOrAttCa, trusted());
    let tpm = Ceremony::of(Tpm::new(vendor())).under(packed_only);
    tpm.refused(nobody_issued());
}

#[test]
fn an_anchor_may_be_for_one_model() {
    let only = |aaguid| [anchor(&vendor()).for_aaguid(aaguid)];
    let ceremony = packed().under(|policy| policy.anchors = only(AAGUID).into());
    ceremony.accepted(AttestationType::BasicOrAttCa, trusted());
    let ceremony = packed().under(|policy| policy.anchors = only(OTHER).into());
    ceremony.refused(nobody_issued());
}

#[test]
fn an_attestation_certificate_may_be_the_anchor_itself() {
    let outcome = packed().accepted(AttestationType::BasicOrAttCa, trusted());
    let itself = TrustAnchor::from_der(&outcome.chain[0][..]).unwrap();
    let ceremony = packed().under(|policy| policy.anchors = [itself.clone()].into());
    let trust = Trust::Trusted { anchor: itself };
    ceremony.accepted(AttestationType::BasicOrAttCa, trust);
}

#[test]
fn a_model_is_denied_proven_or_not() {
    let denying = |ceremony: Ceremony| {
        ceremony.under(|policy| {
            policy.aaguids.deny = BTreeSet::from([AAGUID]);
            policy.none = Accept::Accept;
            policy.untrusted = Untrusted::Accept;
        })
    };
    for ceremony in [packed(), strange(), Ceremony::of(NoAttestation)] {
        denying(ceremony).refused(AttestationRejection::AaguidDenied);
    }
    let other = packed().under(|policy| policy.aaguids.deny = BTreeSet::from([OTHER]));
    other.accepted(AttestationType::BasicOrAttCa, trusted());
    // A list of both kinds: what is denied is not allowed.
    let both = denying(allowing(packed(), &[AAGUID]));
    both.refused(AttestationRejection::AaguidDenied);
}

#[test]
fn a_list_of_models_has_the_model() {
    let ceremony = allowing(packed(), &[OTHER, AAGUID]);
    ceremony.accepted(AttestationType::BasicOrAttCa, trusted());
    let expected = || AttestationRejection::AaguidNotAllowed;
    allowing(packed(), &[OTHER]).refused(expected());
    allowing(packed(), &[]).refused(expected());
}

#[test]
fn a_list_of_models_asks_for_proof() {
    let unproven = |ceremony: Ceremony| {
        let accepting = ceremony.under(|policy| {
            policy.none = Accept::Accept;
            policy.self_attestation = Accept::Accept;
            policy.untrusted = Untrusted::Accept;
            policy.unknown_format = UnknownFormat::AcceptUnverified;
        });
        allowing(accepting, &[AAGUID])
    };
    let expected = || AttestationRejection::AaguidNotProven;
    unproven(Ceremony::of(NoAttestation)).refused(expected());
    unproven(Ceremony::of(PackedSelf)).refused(expected());
    unproven(strange()).refused(expected());
    // U2F knows no models, and so does not sign which one it is.
    unproven(Ceremony::of(FidoU2f::new(vendor()))).refused(expected());
    let unknown = unproven(packed()).changed(|signed| signed.fmt = "brand-new".into());
    crate::refused(unknown, expected());
}
