//! Keys and signature algorithms as X.509 names them.

use const_oid::ObjectIdentifier;
use passkeep_protocol::cose::CoseAlgorithm;

use crate::cbor::Value;
use crate::der;

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// A public key in COSE form as SubjectPublicKeyInfo. A key of a type or curve that is not known here becomes an empty
/// sequence.
#[must_use]
pub fn subject_public_key_info(cose_key: &Value) -> Vec<u8> {
    let crv = match cose_key.get(-1) {
        Some(Value::Integer(crv)) => *crv,
        _ => 0,
    };
    let algorithm = match (cose_key.get(1), crv) {
        (Some(Value::Integer(2)), 1) => ec("1.2.840.10045.3.1.7"),
        (Some(Value::Integer(2)), 2) => ec("1.3.132.0.34"),
        (Some(Value::Integer(2)), 3) => ec("1.3.132.0.35"),
        (Some(Value::Integer(2)), 8) => ec("1.3.132.0.10"),
        (Some(Value::Integer(3)), _) => der::sequence([der::oid(&RSA_ENCRYPTION), der::null()]),
        (Some(Value::Integer(1)), 6) => bare("1.3.101.112"),
        (Some(Value::Integer(1)), 7) => bare("1.3.101.113"),
        (Some(Value::Integer(7)), _) => match cose_key.get(3) {
            Some(Value::Integer(alg)) => signature_algorithm(CoseAlgorithm(*alg)),
            _ => der::sequence([]),
        },
        _ => return der::sequence([]),
    };
    der::sequence([algorithm, der::bit_string(&public_key_bits(cose_key))])
}

/// What the BIT STRING of a SubjectPublicKeyInfo holds.
pub(super) fn public_key_bits(cose_key: &Value) -> Vec<u8> {
    let bytes = |label: i64| match cose_key.get(label) {
        Some(Value::Bytes(bytes)) => bytes.as_slice(),
        _ => &[],
    };
    match cose_key.get(1) {
        Some(Value::Integer(1)) => bytes(-2).to_vec(),
        Some(Value::Integer(2)) => [&[4], bytes(-2), bytes(-3)].concat(),
        Some(Value::Integer(3)) => {
            der::sequence([der::unsigned(bytes(-1)), der::unsigned(bytes(-2))])
        }
        _ => bytes(-1).to_vec(),
    }
}

/// A COSE algorithm as AlgorithmIdentifier. One that is not known here becomes an empty sequence.
#[must_use]
pub fn signature_algorithm(alg: CoseAlgorithm) -> Vec<u8> {
    match alg.0 {
        -7 | -9 | -47 => bare("1.2.840.10045.4.3.2"),
        -35 | -51 => bare("1.2.840.10045.4.3.3"),
        -36 | -52 => bare("1.2.840.10045.4.3.4"),
        -8 | -19 => bare("1.3.101.112"),
        -53 => bare("1.3.101.113"),
        -65535 => pkcs1("1.2.840.113549.1.1.5"),
        -257 => pkcs1("1.2.840.113549.1.1.11"),
        -258 => pkcs1("1.2.840.113549.1.1.12"),
        -259 => pkcs1("1.2.840.113549.1.1.13"),
        -37 => pss(&SHA256, 32),
        -38 => pss(&SHA384, 48),
        -39 => pss(&SHA512, 64),
        -48 => bare("2.16.840.1.101.3.4.3.17"),
        -49 => bare("2.16.840.1.101.3.4.3.18"),
        -50 => bare("2.16.840.1.101.3.4.3.19"),
        _ => der::sequence([]),
    }
}

fn ec(curve: &str) -> Vec<u8> {
    let curve = ObjectIdentifier::new_unwrap(curve);
    der::sequence([der::oid(&EC_PUBLIC_KEY), der::oid(&curve)])
}

fn bare(oid: &str) -> Vec<u8> {
    der::sequence([der::oid(&ObjectIdentifier::new_unwrap(oid))])
}

fn pkcs1(oid: &str) -> Vec<u8> {
    der::sequence([der::oid(&ObjectIdentifier::new_unwrap(oid)), der::null()])
}

/// Source: RFC 4055 §3.1.
fn pss(hash: &ObjectIdentifier, salt_length: i64) -> Vec<u8> {
    let hash = der::sequence([der::oid(hash), der::null()]);
    let mask = der::sequence([der::oid(&MGF1), hash.clone()]);
    let parameters = der::sequence([
        der::explicit(0, &hash),
        der::explicit(1, &mask),
        der::explicit(2, &der::integer(salt_length)),
    ]);
    der::sequence([der::oid(&RSASSA_PSS), parameters])
}
