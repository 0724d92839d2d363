//! Reading a BLOB: header, signer, signature, number, age.

use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::Draws;
use passkeep_testkit::certificate::{CertificateDraft, Extension, Time, oid};
use passkeep_testkit::crl::{RevocationListDraft, RevokedEntry};
use passkeep_testkit::metadata::{BlobDraft, MetadataService, encode_base64, entry, status};
use passkeep_testkit::signing::algorithm;
use passkeep_verify::Timestamp;
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::certificate::Certificate;
use passkeep_verify::finding::FindingAction;
use passkeep_verify::metadata::{
    Date, Freshness, GRACE, MAX_BLOB_BYTES, MetadataBlob, MetadataError, MetadataSigner,
};
use passkeep_verify::revocation::RevocationList;
use serde_json::json;

use crate::{AAGUID, NOW, NOW_SECONDS, signer};

const NEXT_UPDATE: &str = "2027-01-20";
/// 2027-01-21T00:00:00Z, when the day of the next update is over.
const DUE: Timestamp = Timestamp(1_800_489_600_000);

fn service() -> MetadataService {
    MetadataService::new("service")
}

fn draft(service: &MetadataService) -> BlobDraft {
    let entries = vec![entry(&AAGUID, &[b"root"], &[status("FIDO_CERTIFIED_L1")])];
    service.draft(7, NEXT_UPDATE, entries)
}

fn verify_at(
    text: &str,
    signer: &MetadataSigner,
    now: Timestamp,
    previous: Option<u64>,
) -> Result<u64, MetadataError> {
    MetadataBlob::verify(text, signer, &AWS_LC_RS, now, previous).map(|blob| blob.number())
}

#[track_caller]
fn verify(text: &str, service: &MetadataService) -> Result<u64, MetadataError> {
    verify_at(text, &signer(service), NOW, None)
}

/// A BLOB of the service with one change.
#[track_caller]
fn changed(change: impl FnOnce(&mut BlobDraft)) -> Result<u64, MetadataError> {
    let service = service();
    verify(&draft(&service).with(change).to_text(), &service)
}

/// A BLOB whose signer's certificate has one change.
#[track_caller]
fn certified(change: impl FnOnce(&mut CertificateDraft)) -> Result<u64, MetadataError> {
    let service = MetadataService::with("service", change);
    verify(&draft(&service).to_text(), &service)
}

/// A BLOB whose signer's issuer's certificate has one change.
#[track_caller]
fn issued(change: impl FnOnce(&mut CertificateDraft)) -> Result<u64, MetadataError> {
    let mut service = service();
    service.issuer = service.root.intermediate("service's issuer", change);
    verify(&draft(&service).to_text(), &service)
}

#[test]
fn a_blob_is_read() {
    let service = service();
    let text = draft(&service).to_text();
    let blob = MetadataBlob::verify(&text, &signer(&service), &AWS_LC_RS, NOW, None).unwrap();
    assert_eq!(blob.number(), 7);
    assert_eq!(blob.next_update(), Date::parse(NEXT_UPDATE).unwrap());
    assert_eq!(blob.legal_header(), Some("For tests only."));
    assert_eq!((blob.entries().len(), blob.nameless()), (1, 0));
    let entry = blob.by_aaguid(&AAGUID).unwrap();
    assert_eq!(entry.attestation_roots, [b"root"]);
    assert_eq!(blob.by_aaguid(&[8; 16]), None);
    assert_eq!(blob.by_aaid("4e4e#4005"), None);
    assert_eq!(blob.by_key_identifier(&[7; 20]), None);
    // A file usually ends with a line feed.
    assert_eq!(verify(&format!("{text}\n"), &service), Ok(7));
}

#[test]
fn rsa_signs_too() {
    let rs256 = algorithm(CoseAlgorithm::RS256).unwrap();
    let key = rs256.generate(&mut Draws::new(b"signer", "test"));
    let service = MetadataService::with_key("service", key, |_| {});
    let text = draft(&service).to_text();
    assert_eq!(verify(&text, &service), Ok(7));
}

