//! Edge cases of RSA, with both paddings.

use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};
use passkeep_testkit::signing::Hash as SignedHash;
use passkeep_testkit::signing::rsa::{
    Key, PS256, PS384, PS512, RS1, RS256, RS384, RS512, Rsa, forged_cube_root,
};
use passkeep_verify::algorithm::{Hash, SignatureScheme, Unfit};
use sha2::{Digest as _, Sha256};

use crate::numbers::{add, hex, subtract};
use crate::{MESSAGE, Signed, checked, judged};

/// 2 to the power of `exponent`, minus `less`.
fn below_power(exponent: usize, less: u16) -> Vec<u8> {
    let mut power = vec![0; exponent / 8 + 1];
    power[0] = 1 << (exponent % 8);
    let difference = subtract(&power, &less.to_be_bytes());
    let zeros = difference.iter().take_while(|byte| **byte == 0).count();
    difference[zeros..].to_vec()
}

/// A key whose modulus has a length the software authenticator's own keys have not, from primes that are easily written:
/// 2 to the power of `exponent` minus 1, and another near a power of 2.
fn key(algorithm: Rsa, mersenne: usize, (exponent, less): (usize, u16)) -> Key {
    let [p, q] = [below_power(mersenne, 1), below_power(exponent, less)];
    Key::from_primes(algorithm, &p, &q).unwrap()
}

fn bits(modulus: &[u8]) -> usize {
    modulus.len() * 8 - modulus[0].leading_zeros() as usize
}

#[test]
fn a_modulus_has_2048_to_8192_bits() {
    for algorithm in [RS256, PS256] {
        for (mersenne, other, expected) in [
            (521, (503, 91), 1024),
            (1279, (768, 825), 2047),
            (1279, (769, 279), 2048),
            (1279, (2203, 1), 3482),
        ] {
            let signed = key(algorithm, mersenne, other);
            assert_eq!(bits(&signed.modulus()), expected);
            let signed = Signed::new(&signed);
            if expected < 2048 {
                signed.refuses_key(&signed.key());
            } else {
                signed.accepts(&signed.signature);
                checked(signed.scheme, &signed.key(), Ok(()));
            }
        }
    }
    let scheme = SignatureScheme::RsaPkcs1(Hash::Sha256);
    let e = &[1, 0, 1];
    let longest = vec![0xff; 1024];
    checked(scheme, &KeyParameters::Rsa { n: &longest, e }, Ok(()));
    judged(
        scheme,
        &KeyParameters::Rsa { n: &longest, e },
        &[1; 1024],
        Err(Unfit),
    );
    for n in [vec![0xff; 1025], [&[1][..], &[0xff; 1024]].concat(), vec![]] {
        let key = KeyParameters::Rsa { n: &n, e };
        checked(scheme, &key, Err(Unfit));
        judged(scheme, &key, &vec![1; n.len()], Err(Unfit));
    }
}

#[test]
fn modulus_and_exponent_are_odd_and_have_one_encoding() {
    for alg in [CoseAlgorithm::RS256, CoseAlgorithm::PS256] {
        let signed = Signed::with(alg);
        let KeyParameters::Rsa { n, e } = signed.key() else {
            panic!("{:?}", signed.key());
        };
        let even = subtract(n, &[1]);
        let padded = [&[0], n].concat();
        for n in [&even[..], &padded, &n[1..], &n[..255]] {
            signed.refuses_key(&KeyParameters::Rsa { n, e });
        }
        for e in [
            &[][..],
            &[0],
            &[1],
            &[2],
            &[4],
            &[1, 0, 0],
            &[0, 1, 0, 1],
            &[0, 3],
            // 2³³ + 1, and longer ones.
            &[2, 0, 0, 0, 1],
            &[1, 0, 0, 0, 0, 0, 0, 0, 1],
            n,
        ] {
            signed.refuses_key(&KeyParameters::Rsa { n, e });
        }
        for e in [&[3][..], &[17], &[1, 0xff, 0xff, 0xff, 0xff]] {
            let key = KeyParameters::Rsa { n, e };
            checked(signed.scheme, &key, Ok(()));
            judged(signed.scheme, &key, &signed.signature, Err(Unfit));
        }
    }
}

