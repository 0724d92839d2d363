//! Whom a policy believes, and what it makes of those who are not believed.

use std::collections::BTreeSet;

use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::none::NoAttestation;
use passkeep_testkit::attestation::packed::{Packed, PackedSelf};
use passkeep_testkit::attestation::{AttestationFormat as Format, NewCredential};
use passkeep_testkit::cbor::Value;
use passkeep_testkit::certificate::{CertificateAuthority, Time};
use passkeep_testkit::crl::{RevocationListDraft, RevokedEntry};
use passkeep_verify::VerifyError;
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::attestation::{AttestationFormat, AttestationType, Trust};
use passkeep_verify::certificate::path::{PathError, PathFault};
use passkeep_verify::certificate::{Certificate, SignatureFault};
use passkeep_verify::finding::FindingAction;
use passkeep_verify::rejection::{AttestationRejection, Unsupported};
use passkeep_verify::revocation::{
    RevocationList, RevocationReason, RevocationRefusal, RevocationSource,
};
use passkeep_verify::trust::{
    Accept, ExpiredAnchors, TrustAnchor, TrustPolicy, UnknownFormat, Untrusted,
};

use crate::{AAGUID, Setup, accepts, refuses, vendor};

/// The time of every registration, in seconds.
const SECOND: i64 = 1_800_000_000;

fn stranger() -> Packed {
    Packed::new(CertificateAuthority::root("another vendor"))
}

fn path(position: impl Into<Option<usize>>, fault: PathFault) -> AttestationRejection {
    let position = position.into();
    AttestationRejection::Untrusted(PathError { position, fault })
}

/// The path of a vendor whose root has the name of the anchor, and another key.
const FOREIGN: PathError = PathError {
    position: Some(0),
    fault: PathFault::Signature(SignatureFault::Invalid),
};

/// The rejection of a statement by another vendor.
pub(crate) fn foreign() -> AttestationRejection {
    AttestationRejection::Untrusted(FOREIGN)
}

/// The rejection where no anchor is for the statement.
fn nobody_vouches() -> AttestationRejection {
    path(0, PathFault::IssuerUnknown)
}

#[test]
fn somebody_who_is_not_believed_is_refused_taken_for_a_self_attestation_or_reported() {
    refuses(stranger(), foreign());

    let as_self = |accept| {
        Setup::with_policy(|policy| {
            policy.untrusted = Untrusted::AsSelfAttestation;
            policy.self_attestation = accept;
        })
    };
    as_self(Accept::Accept).accepts(stranger(), AttestationType::SelfAttestation);
    as_self(Accept::Refuse).refuses(stranger(), AttestationRejection::SelfNotAccepted);

    let lenient = Setup::with_policy(|policy| policy.untrusted = Untrusted::Accept);
    let outcome = lenient.accepts(stranger(), AttestationType::BasicOrAttCa);
    let why = FOREIGN;
    assert_eq!(outcome.trust, Trust::Untrusted { why });
}

#[test]
fn none_and_self_attestation_are_the_policys_choice() {
    refuses(NoAttestation, AttestationRejection::NoneNotAccepted);
    refuses(PackedSelf, AttestationRejection::SelfNotAccepted);
    let setup = Setup::with_policy(|policy| policy.none = Accept::Accept);
    let outcome = setup.accepts(NoAttestation, AttestationType::None);
    assert_eq!(outcome.trust, Trust::NotApplicable);
}

#[test]
fn a_format_is_refused_where_the_policy_does_not_name_it() {
    let format = AttestationFormat::Packed;
    let setup = Setup::with_policy(|policy| {
        policy.formats.remove(&format);
    });
    let rejection = AttestationRejection::FormatNotAccepted { format };
    setup.refuses(Packed::new(vendor()), rejection);
}

#[test]
fn an_anchor_vouches_for_its_formats_and_models_only() {
    let only = |change: fn(TrustAnchor) -> TrustAnchor| {
        Setup::with_policy(|policy| {
            let anchor = TrustAnchor::from_der(vendor().certificate).unwrap();
            policy.anchors = [change(anchor)].into();
        })
    };
    let apple = only(|anchor| anchor.for_formats([AttestationFormat::Apple]));
    apple.accepts(Apple::new(vendor()), AttestationType::AnonCa);
    apple.refuses(Packed::new(vendor()), nobody_vouches());
    let model = only(|anchor| anchor.for_aaguid(AAGUID));
    model.accepts(Packed::new(vendor()), AttestationType::BasicOrAttCa);
    only(|anchor| anchor.for_aaguid([8; 16])).refuses(Packed::new(vendor()), nobody_vouches());
}

