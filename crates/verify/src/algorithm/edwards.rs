//! Encodings of points on the two Edwards curves, where crypto libraries differ most.
//!
//! RFC 8032 decodes a point only from its one canonical form, which not all libraries insist on, and says nothing about
//! points of small order. Under such a key one signature fits many messages, and such a commitment (the R of a
//! signature) can only be its maker's intent. Both are refused in keys and signatures, whichever library verifies.

use super::Unfit;

/// p = 2²⁵⁵ - 19, little-endian.
const P_25519: [u8; 32] = {
    let mut p = [0xff; 32];
    p[0] = 0xed;
    p[31] = 0x7f;
    p
};

/// p = 2⁴⁴⁸ - 2²²⁴ - 1, little-endian.
const P_448: [u8; 56] = {
    let mut p = [0xff; 56];
    p[28] = 0xfe;
    p
};

/// The y-coordinates of order 8, beside 0 (order 4), 1 (order 1) and p - 1 (order 2).
const ORDER_8: [[u8; 32]; 2] = [
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// A canonical encoding of a y-coordinate that is none of small order. Whether it is on the curve remains to be found.
pub(super) fn ed25519_point(bytes: &[u8]) -> Result<&[u8; 32], Unfit> {
    let point: &[u8; 32] = bytes.try_into().map_err(|_| Unfit)?;
    let mut y = *point;
    // The highest bit is the sign of x.
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    let fit = is_above_one_and_below_minus_one(&y, &P_25519) && !ORDER_8.contains(&y);
    fit.then_some(point).ok_or(Unfit)
}

/// A signature whose R is such a point.
pub(super) fn ed25519_signature(bytes: &[u8]) -> Result<&[u8; 64], Unfit> {
    let signature: &[u8; 64] = bytes.try_into().map_err(|_| Unfit)?;
    let (commitment, _) = signature.split_at(32);
    ed25519_point(commitment)?;
    Ok(signature)
}

/// As [`ed25519_point`]. No y-coordinates but 0, 1 and p - 1 have small order here.
pub(super) fn ed448_point(bytes: &[u8]) -> Result<&[u8; 57], Unfit> {
    let point: &[u8; 57] = bytes.try_into().map_err(|_| Unfit)?;
    let [y @ .., sign] = point;
    let fit = sign & 0x7f == 0 && is_above_one_and_below_minus_one(y, &P_448);
    fit.then_some(point).ok_or(Unfit)
}

/// A signature whose R is such a point.
pub(super) fn ed448_signature(bytes: &[u8]) -> Result<&[u8; 114], Unfit> {
    let signature: &[u8; 114] = bytes.try_into().map_err(|_| Unfit)?;
    let (commitment, _) = signature.split_at(57);
    ed448_point(commitment)?;
    Ok(signature)
}

/// Whether 1 < y < p - 1. Little-endian, and p is odd.
fn is_above_one_and_below_minus_one(y: &[u8], p: &[u8]) -> bool {
    let (Some((y_low, y_rest)), Some((p_low, p_rest))) = (y.split_first(), p.split_first()) else {
        return false;
    };
    let above_one = *y_low > 1 || y_rest.iter().any(|byte| *byte != 0);
    let high = y_rest.iter().rev().cmp(p_rest.iter().rev());
    above_one && (high.is_lt() || high.is_eq() && y_low.saturating_add(1) < *p_low)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first byte changed to another.
    fn low<const N: usize>(mut bytes: [u8; N], first: u8) -> [u8; N] {
        bytes[0] = first;
        bytes
    }

    #[test]
    fn ed25519_points_are_canonical_and_not_of_small_order() {
        for y in [
            low([0; 32], 0),
            low([0; 32], 1),
            low(P_25519, 0xec),
            P_25519,
            low(P_25519, 0xee),
            low(P_25519, 0xff),
            ORDER_8[0],
            ORDER_8[1],
        ] {
            assert_eq!(ed25519_point(&y), Err(Unfit), "{y:?}");
            let mut negative = y;
            negative[31] |= 0x80;
            assert_eq!(ed25519_point(&negative), Err(Unfit), "{negative:?}");
        }
        for y in [low([0; 32], 2), low(P_25519, 0xeb), low(ORDER_8[0], 0x27)] {
            assert_eq!(ed25519_point(&y), Ok(&y));
        }
        assert_eq!(ed25519_point(&[2; 31]), Err(Unfit));
    }

    #[test]
    fn ed448_points_are_canonical_and_not_of_small_order() {
        let mut p = [0; 57];
        p[..56].copy_from_slice(&P_448);
        let mut above = [0xff; 57];
        above[56] = 0;
        let mut stray = low([0; 57], 2);
        stray[56] = 0x40;
        for y in [
            low([0; 57], 0),
            low([0; 57], 1),
            low(p, 0xfe),
            p,
            above,
            stray,
        ] {
            assert_eq!(ed448_point(&y), Err(Unfit), "{y:?}");
        }
        let mut negative = low([0; 57], 2);
        negative[56] = 0x80;
        for y in [low([0; 57], 2), low(p, 0xfd), negative] {
            assert_eq!(ed448_point(&y), Ok(&y));
        }
    }

    #[cfg(feature = "portable")]
    #[test]
    fn the_list_of_small_orders_is_complete() {
        use ed25519_dalek::VerifyingKey;

        // Every multiple of a point of order 8, by the library's judgement.
        let encodings = [
            low([0; 32], 0),
            low([0; 32], 1),
            low(P_25519, 0xec),
            ORDER_8[0],
            ORDER_8[1],
        ];
        for encoding in encodings {
            let key = VerifyingKey::from_bytes(&encoding).unwrap();
            assert!(key.is_weak(), "{encoding:?}");
        }
        // Orders 1, 2, 4 (twice) and 8 (four times) are all there are: 1 + 1 + 2 + 4 = 8, the curve's cofactor.
    }
}
