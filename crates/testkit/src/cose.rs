//! COSE keys, written from their parameters. Nothing is checked, so that a test can write a key that no authenticator
//! would. Source: L3 §6.5.1.1; RFC 9053 §7; RFC 8230 §4; RFC 9964 §3.

use passkeep_protocol::cose::CoseAlgorithm;

use crate::cbor::Value;

/// A point on an elliptic curve (key type 2).
///
/// ```
/// use passkeep_protocol::cose::{CoseAlgorithm, CoseKey, KeyParameters};
///
/// let encoded = passkeep_testkit::cose::ec2(CoseAlgorithm::ES256, 1, &[1; 32], &[2; 32]).encode();
/// let key = CoseKey::parse(&encoded).unwrap();
/// assert_eq!(key.parameters, KeyParameters::Ec2 { crv: 1, x: &[1; 32], y: &[2; 32] });
/// ```
#[must_use]
pub fn ec2(alg: CoseAlgorithm, crv: i64, x: &[u8], y: &[u8]) -> Value {
    Value::map([
        (1, Value::from(2)),
        (3, Value::from(alg.0)),
        (-1, Value::from(crv)),
        (-2, Value::from(x)),
        (-3, Value::from(y)),
    ])
}

/// An octet key pair's public half (key type 1).
#[must_use]
pub fn okp(alg: CoseAlgorithm, crv: i64, x: &[u8]) -> Value {
    Value::map([
        (1, Value::from(1)),
        (3, Value::from(alg.0)),
        (-1, Value::from(crv)),
        (-2, Value::from(x)),
    ])
}

/// An RSA key (key type 3).
#[must_use]
pub fn rsa(alg: CoseAlgorithm, n: &[u8], e: &[u8]) -> Value {
    Value::map([
        (1, Value::from(3)),
        (3, Value::from(alg.0)),
        (-1, Value::from(n)),
        (-2, Value::from(e)),
    ])
}

/// An algorithm key pair's public half (key type 7).
#[must_use]
pub fn akp(alg: CoseAlgorithm, public_key: &[u8]) -> Value {
    Value::map([
        (1, Value::from(7)),
        (3, Value::from(alg.0)),
        (-1, Value::from(public_key)),
    ])
}
