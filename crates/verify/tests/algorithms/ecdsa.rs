//! Edge cases of ECDSA, on every curve.

use passkeep_protocol::cose::KeyParameters;
use passkeep_testkit::signing::ecdsa::{ES256, ES256K, ES384, ES512, Ecdsa, Key};
use passkeep_testkit::signing::{Hash as SignedHash, PrivateKey as _};
use passkeep_verify::algorithm::{Curve, Hash, SignatureScheme, Unfit, ecdsa_signature_from_ber};

use crate::numbers::{add, hex, subtract};
use crate::{MESSAGE, Signed, checked, judged};

/// Each algorithm with the order of its curve.
fn curves() -> [(Ecdsa, Vec<u8>); 4] {
    let p256 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let p384 = "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";
    let p521 = "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409";
    let secp256k1 = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    [
        (ES256, hex(p256)),
        (ES384, hex(p384)),
        (ES512, hex(p521)),
        (ES256K, hex(secp256k1)),
    ]
}

/// A DER element.
fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u8::try_from(contents.len()).unwrap();
    let mut bytes = vec![tag];
    if length >= 0x80 {
        bytes.push(0x81);
    }
    bytes.push(length);
    bytes.extend_from_slice(contents);
    bytes
}

/// A positive INTEGER in its shortest form.
fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let mut contents = number[zeros..].to_vec();
    if contents.first().is_none_or(|first| *first >= 0x80) {
        contents.insert(0, 0);
    }
    element(2, &contents)
}

fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    element(0x30, &[integer(r), integer(s)].concat())
}

/// The contents of both INTEGERs of a DER signature, each as long as a curve's order.
fn integers(signature: &[u8], length: usize) -> [Vec<u8>; 2] {
    let start = if signature[1] == 0x81 { 3 } else { 2 };
    let mut rest = &signature[start..];
    [(); 2].map(|()| {
        let (contents, after) = rest[2..].split_at(usize::from(rest[1]));
        rest = after;
        let zeros = contents.iter().take_while(|byte| **byte == 0).count();
        let mut padded = vec![0; length - (contents.len() - zeros)];
        padded.extend_from_slice(&contents[zeros..]);
        padded
    })
}

/// A key of an algorithm, its signature, r and s.
fn signed(algorithm: Ecdsa, length: usize) -> (Signed, Vec<u8>, Vec<u8>) {
    let key = Key::from_scalar(algorithm, &[0x5a; 32]).unwrap();
    let signed = Signed::new(&key);
    let [r, s] = integers(&signed.signature, length);
    assert_eq!(der(&r, &s), signed.signature);
    (signed, r, s)
}

#[test]
fn r_and_s_are_above_zero_and_below_the_order() {
    for (algorithm, n) in curves() {
        let (signed, r, s) = signed(algorithm, n.len());
        signed.accepts(&der(&r, &s));
        // Either value of s verifies: WebAuthn does not ask for the lower.
        signed.accepts(&der(&r, &subtract(&n, &s)));
        let zero = vec![0; n.len()];
        for (r, s) in [
            (&zero, &s),
            (&r, &zero),
            (&zero, &zero),
            (&n, &s),
            (&r, &n),
            (&add(&r, &n), &s),
            (&r, &add(&s, &n)),
            (&subtract(&n, &r), &s),
            (&s, &r),
            (&vec![1], &vec![1]),
        ] {
            signed.refuses(&der(r, s));
        }
    }
}

#[test]
fn a_signature_is_in_strict_der() {
    for (algorithm, n) in curves() {
        let (signed, r, s) = signed(algorithm, n.len());
        let (r, s) = (integer(&r), integer(&s));
        let both = [&r[..], &s].concat();
        let padded = |integer: &[u8]| element(2, &[&[0], &integer[2..]].concat());
        let mut variants = vec![
            // Trailing bytes outside and inside, and a third integer.
            [&signed.signature[..], &[0, 0]].concat(),
            element(0x30, &[&both[..], &[0]].concat()),
            element(0x30, &[&both[..], &[5, 0]].concat()),
            element(0x30, &[&both[..], &s].concat()),
            // An unneeded zero before r, and before s.
            element(0x30, &[padded(&r), s.clone()].concat()),
            element(0x30, &[r.clone(), padded(&s)].concat()),
            // Another tag outside; another one inside.
            element(0x31, &both),
            element(0x30, &[element(3, &r[2..]), s.clone()].concat()),
            // An INTEGER without contents.
            element(0x30, &[vec![2, 0], s.clone()].concat()),
            // Not DER at all, but r and s as other protocols have them.
            [&r[2..], &s[2..]].concat(),
            // Only r.
            element(0x30, &r),
        ];
        // Lengths in more bytes than they need, and an indefinite one.
        let length = u8::try_from(both.len()).unwrap();
        variants.push([&[0x30, 0x82, 0, length], &both[..]].concat());
        variants.push([&[0x30, 0x80], &both[..], &[0, 0]].concat());
        if length < 0x80 {
            variants.push([&[0x30, 0x81, length], &both[..]].concat());
        }
        let long_r = [&[2, 0x81], &r[1..]].concat();
        variants.push(element(0x30, &[long_r, s.clone()].concat()));
        for variant in &variants {
            signed.refuses(variant);
        }
    }
}