#[test]
fn what_comes_after_the_certificate_that_a_root_signed_is_not_needed() {
    let result = changed(|draft| {
        let x5c = draft.header["x5c"].as_array_mut().unwrap();
        let other = MetadataService::new("another").root.certificate;
        x5c.push(encode_base64(&other).into());
    });
    assert_eq!(result, Ok(7));
}

#[test]
fn a_blob_above_the_cap_is_not_read() {
    let service = service();
    let expected = Err(MetadataError::TooLong {
        cap: MAX_BLOB_BYTES,
    });
    assert_eq!(verify(&"A".repeat(MAX_BLOB_BYTES + 1), &service), expected);
    let expected = Err(MetadataError::NotCompactJws);
    assert_eq!(verify(&"A".repeat(MAX_BLOB_BYTES), &service), expected);
}

#[test]
fn a_header_has_an_asymmetric_algorithm() {
    for name in ["none", "HS256", "ES256K", ""] {
        let result = changed(|draft| draft.header["alg"] = name.into());
        assert_eq!(result, Err(MetadataError::AlgorithmNotAccepted), "{name}");
    }
    let result = changed(|draft| draft.header["alg"] = json!(7));
    assert_eq!(result, Err(MetadataError::HeaderUnreadable));
    // Accepted in general, but the signer's key is for another.
    let result = changed(|draft| draft.header["alg"] = "RS256".into());
    assert_eq!(result, Err(MetadataError::SignatureInvalid));
}

#[test]
fn a_header_encloses_its_certificates() {
    use MetadataError as E;
    for (name, value, expected) in [
        ("crit", json!(["b64"]), E::CriticalHeader),
        (
            "x5u",
            json!("https://mds.fidoalliance.org/"),
            E::CertificatesByUrl,
        ),
        ("x5c", json!([]), E::CertificatesMissing),
        (
            "x5c",
            json!(vec!["AQ=="; 9]),
            E::TooManyCertificates { cap: 8 },
        ),
        (
            "x5c",
            json!(["?"]),
            E::CertificateUnreadable { position: 0 },
        ),
        (
            "x5c",
            json!(["AQ=="]),
            E::CertificateUnreadable { position: 0 },
        ),
    ] {
        let result = changed(|draft| draft.header[name] = value);
        assert_eq!(result, Err(expected), "{name}");
    }
}

#[test]
fn a_signers_path_ends_at_a_pinned_root() {
    let text = draft(&service()).to_text();
    let other = MetadataService::new("another");
    assert_eq!(verify(&text, &other), Err(MetadataError::SignerUntrusted));
    // The real service's roots are pinned unless others are.
    let result = verify_at(&text, &MetadataSigner::default(), NOW, None);
    assert_eq!(result, Err(MetadataError::SignerUntrusted));
    let result = changed(|draft| {
        draft.header["x5c"].as_array_mut().unwrap().truncate(1);
    });
    assert_eq!(result, Err(MetadataError::SignerUntrusted));
}

#[test]
fn each_certificate_of_a_signers_path_is_sound() {
    type Change = fn(&mut CertificateDraft);
    let unknown = |draft: &mut CertificateDraft| {
        let oid = const_oid::ObjectIdentifier::new_unwrap("1.2.3.4");
        draft.set_extension(Extension::critical(oid, vec![5, 0]));
    };
    let both: [(&str, Change); 4] = [
        ("expired", |draft| {
            draft.not_after = Time::from_unix(NOW_SECONDS - 1);
        }),
        ("not yet valid", |draft| {
            draft.not_before = Time::from_unix(NOW_SECONDS + 1);
        }),
        ("unknown critical extension", unknown),
        ("another issuer", |draft| {
            draft.issuer = draft.subject.clone();
        }),
    ];
    for (name, change) in both {
        let expected = Err(MetadataError::SignerUntrusted);
        assert_eq!(certified(change), expected, "signer: {name}");
        assert_eq!(issued(change), expected, "issuer: {name}");
    }
    let issuer: [(&str, Change); 3] = [
        ("no CA", |draft| {
            draft.set_extension(Extension::basic_constraints(false, None));
        }),
        ("no constraints", |draft| {
            draft.remove_extension(oid::BASIC_CONSTRAINTS);
        }),
        ("not for certificates", |draft| {
            draft.set_extension(Extension::key_usage(&[Extension::CRL_SIGN]));
        }),
    ];
    for (name, change) in issuer {
        assert_eq!(
            issued(change),
            Err(MetadataError::SignerUntrusted),
            "{name}"
        );
    }
    assert_eq!(
        certified(|draft| draft.not_after = Time::from_unix(NOW_SECONDS)),
        Ok(7)
    );
}

