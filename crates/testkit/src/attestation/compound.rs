//! Several statements about one credential. Source: L3 §8.9.

use std::sync::Arc;

use super::{AttestationFormat, Changes, NewCredential};
use crate::cbor::Value;

/// Several formats at once.
#[derive(Clone, Debug)]
pub struct Compound {
    /// The formats. The specification asks for two or more, none of them compound.
    pub parts: Vec<Arc<dyn AttestationFormat>>,
    /// What is changed in each draft.
    pub changes: Changes<CompoundDraft>,
}

/// The statements, each made.
#[derive(Clone, Debug)]
pub struct CompoundDraft {
    /// Maps of `fmt` and `attStmt`.
    pub parts: Vec<Value>,
}

impl Compound {
    /// Attestation in all of these formats.
    #[must_use]
    pub fn new(parts: impl IntoIterator<Item = Arc<dyn AttestationFormat>>) -> Self {
        Self {
            parts: parts.into_iter().collect(),
            changes: Changes::default(),
        }
    }

    /// Changes every draft.
    #[must_use]
    pub fn with(mut self, change: impl Fn(&mut CompoundDraft) + Send + Sync + 'static) -> Self {
        self.changes.push(change);
        self
    }
}

impl AttestationFormat for Compound {
    fn identifier(&self) -> &'static str {
        "compound"
    }

    fn statement(&self, about: &NewCredential<'_>) -> Value {
        let parts = self.parts.iter().map(|format| {
            Value::map([
                ("fmt", Value::from(format.identifier())),
                ("attStmt", format.statement(about)),
            ])
        });
        let draft = self.changes.apply(CompoundDraft {
            parts: parts.collect(),
        });
        Value::Array(draft.parts)
    }
}
