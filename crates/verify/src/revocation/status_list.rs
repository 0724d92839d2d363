//! Google's list of attestation certificates that must not be trusted, as JSON.
//!
//! The list is not signed: whoever fetches it over TLS knows where it came from and when, and says when. It names
//! certificates by serial number alone, and serial numbers are unique only below one issuer, so it is consulted for
//! Android's attestations and for nothing else.

use core::fmt;
use std::collections::BTreeMap;

use serde::Deserialize;

use super::reason::RevocationReason;
use super::serial::SerialNumber;
use crate::json::from_object;
use crate::values::Timestamp;

/// The longest list that is read, in bytes. The real one has some hundred kilobytes.
pub const MAX_STATUS_LIST_BYTES: usize = 16 * 1024 * 1024;

/// Google's attestation status list. [Android, "Certificate revocation status list"]
///
/// [Android, "Certificate revocation status list"]: https://developer.android.com/privacy-and-security/security-key-attestation#certificate_status
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AttestationStatusList {
    fetched_at: Timestamp,
    entries: BTreeMap<SerialNumber, StatusListEntry>,
    unreadable: usize,
}

/// What the list says of a certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StatusListEntry {
    /// Whether for good.
    pub status: KeyStatus,
    /// Why.
    pub reason: Option<RevocationReason>,
}

/// The status of a certificate on the list.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum KeyStatus {
    /// For the time being.
    Suspended,
    /// For good; a status that this crate does not know counts as this one, because good keys are not on the list.
    Revoked,
}

/// A list that is not used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StatusListError {
    /// It is longer than [`MAX_STATUS_LIST_BYTES`].
    TooLong,
    /// It is not the JSON object it must be.
    Unreadable,
}

impl fmt::Display for StatusListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the attestation status list is too long",
            Self::Unreadable => "the attestation status list cannot be read",
        })
    }
}

impl core::error::Error for StatusListError {}

#[derive(Deserialize)]
struct Raw {
    entries: BTreeMap<String, RawEntry>,
}

#[derive(Deserialize)]
struct RawEntry {
    status: String,
    reason: Option<String>,
}

impl AttestationStatusList {
    /// Reads the list that the caller fetched at that time.
    ///
    /// # Errors
    ///
    /// [`StatusListError`] when it cannot be read.
    ///
    /// ```
    /// use passkeep_verify::Timestamp;
    /// use passkeep_verify::revocation::{AttestationStatusList, KeyStatus, SerialNumber};
    ///
    /// let text = r#"{"entries": {"2c8cdddfd5e03bfc": {"status": "REVOKED", "reason": "KEY_COMPROMISE"}}}"#;
    /// let list = AttestationStatusList::parse(text, Timestamp(1_795_392_000_000))?;
    /// let serial = SerialNumber::from_bytes(&[0x2c, 0x8c, 0xdd, 0xdf, 0xd5, 0xe0, 0x3b, 0xfc]);
    /// assert_eq!(list.entry(&serial).unwrap().status, KeyStatus::Revoked);
    /// # Ok::<(), passkeep_verify::revocation::StatusListError>(())
    /// ```
    pub fn parse(json: &str, fetched_at: Timestamp) -> Result<Self, StatusListError> {
        if json.len() > MAX_STATUS_LIST_BYTES {
            return Err(StatusListError::TooLong);
        }
        let raw: Raw = from_object(json.as_bytes()).ok_or(StatusListError::Unreadable)?;
        let mut list = Self {
            fetched_at,
            entries: BTreeMap::new(),
            unreadable: 0,
        };
        for (serial, entry) in raw.entries {
            match SerialNumber::from_hex(&serial) {
                Some(serial) => list.insert(serial, entry),
                None => list.unreadable += 1,
            }
        }
        Ok(list)
    }

    /// Two spellings of one number are one entry, and the worse status counts.
    fn insert(&mut self, serial: SerialNumber, raw: RawEntry) {
        let status = match raw.status.as_str() {
            "SUSPENDED" => KeyStatus::Suspended,
            _ => KeyStatus::Revoked,
        };
        let reason = raw.reason.as_deref().map(RevocationReason::from);
        let entry = StatusListEntry { status, reason };
        let present = self.entries.get(&serial);
        if present.is_none_or(|present| present.status < status) {
            self.entries.insert(serial, entry);
        }
    }

    /// When the caller fetched it.
    #[must_use]
    pub fn fetched_at(&self) -> Timestamp {
        self.fetched_at
    }

    /// What it says of a serial number.
    #[must_use]
    pub fn entry(&self, serial: &SerialNumber) -> Option<&StatusListEntry> {
        self.entries.get(serial)
    }

    /// How many certificates are on it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is on it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many entries have a key that is not a hexadecimal number; they match no certificate.
    #[must_use]
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp(1_795_392_000_000);

    #[track_caller]
    fn parse(entries: &str) -> AttestationStatusList {
        AttestationStatusList::parse(&format!(r#"{{"entries":{{{entries}}}}}"#), AT).unwrap()
    }

    #[track_caller]
    fn status(list: &AttestationStatusList, serial: &[u8]) -> Option<KeyStatus> {
        list.entry(&SerialNumber::from_bytes(serial))
            .map(|entry| entry.status)
    }

    #[test]
    fn serial_numbers_are_found_however_they_are_spelled() {
        let list = parse(
            r#""0BAD":{"status":"REVOKED","reason":"CA_COMPROMISE","comment":"x","expires":"2020-11-13"},
               "20":{"status":"SUSPENDED"},"zz":{"status":"REVOKED"}"#,
        );
        assert_eq!(
            (list.len(), list.unreadable(), list.fetched_at()),
            (2, 1, AT)
        );
        assert_eq!(status(&list, &[0x0b, 0xad]), Some(KeyStatus::Revoked));
        assert_eq!(status(&list, &[0, 0x20]), Some(KeyStatus::Suspended));
        assert_eq!(status(&list, &[20]), None);
        let entry = list
            .entry(&SerialNumber::from_bytes(&[0x0b, 0xad]))
            .unwrap();
        assert_eq!(entry.reason, Some(RevocationReason::CaCompromise));
    }

    #[test]
    fn the_worse_of_two_statuses_counts_and_an_unknown_one_is_the_worst() {
        for entries in [
            r#""a":{"status":"REVOKED"},"0a":{"status":"SUSPENDED"}"#,
            r#""0a":{"status":"REVOKED"},"a":{"status":"SUSPENDED"}"#,
            r#""a":{"status":"SUSPENDED"},"0A":{"status":"LOST"}"#,
        ] {
            assert_eq!(
                status(&parse(entries), &[0x0a]),
                Some(KeyStatus::Revoked),
                "{entries}"
            );
        }
        assert!(parse("").is_empty());
    }

    #[test]
    fn other_json_is_refused() {
        for text in [
            "",
            "[]",
            r#"[{"a":{"status":"REVOKED"}}]"#,
            "{}",
            r#"{"entries":[]}"#,
            r#"{"entries":{"a":{}}}"#,
            r#"{"entries":{"a":{"status":7}}}"#,
            r#"{"entries":{}} "#.trim_end_matches(' ').strip_suffix('}').unwrap(),
        ] {
            let expected = Err(StatusListError::Unreadable);
            assert_eq!(AttestationStatusList::parse(text, AT), expected, "{text}");
        }
        let long = " ".repeat(MAX_STATUS_LIST_BYTES + 1);
        assert_eq!(
            AttestationStatusList::parse(&long, AT),
            Err(StatusListError::TooLong)
        );
    }
}
