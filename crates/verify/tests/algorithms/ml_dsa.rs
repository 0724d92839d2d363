//! Edge cases of ML-DSA.

use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};
use passkeep_verify::algorithm::Unfit;

use crate::{Signed, checked, judged};

/// Each size with the number of its hints at most (ω) and the rows they are in (k). Source: FIPS 204, table 1.
const SIZES: [(CoseAlgorithm, usize, usize); 3] = [
    (CoseAlgorithm::ML_DSA_44, 80, 4),
    (CoseAlgorithm::ML_DSA_65, 55, 6),
    (CoseAlgorithm::ML_DSA_87, 75, 8),
];

#[test]
fn a_signature_has_one_length() {
    for (alg, ..) in SIZES {
        let signed = Signed::with(alg);
        let length = signed.signature.len();
        for shorter in [0, 1, 32, length / 2, length - 1] {
            signed.refuses(&signed.signature[..shorter]);
        }
        let longer = [&signed.signature[..], &[0; 32]].concat();
        signed.refuses(&longer);
    }
}

#[test]
fn hints_have_one_encoding() {
    for (alg, most, rows) in SIZES {
        let signed = Signed::with(alg);
        let length = signed.signature.len();
        let hints = length - rows - most;
        let counts = length - rows;
        let used = usize::from(signed.signature[length - 1]);
        assert!((2..most).contains(&used), "{used} hints");

        // A place that no hint is in has to be zero.
        let mut stray = signed.signature.clone();
        stray[counts - 1] = 1;
        signed.refuses(&stray);
        // More hints than there is room for; fewer after than before.
        let mut many = signed.signature.clone();
        many[length - 1] = u8::try_from(most).unwrap() + 1;
        signed.refuses(&many);
        let mut falling = signed.signature.clone();
        falling[counts] = falling[length - 1] + 1;
        signed.refuses(&falling);
        // Hints of a row rise: the same one twice, and two in the other order.
        let first_row = usize::from(signed.signature[counts]);
        if first_row >= 2 {
            let mut twice = signed.signature.clone();
            twice[hints + 1] = twice[hints];
            signed.refuses(&twice);
            let mut swapped = signed.signature.clone();
            swapped.swap(hints, hints + 1);
            signed.refuses(&swapped);
        }
    }
}

#[test]
fn a_key_has_one_length() {
    for (alg, ..) in SIZES {
        let signed = Signed::with(alg);
        let KeyParameters::Akp { public_key } = signed.key() else {
            panic!("{:?}", signed.key());
        };
        let longer = [public_key, &[0]].concat();
        for public_key in [&[], &public_key[1..], &longer] {
            signed.refuses_key(&KeyParameters::Akp { public_key });
        }
        // Any bytes of that length are a key: there is nothing about them to check.
        let other = vec![0xff; public_key.len()];
        let other = KeyParameters::Akp { public_key: &other };
        checked(signed.scheme, &other, Ok(()));
        judged(signed.scheme, &other, &signed.signature, Err(Unfit));
        signed.refuses_key(&KeyParameters::Okp {
            crv: 6,
            x: public_key,
        });
    }
}
