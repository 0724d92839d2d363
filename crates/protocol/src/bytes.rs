//! Bytes and their one wire form: base64url without padding.

use core::fmt;

#[cfg(not(target_arch = "wasm32"))]
use base64::Engine as _;

use crate::error::{Malformed, Problem, Structure};

/// Encodes bytes as base64url without padding.
///
/// Not inlined: each use in a wasm build would carry its own copy of the engine.
///
/// ```
/// assert_eq!(passkeep_protocol::bytes::encode_base64url(&[0xfb, 0xff]), "-_8");
/// ```
#[inline(never)]
#[must_use]
pub fn encode_base64url(bytes: &[u8]) -> String {
    #[cfg(not(target_arch = "wasm32"))]
    let text = engine().encode(bytes);
    #[cfg(target_arch = "wasm32")]
    let text = crate::base64url::encode(bytes);
    text
}

/// Shows bytes as base64url without padding. Up to 48 bytes, so a usual challenge, are shown without memory of their own.
///
/// ```
/// assert!(passkeep_protocol::bytes::with_base64url(&[0xfb, 0xff], |text| text == b"-_8"));
/// ```
pub fn with_base64url<T>(bytes: &[u8], see: impl FnOnce(&[u8]) -> T) -> T {
    #[cfg(not(target_arch = "wasm32"))]
    {
        let mut symbols = [0; 64];
        let written = engine().encode_slice(bytes, &mut symbols).ok();
        if let Some(text) = written.and_then(|written| symbols.get(..written)) {
            return see(text);
        }
    }
    see(encode_base64url(bytes).as_bytes())
}

/// Decodes base64url without padding; any other character, padding or whitespace is refused.
///
/// # Errors
///
/// [`Problem::NotBase64Url`], with the offset of the first character that does not belong.
///
/// ```
/// # use passkeep_protocol::bytes::decode_base64url;
/// assert_eq!(decode_base64url("-_8").unwrap(), [0xfb, 0xff]);
/// assert_eq!(decode_base64url("-_8=").unwrap_err().offset, 3);
/// ```
#[inline(never)]
pub fn decode_base64url(text: &str) -> Result<Vec<u8>, Malformed> {
    #[cfg(not(target_arch = "wasm32"))]
    let bytes = engine().decode(text).map_err(|error| match error {
        base64::DecodeError::InvalidByte(offset, _)
        | base64::DecodeError::InvalidLastSymbol { offset, .. } => offset,
        _ => text.find('=').unwrap_or(text.len()),
    });
    #[cfg(target_arch = "wasm32")]
    let bytes = crate::base64url::decode(text);
    bytes.map_err(|offset| Malformed::new(Structure::Base64Url, offset, Problem::NotBase64Url))
}

/// Decodes base64url without padding of so many bytes; `None` if it is not that. Up to 48 bytes it needs no memory of its own.
///
/// ```
/// # use passkeep_protocol::bytes::decode_base64url_array;
/// assert_eq!(decode_base64url_array("-_8"), Some([0xfb, 0xff]));
/// assert_eq!(decode_base64url_array::<3>("-_8"), None);
/// ```
#[must_use]
pub fn decode_base64url_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    #[cfg(not(target_arch = "wasm32"))]
    if text.len() <= 64 {
        let mut bytes = [0; 48];
        let written = engine().decode_slice(text, &mut bytes).ok()?;
        return bytes.get(..written)?.try_into().ok();
    }
    decode_base64url(text).ok()?.try_into().ok()
}

/// Whether a text is the base64url of bytes. It has one form only.
///
/// ```
/// # use passkeep_protocol::bytes::is_base64url_of;
/// assert!(is_base64url_of("-_8", &[0xfb, 0xff]));
/// assert!(!is_base64url_of("-_8=", &[0xfb, 0xff]));
/// ```
#[must_use]
pub fn is_base64url_of(text: &str, bytes: &[u8]) -> bool {
    #[cfg(not(target_arch = "wasm32"))]
    {
        // Group by group, which needs no memory of its own.
        let mut rest = text.as_bytes();
        let groups_agree = bytes.chunks(48).all(|group| {
            let mut symbols = [0; 64];
            let written = engine().encode_slice(group, &mut symbols).ok();
            let expected = written.and_then(|written| symbols.get(..written));
            let after = expected.and_then(|expected| rest.strip_prefix(expected));
            after.map(|after| rest = after).is_some()
        });
        groups_agree && rest.is_empty()
    }
    #[cfg(target_arch = "wasm32")]
    {
        text == encode_base64url(bytes)
    }
}

