//! What authenticators answer to extensions. Source: L3 §9.5; CTAP 2.2 §12.

use std::borrow::Cow;

use passkeep_protocol::extensions::AuthenticatorExtensionOutputs;

use super::shape::{Member, Shape};
use crate::node::Node;

pub(super) const ABOUT: &str = "what the authenticator answers to extensions";

/// The answer to one extension.
pub(super) fn member(identifier: Cow<'static, str>) -> Member {
    let (about, shape) = match &*identifier {
        "credProtect" => (
            "whether the credential can be seen or used without user verification",
            Shape::CredentialProtection,
        ),
        "credBlob" => (
            "whether a few bytes were kept with the credential, or those bytes",
            Shape::Plain,
        ),
        "hmac-secret" => (
            "whether the credential has a secret, or what was made of it, encrypted for the client; prf rests on it",
            Shape::Plain,
        ),
        "hmac-secret-mc" => (
            "as hmac-secret, already when the credential was made",
            Shape::Plain,
        ),
        "minPinLength" => ("the shortest PIN that can be set", Shape::Plain),
        "largeBlobKey" => (
            "the key of what is kept beside the credential",
            Shape::Plain,
        ),
        "uvm" => ("how the user was verified", Shape::Plain),
        "thirdPartyPayment" => (
            "whether others may ask for the credential in payments",
            Shape::Plain,
        ),
        _ => ("an extension that is not known here", Shape::Plain),
    };
    Member::new(identifier, about, shape)
}

/// The levels of `credProtect`. Source: CTAP 2.2 §12.1.
pub(super) fn protection(level: i64) -> Option<&'static str> {
    Some(match level {
        1 => "userVerificationOptional",
        2 => "userVerificationOptionalWithCredentialIDList",
        3 => "userVerificationRequired",
        _ => return None,
    })
}

/// Notes what is wrong with outputs that are good CBOR, and begin at `start` in what their range counts in.
pub(super) fn judge(node: &mut Node, bytes: &[u8], start: usize) {
    let has_problem = node.children.iter().any(|child| child.problem.is_some());
    if let (false, Err(mut malformed)) = (has_problem, AuthenticatorExtensionOutputs::parse(bytes))
    {
        malformed.offset += start;
        node.blame(malformed);
    }
}
