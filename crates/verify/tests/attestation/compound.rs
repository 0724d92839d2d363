//! `compound`: several statements about one credential.

use std::sync::Arc;

use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::compound::Compound;
use passkeep_testkit::attestation::packed::{Packed, PackedSelf};
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_verify::attestation::{AttestationType, Trust};
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::trust::{CompoundPolicy, TrustAnchor, Untrusted};

use crate::{Setup, refuses, vendor};

fn packed() -> Arc<dyn AttestationFormat> {
    Arc::new(Packed::new(vendor()))
}

fn apple() -> Arc<dyn AttestationFormat> {
    Arc::new(Apple::new(vendor()))
}

fn forged() -> Arc<dyn AttestationFormat> {
    Arc::new(Packed::new(vendor()).with(|draft| draft.message[0] ^= 1))
}

fn stranger() -> Arc<dyn AttestationFormat> {
    Arc::new(Apple::new(CertificateAuthority::root("another vendor")))
}

fn trusted() -> Trust {
    let anchor = TrustAnchor::from_der(vendor().certificate).unwrap();
    Trust::Trusted { anchor }
}

fn any() -> Setup {
    Setup::with_policy(|policy| policy.compound = CompoundPolicy::Any)
}

#[test]
fn all_parts_are_verified_and_the_least_trusted_one_counts() {
    let both = Compound::new([packed(), apple()]);
    let outcome = Setup::default().accepts(both, AttestationType::BasicOrAttCa);
    assert_eq!((outcome.fmt.as_str(), outcome.parts.len()), ("compound", 2));
    assert_eq!(outcome.trust, trusted());

    let lenient = Setup::with_policy(|policy| policy.untrusted = Untrusted::Accept);
    let mixed = Compound::new([packed(), stranger()]);
    let outcome = lenient.accepts(mixed, AttestationType::AnonCa);
    assert!(matches!(outcome.trust, Trust::Untrusted { .. }));
}

#[test]
fn one_wrong_part_refuses_all() {
    let index = 1;
    let why = Box::new(AttestationRejection::SignatureInvalid.into());
    refuses(
        Compound::new([apple(), forged()]),
        AttestationRejection::CompoundPartRefused { index, why },
    );
}

#[test]
fn any_part_is_enough_where_the_policy_says_so() {
    let outcome = any().accepts(Compound::new([forged(), apple()]), AttestationType::AnonCa);
    assert_eq!(outcome.trust, trusted());
    let refused = AttestationRejection::SignatureInvalid.into();
    assert_eq!(outcome.parts[0], Err(refused));
    any().refuses(
        Compound::new([forged(), forged()]),
        AttestationRejection::CompoundAllRefused,
    );
}

#[test]
fn the_most_trusted_part_counts_where_any_is_enough() {
    let mixed = Compound::new([stranger(), packed()]);
    let outcome = any().accepts(mixed, AttestationType::BasicOrAttCa);
    assert_eq!(outcome.trust, trusted());
}

#[test]
fn compound_statements_are_not_nested() {
    let inner: Arc<dyn AttestationFormat> = Arc::new(Compound::new([packed(), apple()]));
    refuses(
        Compound::new([packed(), inner]),
        AttestationRejection::CompoundNested,
    );
}

#[test]
fn a_part_without_certificates_is_held_against_the_policy_too() {
    let own: Arc<dyn AttestationFormat> = Arc::new(PackedSelf);
    refuses(
        Compound::new([packed(), own]),
        AttestationRejection::SelfNotAccepted,
    );
}
