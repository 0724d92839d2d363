//! Attestation objects. Source: L3 §6.5.4.

use passkeep_protocol::Structure;
use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::cbor::{Decoder, MAX_DEPTH};

use super::cbor::Tree;
use super::shape::{Member, Shape};
use super::{Walk, unread};
use crate::node::{Node, Value};

/// Its three members, every byte of it in exactly one leaf.
pub(super) fn read(node: &mut Node, bytes: &[u8], walk: &mut Walk) {
    let mut tree = Tree::new(Decoder::new(Structure::AttestationObject, bytes), walk);
    let map = tree.item(Member::new("", "", Shape::AttestationObject), 0, MAX_DEPTH);
    let (Ok(decoder) | Err(decoder)) = tree.end();
    node.children = map.children;
    map.problem
        .into_iter()
        .for_each(|problem| node.blame(problem));
    let fmt = node.child("fmt").and_then(|fmt| fmt.value.as_text());
    node.meaning = fmt.map(str::to_owned);
    unread(node, &decoder.into_reader(), bytes);
    // What is wrong with a part is told there. This is what is wrong with the whole: a part too few, or bytes too many.
    if let (false, Err(malformed)) = (has_problem(node), AttestationObject::parse(bytes)) {
        node.blame(malformed);
    }
}

/// Whether the CBOR has a problem that is told already. What is inside of byte strings is another structure.
fn has_problem(node: &Node) -> bool {
    let mut inside = node.children.iter();
    node.problem.is_some()
        || inside.any(|child| !matches!(child.value, Value::Bytes { .. }) && has_problem(child))
}
