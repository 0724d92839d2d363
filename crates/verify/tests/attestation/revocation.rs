//! Attestations whose certificates are not to be believed any more. What lists say is tested beside the lists.

use passkeep_testkit::attestation::android_key::AndroidKey;
use passkeep_testkit::attestation::packed::Packed;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_testkit::crl::{
    RevocationListDraft, RevokedEntry, attestation_status_list, status_list_serial,
};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::certificate::Certificate;
use passkeep_verify::finding::FindingAction;
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::revocation::{
    AttestationStatusList, RevocationGap, RevocationList, RevocationReason, RevocationRefusal,
    RevocationSource,
};
use passkeep_verify::trust::Untrusted;

use crate::{Ceremony, NOW, NOW_SECONDS, factory, trusted, vendor};

fn packed() -> Ceremony {
    Ceremony::of(Packed::new(factory()))
}

/// The serial number of a certificate on the statement's path.
fn serial(ceremony: &Ceremony, position: usize) -> Vec<u8> {
    let verified = ceremony.register().unwrap();
    let chain = &verified.attestation_outcome().chain;
    let certificate = Certificate::parse(&chain[position]).unwrap();
    certificate.serial().to_vec()
}

/// An authority's current list.
fn list(authority: &CertificateAuthority, revoked: &[Vec<u8>]) -> RevocationList {
    let entries = revoked
        .iter()
        .map(|serial| RevokedEntry::new(serial, NOW_SECONDS - 60, Some(1)));
    let draft = RevocationListDraft::new(authority, NOW_SECONDS);
    let draft = draft.with(|draft| draft.entries = entries.collect());
    let issuer = Certificate::parse(&authority.certificate).unwrap();
    RevocationList::verify(&draft.to_der(), &issuer, &AWS_LC_RS).unwrap()
}

fn with_lists(ceremony: Ceremony, lists: Vec<RevocationList>) -> Ceremony {
    ceremony.under(|policy| policy.revocation.lists = lists)
}

#[test]
fn a_revoked_certificate_is_refused_wherever_it_stands() {
    let lists = [factory(), vendor()];
    for position in [0, 1] {
        let revoked = [serial(&packed(), position)];
        let mut current = lists.each_ref().map(|authority| list(authority, &[]));
        with_lists(packed(), current.to_vec()).accepted(AttestationType::BasicOrAttCa, trusted());
        current[position] = list(&lists[position], &revoked);
        let refusal = RevocationRefusal::Revoked {
            position,
            source: RevocationSource::RevocationList,
            reason: RevocationReason::KeyCompromise,
        };
        let expected = AttestationRejection::CertificateRevoked(refusal);
        with_lists(packed(), current.to_vec()).refused(expected);
    }
}

#[test]
fn a_revoked_certificate_is_refused_though_untrusted_ones_are_not() {
    let revoked = list(&factory(), &[serial(&packed(), 0)]);
    let lenient =
        with_lists(packed(), vec![revoked]).under(|policy| policy.untrusted = Untrusted::Accept);
    let refusal = RevocationRefusal::Revoked {
        position: 0,
        source: RevocationSource::RevocationList,
        reason: RevocationReason::KeyCompromise,
    };
    lenient.refused(AttestationRejection::CertificateRevoked(refusal));
}

#[test]
fn a_root_that_comes_along_is_no_certificate_to_be_revoked() {
    let with_root = Packed::new(vendor()).with(|draft| draft.chain.push(vendor().certificate));
    let lists = vec![list(&vendor(), &[])];
    let ceremony = with_lists(Ceremony::of(with_root), lists);
    let covered = ceremony.under(|policy| policy.revocation.missing = FindingAction::Reject);
    let outcome = covered.accepted(AttestationType::BasicOrAttCa, trusted());
    assert_eq!(outcome.revocation_gaps, []);
}

#[test]
fn a_certificate_without_a_list_is_reported_or_refused() {
    let outcome = packed().accepted(AttestationType::BasicOrAttCa, trusted());
    assert_eq!(outcome.revocation_gaps, []);
    let one = || with_lists(packed(), vec![list(&factory(), &[])]);
    let outcome = one().accepted(AttestationType::BasicOrAttCa, trusted());
    assert_eq!(outcome.revocation_gaps, [RevocationGap::NotCovered(1)]);
    for (ceremony, position) in [(one(), 1), (packed(), 0)] {
        let strict = ceremony.under(|policy| policy.revocation.missing = FindingAction::Reject);
        let refusal = RevocationRefusal::NotCovered { position };
        strict.refused(AttestationRejection::CertificateRevoked(refusal));
    }
}

#[test]
fn googles_list_is_about_the_format_android_key() {
    let android = || Ceremony::of(AndroidKey::new(factory()));
    let listing = |ceremony: Ceremony, serial: &[u8]| {
        let text = attestation_status_list(&[(&status_list_serial(serial), "REVOKED")]);
        let list = AttestationStatusList::parse(&text, NOW).unwrap();
        ceremony.under(|policy| policy.revocation.android = Some(list))
    };
    let outcome = listing(android(), &[1]).accepted(AttestationType::Basic, trusted());
    assert_eq!(outcome.revocation_gaps, []);
    for position in [0, 1] {
        let refusal = RevocationRefusal::Revoked {
            position,
            source: RevocationSource::AttestationStatusList,
            reason: RevocationReason::KeyCompromise,
        };
        let expected = AttestationRejection::CertificateRevoked(refusal);
        listing(android(), &serial(&android(), position)).refused(expected);
    }
    let other = listing(packed(), &serial(&packed(), 1));
    other.accepted(AttestationType::BasicOrAttCa, trusted());
}
