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
use passkeep_testkit::certificate::oid;
use passkeep_verify::attestation::{AttestationFormat, AttestationOutcome};
use passkeep_verify::certificate::Certificate;
use passkeep_verify::trust::Accept;

use crate::{Ceremony, NOW, part, pending, vendor};

/// What of an attestation object is not flipped bit by bit.
#[derive(Default)]
struct Exceptions {
    /// What nothing signs.
    unsigned: Range<usize>,
    /// What one signature by another key covers as a whole: one bit of each byte has to do, for the sake of time.
    sampled: Vec<Range<usize>>,
}

/// Flips the bits of the client data and of the attestation object, one at a time.
#[track_caller]
fn every_bit_counts(
    ceremony: &Ceremony,
    exceptions: impl FnOnce(&[u8], &AttestationOutcome) -> Exceptions,
) {
    let relying_party = ceremony.relying_party();
    let response = ceremony.signed(&relying_party).into_response();
    let answer = |[client_data_json, attestation_object]: &[Vec<u8>; 2]| {
        let mut changed: RegistrationResponseJson = response.clone();
        changed.response.client_data_json = client_data_json[..].into();
        changed.response.attestation_object = attestation_object[..].into();
        relying_party.finish_registration(pending(&relying_party), &changed, NOW)
    };
    let mut halves = [
        response.response.client_data_json.as_slice().to_vec(),
        response.response.attestation_object.as_slice().to_vec(),
    ];
    let verified = answer(&halves).unwrap();
    let exceptions = exceptions(&halves[1], verified.attestation_outcome());

    let mut accepted = Vec::new();
    for half in 0..2 {
        for byte in 0..halves[half].len() {
            let within = |range: &Range<usize>| half == 1 && range.contains(&byte);
            let bits = if within(&exceptions.unsigned) {
                0..0
            } else if exceptions.sampled.iter().any(within) {
                byte % 8..byte % 8 + 1
            } else {
                0..8
            };
            for bit in bits {
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
fn range(haystack: &[u8], needle: &[u8]) -> Range<usize> {
    let windows = haystack.windows(needle.len()).enumerate();
    let found: Vec<_> = windows.filter(|(_, window)| *window == needle).collect();
    assert_eq!(found.len(), 1);
    found[0].0..found[0].0 + needle.len()
}

fn none(_: &[u8], _: &AttestationOutcome) -> Exceptions {
    Exceptions::default()
}

/// The certificate of an attestation key, which the vendor signed.
fn certificate(object: &[u8], outcome: &AttestationOutcome) -> Exceptions {
    let range = range(object, &outcome.chain[0]);
    Exceptions {
        sampled: vec![range],
        ..Exceptions::default()
    }
}

/// The certificate of the credential's key: of what it says about this registration, every bit is flipped.
fn certificate_but(
    extension: const_oid::ObjectIdentifier,
) -> impl FnOnce(&[u8], &AttestationOutcome) -> Exceptions {
    move |object, outcome| {
        let certificate = Certificate::parse(&outcome.chain[0]).unwrap();
        let value = certificate.extension(extension).unwrap().value;
        let [outer, inner] = [certificate.der(), value].map(|bytes| range(object, bytes));
        Exceptions {
            sampled: vec![outer.start..inner.start, inner.end..outer.end],
            ..Exceptions::default()
        }
    }
}

#[test]
fn of_a_self_attestation() {
    let ceremony = Ceremony::of(PackedSelf);
    let accepting = ceremony.under(|policy| policy.self_attestation = Accept::Accept);
    every_bit_counts(&accepting, none);
}

#[test]
fn of_packed() {
    every_bit_counts(&Ceremony::of(Packed::new(vendor())), certificate);
}

#[test]
fn of_tpm() {
    every_bit_counts(&Ceremony::of(Tpm::new(vendor())), certificate);
}

#[test]
fn of_android_key() {
    every_bit_counts(
        &Ceremony::of(AndroidKey::new(vendor())),
        certificate_but(oid::ANDROID_KEY_DESCRIPTION),
    );
}

#[test]
fn of_android_safetynet() {
    // Without the members that nothing looks at, for the sake of time.
    let safety_net = AndroidSafetyNet::new(vendor(), NOW.0).with(|draft| {
        let judged = ["nonce", "timestampMs", "ctsProfileMatch"];
        draft
            .payload
            .retain(|member, _| judged.contains(&&**member));
    });
    let ceremony = Ceremony::of(safety_net).under(|policy| {
        policy.formats.insert(AttestationFormat::AndroidSafetyNet);
    });
    every_bit_counts(&ceremony, |object, _| {
        // The version of Google Play services is said beside the answer.
        let unsigned = range(object, b"223616028");
        // The certificate is in the token's header, which begins with `{"alg"` and goes to the first dot.
        let mut header = range(object, b"eyJhbGci");
        let rest = object[header.end..].iter();
        header.end += rest.take_while(|byte| **byte != b'.').count();
        let sampled = vec![header];
        Exceptions { unsigned, sampled }
    });
}

#[test]
fn of_fido_u2f() {
    every_bit_counts(&Ceremony::of(FidoU2f::new(vendor())), |object, outcome| {
        // U2F signs neither flags, counter nor AAGUID, which stand between the hash of the RP ID and the credential id.
        let mut unsigned = range(object, &crate::AAGUID);
        unsigned.start -= 5;
        Exceptions {
            unsigned,
            ..certificate(object, outcome)
        }
    });
}

#[test]
fn of_apple() {
    every_bit_counts(
        &Ceremony::of(Apple::new(vendor())),
        certificate_but(oid::APPLE_NONCE),
    );
}

#[test]
fn of_compound() {
    let parts = [part(Packed::new(vendor())), part(Apple::new(vendor()))];
    every_bit_counts(&Ceremony::of(Compound::new(parts)), |object, outcome| {
        let parts = outcome.parts.iter().flatten();
        Exceptions {
            sampled: parts
                .flat_map(|part| certificate(object, part).sampled)
                .collect(),
            ..Exceptions::default()
        }
    });
}
