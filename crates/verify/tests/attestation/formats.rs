//! Which formats are accepted, and those without certificates: `none`, self attestation, and those nobody knows.

use std::collections::BTreeSet;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::{Problem, Structure};
use passkeep_testkit::attestation::android_key::AndroidKey;
use passkeep_testkit::attestation::android_safetynet::AndroidSafetyNet;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::compound::Compound;
use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::none::NoAttestation;
use passkeep_testkit::attestation::packed::{Packed, PackedSelf};
use passkeep_testkit::attestation::tpm::Tpm;
use passkeep_testkit::cbor::Value;
use passkeep_verify::attestation::{AttestationFormat, AttestationType, Trust};
use passkeep_verify::rejection::{AttestationRejection, Unsupported, VerifyError};
use passkeep_verify::trust::{Accept, TrustPolicy, UnknownFormat};

use crate::{Ceremony, NOW, malformed, part, refused, vendor};

/// Every format, at a relying party that accepts it.
fn every_format() -> Vec<(AttestationFormat, Ceremony)> {
    let parts = [part(Packed::new(vendor())), part(Apple::new(vendor()))];
    let all = [
        (AttestationFormat::None, Ceremony::of(NoAttestation)),
        (
            AttestationFormat::Packed,
            Ceremony::of(Packed::new(vendor())),
        ),
        (AttestationFormat::Tpm, Ceremony::of(Tpm::new(vendor()))),
        (
            AttestationFormat::AndroidKey,
            Ceremony::of(AndroidKey::new(vendor())),
        ),
        (
            AttestationFormat::AndroidSafetyNet,
            Ceremony::of(AndroidSafetyNet::new(vendor(), NOW.0)),
        ),
        (
            AttestationFormat::FidoU2f,
            Ceremony::of(FidoU2f::new(vendor())),
        ),
        (AttestationFormat::Apple, Ceremony::of(Apple::new(vendor()))),
        (
            AttestationFormat::Compound,
            Ceremony::of(Compound::new(parts)),
        ),
    ];
    let accepting = |(format, ceremony): (_, Ceremony)| {
        let everything = |policy: &mut TrustPolicy| {
            policy.formats = BTreeSet::from(AttestationFormat::ALL);
            policy.none = Accept::Accept;
        };
        (format, ceremony.under(everything))
    };
    all.map(accepting).into()
}

#[test]
fn a_policy_without_a_format_refuses_it() {
    let mut seen = BTreeSet::new();
    for (format, ceremony) in every_format() {
        let verified = ceremony.register().unwrap();
        assert_eq!(verified.attestation_outcome().fmt, format.name());
        let without = ceremony.under(|policy| {
            policy.formats.remove(&format);
        });
        without.refused(AttestationRejection::FormatNotAccepted { format });
        seen.insert(format);
    }
    assert_eq!(seen, BTreeSet::from(AttestationFormat::ALL));
}

#[test]
fn every_format_has_a_statement_of_its_own_shape() {
    for (format, ceremony) in every_format() {
        let outcome = ceremony.changed(|signed| match &mut signed.att_stmt {
            Value::Array(parts) => parts[0].set("surplus", 1),
            members => members.set("surplus", 1),
        });
        match format {
            AttestationFormat::None => {
                refused(outcome, AttestationRejection::NoneStatementNotEmpty);
            }
            AttestationFormat::Compound => malformed(
                outcome,
                Structure::AttestationStatement,
                Problem::Unexpected("a member of a statement inside"),
            ),
            _ => malformed(
                outcome,
                Structure::AttestationStatement,
                Problem::Unexpected("a member of the statement"),
            ),
        }
    }
}

#[test]
fn no_attestation_is_accepted_as_none() {
    let ceremony = Ceremony::of(NoAttestation);
    let accepting = ceremony.under(|policy| policy.none = Accept::Accept);
    let outcome = accepting.accepted(AttestationType::None, Trust::NotApplicable);
    assert_eq!(outcome.chain, Vec::<Vec<u8>>::new());
}

#[test]
fn none_says_nothing() {
    let accepting = Ceremony::of(NoAttestation).under(|policy| policy.none = Accept::Accept);
    let surplus = accepting.changed(|signed| signed.att_stmt.set("x", 1));
    refused(surplus, AttestationRejection::NoneStatementNotEmpty);
    // The empty array is not the empty map.
    let array = accepting.changed(|signed| signed.att_stmt = Value::Array(vec![]));
    refused(array, AttestationRejection::NoneStatementNotEmpty);
}

fn self_attesting() -> Ceremony {
    Ceremony::of(PackedSelf).under(|policy| policy.self_attestation = Accept::Accept)
}

#[test]
fn a_self_attestation_is_accepted_with_every_algorithm() {
    for algorithm in passkeep_testkit::signing::ALGORITHMS {
        let ceremony = self_attesting().with_algorithm(algorithm.alg());
        let expected = AttestationType::SelfAttestation;
        let outcome = ceremony.accepted(expected, Trust::NotApplicable);
        assert_eq!(outcome.chain, Vec::<Vec<u8>>::new());
    }
}

#[test]
fn a_self_attestation_names_the_credentials_algorithm() {
    // ESP256 would be verified in the same way.
    for received in [CoseAlgorithm::ESP256, CoseAlgorithm::RS256] {
        let outcome = self_attesting().changed(|signed| signed.att_stmt.set("alg", received.0));
        let expected = AttestationRejection::SelfAttestationAlgorithmDiffers { received };
        refused(outcome, expected);
    }
}

#[test]
fn a_self_attestation_is_the_credentials_own_signature() {
    let other = crate::key(CoseAlgorithm::ES256, "other");
    let outcome = self_attesting().changed(|signed| {
        let sig = other.sign(b"something else");
        signed.att_stmt.set("sig", &sig[..]);
    });
    refused(outcome, AttestationRejection::SignatureInvalid);
}

#[test]
fn a_format_nobody_knows_is_refused_unless_the_policy_accepts_it_unverified() {
    let unknown = |ceremony: &Ceremony| {
        ceremony.changed(|signed| {
            signed.fmt = "brand-new".into();
            signed.att_stmt.set("anything", 1);
        })
    };
    let ceremony = Ceremony::of(NoAttestation);
    let unsupported = Unsupported::AttestationFormat("brand-new".into());
    let expected = VerifyError::Unsupported(unsupported);
    assert_eq!(unknown(&ceremony).unwrap_err(), expected);

    let accepting =
        ceremony.under(|policy| policy.unknown_format = UnknownFormat::AcceptUnverified);
    let verified = unknown(&accepting).unwrap();
    let outcome = verified.attestation_outcome();
    assert_eq!(outcome.fmt, "brand-new");
    assert_eq!(outcome.ty, AttestationType::Unverified);
    assert_eq!(outcome.trust, Trust::NotApplicable);
    assert!(!outcome.proves_aaguid());
    // Names are not compared in lower case.
    let named = accepting.changed(|signed| signed.fmt = "PACKED".into());
    assert_eq!(named.unwrap().attestation(), AttestationType::Unverified);
}
