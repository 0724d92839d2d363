//! Revocation lists, with every field open to change, and Google's attestation status list. Source: RFC 5280 §5.
//!
//! ```
//! use passkeep_testkit::certificate::{CertificateAuthority, Time};
//! use passkeep_testkit::crl::{RevocationListDraft, RevokedEntry};
//!
//! let root = CertificateAuthority::root("a vendor");
//! let list = RevocationListDraft::new(&root, 1_800_000_000)
//!     .with(|draft| draft.entries = vec![RevokedEntry::new(&[7], 1_790_000_000, Some(1))])
//!     .to_der();
//! # assert_eq!(list[0], 0x30);
//! ```

use std::sync::Arc;

use const_oid::ObjectIdentifier;
use serde_json::{Map, Value, json};

use crate::certificate::{CertificateAuthority, Extension, Name, Time};
use crate::der;
use crate::signing::PrivateKey;

/// Extension of an entry: the reason. Source: RFC 5280 §5.3.1.
pub const REASON_CODE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");
/// Extension: the list only says what changed. Source: RFC 5280 §5.2.4.
pub const DELTA_INDICATOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.27");
/// Extension: the list is about some certificates only. Source: RFC 5280 §5.2.5.
pub const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
/// Extension of an entry: the certificate is somebody else's. Source: RFC 5280 §5.3.3.
pub const CERTIFICATE_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.29");

/// How long a list is current, in seconds: a week.
const LIFETIME: i64 = 7 * 86_400;

/// A revocation list before it is signed. Nothing here is derived from anything else.
#[derive(Clone, Debug)]
#[must_use = "a draft becomes a list by `to_der`"]
pub struct RevocationListDraft {
    /// The version's number, which is 1 in version 2; `None` leaves it out, as version 1 does.
    pub version: Option<i64>,
    /// The signature's AlgorithmIdentifier inside the signed part.
    pub signature: Vec<u8>,
    /// Who signed.
    pub issuer: Name,
    /// When it was issued.
    pub this_update: Time,
    /// When the next one comes at the latest.
    pub next_update: Option<Time>,
    /// The revoked certificates; none leaves the field out.
    pub entries: Vec<RevokedEntry>,
    /// The extensions; none leaves the field out.
    pub extensions: Vec<Extension>,
    /// The signature's AlgorithmIdentifier outside the signed part.
    pub signature_algorithm: Vec<u8>,
    /// The key that signs.
    pub issuer_key: Arc<dyn PrivateKey>,
}

/// A revoked certificate.
#[derive(Clone, Debug)]
pub struct RevokedEntry {
    /// Its serial number, unsigned and big-endian.
    pub serial_number: Vec<u8>,
    /// When it was revoked.
    pub date: Time,
    /// The extensions; none leaves the field out.
    pub extensions: Vec<Extension>,
}

impl RevokedEntry {
    /// An entry with a date in seconds since 1970 and perhaps a reason by its number.
    #[must_use]
    pub fn new(serial_number: &[u8], date: i64, reason: Option<i64>) -> Self {
        let reason = reason.map(|reason| Extension::new(REASON_CODE, der::enumerated(reason)));
        Self {
            serial_number: serial_number.to_vec(),
            date: Time::from_unix(date),
            extensions: reason.into_iter().collect(),
        }
    }

    fn to_der(&self) -> Vec<u8> {
        let mut parts = vec![der::unsigned(&self.serial_number), self.date.to_der()];
        if !self.extensions.is_empty() {
            parts.push(der::sequence(self.extensions.iter().map(Extension::to_der)));
        }
        der::sequence(parts)
    }
}

impl RevocationListDraft {
    /// An empty list of that authority, issued at a time in seconds since 1970 and current for a week.
    pub fn new(authority: &CertificateAuthority, issued_at: i64) -> Self {
        Self {
            version: Some(1),
            signature: authority.signature_algorithm.clone(),
            issuer: authority.subject.clone(),
            this_update: Time::from_unix(issued_at),
            next_update: Some(Time::from_unix(issued_at + LIFETIME)),
            entries: Vec::new(),
            extensions: vec![Extension::authority_key_identifier(
                &authority.key.public_key(),
            )],
            signature_algorithm: authority.signature_algorithm.clone(),
            issuer_key: Arc::clone(&authority.key),
        }
    }

    /// Changes the draft.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The part that is signed.
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        let mut parts: Vec<_> = self.version.map(der::integer).into_iter().collect();
        parts.extend([
            self.signature.clone(),
            self.issuer.to_der(),
            self.this_update.to_der(),
        ]);
        parts.extend(self.next_update.as_ref().map(Time::to_der));
        if !self.entries.is_empty() {
            parts.push(der::sequence(self.entries.iter().map(RevokedEntry::to_der)));
        }
        if !self.extensions.is_empty() {
            let extensions = der::sequence(self.extensions.iter().map(Extension::to_der));
            parts.push(der::explicit(0, &extensions));
        }
        der::sequence(parts)
    }

    /// The list.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let signed = self.to_be_signed();
        let signature = self.issuer_key.sign(&signed);
        der::sequence([
            signed,
            self.signature_algorithm.clone(),
            der::bit_string(&signature),
        ])
    }
}

/// Google's list, of serial numbers in hexadecimal and their statuses.
///
/// ```
/// let list = passkeep_testkit::crl::attestation_status_list(&[("2c8c", "REVOKED")]);
/// assert!(list.contains("\"2c8c\""));
/// ```
#[must_use]
pub fn attestation_status_list(entries: &[(&str, &str)]) -> String {
    let entries = entries.iter().map(|(serial, status)| {
        let entry = json!({
            "status": status,
            "reason": "KEY_COMPROMISE",
            "comment": "made by a test",
            "expires": "2049-12-31",
        });
        ((*serial).to_owned(), entry)
    });
    let entries: Map<String, Value> = entries.collect();
    json!({ "entries": entries }).to_string()
}

/// A serial number as Google's list writes it: hexadecimal, in lower case, without leading zeros.
#[must_use]
pub fn status_list_serial(serial_number: &[u8]) -> String {
    let digits: String = serial_number
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    digits.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use x509_cert::crl::CertificateList;
    use x509_cert::der::Decode as _;

    use super::*;

    #[test]
    fn another_reader_finds_what_was_written() {
        let root = CertificateAuthority::root("vendor");
        let list = RevocationListDraft::new(&root, 1_800_000_000)
            .with(|draft| draft.entries = vec![RevokedEntry::new(&[0x80], 1_790_000_000, Some(1))]);
        let read = CertificateList::<x509_cert::certificate::Rfc5280>::from_der(&list.to_der());
        let tbs = read.unwrap().tbs_cert_list;
        assert_eq!(tbs.version, x509_cert::Version::V2);
        assert_eq!(tbs.this_update.to_unix_duration().as_secs(), 1_800_000_000);
        let revoked = tbs.revoked_certificates.unwrap();
        // That reader keeps the byte that makes the number positive.
        assert_eq!(revoked[0].serial_number.as_bytes(), [0, 0x80]);
        assert_eq!(
            tbs.next_update.unwrap().to_unix_duration().as_secs(),
            1_800_604_800
        );
    }

    #[test]
    fn serial_numbers_lose_their_leading_zeros() {
        assert_eq!(status_list_serial(&[0x00, 0x0a, 0xbc]), "abc");
    }
}
