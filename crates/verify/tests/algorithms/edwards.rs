//! Edge cases of Ed25519 and Ed448.

use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};
use passkeep_verify::algorithm::{SignatureScheme, Unfit};

use crate::numbers::{add, hex};
use crate::{Signed, checked, judged};

fn reversed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.reverse();
    bytes
}

/// A number, little-endian.
fn small(first: u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    bytes[0] = first;
    bytes
}

#[test]
fn s_is_below_the_order() {
    let ed25519 = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";
    let ed448 = "003fffffffffffffffffffffffffffffffffffffffffffffffffffffff7cca23e9c44edb49aed63690216cc2728dc58f552378c292ab5844f3";
    for (alg, order) in [
        (CoseAlgorithm::EDDSA, ed25519),
        (CoseAlgorithm::ED448, ed448),
    ] {
        let signed = Signed::with(alg);
        let (r, s) = signed.signature.split_at(signed.signature.len() / 2);
        // The same scalar, once around: without the check there would be several signatures of one message.
        let mut malleable = reversed(s.to_vec());
        for _ in 0..3 {
            malleable = add(&malleable, &hex(order));
            assert_eq!(malleable.len(), s.len());
            signed.refuses(&[r, &reversed(malleable.clone())].concat());
        }
        signed.refuses(&[r, &reversed(hex(order))].concat());
        signed.refuses(&[r, &small(0, s.len())].concat());
    }
}

#[test]
fn keys_of_small_order_are_none() {
    // Of a key that is the neutral element, the neutral element with s = 0 is a signature of every message, and so is the
    // base point with s = 1.
    let base_25519 = [&[0x58][..], &[0x66; 31]].concat();
    let signatures = [
        [small(1, 32), small(0, 32)].concat(),
        [base_25519, small(1, 32)].concat(),
    ];
    let minus_one = [&[0xec][..], &[0xff; 30], &[0x7f]].concat();
    let order_8 = [
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ];
    let mut keys = vec![small(1, 32), small(0, 32), minus_one];
    keys.extend(order_8.map(hex));
    // The same ones beyond the field: p and p + 1.
    keys.push([&[0xed][..], &[0xff; 30], &[0x7f]].concat());
    keys.push([&[0xee][..], &[0xff; 30], &[0x7f]].concat());
    for key in keys {
        for sign in [0, 0x80] {
            let mut x = key.clone();
            x[31] |= sign;
            let key = KeyParameters::Okp { crv: 6, x: &x };
            checked(SignatureScheme::Ed25519, &key, Err(Unfit));
            for signature in &signatures {
                judged(SignatureScheme::Ed25519, &key, signature, Err(Unfit));
            }
        }
    }

    let zero_signature = [small(1, 57), small(0, 57)].concat();
    let minus_one = [&[0xfe][..], &[0xff; 27], &[0xfe], &[0xff; 27], &[0]].concat();
    let p = [&[0xff; 28][..], &[0xfe], &[0xff; 27], &[0]].concat();
    for key in [small(1, 57), small(0, 57), minus_one, p] {
        for sign in [0, 0x80] {
            let mut x = key.clone();
            x[56] |= sign;
            let key = KeyParameters::Okp { crv: 7, x: &x };
            checked(SignatureScheme::Ed448, &key, Err(Unfit));
            judged(SignatureScheme::Ed448, &key, &zero_signature, Err(Unfit));
        }
    }
}

#[test]
fn commitments_of_small_order_are_none() {
    for alg in [CoseAlgorithm::EDDSA, CoseAlgorithm::ED448] {
        let signed = Signed::with(alg);
        let length = signed.signature.len() / 2;
        for r in [small(0, length), small(1, length)] {
            signed.refuses(&[&r, &signed.signature[length..]].concat());
        }
    }
}

#[test]
fn a_key_is_a_point_of_its_curve() {
    for (y, expected) in [(2, Err(Unfit)), (3, Ok(())), (6, Ok(())), (7, Err(Unfit))] {
        let x = small(y, 32);
        let key = KeyParameters::Okp { crv: 6, x: &x };
        checked(SignatureScheme::Ed25519, &key, expected);
    }
    // On Ed448, 3 is on the curve and outside the group that the base point generates, where no honest key is.
    for (y, expected) in [(2, Err(Unfit)), (3, Err(Unfit)), (19, Ok(()))] {
        let x = small(y, 57);
        let key = KeyParameters::Okp { crv: 7, x: &x };
        checked(SignatureScheme::Ed448, &key, expected);
    }
}

#[test]
fn a_key_has_one_length_and_one_encoding() {
    for (alg, crv) in [(CoseAlgorithm::EDDSA, 6), (CoseAlgorithm::ED448, 7)] {
        let signed = Signed::with(alg);
        let KeyParameters::Okp { x, .. } = signed.key() else {
            panic!("{:?}", signed.key());
        };
        let long = [x, &[0]].concat();
        for x in [&[], &x[1..], &x[..x.len() - 1], &long] {
            signed.refuses_key(&KeyParameters::Okp { crv, x });
        }
        for other in (-1..10).filter(|other| *other != crv) {
            signed.refuses_key(&KeyParameters::Okp { crv: other, x });
        }
        signed.refuses_key(&KeyParameters::Ec2 { crv, x, y: x });
        // The other sign of x is another key.
        let mut negative = x.to_vec();
        *negative.last_mut().unwrap() ^= 0x80;
        let key = KeyParameters::Okp { crv, x: &negative };
        checked(signed.scheme, &key, Ok(()));
        judged(signed.scheme, &key, &signed.signature, Err(Unfit));
    }
    // The last byte of an Ed448 key holds a sign and seven zeros.
    let signed = Signed::with(CoseAlgorithm::ED448);
    let KeyParameters::Okp { crv, x } = signed.key() else {
        panic!("{:?}", signed.key());
    };
    let mut stray = x.to_vec();
    stray[56] |= 1;
    signed.refuses_key(&KeyParameters::Okp { crv, x: &stray });
}