#[test]
fn a_path_is_no_longer_than_its_authorities_allow() {
    for (length, expected) in [(0, Err(MetadataError::SignerUntrusted)), (1, Ok(7))] {
        let mut service = service();
        let upper = service.root.intermediate("upper", |draft| {
            draft.set_extension(Extension::basic_constraints(true, Some(length)));
        });
        service.issuer = upper.intermediate("lower", |_| {});
        let draft_of_signer = service.issuer.draft(&service.key.public_key());
        service.certificate = draft_of_signer
            .with(|draft| {
                let host = passkeep_testkit::metadata::HOST;
                draft.set_extension(Extension::alternative_dns_name(host));
            })
            .to_der();
        assert_eq!(
            verify(&draft(&service).to_text(), &service),
            expected,
            "{length}"
        );
    }
}

#[test]
fn a_public_root_certifies_many_hosts_and_only_one_signs() {
    for host in [
        "example.org",
        "mds.fidoalliance.org.example.org",
        "*.fidoalliance.org",
    ] {
        let result = certified(|draft| draft.set_extension(Extension::alternative_dns_name(host)));
        assert_eq!(result, Err(MetadataError::SignerNameDiffers), "{host}");
    }
    let result = certified(|draft| draft.remove_extension(oid::SUBJECT_ALTERNATIVE_NAME));
    assert_eq!(result, Err(MetadataError::SignerNameDiffers));
    let upper_case = Extension::alternative_dns_name("MDS.fidoalliance.org");
    assert_eq!(certified(|draft| draft.set_extension(upper_case)), Ok(7));
}

#[test]
fn a_signers_key_is_for_signing() {
    let usage = Extension::key_usage(&[Extension::KEY_CERT_SIGN]);
    let result = certified(|draft| draft.set_extension(usage));
    assert_eq!(result, Err(MetadataError::SignerUsage));
    assert_eq!(
        certified(|draft| draft.remove_extension(oid::KEY_USAGE)),
        Ok(7)
    );
}

#[test]
fn a_revoked_signer_is_refused() {
    let service = service();
    let text = draft(&service).to_text();
    let issuer = Certificate::parse(&service.issuer.certificate).unwrap();
    let serial = Certificate::parse(&service.certificate).unwrap().serial();
    let list = |entries| {
        let list = RevocationListDraft::new(&service.issuer, NOW_SECONDS);
        let der = list.with(|draft| draft.entries = entries).to_der();
        RevocationList::verify(&der, &issuer, &AWS_LC_RS).unwrap()
    };
    let mut signer = signer(&service);
    signer.revocation.lists = vec![list(vec![])];
    assert_eq!(verify_at(&text, &signer, NOW, None), Ok(7));
    signer.revocation.lists = vec![list(vec![RevokedEntry::new(serial, NOW_SECONDS, None)])];
    let expected = Err(MetadataError::SignerRevoked);
    assert_eq!(verify_at(&text, &signer, NOW, None), expected);
    // A policy that wants a list for each certificate, and the issuer's is missing.
    signer.revocation.lists = vec![list(vec![])];
    signer.revocation.missing = FindingAction::Reject;
    assert_eq!(verify_at(&text, &signer, NOW, None), expected);
}

