//! The inspector: whatever it is given, it shows all of it, and says that something is wrong when something is.

use passkeep_inspect::{Inspection, Kind, Node, Value, decode};
use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::client_data::CollectedClientData;
use passkeep_protocol::cose::CoseKey;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};

/// Reads the input as the bytes of any structure, and as text.
pub(crate) fn inspection(input: &[u8]) {
    let shown = decode(&encode_base64url(input));
    match shown.kind {
        Kind::AuthenticatorData => whole(&shown, input, AuthenticatorData::parse(input).is_ok()),
        Kind::AttestationObject => whole(&shown, input, AttestationObject::parse(input).is_ok()),
        Kind::PublicKey => whole(&shown, input, CoseKey::parse(input).is_ok()),
        Kind::ClientData => told(&shown, CollectedClientData::parse(input).is_ok()),
        _ => {}
    }
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let shown = decode(text);
    let json = text.trim().as_bytes();
    match shown.kind {
        Kind::Registration => told(&shown, RegistrationResponseJson::parse(json).is_ok()),
        Kind::Authentication => told(&shown, AuthenticationResponseJson::parse(json).is_ok()),
        _ => {}
    }
}

/// Every byte is in one leaf, and what cannot be read is told, wherever.
#[track_caller]
fn whole(shown: &Inspection, input: &[u8], is_readable: bool) {
    let mut end = 0;
    leaves(&shown.root, &mut |(start, next)| {
        assert_eq!(start, end);
        assert!(next >= start);
        end = next;
    });
    assert_eq!(end, input.len());
    assert!(is_readable || !shown.problems.is_empty());
}

/// What is wrong with the whole is told there.
#[track_caller]
fn told(shown: &Inspection, is_readable: bool) {
    assert_eq!(shown.root.problem.is_none(), is_readable);
}

/// The ranges that count in the bytes of a node. What is inside of bytes in it counts in those.
fn leaves(node: &Node, each: &mut impl FnMut((usize, usize))) {
    for child in &node.children {
        if child.children.is_empty() || matches!(child.value, Value::Bytes { .. }) {
            child.range.into_iter().for_each(&mut *each);
        } else {
            leaves(child, each);
        }
    }
}
