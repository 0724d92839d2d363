//! The ranges: no byte is in two leaves, and none in no leaf.

use passkeep_inspect::{Node, Value};
use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_testkit::vectors;

use crate::{at, attestation_object, decode_bytes};

/// The ranges of the leaves inside of a node of bytes. What is inside of bytes in it counts in those.
fn leaves(node: &Node) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for child in &node.children {
        if child.children.is_empty() || matches!(child.value, Value::Bytes { .. }) {
            found.extend(child.range);
        } else {
            found.extend(leaves(child));
        }
    }
    found
}

#[track_caller]
fn covered(node: &Node, length: usize, what: &str) {
    let mut end = 0;
    for (start, next) in leaves(node) {
        assert_eq!(start, end, "{what}: {:?}", leaves(node));
        assert!(next >= start, "{what}");
        end = next;
    }
    assert_eq!(end, length, "{what}");
}

#[test]
fn every_byte_of_every_vector_is_in_one_leaf() {
    for ceremony in vectors::l3() {
        let object = attestation_object(&ceremony);
        let inspection = decode_bytes(&object);
        covered(&inspection.root, object.len(), ceremony.name);
        let data = AttestationObject::parse(&object).unwrap().auth_data;
        covered(at(&inspection.root, "authData"), data.len(), ceremony.name);
        let key = decode_bytes(&ceremony.public_key);
        covered(&key.root, ceremony.public_key.len(), ceremony.name);
    }
}

#[test]
fn so_it_is_when_any_byte_is_cut_off_or_changed() {
    let ceremony = vectors::l3().next().unwrap();
    let object = attestation_object(&ceremony);
    let data = AttestationObject::parse(&object).unwrap().auth_data;
    for length in 37..data.len() {
        let inspection = decode_bytes(&data[..length]);
        covered(&inspection.root, length, "cut");
        let readable = AuthenticatorData::parse(&data[..length]).is_ok();
        assert_eq!(inspection.problems.is_empty(), readable, "cut at {length}");
    }
    for at in 0..object.len() {
        for change in [0x01, 0x20, 0x80, 0xff] {
            let mut changed = object.clone();
            changed[at] ^= change;
            let inspection = decode_bytes(&changed);
            let inside: &[u8] = match inspection.root.child("authData") {
                Some(_) => &changed,
                None => continue,
            };
            covered(&inspection.root, inside.len(), "changed");
            if AttestationObject::parse(&changed).is_err() {
                assert!(!inspection.problems.is_empty(), "{at} {change}");
            }
        }
    }
}
