//! What a scheme demands of a key, whichever library verifies.

use passkeep_protocol::cose::KeyParameters;

use super::{Curve, SignatureScheme, Unfit, edwards};

/// Numbers of the IANA registry "COSE Elliptic Curves".
pub(super) const ED25519: i64 = 6;
pub(super) const ED448: i64 = 7;

/// A point as SEC 1 writes it uncompressed, of any of the curves.
pub(super) struct Point {
    bytes: [u8; 1 + 2 * 66],
    length: usize,
}

impl Point {
    /// Puts a key's coordinates together. Each has exactly the curve's length: one more or one less zero would be a second
    /// encoding of the same key. Whether they are on the curve is the library's to find.
    pub(super) fn new(curve: Curve, key: &KeyParameters<'_>) -> Result<Self, Unfit> {
        let KeyParameters::Ec2 { crv, x, y } = key else {
            return Err(Unfit);
        };
        let coordinate = curve.coordinate_bytes();
        if *crv != curve.crv() || x.len() != coordinate || y.len() != coordinate {
            return Err(Unfit);
        }
        let mut bytes = [0; 1 + 2 * 66];
        let (head, coordinates) = bytes.split_at_mut(1);
        head.fill(0x04);
        let targets = coordinates.chunks_exact_mut(coordinate);
        for (target, source) in targets.zip([x, y]) {
            target.copy_from_slice(source);
        }
        let length = 1 + 2 * coordinate;
        Ok(Self { bytes, length })
    }
}

impl AsRef<[u8]> for Point {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// A canonical encoding that is no point of small order.
pub(super) fn ed25519<'a>(key: &KeyParameters<'a>) -> Result<&'a [u8; 32], Unfit> {
    match *key {
        KeyParameters::Okp { crv: ED25519, x } => edwards::ed25519_point(x),
        _ => Err(Unfit),
    }
}

/// A canonical encoding.
pub(super) fn ed448<'a>(key: &KeyParameters<'a>) -> Result<&'a [u8; 57], Unfit> {
    match *key {
        KeyParameters::Okp { crv: ED448, x } => edwards::ed448_point(x),
        _ => Err(Unfit),
    }
}

/// Modulus and exponent: odd, as an even one is no key at all; without leading zeros, which would make a second encoding;
/// the modulus of 2048 to 8192 bits, the exponent from 3 to 2³³ - 1. Longer exponents make verification slow and are
/// never seen, and this limit is both libraries' own.
pub(super) fn rsa<'a>(key: &KeyParameters<'a>) -> Result<(&'a [u8], &'a [u8]), Unfit> {
    let KeyParameters::Rsa { n, e } = *key else {
        return Err(Unfit);
    };
    let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
    let bits = |number: &[u8]| match number.first() {
        None | Some(0) => None,
        Some(first) => Some(number.len() * 8 - first.leading_zeros() as usize),
    };
    let within = |number, low, high| bits(number).is_some_and(|bits| low <= bits && bits <= high);
    let fit = odd(n) && odd(e) && within(n, 2048, 8192) && within(e, 2, 33);
    fit.then_some((n, e)).ok_or(Unfit)
}

/// Any bytes of the right length are a key.
pub(super) fn ml_dsa<'a>(
    scheme: SignatureScheme,
    key: &KeyParameters<'a>,
) -> Result<&'a [u8], Unfit> {
    let KeyParameters::Akp { public_key } = *key else {
        return Err(Unfit);
    };
    // FIPS 204, table 2.
    let length = match scheme {
        SignatureScheme::MlDsa44 => 1312,
        SignatureScheme::MlDsa65 => 1952,
        SignatureScheme::MlDsa87 => 2592,
        _ => return Err(Unfit),
    };
    let fit = public_key.len() == length;
    fit.then_some(public_key).ok_or(Unfit)
}