#[test]
fn an_integer_is_not_negative() {
    for (algorithm, n) in curves() {
        let key = Key::from_scalar(algorithm, &[0x5a; 32]).unwrap();
        if n[0] < 0x80 {
            // No number below this curve's order has its sign bit set.
            continue;
        }
        // A message whose r needs a zero before it, which is then left out.
        let message = (0_u32..).map(u32::to_be_bytes).find(|message| {
            let [r, _] = integers(&key.sign(message), n.len());
            r[0] >= 0x80
        });
        let message = message.unwrap();
        let signature = key.sign(&message);
        let [r, s] = integers(&signature, n.len());
        let negative = element(0x30, &[element(2, &r), integer(&s)].concat());
        let public = Signed::new(&key);
        for crypto in crate::providers() {
            let algorithm = crypto.scheme(public.scheme).unwrap();
            assert_eq!(
                algorithm.verify(&public.key(), &message, &signature),
                Ok(())
            );
            let found = algorithm.verify(&public.key(), &message, &negative);
            assert_eq!(found, Err(Unfit), "{}", crypto.name);
            // The named rule makes it what it was meant to be.
            let strict = ecdsa_signature_from_ber(&negative).unwrap();
            assert_eq!(strict, signature);
        }
    }
}

#[test]
fn the_rule_for_ber_makes_padded_signatures_verify() {
    for (algorithm, n) in curves() {
        let (signed, r, s) = signed(algorithm, n.len());
        let padded = |number: &[u8]| element(2, &[&[0, 0], number].concat());
        let ber = element(0x30, &[padded(&r), padded(&s)].concat());
        signed.refuses(&ber);
        signed.accepts(&ecdsa_signature_from_ber(&ber).unwrap());
        let same = ecdsa_signature_from_ber(&signed.signature);
        assert_eq!(same.as_ref(), Some(&signed.signature));
    }
}

#[test]
fn a_key_is_a_point_of_its_curve() {
    for (algorithm, n) in curves() {
        let (signed, _, _) = signed(algorithm, n.len());
        let KeyParameters::Ec2 { crv, x, y } = signed.key() else {
            panic!("{:?}", signed.key());
        };
        let (zeros, ones) = (vec![0; n.len()], vec![0xff; n.len()]);
        let mut off = y.to_vec();
        *off.last_mut().unwrap() ^= 1;
        let (short_x, long_x) = (&x[1..], [&[0], x].concat());
        let (short_y, long_y) = (&y[1..], [&[0], y].concat());
        for (x, y) in [
            // Not on the curve; both of what is sometimes written for the point at infinity; beyond the field.
            (x, &off[..]),
            (y, x),
            (&zeros, &zeros),
            (&[], &[]),
            (&ones, y),
            (x, &ones),
            // A byte less and a byte more, which only a lenient reader would take for the same number.
            (short_x, y),
            (&long_x, y),
            (x, short_y),
            (x, &long_y),
        ] {
            signed.refuses_key(&KeyParameters::Ec2 { crv, x, y });
        }
        for crv in (-1..10).filter(|other| *other != crv) {
            signed.refuses_key(&KeyParameters::Ec2 { crv, x, y });
        }
        signed.refuses_key(&KeyParameters::Okp { crv, x });
    }
}

#[test]
fn coordinates_may_begin_with_zeros() {
    for (algorithm, n) in curves() {
        // The first scalar whose point has such a coordinate; one in 128 has. On P-521 nearly half have, because their
        // first byte holds one bit.
        let key = (1_u32..).find_map(|scalar| {
            let key = Key::from_scalar(algorithm, &scalar.to_be_bytes())?;
            let point = key.point();
            let begins = point[1] == 0 || point[1 + n.len()] == 0;
            begins.then_some(key)
        });
        let signed = Signed::new(&key.unwrap());
        signed.accepts(&signed.signature);
        checked(signed.scheme, &signed.key(), Ok(()));
    }
}

#[test]
fn certificates_may_have_any_curve_with_any_hash() {
    let hashes = [
        (SignedHash::Sha256, Hash::Sha256),
        (SignedHash::Sha384, Hash::Sha384),
        (SignedHash::Sha512, Hash::Sha512),
    ];
    for (algorithm, curve) in [
        (ES256, Curve::P256),
        (ES384, Curve::P384),
        (ES512, Curve::P521),
    ] {
        let key = Key::from_scalar(algorithm, &[0x5a; 32]).unwrap();
        let public = Signed::new(&key);
        for (signed_hash, _) in hashes {
            let signature = key.sign_with(signed_hash, MESSAGE);
            for (hash_index, (_, hash)) in hashes.into_iter().enumerate() {
                let same = hashes[hash_index].0 == signed_hash;
                let expected = if same { Ok(()) } else { Err(Unfit) };
                let scheme = SignatureScheme::Ecdsa { curve, hash };
                judged(scheme, &public.key(), &signature, expected);
            }
        }
    }
}
