//! Public keys in certificates, in the form that signature algorithms take.

use der::Tag;
use passkeep_protocol::cose::KeyParameters;
use passkeep_protocol::{Malformed, Problem, Structure};

use super::{ObjectIdentifier, oid};
use crate::asn1::{Der, magnitude};

/// Numbers of the IANA registry "COSE Elliptic Curves".
const P_256: i64 = 1;
const P_384: i64 = 2;
const P_521: i64 = 3;
const ED25519: i64 = 6;
const ED448: i64 = 7;
const SECP256K1: i64 = 8;

/// A kind of key, as far as a certificate names it before its parameters.
#[derive(Clone, Copy)]
enum Kind {
    Curve,
    Rsa,
    Edwards(i64),
    MlDsa,
}

const KINDS: &[(ObjectIdentifier, Kind)] = &[
    (oid::EC_PUBLIC_KEY, Kind::Curve),
    (oid::RSA_ENCRYPTION, Kind::Rsa),
    (oid::ED25519, Kind::Edwards(ED25519)),
    (oid::ED448, Kind::Edwards(ED448)),
    (oid::ML_DSA_44, Kind::MlDsa),
    (oid::ML_DSA_65, Kind::MlDsa),
    (oid::ML_DSA_87, Kind::MlDsa),
];

/// The curves, with how long a coordinate is.
const CURVES: &[(ObjectIdentifier, (i64, usize))] = &[
    (oid::P_256, (P_256, 32)),
    (oid::P_384, (P_384, 48)),
    (oid::P_521, (P_521, 66)),
    (oid::SECP256K1, (SECP256K1, 32)),
];

/// The key in a `SubjectPublicKeyInfo`, or `None` when no signature algorithm here is for it.
pub(crate) fn parameters(public_key_info: &[u8]) -> Option<KeyParameters<'_>> {
    read(public_key_info).ok().flatten()
}

fn read(public_key_info: &[u8]) -> Result<Option<KeyParameters<'_>>, Malformed> {
    let mut input = Der::new(Structure::Certificate, public_key_info);
    let mut outer = input.sequence("the public key")?;
    input.finish()?;
    let mut algorithm = outer.sequence("the key's algorithm")?;
    let bits = outer.byte_bit_string("the key")?;
    outer.finish()?;

    let Some(kind) = oid::value(&algorithm.oid("the key's algorithm")?, KINDS) else {
        return Ok(None);
    };
    let key = match kind {
        Kind::Curve => {
            let curve = oid::value(&algorithm.oid("the key's curve")?, CURVES);
            let Some(curve) = curve else {
                return Ok(None);
            };
            point(curve, bits)
        }
        Kind::Rsa => {
            algorithm.element(Tag::Null, "the key's parameters")?;
            Some(rsa(bits)?)
        }
        Kind::Edwards(crv) => Some(KeyParameters::Okp { crv, x: bits }),
        Kind::MlDsa => Some(KeyParameters::Akp { public_key: bits }),
    };
    algorithm.finish()?;
    Ok(key)
}

/// An uncompressed point. Coordinates have the curve's length, leading zeros included.
fn point((crv, length): (i64, usize), bits: &[u8]) -> Option<KeyParameters<'_>> {
    let (x, y) = bits.strip_prefix(&[0x04])?.split_at_checked(length)?;
    (y.len() == length).then_some(KeyParameters::Ec2 { crv, x, y })
}

fn rsa(bits: &[u8]) -> Result<KeyParameters<'_>, Malformed> {
    let mut input = Der::new(Structure::Certificate, bits);
    let mut numbers = input.sequence("the RSA key")?;
    input.finish()?;
    let mut number = |what| {
        let element = numbers.element(Tag::Integer, what)?;
        magnitude(element.value).ok_or_else(|| numbers.error(Problem::Unexpected(what)))
    };
    let (n, e) = (number("the modulus")?, number("the exponent")?);
    numbers.finish()?;
    Ok(KeyParameters::Rsa { n, e })
}

/// Whether two keys are the same. Numbers are compared by value: a coordinate or a modulus may come with leading zeros or
/// without.
pub fn same(a: &KeyParameters<'_>, b: &KeyParameters<'_>) -> bool {
    match (a, b) {
        (
            KeyParameters::Ec2 { crv, x, y },
            KeyParameters::Ec2 {
                crv: other_crv,
                x: other_x,
                y: other_y,
            },
        ) => {
            crv == other_crv
                && without_zeros(x) == without_zeros(other_x)
                && without_zeros(y) == without_zeros(other_y)
        }
        (
            KeyParameters::Rsa { n, e },
            KeyParameters::Rsa {
                n: other_n,
                e: other_e,
            },
        ) => {
            without_zeros(n) == without_zeros(other_n) && without_zeros(e) == without_zeros(other_e)
        }
        (a, b) => a == b,
    }
}

/// A big-endian number without its leading zeros.
fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}
