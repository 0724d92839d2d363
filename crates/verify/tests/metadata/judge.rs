//! What the reports of a BLOB mean for one credential.

use passkeep_protocol::bytes::Bytes;
use passkeep_testkit::cbor::Value as Cbor;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_testkit::metadata::{MetadataService, encode_base64, entry, status};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::finding::FindingAction;
use passkeep_verify::metadata::{
    AuthenticatorStatus, CertificationLevel, Date, GRACE, MetadataBlob, MetadataRefusal,
    MetadataSubject, MetadataVerdict, ReportScope, StatusPolicy,
};
use passkeep_verify::{CredentialRecord, Timestamp};
use serde_json::{Value, json};

use crate::{AAGUID, NOW, leaf, signer};

/// A vendor, two factories and a device of each.
struct Vendor {
    root: CertificateAuthority,
    factory: CertificateAuthority,
    device: Vec<u8>,
    other_device: Vec<u8>,
}

fn vendor() -> Vendor {
    let root = CertificateAuthority::root("vendor");
    let factory = root.intermediate("factory", |_| {});
    let other_factory = root.intermediate("other factory", |_| {});
    Vendor {
        device: leaf(&factory, "device").to_der(),
        other_device: leaf(&other_factory, "other device").to_der(),
        root,
        factory,
    }
}

fn blob_of(entries: Vec<Value>) -> MetadataBlob {
    let service = MetadataService::new("service");
    let text = service.draft(7, "2027-01-20", entries).to_text();
    MetadataBlob::verify(&text, &signer(&service), &AWS_LC_RS, NOW, None).unwrap()
}

fn blob(reports: &[Value]) -> MetadataBlob {
    blob_of(vec![entry(&AAGUID, &[], reports)])
}

fn subject<'a>(chain: &[&'a [u8]]) -> MetadataSubject<'a> {
    MetadataSubject {
        aaguid: AAGUID,
        chain: chain.to_vec(),
        proven: true,
    }
}

#[derive(Debug, Eq, PartialEq)]
enum Seen {
    Accepted(Option<CertificationLevel>, bool),
    Unlisted,
    Refused(MetadataRefusal),
}

fn judge_at(
    blob: &MetadataBlob,
    subject: &MetadataSubject<'_>,
    policy: &StatusPolicy,
    now: Timestamp,
) -> Seen {
    match blob.judge(subject, policy, &AWS_LC_RS, now) {
        MetadataVerdict::Accepted {
            certification,
            outdated,
            ..
        } => Seen::Accepted(certification, outdated),
        MetadataVerdict::Unlisted => Seen::Unlisted,
        MetadataVerdict::Refused(refusal) => Seen::Refused(refusal),
    }
}

fn judge(reports: &[Value], chain: &[&[u8]]) -> Seen {
    judge_at(
        &blob(reports),
        &subject(chain),
        &StatusPolicy::default(),
        NOW,
    )
}

fn undesired(status: AuthenticatorStatus, scope: ReportScope) -> Seen {
    let since = None;
    Seen::Refused(MetadataRefusal::Undesired {
        status,
        since,
        scope,
    })
}

#[test]
fn a_certified_model_is_accepted() {
    let expected = Seen::Accepted(Some(CertificationLevel::L1), false);
    assert_eq!(judge(&[status("FIDO_CERTIFIED_L1")], &[]), expected);
}

#[test]
fn these_statuses_are_refused_by_default_and_no_others() {
    let undesired_ones = StatusPolicy::default().undesired;
    assert_eq!(undesired_ones.len(), 5);
    for known in AuthenticatorStatus::KNOWN {
        // An earlier certification does not help, nor does a later one.
        let reports = [
            status("FIDO_CERTIFIED_L1"),
            status(known.as_str()),
            status("FIDO_CERTIFIED_L2"),
        ];
        let seen = judge(&reports, &[]);
        if undesired_ones.contains(known) {
            assert_eq!(seen, undesired(known.clone(), ReportScope::Model));
        } else {
            assert_eq!(
                seen,
                Seen::Accepted(Some(CertificationLevel::L2), false),
                "{known}"
            );
        }
    }
}