/// A format without a procedure.
#[derive(Debug)]
struct Unheard;

impl Format for Unheard {
    fn identifier(&self) -> &'static str {
        "unheard-of"
    }

    fn statement(&self, _: &NewCredential<'_>) -> Value {
        Value::map([("sig", Value::from(&b"anything"[..]))])
    }
}

#[test]
fn an_unknown_format_is_unsupported_or_unverified() {
    let expected = VerifyError::Unsupported(Unsupported::AttestationFormat("unheard-of".into()));
    assert_eq!(Setup::default().register(Unheard).unwrap_err(), expected);

    let setup = Setup::with_policy(|policy| {
        policy.unknown_format = UnknownFormat::AcceptUnverified;
    });
    let outcome = setup.accepts(Unheard, AttestationType::Unverified);
    assert!(!outcome.proves_aaguid());
}

#[test]
fn models_are_denied_proven_or_not() {
    let setup = Setup {
        policy: {
            let mut policy = TrustPolicy::new();
            policy.aaguids.deny.insert(AAGUID);
            policy
        },
        ..Setup::default()
    };
    setup.refuses(NoAttestation, AttestationRejection::AaguidDenied);
    setup.refuses(Packed::new(vendor()), AttestationRejection::AaguidDenied);
}

#[test]
fn a_list_of_models_wants_proof() {
    let only = |aaguid| {
        Setup::with_policy(|policy| {
            policy.aaguids.allow = Some(BTreeSet::from([aaguid]));
            policy.none = Accept::Accept;
        })
    };
    only(AAGUID).accepts(Packed::new(vendor()), AttestationType::BasicOrAttCa);
    let other = AttestationRejection::AaguidNotAllowed;
    only([8; 16]).refuses(Packed::new(vendor()), other);
    let unproven = AttestationRejection::AaguidNotProven;
    only(AAGUID).refuses(NoAttestation, unproven.clone());
    only(AAGUID).refuses(FidoU2f::new(vendor()), unproven);
}

#[test]
fn certificates_are_judged_at_the_time_of_the_registration() {
    let until = |seconds| {
        Packed::new(vendor())
            .with(move |draft| draft.certificate.not_after = Time::from_unix(seconds))
    };
    accepts(until(SECOND), AttestationType::BasicOrAttCa);
    refuses(until(SECOND - 1), path(0, PathFault::Expired));
    let from = Packed::new(vendor())
        .with(|draft| draft.certificate.not_before = Time::from_unix(SECOND + 1));
    refuses(from, path(0, PathFault::NotYetValid));
}

#[test]
fn an_anchor_may_be_out_of_date_unless_the_policy_cares() {
    let old = || {
        CertificateAuthority::with_key(vendor().key, |draft| {
            draft.not_after = Time::from_unix(1_700_000_000);
        })
    };
    let believing = |expired| {
        Setup::with_policy(|policy| {
            policy.anchors = [TrustAnchor::from_der(old().certificate).unwrap()].into();
            policy.expired_anchors = expired;
        })
    };
    let format = || Packed::new(old());
    believing(ExpiredAnchors::Accept).accepts(format(), AttestationType::BasicOrAttCa);
    let rejection = path(None, PathFault::AnchorOutOfDate);
    believing(ExpiredAnchors::Refuse).refuses(format(), rejection);
}

#[test]
fn a_revoked_certificate_is_refused() {
    let revoked = |serial: &'static [u8]| {
        Packed::new(vendor()).with(move |draft| draft.certificate.serial_number = serial.to_vec())
    };
    let list = RevocationListDraft::new(&vendor(), SECOND)
        .with(|draft| draft.entries = vec![RevokedEntry::new(b"\x05\x05", SECOND, None)]);
    let issuer = vendor().certificate;
    let issuer = Certificate::parse(&issuer).unwrap();
    let list = RevocationList::verify(&list.to_der(), &issuer, &AWS_LC_RS).unwrap();
    let setup = Setup::with_policy(|policy| {
        policy.revocation.lists = vec![list];
        policy.revocation.missing = FindingAction::Reject;
    });
    setup.accepts(revoked(b"\x05\x04"), AttestationType::BasicOrAttCa);
    let rejection = AttestationRejection::CertificateRevoked(RevocationRefusal::Revoked {
        position: 0,
        source: RevocationSource::RevocationList,
        reason: RevocationReason::Unspecified,
    });
    setup.refuses(revoked(b"\x05\x05"), rejection);
}
