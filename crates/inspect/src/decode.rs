//! Decoding: from text to a tree.

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::cbor::{Decoder, Item};
use passkeep_protocol::cose::CoseKey;
use passkeep_protocol::{Structure, reader::Reader};
use serde::Serialize;

use crate::node::{Node, Problem, Value};

mod base64;
mod json;

mod client_data;
mod response;

mod attestation_object;
mod authenticator_data;
mod cbor;
mod cose;
mod extensions;
mod shape;

mod certificate;
mod safety_net;
mod signature;
mod tpm;

use self::shape::Shape;

/// The longest text that is decoded, in bytes.
pub const MAX_INPUT_BYTES: usize = 1 << 20;

/// The most values of CBOR and JSON that are shown of one input. Real responses have about a hundred; a hostile one of a
/// megabyte could have a million, and whoever shows them would be slower than what decoded them.
pub const MAX_VALUES: usize = 4096;

/// What was decoded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// What the input turned out to be.
    pub kind: Kind,
    /// All of it.
    pub root: Node,
    /// Every problem in the tree, in its order. Empty when all of the input could be read.
    pub problems: Vec<Found>,
}

/// What an input is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A `RegistrationResponseJSON`.
    Registration,
    /// An `AuthenticationResponseJSON`.
    Authentication,
    /// An attestation object.
    AttestationObject,
    /// Authenticator data.
    AuthenticatorData,
    /// Client data.
    ClientData,
    /// A credential public key in COSE form.
    PublicKey,
    /// An X.509 certificate.
    Certificate,
    /// Nothing that is known here.
    Unknown,
}

/// Where a problem is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Found {
    /// The names from the root to the field; empty for the root itself.
    pub path: Vec<String>,
    /// The problem that the field has.
    pub problem: Problem,
}

/// Decodes a response in JSON, client data in JSON, or one of the structures in a response in base64url. Whatever is wrong
/// with the input, what could be read is in the tree, and where and why reading stopped.
///
/// ```
/// use passkeep_inspect::{Kind, Value, decode};
///
/// let inspection = decode("o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUEB");
/// assert_eq!(inspection.kind, Kind::AttestationObject);
/// let fmt = inspection.root.child("fmt").unwrap();
/// assert_eq!(fmt.value, Value::Text { text: "none".to_owned() });
/// assert_eq!(fmt.range, Some((1, 10)));
/// let message = &inspection.problems[0].problem.message;
/// assert_eq!(message, "the authenticator data is malformed at byte 0: it ends too early");
/// ```
#[must_use]
pub fn decode(input: &str) -> Inspection {
    let input = input.trim();
    let mut walk = Walk::default();
    let (kind, root) = if input.len() > MAX_INPUT_BYTES {
        unknown(format!("the input is longer than {MAX_INPUT_BYTES} bytes"))
    } else if input.starts_with(['{', '[']) {
        json_text(input, &mut walk)
    } else {
        bare(input, &mut walk)
    };
    Inspection::new(kind, root)
}

impl Inspection {
    fn new(kind: Kind, root: Node) -> Self {
        let mut problems = Vec::new();
        collect(&root, &mut Vec::new(), &mut problems);
        Self {
            kind,
            root,
            problems,
        }
    }

    /// Says that there is nothing to decode, and why.
    #[must_use]
    pub fn unusable(problem: String) -> Self {
        let (kind, root) = unknown(problem);
        Self::new(kind, root)
    }
}

fn collect(node: &Node, path: &mut Vec<String>, found: &mut Vec<Found>) {
    found.extend(node.problem.clone().map(|problem| Found {
        path: path.clone(),
        problem,
    }));
    for child in &node.children {
        path.push(child.name.to_string());
        collect(child, path, found);
        path.pop();
    }
}

/// What is known while a tree is made.
struct Walk {
    /// How many values may still be shown.
    left: usize,
    /// The host of the origin in the client data, to tell whose the hash of an RP ID is.
    host: Option<String>,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            left: MAX_VALUES,
            host: None,
        }
    }
}