#[test]
fn a_policy_names_its_own_statuses_known_or_not() {
    let mut policy = StatusPolicy::default();
    for text in ["RETIRED", "SOMETHING_NEW"] {
        let blob = blob(&[status(text)]);
        assert_eq!(
            judge_at(&blob, &subject(&[]), &policy, NOW),
            Seen::Accepted(None, false)
        );
        policy.undesired = vec![AuthenticatorStatus::from(text)];
        let expected = undesired(AuthenticatorStatus::from(text), ReportScope::Model);
        assert_eq!(judge_at(&blob, &subject(&[]), &policy, NOW), expected);
    }
    assert_eq!(
        judge_at(&blob(&[status("REVOKED")]), &subject(&[]), &policy, NOW),
        Seen::Accepted(None, false)
    );
}

#[test]
fn a_report_counts_from_its_effective_day_until_its_sunset_day() {
    // 2027-01-10T00:00:00Z and 2027-01-20T00:00:00Z.
    let (effective, sunset) = (Timestamp(1_799_539_200_000), Timestamp(1_800_403_200_000));
    let report = json!({
        "status": "USER_KEY_REMOTE_COMPROMISE",
        "effectiveDate": "2027-01-10",
        "sunsetDate": "2027-01-20",
    });
    let blob = blob(&[report]);
    let accepted = || Seen::Accepted(None, false);
    let refused = || {
        Seen::Refused(MetadataRefusal::Undesired {
            status: AuthenticatorStatus::UserKeyRemoteCompromise,
            since: Date::parse("2027-01-10"),
            scope: ReportScope::Model,
        })
    };
    let second = |time: Timestamp| Timestamp(time.0 - 1000);
    for (now, expected) in [
        (second(effective), accepted()),
        (effective, refused()),
        (second(sunset), refused()),
        (sunset, accepted()),
    ] {
        let seen = judge_at(&blob, &subject(&[]), &StatusPolicy::default(), now);
        assert_eq!(seen, expected, "{now:?}");
    }
}

#[test]
fn a_compromised_batch_hits_its_own_devices_only() {
    let vendor = vendor();
    for (member, name) in [
        ("certificate", "ATTESTATION_KEY_COMPROMISE"),
        ("batchCertificate", "USER_KEY_PHYSICAL_COMPROMISE"),
    ] {
        let mut report = status(name);
        report[member] = encode_base64(&vendor.device).into();
        let reports = [report];
        let hit = || undesired(AuthenticatorStatus::from(name), ReportScope::Certificate);
        assert_eq!(judge(&reports, &[&vendor.device]), hit());
        assert_eq!(
            judge(&reports, &[&vendor.other_device]),
            Seen::Accepted(None, false)
        );
        assert_eq!(judge(&reports, &[]), Seen::Accepted(None, false));
    }
}

#[test]
fn a_compromised_authority_hits_what_it_issued() {
    let vendor = vendor();
    let report = |der: &[u8]| {
        let mut report = status("ATTESTATION_KEY_COMPROMISE");
        report["certificate"] = encode_base64(der).into();
        [report]
    };
    let hit = || {
        undesired(
            AuthenticatorStatus::AttestationKeyCompromise,
            ReportScope::Certificate,
        )
    };
    let factory = report(&vendor.factory.certificate);
    // Whether the authority's certificate was sent or not.
    assert_eq!(
        judge(&factory, &[&vendor.device, &vendor.factory.certificate]),
        hit()
    );
    assert_eq!(judge(&factory, &[&vendor.device]), hit());
    assert_eq!(
        judge(&factory, &[&vendor.other_device]),
        Seen::Accepted(None, false)
    );
    let root = report(&vendor.root.certificate);
    assert_eq!(
        judge(&root, &[&vendor.device, &vendor.factory.certificate]),
        hit()
    );
    // The same name and another key.
    let namesake = CertificateAuthority::root("namesake");
    let seen = judge(
        &report(&namesake.certificate),
        &[&vendor.device, &vendor.factory.certificate],
    );
    assert_eq!(seen, Seen::Accepted(None, false));
}

