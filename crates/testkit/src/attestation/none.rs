//! No statement. Source: L3 §8.7.

use super::{AttestationFormat, NewCredential};
use crate::cbor::Value;

/// No statement: an empty map.
#[derive(Clone, Copy, Debug)]
pub struct NoAttestation;

impl AttestationFormat for NoAttestation {
    fn identifier(&self) -> &'static str {
        "none"
    }

    fn statement(&self, _: &NewCredential<'_>) -> Value {
        Value::Map(Vec::new())
    }
}