impl Walk {
    /// Counts one more value. False when it must not be shown.
    fn count(&mut self) -> bool {
        let left = self.left.checked_sub(1);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    fn exhausted() -> Problem {
        Problem::new(format!(
            "there are more than {MAX_VALUES} values; what follows is not shown"
        ))
    }
}

fn unknown(problem: String) -> (Kind, Node) {
    let mut root = Node::new("input", "nothing that is known here");
    root.blame(Problem::new(problem));
    (Kind::Unknown, root)
}

/// JSON: client data if it has its members, and otherwise a response.
fn json_text(text: &str, walk: &mut Walk) -> (Kind, Node) {
    let (mut client_data, mut response) = (false, false);
    // Text that breaks off is told by what it has before.
    let _ = json::members(text, |name, _| {
        client_data |= matches!(&*name, "challenge" | "origin");
        response |= matches!(&*name, "response" | "rawId");
    });
    if client_data && !response {
        return (
            Kind::ClientData,
            Shape::ClientData.root(text.as_bytes(), walk),
        );
    }
    response::read(text, walk)
}

fn bare(text: &str, walk: &mut Walk) -> (Kind, Node) {
    let (bytes, problem) = match base64::decode(text) {
        Ok(decoded) => decoded,
        Err(problem) => return unknown(format!("it is neither JSON nor base64url: {problem}")),
    };
    let Some((kind, shape)) = recognise(&bytes) else {
        let (kind, root) = unknown(
            "these bytes do not begin like a structure of a response, and are too few for authenticator data"
                .to_owned(),
        );
        return (kind, root.with(Value::bytes(&bytes)));
    };
    let mut root = shape.root(&bytes, walk);
    problem.into_iter().for_each(|problem| root.blame(problem));
    (kind, root)
}

/// Tells bytes by what they begin with; authenticator data, which begins with a hash, by being readable as such.
fn recognise(bytes: &[u8]) -> Option<(Kind, Shape)> {
    let authenticator_data = (Kind::AuthenticatorData, Shape::AuthenticatorData);
    if AuthenticatorData::parse(bytes).is_ok() {
        return Some(authenticator_data);
    }
    let mut decoder = Decoder::new(Structure::AttestationObject, bytes);
    let is_map = matches!(decoder.item(), Ok(Item::Map(_)));
    let first_key = decoder.item().ok().filter(|_| is_map);
    match (bytes, first_key) {
        _ if AttestationObject::parse(bytes).is_ok() => {
            Some((Kind::AttestationObject, Shape::AttestationObject))
        }
        _ if CoseKey::parse(bytes).is_ok() => Some((Kind::PublicKey, Shape::CoseKey(None))),
        (_, Some(Item::Text("fmt" | "attStmt" | "authData"))) => {
            Some((Kind::AttestationObject, Shape::AttestationObject))
        }
        ([b'{', ..] | [0xef, 0xbb, 0xbf, ..], _) => Some((Kind::ClientData, Shape::ClientData)),
        ([0x30, 0x82, _, _, 0x30, ..] | [0x30, 0x81, _, 0x30, ..], _) => {
            Some((Kind::Certificate, Shape::Certificate))
        }
        (_, Some(Item::Unsigned(1))) => Some((Kind::PublicKey, Shape::CoseKey(None))),
        // The shortest authenticator data there is.
        _ if bytes.len() >= 37 => Some(authenticator_data),
        _ => None,
    }
}

/// Whatever was not read of a structure, so that no byte is missing in the tree.
fn unread(node: &mut Node, reader: &Reader<'_>, bytes: &[u8]) {
    let start = reader.offset();
    if let Some(rest @ [_, ..]) = bytes.get(start..) {
        let about = "bytes that were not read";
        let rest = Node::new("unread", about).with(Value::bytes(rest));
        node.children.push(rest.at(start, bytes.len()));
    }
}