#[test]
fn the_signature_is_over_the_bytes_as_received() {
    let service = service();
    let blob = draft(&service);
    let text = blob.to_text();
    let [header, payload, signature] = text.split('.').collect::<Vec<_>>()[..] else {
        panic!("{text}");
    };
    let expected = Err(MetadataError::SignatureInvalid);
    // The same JSON with one more space is another text.
    let spaced = encode_base64url(format!("{} ", blob.payload).as_bytes());
    assert_eq!(
        verify(&format!("{header}.{spaced}.{signature}"), &service),
        expected
    );
    let spaced = encode_base64url(format!("{} ", blob.header).as_bytes());
    assert_eq!(
        verify(&format!("{spaced}.{payload}.{signature}"), &service),
        expected
    );
    for signature in [
        "",
        "AA",
        "=",
        &encode_base64url(&[0; 64]),
        &format!("{signature}AA"),
    ] {
        assert_eq!(
            verify(&format!("{header}.{payload}.{signature}"), &service),
            expected
        );
    }
    // Signed by somebody whose certificate is not enclosed.
    let other = MetadataService::new("another");
    let result = changed(|draft| draft.key = other.key);
    assert_eq!(result, expected);
}

#[test]
fn a_payload_is_read_only_after_its_signature() {
    let service = service();
    let blob = draft(&service);
    let header = encode_base64url(blob.header.to_string().as_bytes());
    let result = verify(&blob.sign(&format!("{header}.e3")), &service);
    assert_eq!(result, Err(MetadataError::PayloadUnreadable));
    let result = changed(|draft| draft.payload["no"] = json!("7"));
    assert_eq!(result, Err(MetadataError::PayloadUnreadable));
    let result = changed(|draft| draft.payload["nextUpdate"] = "soon".into());
    assert_eq!(result, Err(MetadataError::NextUpdateUnreadable));
    let result = changed(|draft| draft.payload["entries"] = vec![json!({}); 16_385].into());
    assert_eq!(result, Err(MetadataError::TooManyEntries { cap: 16_384 }));
}

#[test]
fn an_older_blob_is_not_played_back() {
    let service = service();
    let text = draft(&service).to_text();
    let signer = signer(&service);
    for (previous, expected) in [
        (None, Ok(7)),
        (Some(6), Ok(7)),
        (Some(7), Ok(7)),
        (
            Some(8),
            Err(MetadataError::NumberLower {
                previous: 8,
                received: 7,
            }),
        ),
    ] {
        assert_eq!(
            verify_at(&text, &signer, NOW, previous),
            expected,
            "{previous:?}"
        );
    }
}

#[test]
fn the_grace_period_begins_when_the_day_of_the_next_update_is_over() {
    let service = service();
    let text = draft(&service).to_text();
    let signer = signer(&service);
    let blob = MetadataBlob::verify(&text, &signer, &AWS_LC_RS, NOW, None).unwrap();
    let before = |time: Timestamp| Timestamp(time.0 - 1000);
    let end = DUE.plus_seconds(GRACE);
    for (now, expected) in [
        (NOW, Freshness::Fresh),
        (before(DUE), Freshness::Fresh),
        (DUE, Freshness::Stale),
        (before(end), Freshness::Stale),
        (end, Freshness::TooOld),
    ] {
        assert_eq!(blob.freshness(now), expected, "{now:?}");
    }
    assert_eq!(verify_at(&text, &signer, before(end), None), Ok(7));
    let next_update = Date::parse(NEXT_UPDATE).unwrap();
    let expected = Err(MetadataError::TooOld { next_update });
    assert_eq!(verify_at(&text, &signer, end, None), expected);

    let mut strict = signer;
    strict.grace = 0;
    assert_eq!(verify_at(&text, &strict, before(DUE), None), Ok(7));
    assert_eq!(verify_at(&text, &strict, DUE, None), expected);
}
