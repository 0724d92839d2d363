//! Public keys in COSE form. Source: L3 §6.5.1.1; RFC 9052 §7.

use std::borrow::Cow;

use passkeep_protocol::Structure;
use passkeep_protocol::cbor::{Decoder, MAX_DEPTH};
use passkeep_protocol::cose::CoseKey;

use super::cbor::Tree;
use super::shape::{Member, Shape};
use super::{Walk, unread};
use crate::node::Node;

pub(super) const ABOUT: &str = "the credential's public key, in COSE form";

/// A key that stands alone.
pub(super) fn read(node: &mut Node, bytes: &[u8], walk: &mut Walk) {
    let mut tree = Tree::new(Decoder::new(Structure::CoseKey, bytes), walk);
    let key = Member::new("", "", Shape::CoseKey(None));
    let map = tree.item(key, 0, MAX_DEPTH);
    let (Ok(decoder) | Err(decoder)) = tree.end();
    node.children = map.children;
    map.problem
        .into_iter()
        .for_each(|problem| node.blame(problem));
    judge(node, bytes, 0);
    unread(node, &decoder.into_reader(), bytes);
}

/// Notes what is wrong with a key that is good CBOR, and begins at `start` in what its range counts in.
pub(super) fn judge(node: &mut Node, bytes: &[u8], start: usize) {
    let has_problem = node.children.iter().any(|child| child.problem.is_some());
    if let (false, Err(mut malformed)) = (has_problem, CoseKey::parse(bytes)) {
        malformed.offset += start;
        node.blame(malformed);
    }
    if let Some(algorithm) = node.child("alg") {
        node.meaning = algorithm.meaning.clone();
    }
}

/// A parameter. What those with negative labels are depends on the key's type.
pub(super) fn member(label: Cow<'static, str>, key_type: Option<i64>) -> Member {
    let (name, about, shape) = match (&*label, key_type) {
        ("1", _) => ("kty", "the type of the key", Shape::KeyType),
        ("3", _) => ("alg", "the algorithm that the key is for", Shape::Algorithm),
        ("-1", Some(1 | 2)) => ("crv", "the curve", Shape::Curve),
        ("-2", Some(1)) => ("x", "the public key", Shape::Plain),
        ("-2", Some(2)) => ("x", "the x-coordinate of the point", Shape::Plain),
        ("-3", Some(2)) => ("y", "the y-coordinate of the point", Shape::Plain),
        ("-1", Some(3)) => ("n", "the modulus", Shape::Plain),
        ("-2", Some(3)) => ("e", "the public exponent", Shape::Plain),
        ("-1", Some(7)) => ("pub", "the public key", Shape::Plain),
        _ => return Member::new(label, "a parameter that no key here has", Shape::Plain),
    };
    Member::new(name, about, shape)
}

/// Source: the IANA registry "COSE Key Types".
pub(super) fn key_type(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "OKP: an octet key pair",
        2 => "EC2: a point of an elliptic curve",
        3 => "RSA",
        7 => "AKP: a key pair of one algorithm",
        _ => return None,
    })
}

/// Source: the IANA registry "COSE Elliptic Curves".
pub(super) fn curve(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "P-256",
        2 => "P-384",
        3 => "P-521",
        6 => "Ed25519",
        7 => "Ed448",
        8 => "secp256k1",
        _ => return None,
    })
}
