//! Client data. Source: L3 §5.8.1.

use passkeep_protocol::client_data::CollectedClientData;

use super::{Walk, base64, json};
use crate::node::{Node, Problem, Value};

/// Its members, with where their values stand in it.
pub(super) fn read(node: &mut Node, bytes: &[u8], walk: &mut Walk) {
    if let Err(malformed) = CollectedClientData::parse(bytes) {
        node.blame(malformed);
    }
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    let members = json::members(json, |name, raw| {
        if walk.count() {
            let member = member(name, raw, walk);
            node.children.push(member.within(bytes, raw.as_bytes()));
        } else {
            node.blame(Walk::exhausted());
        }
    });
    if let Err(error) = members {
        node.blame(Problem::new(format!("it is not JSON: {error}")));
    }
}

fn member(name: String, raw: &str, walk: &mut Walk) -> Node {
    let about = match name.as_str() {
        "type" => "which of the two ceremonies the client data was made for",
        "challenge" => "what the relying party asked to be signed",
        "origin" => "the page or app that asked for the credential",
        "crossOrigin" => "whether that page was in a frame of another origin",
        "topOrigin" => "the page around the frame",
        "tokenBinding" => {
            "what Level 1 and 2 said of token binding, which no browser does any more"
        }
        "androidPackageName" => "the app that asked, as Android's Chrome names it",
        "other_keys_can_be_added_here" => {
            "what Chrome adds now and then, so that nobody compares client data as text"
        }
        _ => "a member that Level 3 does not know; it is ignored",
    };
    let mut node = Node::new(name, about);
    json::fill(&mut node, raw, walk);
    let Value::Text { text } = &node.value else {
        return node;
    };
    match &*node.name {
        "type" => {
            let meaning = match text.as_str() {
                "webauthn.create" => Some("a registration"),
                "webauthn.get" => Some("an authentication"),
                "payment.get" => Some("a payment, by Secure Payment Confirmation"),
                _ => None,
            };
            node.meaning = meaning.map(str::to_owned);
        }
        "challenge" => match base64::decode(text) {
            Ok((bytes, problem)) => {
                node.value = Value::bytes(&bytes);
                node.problem = problem;
            }
            Err(malformed) => node.blame(Problem::new(malformed.to_string())),
        },
        _ => {}
    }
    node
}

/// The host of the origin, if client data has one.
pub(super) fn host(bytes: &[u8]) -> Option<String> {
    let client_data = CollectedClientData::parse(bytes).ok()?;
    let (_, rest) = client_data.origin.split_once("://")?;
    let host = rest.split([':', '/']).next()?;
    Some(host.to_owned())
}
