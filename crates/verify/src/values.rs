//! The small values a ceremony is made of.

use core::fmt;

use passkeep_protocol::bytes::{Bytes, encode_base64url};
use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The time that many seconds later.
    #[must_use]
    pub fn plus_seconds(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(u64::from(seconds) * 1000))
    }
}

/// A ceremony's id: 16 random bytes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct CeremonyId(pub [u8; 16]);

/// A challenge: 32 random bytes, used once. [L3 §13.5.3, "at least 16 bytes long"]
///
/// [L3 §13.5.3, "at least 16 bytes long"]: https://www.w3.org/TR/webauthn-3/#sctn-cryptographic-challenges
#[derive(Clone, Copy, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Challenge(pub [u8; 32]);

impl Challenge {
    /// As the client data shows it.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        encode_base64url(&self.0)
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenge(…)")
    }
}

/// A user handle: 1 to 64 bytes that stand for an account and say nothing about the person. [L3 §5.4.3, "id"]
///
/// [L3 §5.4.3, "id"]: https://www.w3.org/TR/webauthn-3/#dom-publickeycredentialuserentity-id
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "Bytes", into = "Bytes")]
pub struct UserHandle(Bytes);

impl UserHandle {
    /// The recommended length of a random user handle. [L3 §14.6.1, "let the user handle be 64 random bytes"]
    ///
    /// [L3 §14.6.1, "let the user handle be 64 random bytes"]: https://www.w3.org/TR/webauthn-3/#sctn-user-handle-privacy
    pub const RANDOM_BYTES: usize = 64;

    /// Takes 1 to 64 bytes; `None` for any other length.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        (1..=64).contains(&bytes.len()).then(|| Self(bytes.into()))
    }

    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl TryFrom<Bytes> for UserHandle {
    type Error = &'static str;

    fn try_from(bytes: Bytes) -> Result<Self, Self::Error> {
        Self::new(bytes.into_vec()).ok_or("a user handle has 1 to 64 bytes")
    }
}

impl From<UserHandle> for Bytes {
    fn from(handle: UserHandle) -> Self {
        handle.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_handle_has_1_to_64_bytes() {
        assert_eq!(UserHandle::new([]), None);
        assert_eq!(UserHandle::new([7; 65]), None);
        assert_eq!(UserHandle::new([7; 64]).unwrap().as_slice(), [7; 64]);
    }

    #[test]
    fn a_challenge_never_shows_itself() {
        assert_eq!(format!("{:?}", Challenge([7; 32])), "Challenge(…)");
    }
}
