//! What holds for every algorithm.

use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};
use passkeep_testkit::Draws;
use passkeep_testkit::signing::{ALGORITHMS, STATEMENT_ALGORITHMS};
use passkeep_verify::algorithm::{RECOMMENDED, RECOMMENDED_POST_QUANTUM, SignatureScheme, Unfit};

use crate::{MESSAGE, Signed, checked, providers};

/// Every number of the software authenticator, also those that only statements may have.
fn numbers() -> impl Iterator<Item = CoseAlgorithm> {
    let all = ALGORITHMS.iter().chain(STATEMENT_ALGORITHMS);
    all.map(|algorithm| algorithm.alg())
}

#[test]
fn signatures_verify_under_their_key_and_message_alone() {
    for alg in numbers() {
        let signed = Signed::with(alg);
        signed.accepts(&signed.signature);
        checked(signed.scheme, &signed.key(), Ok(()));

        // Another key of the same algorithm; another message; no message.
        let mut draws = Draws::new(b"another seed", "key");
        let other = passkeep_testkit::signing::algorithm(alg).unwrap();
        let other = Signed::new(&*other.generate(&mut draws));
        assert_ne!(other.cose, signed.cose);
        other.refuses(&signed.signature);
        for crypto in providers() {
            let algorithm = crypto.scheme(signed.scheme).unwrap();
            for message in [&MESSAGE[1..], b""] {
                let found = algorithm.verify(&signed.key(), message, &signed.signature);
                assert_eq!(found, Err(Unfit), "{} {alg}", crypto.name);
            }
        }
    }
}

#[test]
fn a_changed_signature_does_not_verify() {
    for alg in numbers() {
        let signed = Signed::with(alg);
        let length = signed.signature.len();
        // A bit at the beginning, in the middle and at the end; a byte less or more at either end; nothing.
        for (at, bit) in [
            (0, 0x01),
            (length / 3, 0x10),
            (length / 2, 0x80),
            (length - 1, 0x01),
        ] {
            let mut changed = signed.signature.clone();
            changed[at] ^= bit;
            signed.refuses(&changed);
        }
        signed.refuses(&signed.signature[1..]);
        signed.refuses(&signed.signature[..length - 1]);
        signed.refuses(&[&signed.signature[..], &[0]].concat());
        signed.refuses(&[&[0], &signed.signature[..]].concat());
        signed.refuses(&vec![0; length]);
        signed.refuses(&vec![0xff; length]);
        signed.refuses(&[]);
    }
}

#[test]
fn each_scheme_takes_keys_of_its_own_type_alone() {
    let all: Vec<_> = numbers().map(Signed::with).collect();
    for one in &all {
        for other in &all {
            let same_kind =
                core::mem::discriminant(&one.key()) == core::mem::discriminant(&other.key());
            let rsa = matches!(one.key(), KeyParameters::Rsa { .. });
            let same_curve = match (one.scheme, other.scheme) {
                (
                    SignatureScheme::Ecdsa { curve: a, .. },
                    SignatureScheme::Ecdsa { curve: b, .. },
                ) => a == b,
                (a, b) => a == b,
            };
            if same_kind && (rsa || same_curve) {
                checked(one.scheme, &other.key(), Ok(()));
            } else {
                one.refuses_key(&other.key());
            }
        }
    }
}

#[test]
fn both_names_of_an_algorithm_mean_the_same() {
    for (old, new) in [
        (CoseAlgorithm::ES256, CoseAlgorithm::ESP256),
        (CoseAlgorithm::ES384, CoseAlgorithm::ESP384),
        (CoseAlgorithm::ES512, CoseAlgorithm::ESP512),
        (CoseAlgorithm::EDDSA, CoseAlgorithm::ED25519),
    ] {
        assert_eq!(SignatureScheme::of(old), SignatureScheme::of(new));
    }
}

#[test]
fn what_is_offered_can_be_verified() {
    for crypto in providers() {
        for alg in RECOMMENDED.into_iter().chain(RECOMMENDED_POST_QUANTUM) {
            let found = crypto.algorithm(alg).map(|found| found.scheme());
            assert_eq!(found, SignatureScheme::of(alg), "{} {alg}", crypto.name);
        }
        assert!(RECOMMENDED_POST_QUANTUM.ends_with(&RECOMMENDED));
        assert_eq!(crypto.algorithms.len(), 22);
        assert!(crypto.algorithm(CoseAlgorithm(-260)).is_none());
    }
}

#[test]
fn rs1_is_for_statements_alone() {
    for crypto in providers() {
        for alg in numbers() {
            let credentials = crypto.algorithm(alg).is_some();
            assert_eq!(credentials, alg != CoseAlgorithm::RS1, "{alg}");
            assert!(crypto.statement_algorithm(alg).is_some(), "{alg}");
        }
    }
}