/// The codec of servers: a response is mostly base64url, and reading it a large part of what a verdict costs beside the signature.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn engine() -> &'static base64::engine::Simd {
    use std::sync::LazyLock;

    use base64::engine::Simd;
    use base64::engine::general_purpose::NO_PAD;

    // What the processor can do is asked once.
    static ENGINE: LazyLock<Simd> = LazyLock::new(|| Simd::url_safe(NO_PAD));
    &ENGINE
}

/// The codec of other processors.
#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "wasm32"
)))]
fn engine() -> &'static base64::engine::GeneralPurpose {
    &base64::engine::general_purpose::URL_SAFE_NO_PAD
}

/// A byte string; base64url without padding in JSON, and itself in formats that are not for people.
///
/// `Debug` shows the length and the first bytes only: challenges, credential ids and tokens pass through this type
/// and must not reach a log by accident.
#[derive(Clone, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// Wraps bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, owned.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }

    /// The wire form.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        encode_base64url(&self.0)
    }

    /// Reads the wire form.
    ///
    /// # Errors
    ///
    /// As [`decode_base64url`].
    pub fn from_base64url(text: &str) -> Result<Self, Malformed> {
        decode_base64url(text).map(Self)
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.get(..4).unwrap_or(&self.0);
        write!(f, "Bytes({} B, {}…)", self.0.len(), encode_base64url(shown))
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for Bytes {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes.to_vec())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&self.to_base64url())
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("unpadded base64url text")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Bytes, E> {
                Bytes::from_base64url(text).map_err(E::custom)
            }

            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(bytes.into())
            }
        }

        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Visitor)
        } else {
            deserializer.deserialize_bytes(Visitor)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_whitespace_and_the_other_alphabet_are_refused() {
        for (text, offset) in [("AA==", 2), ("AA A", 2), ("+_8", 0), ("AA\n", 2), ("AB", 1)] {
            assert_eq!(
                decode_base64url(text),
                Err(Malformed::new(
                    Structure::Base64Url,
                    offset,
                    Problem::NotBase64Url
                )),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_text_is_of_its_bytes_and_of_no_others() {
        for length in [0, 1, 2, 3, 47, 48, 49, 50, 96, 97, 1023] {
            let bytes = vec![0xfb; length];
            let text = encode_base64url(&bytes);
            assert!(is_base64url_of(&text, &bytes), "{length}");
            assert!(!is_base64url_of(&format!("{text}A"), &bytes), "{length}");
            assert!(!is_base64url_of(&text, &[&bytes[..], &[1]].concat()));
            if length > 0 {
                assert!(!is_base64url_of(&text, &bytes[1..]), "{length}");
                assert!(!is_base64url_of(&text[1..], &bytes), "{length}");
                let last = length - 1;
                let mut other = bytes.clone();
                other[last] ^= 1;
                assert!(!is_base64url_of(&text, &other), "{length}");
            }
        }
    }

    #[test]
    fn bytes_of_any_length_are_shown_as_they_are_encoded() {
        for length in [0, 1, 32, 47, 48, 49, 1024] {
            let bytes = vec![0xfb; length];
            let shown = with_base64url(&bytes, <[u8]>::to_vec);
            assert_eq!(shown, encode_base64url(&bytes).as_bytes(), "{length}");
        }
    }

    #[test]
    fn debug_shows_no_more_than_four_bytes() {
        let bytes = Bytes::new([0u8; 32]);
        assert_eq!(format!("{bytes:?}"), "Bytes(32 B, AAAAAA…)");
    }
}
