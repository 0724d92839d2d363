//! Whatever single bit of an answer is flipped, it is refused: by the signature, or because it cannot be read any more.

use std::ops::Range;

use passkeep_protocol::response::RegistrationResponseJson;
use passkeep_testkit::attestation::android_key::AndroidKey;
use passkeep_testkit::attestation::android_safetynet::AndroidSafetyNet;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::compound::Compound;
use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::packed::{Packed, PackedSelf};
use passkeep_testkit::attestation::tpm::Tpm;
use passkeep_verify::attestation::AttestationFormat;
use passkeep_verify::trust::Accept;

use crate::{Ceremony, NOW, part, pending, vendor};

/// The bytes of an answer of which none may change: client data and attestation object.
type Halves = [Vec<u8>; 2];

/// Flips every bit of both halves of an answer, except in those ranges of the attestation object.
#[track_caller]
fn every_bit_counts(ceremony: &Ceremony, unsigned: impl Fn(&[u8]) -> Vec<Range<usize>>) {
    let relying_party = ceremony.relying_party();
    let response = ceremony.signed(&relying_party).into_response();
    let answer = |[client_data_json, attestation_object]: &Halves| {
        let mut changed: RegistrationResponseJson = response.clone();
        changed.response.client_data_json = client_data_json[..].into();
        changed.response.attestation_object = attestation_object[..].into();
        relying_party.finish_registration(pending(&relying_party), &changed, NOW)
    };
    let mut halves: Halves = [
        response.response.client_data_json.as_slice().to_vec(),
        response.response.attestation_object.as_slice().to_vec(),
    ];
    answer(&halves).unwrap();

    let ranges = unsigned(&halves[1]);
    let mut accepted = Vec::new();
    for half in 0..2 {
        for byte in 0..halves[half].len() {
            if half == 1 && ranges.iter().any(|range| range.contains(&byte)) {
                continue;
            }
            for bit in 0..8 {
                halves[half][byte] ^= 1 << bit;
                if answer(&halves).is_ok() {
                    accepted.push((half, byte, bit));
                }
                halves[half][byte] ^= 1 << bit;
            }
        }
    }
    assert_eq!(accepted, [], "(half, byte, bit) that may be flipped");
}

/// Where a needle is, once.
#[track_caller]
fn position(haystack: &[u8], needle: &[u8]) -> usize {
    let windows = haystack.windows(needle.len()).enumerate();
    let found: Vec<_> = windows.filter(|(_, window)| *window == needle).collect();
    assert_eq!(found.len(), 1);
    found[0].0
}

fn everything(_: &[u8]) -> Vec<Range<usize>> {
    Vec::new()
}

#[test]
fn of_a_self_attestation() {
    let ceremony = Ceremony::of(PackedSelf);
    let accepting = ceremony.under(|policy| policy.self_attestation = Accept::Accept);
    every_bit_counts(&accepting, everything);
}

#[test]
fn of_packed() {
    every_bit_counts(&Ceremony::of(Packed::new(vendor())), everything);
}

#[test]
fn of_tpm() {
    every_bit_counts(&Ceremony::of(Tpm::new(vendor())), everything);
}

#[test]
fn of_android_key() {
    every_bit_counts(&Ceremony::of(AndroidKey::new(vendor())), everything);
}

#[test]
fn of_android_safetynet() {
    let ceremony = Ceremony::of(AndroidSafetyNet::new(vendor(), NOW.0)).under(|policy| {
        policy.formats.insert(AttestationFormat::AndroidSafetyNet);
    });
    every_bit_counts(&ceremony, |object| {
        // The version of Google Play services is said beside the answer.
        let ver = b"223616028";
        let start = position(object, ver);
        vec![start..start + ver.len()]
    });
}

#[test]
fn of_fido_u2f() {
    every_bit_counts(&Ceremony::of(FidoU2f::new(vendor())), |object| {
        // U2F signs neither flags, counter nor AAGUID, which stand between the hash of the RP ID and the credential id.
        let aaguid = position(object, &crate::AAGUID);
        vec![aaguid - 5..aaguid + 16]
    });
}

#[test]
fn of_apple() {
    every_bit_counts(&Ceremony::of(Apple::new(vendor())), everything);
}

#[test]
fn of_compound() {
    let parts = [part(Packed::new(vendor())), part(Apple::new(vendor()))];
    every_bit_counts(&Ceremony::of(Compound::new(parts)), everything);
}