#[test]
fn a_signature_is_as_long_as_the_modulus_and_below_it() {
    for algorithm in [RS256, PS256] {
        let key = key(algorithm, 1279, (769, 279));
        let signed = Signed::new(&key);
        let modulus = key.modulus();
        signed.refuses(&modulus);
        signed.refuses(&add(&modulus, &[1]));
        signed.refuses(&[&[0], &signed.signature[..]].concat());
        signed.refuses(&vec![0; modulus.len()]);
        let mut one = vec![0; modulus.len()];
        one[modulus.len() - 1] = 1;
        signed.refuses(&one);
        // The same number modulo n, beyond it, where it still fits; and n less it.
        let beyond = add(&signed.signature, &modulus);
        if beyond.len() == modulus.len() {
            signed.refuses(&beyond);
        }
        signed.refuses(&subtract(&modulus, &signed.signature));
    }
    // A modulus of 3482 bits leaves six free in its first byte, so that the sum always fits.
    let key = key(RS256, 1279, (2203, 1));
    let signed = Signed::new(&key);
    let beyond = add(&signed.signature, &key.modulus());
    assert_eq!(beyond.len(), key.modulus().len());
    signed.refuses(&beyond);
}

#[test]
fn pkcs1_padding_is_exact() {
    let key = key(RS256, 1279, (769, 279));
    let signed = Signed::new(&key);
    let hash = Sha256::digest(MESSAGE);
    let digest_info = |prefix: &str| [&hex(prefix)[..], &hash].concat();
    let sha256 = digest_info("3031300d060960864801650304020105000420");
    let block = |first: [u8; 2], padding: u8, length: usize, rest: &[u8]| {
        [&first[..], &vec![padding; length], &[0], rest].concat()
    };
    let full = |info: &[u8]| block([0, 1], 0xff, 256 - 3 - info.len(), info);
    assert_eq!(
        key.sign_block(&full(&sha256)),
        Some(signed.signature.clone())
    );

    let mut blocks = vec![
        // Another type of block, and padding that is not all ones.
        block([0, 2], 0xff, 202, &sha256),
        block([0, 0], 0x00, 202, &sha256),
        block([0, 1], 0xfe, 202, &sha256),
        // The hash not at the end: eight bytes of padding, or a hundred, and garbage after it.
        block([0, 1], 0xff, 8, &[&sha256[..], &[0x5a; 194]].concat()),
        block([0, 1], 0xff, 100, &[&sha256[..], &[0; 102]].concat()),
        block([0, 1], 0xff, 201, &[&sha256[..], &[0]].concat()),
        // No DigestInfo, and the hash alone at the end.
        full(&hash),
        // A DigestInfo without the NULL, with lengths in BER, with garbage in the parameters, and of other hashes.
        full(&digest_info("302f300b06096086480165030402010420")),
        full(&digest_info("308131300d060960864801650304020105000420")),
        full(&digest_info("3033300f0609608648016503040201050201010420")),
        full(&digest_info("3031300d060960864801650304020205000420")),
        full(&digest_info("3031300d060960864801650304020305000420")),
    ];
    let mut no_separator = full(&sha256);
    no_separator[256 - sha256.len() - 1] = 0xff;
    blocks.push(no_separator);
    for block in blocks {
        assert_eq!(block.len(), 256);
        signed.refuses(&key.sign_block(&block).unwrap());
    }
}

#[test]
fn a_cube_root_is_no_signature() {
    let forged = forged_cube_root(MESSAGE, 256);
    for scheme in [
        SignatureScheme::RsaPkcs1(Hash::Sha256),
        SignatureScheme::RsaPss(Hash::Sha256),
    ] {
        let n = key(RS256, 1279, (769, 279)).modulus();
        let key = KeyParameters::Rsa { n: &n, e: &[3] };
        checked(scheme, &key, Ok(()));
        judged(scheme, &key, &forged, Err(Unfit));
    }
}

#[test]
fn a_salt_is_as_long_as_a_hash() {
    for (algorithm, hash, length) in [
        (PS256, SignedHash::Sha256, 32),
        (PS384, SignedHash::Sha384, 48),
        (PS512, SignedHash::Sha512, 64),
    ] {
        let key = key(algorithm, 1279, (769, 279));
        let signed = Signed::new(&key);
        signed.accepts(&key.sign_pss(hash, length, MESSAGE));
        for salt in [0, 1, 20, length - 1, length + 1, 256 - 2 - length] {
            let signature = key.sign_pss(hash, salt, MESSAGE);
            assert_eq!(signature.len(), 256);
            signed.refuses(&signature);
        }
    }
}

#[test]
fn paddings_and_hashes_do_not_stand_for_each_other() {
    let all = [RS1, RS256, RS384, RS512, PS256, PS384, PS512];
    let signatures = all.map(|algorithm| Signed::new(&key(algorithm, 1279, (769, 279))));
    for (index, one) in signatures.iter().enumerate() {
        for (other, signed) in signatures.iter().enumerate() {
            if index == other {
                one.accepts(&signed.signature);
            } else {
                one.refuses(&signed.signature);
            }
        }
    }
}
