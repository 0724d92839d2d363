//! Base64url, and what is sent in its place.

use passkeep_protocol::Malformed;
use passkeep_protocol::bytes::decode_base64url;

use crate::node::Problem;

/// Decodes base64url; plain base64 and padding are read as well, and said to be wrong.
pub(super) fn decode(text: &str) -> Result<(Vec<u8>, Option<Problem>), Malformed> {
    let refused = match decode_base64url(text) {
        Ok(bytes) => return Ok((bytes, None)),
        Err(refused) => refused,
    };
    let mended = text.trim_end_matches('=');
    let mended = mended.replace('+', "-").replace('/', "_");
    match decode_base64url(&mended) {
        Ok(bytes) => Ok((bytes, Some(refused.into()))),
        Err(_) => Err(refused),
    }
}
