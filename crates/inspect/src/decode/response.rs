//! What a client sends back, in JSON. Source: L3 §5.1, "RegistrationResponseJSON" and "AuthenticationResponseJSON".

use core::fmt;

use passkeep_protocol::Malformed;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};

use super::shape::{self, Shape};
use super::{Kind, Walk, base64, client_data, json};
use crate::node::{Node, Problem, Value};

/// Its members, in their order, with what is inside of them.
pub(super) fn read(text: &str, walk: &mut Walk) -> (Kind, Node) {
    let (members, error) = members_of(text);
    let inner = members.iter().find(|(name, _)| name == "response");
    let (inner, inner_error) = inner.map_or_else(Default::default, |(_, raw)| members_of(raw));
    let has = |sought: &str| inner.iter().any(|(name, _)| name == sought);
    let (kind, name, malformed) = if has("attestationObject") {
        let read = RegistrationResponseJson::parse(text.as_bytes()).map(drop);
        (Kind::Registration, "RegistrationResponseJSON", read)
    } else if has("signature") || has("authenticatorData") {
        let read = AuthenticationResponseJson::parse(text.as_bytes()).map(drop);
        (Kind::Authentication, "AuthenticationResponseJSON", read)
    } else {
        (Kind::Unknown, "input", Ok(()))
    };
    let mut root = Node::new(name, about(kind)).with(Value::Map {
        length: members.len(),
    });
    match (malformed, error) {
        (Err(malformed), error) => root.blame(told(malformed, kind, text, error)),
        (Ok(()), Some(error)) => root.blame(not_json(&error)),
        (Ok(()), None) if kind == Kind::Unknown => root.blame(Problem::new(
            "its member response has neither an attestationObject nor authenticatorData",
        )),
        _ => {}
    }
    walk.host = inner
        .iter()
        .find(|(name, _)| name == "clientDataJSON")
        .and_then(|(_, raw)| base64::decode(&json::string(raw)?).ok())
        .and_then(|(bytes, _)| client_data::host(&bytes));

    for (name, raw) in members {
        if name != "response" {
            root.children.push(member(name, raw, walk));
            continue;
        }
        let mut response = Node::new(name, "what the authenticator and the client made");
        response.value = Value::Map {
            length: inner.len(),
        };
        if let Some(error) = &inner_error {
            response.blame(not_json(error));
        }
        let inner = inner
            .iter()
            .map(|(name, raw)| member(name.clone(), raw, walk));
        response.children = inner.collect();
        root.children.push(response);
    }
    (kind, root)
}

type Members<'a> = Vec<(String, &'a str)>;

/// The members of an object, as far as it can be read, and why no further.
fn members_of(text: &str) -> (Members<'_>, Option<serde_json::Error>) {
    let mut members = Vec::new();
    let read = json::members(text, |name, raw| members.push((name, raw)));
    (members, read.err())
}

fn about(kind: Kind) -> &'static str {
    match kind {
        Kind::Registration => "the answer to navigator.credentials.create()",
        Kind::Authentication => "the answer to navigator.credentials.get()",
        _ => "nothing that is known here",
    }
}

/// What is wrong with a response as a whole: in the words of the JSON reader, which names the member.
fn told(malformed: Malformed, kind: Kind, text: &str, error: Option<serde_json::Error>) -> Problem {
    let why = match (error, kind) {
        (Some(error), _) => Some(error.to_string()),
        (None, Kind::Registration) => RegistrationResponseJson::explain(text),
        _ => AuthenticationResponseJson::explain(text),
    };
    match why {
        Some(why) => Problem {
            offset: Some(malformed.offset),
            message: not_json(&why).message,
        },
        None => malformed.into(),
    }
}

fn not_json(error: &impl fmt::Display) -> Problem {
    Problem::new(format!("it is not the JSON it must be: {error}"))
}

fn member(name: String, raw: &str, walk: &mut Walk) -> Node {
    let (about, shape) = match name.as_str() {
        "id" => ("the credential id, as text", None),
        "rawId" => ("the credential id", Some(Shape::Plain)),
        "type" => ("always public-key", None),
        "authenticatorAttachment" => ("how the authenticator is attached", None),
        "clientExtensionResults" => ("what the client answers to extensions", None),
        "clientDataJSON" => (shape::CLIENT_DATA, Some(Shape::ClientData)),
        "attestationObject" => (shape::ATTESTATION_OBJECT, Some(Shape::AttestationObject)),
        "authenticatorData" => (shape::AUTHENTICATOR_DATA, Some(Shape::AuthenticatorData)),
        "signature" => (
            "the signature over the authenticator data and the hash of the client data",
            Some(Shape::Signature),
        ),
        "userHandle" => ("the account that the credential is of", Some(Shape::Plain)),
        "transports" => ("how the authenticator can be reached", None),
        "publicKey" => (
            "a copy of the public key, as certificates have it; nothing depends on it",
            Some(Shape::Plain),
        ),
        "publicKeyAlgorithm" => (
            "a copy of the algorithm's number; nothing depends on it",
            None,
        ),
        _ => ("a member that Level 3 does not know", None),
    };
    let mut node = Node::new(name, about);
    let Some(shape) = shape else {
        json::fill(&mut node, raw, walk);
        if let (Value::Number { number }, "publicKeyAlgorithm") = (&node.value, &*node.name) {
            node.meaning = Shape::Algorithm.meaning(*number).map(str::to_owned);
        }
        return node;
    };
    let Some(text) = json::string(raw) else {
        // Anything but text: null, which clients send for what they do not have, is shown as such.
        json::fill(&mut node, raw, walk);
        if node.value != Value::Null {
            node.blame(Problem::new("it must be base64url text"));
        }
        return node;
    };
    match base64::decode(&text) {
        Ok((bytes, problem)) => {
            node.problem = problem;
            shape.open(&mut node, &bytes, walk);
        }
        Err(malformed) => {
            node.value = Value::text(text);
            node.blame(malformed);
        }
    }
    node
}