#[test]
fn a_certificate_that_cannot_be_read_narrows_nothing() {
    let vendor = vendor();
    for text in ["?", "AQID"] {
        let mut report = status("ATTESTATION_KEY_COMPROMISE");
        report["certificate"] = text.into();
        let expected = undesired(
            AuthenticatorStatus::AttestationKeyCompromise,
            ReportScope::Model,
        );
        assert_eq!(judge(&[report], &[&vendor.device]), expected, "{text}");
    }
}

#[test]
fn a_revoked_model_is_revoked_whatever_the_report_encloses() {
    let vendor = vendor();
    let mut report = status("REVOKED");
    report["certificate"] = encode_base64(&vendor.device).into();
    let expected = undesired(AuthenticatorStatus::Revoked, ReportScope::Model);
    assert_eq!(judge(&[report], &[&vendor.other_device]), expected);
}

#[test]
fn reports_that_cannot_be_read_are_not_taken_for_good_ones() {
    let expected = Seen::Refused(MetadataRefusal::ReportsUnreadable);
    assert_eq!(judge(&[], &[]), expected);
    assert_eq!(
        judge(&[status("FIDO_CERTIFIED_L1"), json!({})], &[]),
        expected
    );
}

#[test]
fn a_model_without_an_entry_is_the_policys_choice() {
    let blob = blob(&[status("FIDO_CERTIFIED_L1")]);
    let mut unknown = subject(&[]);
    unknown.aaguid = [8; 16];
    let mut policy = StatusPolicy::default();
    assert_eq!(judge_at(&blob, &unknown, &policy, NOW), Seen::Unlisted);
    policy.unlisted = FindingAction::Reject;
    let expected = Seen::Refused(MetadataRefusal::Unlisted);
    assert_eq!(judge_at(&blob, &unknown, &policy, NOW), expected);
}

#[test]
fn a_certification_counts_when_an_attestation_proves_the_model() {
    let mut policy = StatusPolicy::default();
    policy.minimum_certification = Some(CertificationLevel::L2);
    let seen = |text, proven| {
        let mut subject = subject(&[]);
        subject.proven = proven;
        judge_at(&blob(&[status(text)]), &subject, &policy, NOW)
    };
    let level = CertificationLevel::L2Plus;
    assert_eq!(
        seen("FIDO_CERTIFIED_L2plus", true),
        Seen::Accepted(Some(level), false)
    );
    let level = CertificationLevel::L2;
    assert_eq!(
        seen("FIDO_CERTIFIED_L2", true),
        Seen::Accepted(Some(level), false)
    );
    let unproven = Seen::Refused(MetadataRefusal::ModelUnproven);
    assert_eq!(seen("FIDO_CERTIFIED_L3", false), unproven);
    for (text, found) in [
        ("FIDO_CERTIFIED_L1plus", Some(CertificationLevel::L1Plus)),
        ("NOT_FIDO_CERTIFIED", None),
        ("FIPS140_CERTIFIED_L3", None),
    ] {
        let required = CertificationLevel::L2;
        let refusal = MetadataRefusal::CertificationTooLow { found, required };
        assert_eq!(seen(text, true), Seen::Refused(refusal), "{text}");
    }
}

