//! Revocation lists and Google's list, read and consulted.

use const_oid::ObjectIdentifier;
use passkeep_protocol::{Problem, Structure};
use passkeep_testkit::certificate::{CertificateAuthority, Extension, Time};
use passkeep_testkit::crl::{
    CERTIFICATE_ISSUER, DELTA_INDICATOR, ISSUING_DISTRIBUTION_POINT, RevocationListDraft,
    RevokedEntry, attestation_status_list, status_list_serial,
};
use passkeep_testkit::der;
use passkeep_verify::Timestamp;
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::certificate::{Certificate, SignatureFault};
use passkeep_verify::finding::FindingAction;
use passkeep_verify::revocation::{
    AttestationStatusList, MAX_REVOCATION_LIST_BYTES, PathKind, Revocation, RevocationGap,
    RevocationList, RevocationListError, RevocationReason, RevocationRefusal, RevocationSource,
    SerialNumber,
};

use crate::{NOW, NOW_SECONDS, leaf};

/// A root, an intermediate and a leaf.
struct World {
    root: CertificateAuthority,
    intermediate: CertificateAuthority,
    /// In DER, leaf first.
    path: [Vec<u8>; 3],
}

fn world() -> World {
    let root = CertificateAuthority::root("vendor");
    let intermediate = root.intermediate("factory", |_| {});
    let path = [
        leaf(&intermediate, "device").to_der(),
        intermediate.certificate.clone(),
        root.certificate.clone(),
    ];
    World {
        root,
        intermediate,
        path,
    }
}

impl World {
    fn serial(&self, position: usize) -> Vec<u8> {
        let certificate = Certificate::parse(&self.path[position]).unwrap();
        certificate.serial().to_vec()
    }

    #[track_caller]
    fn check(
        &self,
        revocation: &Revocation,
        kind: PathKind,
        now: Timestamp,
    ) -> Result<Vec<RevocationGap>, RevocationRefusal> {
        let path = self.path.iter().map(|der| Certificate::parse(der).unwrap());
        revocation.check(&path.collect::<Vec<_>>(), kind, now)
    }

    /// Current lists of both authorities, with these entries.
    fn lists(&self, leaves: Vec<RevokedEntry>, intermediates: Vec<RevokedEntry>) -> Revocation {
        let mut revocation = Revocation::default();
        revocation.lists = vec![
            list(&self.intermediate, |draft| draft.entries = leaves),
            list(&self.root, |draft| draft.entries = intermediates),
        ];
        revocation
    }
}

fn verify(
    authority: &CertificateAuthority,
    change: impl FnOnce(&mut RevocationListDraft),
) -> Result<RevocationList, RevocationListError> {
    let der = RevocationListDraft::new(authority, NOW_SECONDS)
        .with(change)
        .to_der();
    let issuer = Certificate::parse(&authority.certificate).unwrap();
    RevocationList::verify(&der, &issuer, &AWS_LC_RS)
}

#[track_caller]
fn list(
    authority: &CertificateAuthority,
    change: impl FnOnce(&mut RevocationListDraft),
) -> RevocationList {
    verify(authority, change).unwrap()
}

#[track_caller]
fn refused(change: impl FnOnce(&mut RevocationListDraft), expected: RevocationListError) {
    let root = CertificateAuthority::root("vendor");
    assert_eq!(verify(&root, change).unwrap_err(), expected);
}

#[track_caller]
fn malformed(change: impl FnOnce(&mut RevocationListDraft), expected: Problem) {
    let root = CertificateAuthority::root("vendor");
    match verify(&root, change) {
        Err(RevocationListError::Malformed(error)) => {
            assert_eq!(
                (error.structure, error.problem),
                (Structure::RevocationList, expected)
            );
        }
        other => panic!("{other:?}"),
    }
}

fn entry(serial: &[u8], reason: Option<i64>) -> RevokedEntry {
    RevokedEntry::new(serial, NOW_SECONDS - 60, reason)
}

