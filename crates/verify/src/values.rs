//! The small values a ceremony is made of.

use core::fmt;
use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use ctutils::CtEq as _;
use passkeep_protocol::bytes::{Bytes, with_base64url};
use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The time that much later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(milliseconds(duration)))
    }

    /// The time that many seconds later.
    #[must_use]
    pub fn plus_seconds(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(u64::from(seconds) * 1000))
    }

    /// The time that many milliseconds later.
    #[must_use]
    pub fn plus_milliseconds(self, milliseconds: u32) -> Self {
        Self(self.0.saturating_add(u64::from(milliseconds)))
    }
}

/// ```
/// use std::time::SystemTime;
/// use passkeep_verify::Timestamp;
///
/// let now = Timestamp::from(SystemTime::now());
/// assert!(now > Timestamp(0));
/// ```
impl From<SystemTime> for Timestamp {
    /// A clock before 1970 is not set at all, and counts as 1970: then whatever began is over, which is the safe side.
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH);
        Self(since.map_or(0, milliseconds))
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Display for Timestamp {
    /// As RFC 3339 writes it, in UTC, to the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1000;
        let (days, second) = (seconds / 86_400, seconds % 86_400);
        // Days are counted from 0000-03-01, so that a leap day is the last of its year and of its 400 years.
        let days = days + 719_468;
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (month, next_year) = if month < 10 {
            (month + 3, 0)
        } else {
            (month - 9, 1)
        };
        let year = era * 400 + year + next_year;
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

/// A ceremony's id: 16 bytes that no other ceremony has. Nobody has to guess it, for it is spent with the proof of a finish.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct CeremonyId(pub [u8; 16]);

/// A challenge: random bytes, used once. A relying party makes 32; 16 to 1024 are read. [L3 §13.5.3, "at least 16 bytes
/// long"]
///
/// [L3 §13.5.3, "at least 16 bytes long"]: https://www.w3.org/TR/webauthn-3/#sctn-cryptographic-challenges
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Bytes", into = "Bytes")]
pub struct Challenge(Bytes);

impl Challenge {
    /// Takes 16 to 1024 bytes; `None` for any other length.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        (16..=1024)
            .contains(&bytes.len())
            .then(|| Self(bytes.into()))
    }

    /// As the client data shows it.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        self.0.to_base64url()
    }

    /// Whether the client data shows it so. How long that takes does not tell how much of the text is right.
    pub(crate) fn is_shown_as(&self, text: &str) -> bool {
        with_base64url(self.0.as_slice(), |own| own.ct_eq(text.as_bytes()).into())
    }
}

impl From<[u8; 32]> for Challenge {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes.into())
    }
}

impl TryFrom<Bytes> for Challenge {
    type Error = &'static str;

    fn try_from(bytes: Bytes) -> Result<Self, Self::Error> {
        Self::new(bytes.into_vec()).ok_or("a challenge has 16 to 1024 bytes")
    }
}

impl From<Challenge> for Bytes {
    fn from(challenge: Challenge) -> Self {
        challenge.0
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
    fn a_timestamp_is_shown_as_a_date() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (33_260_975_999, "3023-12-31T23:59:59Z"),
        ] {
            assert_eq!(Timestamp(seconds * 1000).to_string(), text);
        }
    }

    #[test]
    fn a_time_of_the_system_is_a_timestamp_to_the_millisecond() {
        let time = UNIX_EPOCH + Duration::new(1_800_000_000, 123_999_999);
        assert_eq!(Timestamp::from(time), Timestamp(1_800_000_000_123));
        let unset = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(Timestamp::from(unset), Timestamp(0));
    }

    #[test]
    fn a_time_later_than_can_be_counted_is_the_last() {
        assert_eq!(Timestamp(5).plus(Duration::from_secs(2)), Timestamp(2005));
        assert_eq!(Timestamp(5).plus(Duration::MAX), Timestamp(u64::MAX));
    }

    #[test]
    fn a_challenge_has_16_to_1024_bytes() {
        assert_eq!(Challenge::new([7; 15]), None);
        assert_eq!(Challenge::new([7; 1025]), None);
        assert_eq!(Challenge::new([7; 32]), Some(Challenge::from([7; 32])));
    }

    #[test]
    fn a_challenge_never_shows_itself() {
        assert_eq!(format!("{:?}", Challenge::from([7; 32])), "Challenge(…)");
    }
}