#[test]
fn a_bad_report_stands_however_old_the_blob_is() {
    // 2027-01-21T00:00:00Z and the grace period.
    let too_old = Timestamp(1_800_489_600_000).plus_seconds(GRACE);
    let good = blob(&[status("FIDO_CERTIFIED_L1")]);
    let bad = blob(&[status("REVOKED")]);
    let mut policy = StatusPolicy::default();
    let level = Some(CertificationLevel::L1);
    let accepted = Seen::Accepted(level, true);
    assert_eq!(judge_at(&good, &subject(&[]), &policy, too_old), accepted);
    let expected = undesired(AuthenticatorStatus::Revoked, ReportScope::Model);
    assert_eq!(judge_at(&bad, &subject(&[]), &policy, too_old), expected);
    policy.outdated = FindingAction::Reject;
    let refused = Seen::Refused(MetadataRefusal::Outdated);
    assert_eq!(judge_at(&good, &subject(&[]), &policy, too_old), refused);
    let before = Timestamp(too_old.0 - 1000);
    let accepted = Seen::Accepted(level, false);
    assert_eq!(judge_at(&good, &subject(&[]), &policy, before), accepted);
}

#[test]
fn models_of_u2f_are_found_by_the_keys_of_their_certificates() {
    let vendor = vendor();
    let identifier =
        passkeep_testkit::certificate::key_identifier(&vendor.factory.key.public_key());
    let digits: String = identifier
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let blob = blob_of(vec![json!({
        "attestationCertificateKeyIdentifiers": [digits],
        "metadataStatement": {
            "attestationRootCertificates": [encode_base64(&vendor.root.certificate)],
        },
        "statusReports": [{"status": "REVOKED"}],
    })]);
    let mut u2f = subject(&[&vendor.device, &vendor.factory.certificate]);
    u2f.aaguid = [0; 16];
    let policy = StatusPolicy::default();
    let expected = undesired(AuthenticatorStatus::Revoked, ReportScope::Model);
    assert_eq!(judge_at(&blob, &u2f, &policy, NOW), expected);
    assert_eq!(
        blob.attestation_roots(&u2f),
        [vendor.root.certificate.as_slice()]
    );
    assert!(blob.by_key_identifier(&identifier).is_some());
    u2f.chain = vec![&vendor.other_device];
    assert_eq!(judge_at(&blob, &u2f, &policy, NOW), Seen::Unlisted);
    // A credential that says which FIDO2 model it is of is none of U2F.
    let fido2 = subject(&[&vendor.device, &vendor.factory.certificate]);
    assert_eq!(judge_at(&blob, &fido2, &policy, NOW), Seen::Unlisted);
}

fn record(fmt: &str, statement: Cbor) -> CredentialRecord {
    let object = Cbor::map([
        ("fmt", Cbor::from(fmt)),
        ("attStmt", statement),
        ("authData", Cbor::from(vec![0; 37])),
    ]);
    CredentialRecord {
        id: Bytes::new([1]),
        public_key: Bytes::new([2]),
        sign_count: 0,
        uv_initialized: true,
        transports: vec![],
        backup_eligible: false,
        backup_state: false,
        aaguid: AAGUID,
        attestation_object: Bytes::new(object.encode()),
        attestation_client_data_json: Bytes::new([3]),
        rp_id: "example.org".into(),
    }
}

#[test]
fn a_record_is_judged_again_at_sign_in() {
    let vendor = vendor();
    let chain = || Cbor::Array(vec![Cbor::from(vendor.device.clone())]);
    let packed = || Cbor::map([("x5c", chain()), ("sig", Cbor::from(vec![0]))]);
    let part = Cbor::map([("fmt", Cbor::from("packed")), ("attStmt", packed())]);
    let mut report = status("ATTESTATION_KEY_COMPROMISE");
    report["batchCertificate"] = encode_base64(&vendor.device).into();
    let blob = blob(&[report]);
    let policy = StatusPolicy::default();
    let hit = || {
        undesired(
            AuthenticatorStatus::AttestationKeyCompromise,
            ReportScope::Certificate,
        )
    };
    let none = Cbor::Map(vec![]);
    for (fmt, statement, expected) in [
        ("packed", packed(), hit()),
        ("compound", Cbor::Array(vec![part.clone(), part]), hit()),
        ("none", none, Seen::Accepted(None, false)),
    ] {
        let record = record(fmt, statement);
        let subject = MetadataSubject::of_record(&record, true).unwrap();
        assert_eq!(judge_at(&blob, &subject, &policy, NOW), expected, "{fmt}");
    }
}