#[test]
fn a_list_is_read() {
    let root = CertificateAuthority::root("vendor");
    let list = list(&root, |draft| {
        draft.entries = vec![entry(&[0x80], Some(1)), entry(&[1, 2], None)];
    });
    let found = list.entry(&SerialNumber::from_bytes(&[0, 0x80])).unwrap();
    assert_eq!(found.reason, RevocationReason::KeyCompromise);
    assert_eq!(found.since, Timestamp(NOW.0 - 60_000));
    let found = list.entry(&SerialNumber::from_bytes(&[1, 2])).unwrap();
    assert_eq!(found.reason, RevocationReason::Unspecified);
    assert_eq!(list.entry(&SerialNumber::from_bytes(&[1])), None);
    assert_eq!(list.this_update(), NOW);
    assert_eq!(list.next_update(), NOW.plus_seconds(7 * 86_400));
}

#[test]
fn a_list_is_signed_by_its_issuer() {
    let other = CertificateAuthority::root("another");
    refused(
        |draft| draft.issuer_key = other.key,
        RevocationListError::Signature(SignatureFault::Invalid),
    );
    let world = world();
    let name = world.intermediate.subject.clone();
    refused(
        |draft| draft.issuer = name,
        RevocationListError::IssuerDiffers,
    );

    let sealed = world.root.intermediate("sealed", |draft| {
        draft.set_extension(Extension::key_usage(&[Extension::KEY_CERT_SIGN]));
    });
    let error = verify(&sealed, |_| {}).unwrap_err();
    assert_eq!(error, RevocationListError::IssuerUsage);
}

#[test]
fn a_list_is_full_dated_and_understood() {
    let null = || vec![5, 0];
    refused(
        |draft| draft.next_update = None,
        RevocationListError::NextUpdateMissing,
    );
    refused(
        |draft| {
            draft
                .extensions
                .push(Extension::critical(DELTA_INDICATOR, der::integer(1)));
        },
        RevocationListError::Delta,
    );
    refused(
        |draft| {
            let scope = der::sequence([der::implicit(1, &[0xff])]);
            draft
                .extensions
                .push(Extension::critical(ISSUING_DISTRIBUTION_POINT, scope));
        },
        RevocationListError::Partial,
    );
    refused(
        |draft| {
            let mut foreign = entry(&[1], None);
            foreign.extensions = vec![Extension::critical(CERTIFICATE_ISSUER, null())];
            draft.entries = vec![foreign];
        },
        RevocationListError::Partial,
    );
    let oid = ObjectIdentifier::new_unwrap("1.2.3.4");
    refused(
        |draft| draft.extensions.push(Extension::critical(oid, null())),
        RevocationListError::UnknownCriticalExtension(oid),
    );
    refused(
        |draft| {
            let mut odd = entry(&[1], None);
            odd.extensions = vec![Extension::critical(oid, null())];
            draft.entries = vec![odd];
        },
        RevocationListError::UnknownCriticalExtension(oid),
    );
    let root = CertificateAuthority::root("vendor");
    list(&root, |draft| {
        draft.extensions.push(Extension::new(oid, null()));
    });
}

