//! The playground's logic: settings, the form's tables, the linter and the code.

pub(crate) mod code;
pub(crate) mod entries;
pub(crate) mod lint;
pub(crate) mod settings;

/// A challenge as it stands in options.
pub(crate) fn fresh_challenge(bytes: &[u8]) -> serde_json::Value {
    passkeep_protocol::bytes::encode_base64url(bytes).into()
}
