//! What is shown of responses, whole and broken, and that verdicts are the command's.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod broken;
mod fields;
mod leaves;
mod types;
mod verdict;

use passkeep_inspect::{Inspection, Node, Value, decode};
use passkeep_protocol::bytes::encode_base64url;
use passkeep_testkit::vectors::{self, Ceremony};

/// The specification's vector of that name.
fn vector(name: &str) -> Ceremony {
    vectors::l3().find(|vector| vector.name == name).unwrap()
}

/// As it came from the client.
fn registration(ceremony: &Ceremony) -> String {
    serde_json::to_string(&ceremony.registration.response).unwrap()
}

fn attestation_object(ceremony: &Ceremony) -> Vec<u8> {
    let response = &ceremony.registration.response.response;
    response.attestation_object.as_slice().to_vec()
}

fn decode_bytes(bytes: &[u8]) -> Inspection {
    decode(&encode_base64url(bytes))
}

/// The field at the end of a path of names.
#[track_caller]
fn at<'a>(root: &'a Node, path: &str) -> &'a Node {
    path.split('/').fold(root, |node, name| {
        let names: Vec<_> = node.children.iter().map(|child| &child.name).collect();
        let child = node.child(name);
        child.unwrap_or_else(|| panic!("{path}: no {name} among {names:?}"))
    })
}

fn text(text: &str) -> Value {
    Value::Text {
        text: text.to_owned(),
    }
}

fn messages(inspection: &Inspection) -> Vec<(String, Option<usize>, &str)> {
    let found = inspection.problems.iter();
    found
        .map(|found| {
            let problem = &found.problem;
            (found.path.join("/"), problem.offset, &*problem.message)
        })
        .collect()
}