#[test]
fn a_list_is_of_version_2_and_in_its_format() {
    malformed(
        |draft| draft.version = None,
        Problem::Unexpected("the version"),
    );
    malformed(
        |draft| draft.version = Some(2),
        Problem::Unexpected("the version"),
    );
    let rsa = passkeep_testkit::certificate::signature_algorithm(
        passkeep_protocol::cose::CoseAlgorithm::RS256,
    );
    malformed(
        |draft| draft.signature = rsa,
        Problem::Unexpected("the signature algorithm inside"),
    );
    // The eighth reason takes an entry back, and the seventh has never been in use.
    for reason in [7, 8, 11] {
        malformed(
            |draft| draft.entries = vec![entry(&[1], Some(reason))],
            Problem::Unexpected("the reason"),
        );
    }
    let root = CertificateAuthority::root("vendor");
    let issuer = Certificate::parse(&root.certificate).unwrap();
    let der = RevocationListDraft::new(&root, NOW_SECONDS).to_der();
    let problem = |der: &[u8]| match RevocationList::verify(der, &issuer, &AWS_LC_RS) {
        Err(RevocationListError::Malformed(error)) => error.problem,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        problem(&[der.as_slice(), &[0]].concat()),
        Problem::TrailingBytes
    );
    assert_eq!(problem(&der[..der.len() - 1]), Problem::Truncated);
    let cap = MAX_REVOCATION_LIST_BYTES;
    assert_eq!(problem(&vec![0; cap + 1]), Problem::TooLong { cap });
}

#[test]
fn revoked_certificates_are_refused_wherever_they_stand() {
    let world = world();
    let clean = world.lists(vec![entry(&[1], None)], vec![]);
    assert_eq!(world.check(&clean, PathKind::Other, NOW), Ok(vec![]));

    let source = RevocationSource::RevocationList;
    let leaf = world.lists(vec![entry(&world.serial(0), Some(1))], vec![]);
    let expected = RevocationRefusal::Revoked {
        position: 0,
        source,
        reason: RevocationReason::KeyCompromise,
    };
    assert_eq!(world.check(&leaf, PathKind::Other, NOW), Err(expected));

    let intermediate = world.lists(vec![], vec![entry(&world.serial(1), Some(2))]);
    let expected = RevocationRefusal::Revoked {
        position: 1,
        source,
        reason: RevocationReason::CaCompromise,
    };
    assert_eq!(
        world.check(&intermediate, PathKind::Other, NOW),
        Err(expected)
    );
}

#[test]
fn a_serial_number_is_its_issuers_own() {
    let world = world();
    // The root's list has the leaf's number, which is another certificate of the root.
    let revocation = world.lists(vec![], vec![entry(&world.serial(0), Some(1))]);
    assert_eq!(world.check(&revocation, PathKind::Other, NOW), Ok(vec![]));
    // An issuer of the same name with another key.
    let namesake = world.root.intermediate("another factory", |_| {});
    assert_eq!(namesake.subject, world.intermediate.subject);
    let mut revocation = world.lists(vec![], vec![]);
    revocation.lists[0] = list(&namesake, |draft| {
        draft.entries = vec![entry(&world.serial(0), Some(1))];
    });
    let expected = Ok(vec![RevocationGap::NotCovered(0)]);
    assert_eq!(world.check(&revocation, PathKind::Other, NOW), expected);
}

#[test]
fn a_suspended_certificate_is_refused_unless_the_policy_says_otherwise() {
    let world = world();
    let mut revocation = world.lists(vec![entry(&world.serial(0), Some(6))], vec![]);
    let source = RevocationSource::RevocationList;
    let expected = Err(RevocationRefusal::Suspended {
        position: 0,
        source,
    });
    assert_eq!(world.check(&revocation, PathKind::Other, NOW), expected);
    revocation.suspended = FindingAction::Report;
    let expected = Ok(vec![RevocationGap::Suspended(0)]);
    assert_eq!(world.check(&revocation, PathKind::Other, NOW), expected);
}

#[test]
fn a_missing_list_is_reported_or_refused() {
    let world = world();
    let mut revocation = Revocation::default();
    assert_eq!(world.check(&revocation, PathKind::Other, NOW), Ok(vec![]));
    revocation.lists = vec![list(&world.intermediate, |_| {})];
    let expected = Ok(vec![RevocationGap::NotCovered(1)]);
    assert_eq!(world.check(&revocation, PathKind::Other, NOW), expected);
    revocation.missing = FindingAction::Reject;
    let expected = Err(RevocationRefusal::NotCovered { position: 1 });
    assert_eq!(world.check(&revocation, PathKind::Other, NOW), expected);
    revocation.lists = vec![];
    let expected = Err(RevocationRefusal::NotCovered { position: 0 });
    assert_eq!(world.check(&revocation, PathKind::Other, NOW), expected);
}

