//! The answer of SafetyNet, a compact JWS. Source: L3 §8.5; RFC 7515 §3.1.

use super::{Walk, base64, json};
use crate::node::{Node, Problem, Value};

/// Its three parts. The first two are JSON.
pub(super) fn read(node: &mut Node, bytes: &[u8], walk: &mut Walk) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return node.blame(Problem::new("it is not UTF-8"));
    };
    let parts = [
        ("header", "how it is signed, and by whom"),
        ("payload", "what SafetyNet says of the device"),
        ("signature", "SafetyNet's signature"),
    ];
    let mut texts = text.split('.');
    for (name, about) in parts {
        let Some(text) = texts.next() else {
            return node.blame(Problem::new(format!("its {name} is missing")));
        };
        let mut part = Node::new(name, about).within(bytes, text.as_bytes());
        match base64::decode(text) {
            Err(malformed) => part.blame(malformed),
            Ok((decoded, problem)) => {
                part.problem = problem;
                match core::str::from_utf8(&decoded) {
                    Ok(text) if name != "signature" => json::fill(&mut part, text, walk),
                    _ => part.value = Value::bytes(&decoded),
                }
            }
        }
        node.children.push(part);
    }
    if texts.next().is_some() {
        node.blame(Problem::new("it has more than three parts"));
    }
}
