//! Credential records as JSON: every version there has been is read, and later ones are refused.

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::AuthenticatorTransport;
use passkeep_verify::authentication::RecordUpdate;
use passkeep_verify::record::{MAX_RECORD_BYTES, RECORD_VERSION, RecordError};
use passkeep_verify::{CredentialRecord, UserHandle};
use serde_json::{Value, json};

const GOLDEN: [&str; 1] = [include_str!("../golden/record-v1.json")];

/// What every golden file says.
fn record() -> CredentialRecord {
    let public_key = b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20";
    CredentialRecord {
        id: Bytes::from([0xfb, 0xff, 1]),
        public_key: [&public_key[..], &[7; 32]].concat().into(),
        sign_count: 4_294_967_295,
        uv_initialized: true,
        transports: vec![
            AuthenticatorTransport::Internal,
            AuthenticatorTransport::Unknown("carrier-pigeon".into()),
        ],
        backup_eligible: true,
        backup_state: false,
        aaguid: *b"\xfb\xfc\x30\x07\x15\x4e\x4e\xcc\x8c\x0b\x6e\x02\x05\x57\xd7\xbd",
        attestation_object: Bytes::from([0xa0]),
        attestation_client_data_json: b"{}"[..].into(),
        rp_id: "example.org".into(),
    }
}

#[test]
fn a_record_is_what_a_sign_in_is_judged_by_and_what_it_changes() {
    let mut record = record();
    let user = UserHandle::new([7; 16]).unwrap();
    let candidate = record.candidate(&user);
    assert_eq!((candidate.id, candidate.user), (&record.id, &user));
    assert_eq!(candidate.public_key, record.public_key.as_slice());
    assert_eq!(candidate.sign_count, 4_294_967_295);
    let flags = (candidate.uv_initialized, candidate.backup_eligible);
    assert_eq!(flags, (true, true));

    let before = record.clone();
    record.apply(RecordUpdate {
        sign_count: 7,
        judged_by: 4_294_967_295,
        uv_initialized: false,
        backup_eligible: false,
        backup_state: true,
    });
    let expected = CredentialRecord {
        sign_count: 7,
        uv_initialized: false,
        backup_eligible: false,
        backup_state: true,
        ..before
    };
    assert_eq!(record, expected);
}

#[test]
fn every_version_has_a_golden_file_and_is_read() {
    assert_eq!(GOLDEN.len() as u64, RECORD_VERSION);
    for (version, golden) in (1..).zip(GOLDEN) {
        let json: Value = serde_json::from_str(golden).unwrap();
        assert_eq!(json["version"], version);
        assert_eq!(CredentialRecord::from_json(golden.as_bytes()), Ok(record()));
    }
}

#[test]
fn the_latest_version_is_written() {
    let written: Value = serde_json::from_str(&record().to_json()).unwrap();
    let latest: Value = serde_json::from_str(GOLDEN.last().unwrap()).unwrap();
    assert_eq!(written, latest);
}

#[track_caller]
fn refused(json: &Value, error: RecordError) {
    let read = CredentialRecord::from_json(json.to_string().as_bytes());
    assert_eq!(read, Err(error), "{json}");
}

#[test]
fn a_version_of_the_future_is_refused() {
    for version in [0, RECORD_VERSION + 1, u64::MAX] {
        let mut json: Value = serde_json::from_str(&record().to_json()).unwrap();
        json["version"] = version.into();
        refused(&json, RecordError::UnknownVersion(version));
    }
    for version in [json!(null), json!("1"), json!(-1), json!(1.5)] {
        refused(&json!({ "version": version }), RecordError::NoVersion);
    }
    refused(&json!({}), RecordError::NoVersion);
    refused(&json!([]), RecordError::NoVersion);
    let long = vec![b' '; MAX_RECORD_BYTES + 1];
    assert_eq!(
        CredentialRecord::from_json(&long),
        Err(RecordError::TooLong)
    );
}

#[test]
fn each_member_is_needed_and_no_other_accepted() {
    let full: Value = serde_json::from_str(&record().to_json()).unwrap();
    assert_eq!(full.as_object().unwrap().len(), 13);
    for name in full.as_object().unwrap().keys() {
        let mut json = full.clone();
        json.as_object_mut().unwrap().remove(name);
        let error = match name.as_str() {
            "version" => RecordError::NoVersion,
            _ => RecordError::NotOfItsVersion(1),
        };
        refused(&json, error);
    }
    let mut json = full;
    json["later"] = 1.into();
    refused(&json, RecordError::NotOfItsVersion(1));
}

#[test]
fn values_that_no_credential_can_have_are_refused() {
    let long = Bytes::new([0; 1024]).to_base64url();
    for (name, value) in [
        ("type", json!("password")),
        ("id", json!("")),
        ("id", json!(long)),
        ("publicKey", json!("oA")),
        ("aaguid", json!("fbfc3007")),
        ("rpId", json!("")),
    ] {
        let mut json: Value = serde_json::from_str(&record().to_json()).unwrap();
        json[name] = value;
        refused(&json, RecordError::Member(name));
    }
    let mut json: Value = serde_json::from_str(&record().to_json()).unwrap();
    json["backupEligible"] = false.into();
    json["backupState"] = true.into();
    refused(&json, RecordError::Member("backupState"));
}
