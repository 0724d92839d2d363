//! The format most authenticators use. Source: L3 §8.2.

use super::{AttestationFormat, NewCredential};
use crate::cbor::Value;

/// Self attestation: signed with the credential's own key, without certificates.
#[derive(Clone, Copy, Debug)]
pub struct PackedSelf;

impl AttestationFormat for PackedSelf {
    fn identifier(&self) -> &'static str {
        "packed"
    }

    fn statement(&self, about: &NewCredential<'_>) -> Value {
        Value::map([
            ("alg", Value::from(about.key.alg().0)),
            ("sig", Value::from(about.key.sign(&about.signed_bytes()))),
        ])
    }

    fn is_self_attestation(&self) -> bool {
        true
    }
}