#[test]
fn the_silence_of_a_list_counts_while_it_is_current() {
    let world = world();
    let mut revocation = world.lists(vec![], vec![]);
    revocation.lists[0] = list(&world.intermediate, |draft| {
        draft.next_update = Some(Time::from_unix(NOW_SECONDS + 60));
    });
    let at = |seconds: i64| Timestamp(NOW.0.checked_add_signed(seconds * 1000).unwrap());
    assert_eq!(
        world.check(&revocation, PathKind::Other, at(60)),
        Ok(vec![])
    );
    let expected = Ok(vec![RevocationGap::Stale(0)]);
    assert_eq!(world.check(&revocation, PathKind::Other, at(61)), expected);
    // Issued in the future, as a clock that is behind sees it.
    let expected = Ok(vec![RevocationGap::Stale(0), RevocationGap::Stale(1)]);
    assert_eq!(world.check(&revocation, PathKind::Other, at(-1)), expected);
    revocation.stale = FindingAction::Reject;
    let expected = Err(RevocationRefusal::Stale { position: 0 });
    assert_eq!(world.check(&revocation, PathKind::Other, at(61)), expected);
}

#[test]
fn nobody_comes_off_a_list_by_its_growing_old() {
    let world = world();
    let revocation = world.lists(vec![entry(&world.serial(0), None)], vec![]);
    let refusal = RevocationRefusal::Revoked {
        position: 0,
        source: RevocationSource::RevocationList,
        reason: RevocationReason::Unspecified,
    };
    let years = NOW.plus_seconds(10 * 365 * 86_400);
    assert_eq!(
        world.check(&revocation, PathKind::Other, years),
        Err(refusal)
    );
}

#[test]
fn googles_list_is_about_androids_certificates_alone() {
    let world = world();
    let source = RevocationSource::AttestationStatusList;
    let serial = |position| status_list_serial(&world.serial(position));
    let revocation = |entries: &[(&str, &str)]| {
        let text = attestation_status_list(entries);
        let mut revocation = Revocation::default();
        revocation.android = AttestationStatusList::parse(&text, NOW).ok();
        revocation
    };
    let clean = revocation(&[("2c8cdddfd5e03bfc", "REVOKED")]);
    assert_eq!(world.check(&clean, PathKind::Android, NOW), Ok(vec![]));

    for position in [0, 1] {
        let listed = revocation(&[(&serial(position), "REVOKED")]);
        let expected = Err(RevocationRefusal::Revoked {
            position,
            source,
            reason: RevocationReason::KeyCompromise,
        });
        assert_eq!(world.check(&listed, PathKind::Android, NOW), expected);
        assert_eq!(world.check(&listed, PathKind::Other, NOW), Ok(vec![]));
    }

    let suspended = revocation(&[(&serial(1), "SUSPENDED")]);
    let expected = Err(RevocationRefusal::Suspended {
        position: 1,
        source,
    });
    assert_eq!(world.check(&suspended, PathKind::Android, NOW), expected);
}

#[test]
fn googles_list_is_as_old_as_the_caller_says() {
    let world = world();
    let text = attestation_status_list(&[]);
    let mut revocation = Revocation::default();
    revocation.android = AttestationStatusList::parse(&text, NOW).ok();
    revocation.android_lifetime = 60;
    let check = |now| world.check(&revocation, PathKind::Android, now);
    assert_eq!(check(NOW.plus_seconds(60)), Ok(vec![]));
    let stale = Ok(vec![RevocationGap::Stale(0), RevocationGap::Stale(1)]);
    assert_eq!(check(NOW.plus_seconds(61)), stale);
    assert_eq!(check(Timestamp(NOW.0 - 1)), stale);
}
