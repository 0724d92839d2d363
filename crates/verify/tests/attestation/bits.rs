//! That every bit of an attested registration counts: whichever is flipped, the registration is refused.
//!
//! One bit of each byte is flipped, another one from byte to byte, so that a run in a debug build takes seconds. The policy
//! wants trusted attestations, so nothing of a statement can be changed into one that merely proves less.

use std::ops::Range;

use passkeep_protocol::bytes::Bytes;
use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::attestation::android_key::AndroidKey;
use passkeep_testkit::attestation::android_safetynet::AndroidSafetyNet;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::packed::{Packed, PackedSelf};
use passkeep_testkit::attestation::tpm::Tpm;
use passkeep_verify::attestation;
use passkeep_verify::trust::Accept;
use sha2::{Digest as _, Sha256};

use crate::{AAGUID, NOW, Setup, finish, vendor};

/// The bytes of an attestation object that can be changed unnoticed.
fn unnoticed(setup: &Setup, format: impl AttestationFormat + 'static) -> (Vec<u8>, Vec<usize>) {
    let relying_party = setup.relying_party();
    let response = setup.respond(format);
    finish(&relying_party, &response).unwrap();
    let flipped = |bytes: &Bytes, index: usize| {
        let mut bytes = bytes.as_slice().to_vec();
        bytes[index] ^= 1 << (index % 8);
        Bytes::from(bytes)
    };

    let client_data_json = &response.response.client_data_json;
    for index in 0..client_data_json.as_slice().len() {
        let mut other = response.clone();
        other.response.client_data_json = flipped(client_data_json, index);
        let accepted = finish(&relying_party, &other).is_ok();
        assert!(!accepted, "byte {index} of the client data");
    }
    let object = &response.response.attestation_object;
    let accepted = |index: &usize| {
        let mut other = response.clone();
        other.response.attestation_object = flipped(object, *index);
        finish(&relying_party, &other).is_ok()
    };
    let length = object.as_slice().len();
    let unnoticed = (0..length).filter(accepted).collect();
    (object.as_slice().to_vec(), unnoticed)
}

#[track_caller]
fn every_byte_counts(setup: &Setup, format: impl AttestationFormat + 'static) {
    assert_eq!(unnoticed(setup, format).1, [0; 0]);
}

/// Where one sequence of bytes is in another.
fn place(bytes: &[u8], part: &[u8]) -> Range<usize> {
    let mut windows = bytes.windows(part.len());
    let start = windows.position(|window| window == part).unwrap();
    start..start + part.len()
}

#[test]
fn of_packed() {
    let setup = Setup::with_policy(|policy| policy.self_attestation = Accept::Accept);
    every_byte_counts(&setup, PackedSelf);
    let below = vendor().intermediate("factory", |_| {});
    every_byte_counts(&Setup::default(), Packed::new(below));
}

#[test]
fn of_tpm() {
    every_byte_counts(&Setup::default(), Tpm::new(vendor()));
}

#[test]
fn of_android_key() {
    every_byte_counts(&Setup::default(), AndroidKey::new(vendor()));
}

#[test]
fn of_android_safetynet() {
    let setup = Setup::with_policy(|policy| {
        let format = attestation::AttestationFormat::AndroidSafetyNet;
        policy.formats.insert(format);
    });
    let format = AndroidSafetyNet::new(vendor(), NOW.0);
    // The version beside the token is not signed, and says nothing that is judged.
    let (object, unnoticed) = unnoticed(&setup, format);
    assert!(!unnoticed.is_empty());
    let version = place(&object, b"223616028");
    assert!(unnoticed.iter().all(|index| version.contains(index)));
}

#[test]
fn of_fido_u2f() {
    // U2F signs neither flags nor counter nor AAGUID, because its messages have none of them where L3 has them.
    let (object, unnoticed) = unnoticed(&Setup::default(), FidoU2f::new(vendor()));
    assert!(!unnoticed.is_empty());
    let rp_id_hash = Sha256::digest("example.org");
    let data = place(&object, &rp_id_hash);
    let unsigned = data.end..data.end + 1 + 4 + AAGUID.len();
    assert!(unnoticed.iter().all(|index| unsigned.contains(index)));
}

#[test]
fn of_apple() {
    every_byte_counts(&Setup::default(), Apple::new(vendor()));
}
