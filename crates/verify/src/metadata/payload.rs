//! The payload of a metadata BLOB. [MDS §3.1.6, "Metadata BLOB Payload dictionary"]
//!
//! Strict where the whole depends on it (number, next update, the list of entries), tolerant inside an entry: the BLOB
//! comes from many vendors, and one vendor's slip must not take the other entries away. What could not be read there is
//! kept as a [`EntryProblem`], and none of it makes an entry look better than it is.
//!
//! [MDS §3.1.6, "Metadata BLOB Payload dictionary"]: https://fidoalliance.org/specs/mds/fido-metadata-service-v3.1-ps-20250521.html#metadata-blob-payload-dictionary

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::date::Date;
use super::error::MetadataError;
use super::jws::decode_base64;
use super::status::{AuthenticatorStatus, ReportCertificate, ReportDate, StatusReport};
use crate::json::from_object;

/// The most entries that are read. The real BLOB has some hundreds.
pub const MAX_ENTRIES: usize = 16_384;

/// The most reports, certificates or key identifiers of one entry. Real ones have some dozens.
pub const MAX_MEMBERS: usize = 1024;

/// The SHA-1 hash of an attestation certificate's public key. [RFC 5280 §4.2.1.2, "(1) The keyIdentifier is composed"]
///
/// [RFC 5280 §4.2.1.2, "(1) The keyIdentifier is composed"]: https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.2
pub type KeyIdentifier = [u8; 20];

/// A model of authenticators. [MDS §3.1.1, "Metadata BLOB Payload Entry dictionary"]
///
/// [MDS §3.1.1, "Metadata BLOB Payload Entry dictionary"]: https://fidoalliance.org/specs/mds/fido-metadata-service-v3.1-ps-20250521.html#metadata-blob-payload-entry-dictionary
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct MetadataEntry {
    /// Which FIDO2 model; `None` for models of U2F and UAF.
    pub aaguid: Option<[u8; 16]>,
    /// Which UAF model.
    pub aaid: Option<Box<str>>,
    /// Which U2F model: the keys of its attestation certificates.
    pub key_identifiers: Vec<KeyIdentifier>,
    /// The model's name.
    pub description: Option<Box<str>>,
    /// The attestation types it has, such as `basic_full`, as the FIDO registry names them.
    pub attestation_types: Vec<Box<str>>,
    /// The trust anchors of its attestations, in DER. One may be an attestation certificate itself.
    pub attestation_roots: Vec<Vec<u8>>,
    /// The reports on it, oldest first.
    pub status_reports: Vec<StatusReport>,
    /// The day of its newest report.
    pub time_of_last_status_change: Option<Date>,
    /// What could not be read.
    pub problems: Vec<EntryProblem>,
}

/// Something in an entry that could not be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EntryProblem {
    /// There are no status reports, or one of them cannot be read: what they would have said is unknown.
    StatusReports,
    /// A trust anchor is not base64; it is left out.
    AttestationRoot,
    /// A key identifier is not the hexadecimal form of twenty bytes; it is left out.
    KeyIdentifier,
}

/// The payload, read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Payload {
    pub(super) legal_header: Option<String>,
    pub(super) number: u64,
    pub(super) next_update: Date,
    pub(super) entries: Vec<MetadataEntry>,
    /// How many entries name no model, or none that can be read.
    pub(super) nameless: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    legal_header: Option<String>,
    no: u64,
    next_update: String,
    entries: Vec<Value>,
}

/// Reads the payload.
pub(super) fn parse(json: &[u8]) -> Result<Payload, MetadataError> {
    let raw: Raw = from_object(json).ok_or(MetadataError::PayloadUnreadable)?;
    let next_update = Date::parse(&raw.next_update).ok_or(MetadataError::NextUpdateUnreadable)?;
    if raw.entries.len() > MAX_ENTRIES {
        return Err(MetadataError::TooManyEntries { cap: MAX_ENTRIES });
    }
    let mut entries: Vec<MetadataEntry> = Vec::new();
    let mut by_aaguid = BTreeMap::new();
    let mut nameless = 0;
    for value in &raw.entries {
        let Some(entry) = MetadataEntry::read(value) else {
            nameless += 1;
            continue;
        };
        let first = entry
            .aaguid
            .and_then(|aaguid| by_aaguid.get(&aaguid).copied());
        if let Some(first) = first.and_then(|index: usize| entries.get_mut(index)) {
            first.merge(entry);
            continue;
        }
        if let Some(aaguid) = entry.aaguid {
            by_aaguid.insert(aaguid, entries.len());
        }
        entries.push(entry);
    }
    Ok(Payload {
        legal_header: raw.legal_header,
        number: raw.no,
        next_update,
        entries,
        nameless,
    })
}

impl MetadataEntry {
    /// Reads an entry; `None` when it does not say which model it is about.
    fn read(value: &Value) -> Option<Self> {
        let mut entry = Self {
            aaguid: text(value, "aaguid").and_then(parse_aaguid),
            aaid: text(value, "aaid").map(Into::into),
            time_of_last_status_change: text(value, "timeOfLastStatusChange").and_then(Date::parse),
            ..Self::default()
        };
        for identifier in list(value, "attestationCertificateKeyIdentifiers") {
            match identifier.as_str().and_then(parse_hex) {
                Some(identifier) => entry.key_identifiers.push(identifier),
                None => entry.problems.push(EntryProblem::KeyIdentifier),
            }
        }
        if entry.aaguid.is_none() && entry.aaid.is_none() && entry.key_identifiers.is_empty() {
            return None;
        }
        if let Some(statement) = value.get("metadataStatement") {
            entry.description = text(statement, "description").map(Into::into);
            let types = list(statement, "attestationTypes").iter();
            entry.attestation_types = types.filter_map(Value::as_str).map(Into::into).collect();
            for root in list(statement, "attestationRootCertificates") {
                match root.as_str().and_then(decode_base64) {
                    Some(der) => entry.attestation_roots.push(der),
                    None => entry.problems.push(EntryProblem::AttestationRoot),
                }
            }
        }
        let reports = value.get("statusReports").and_then(Value::as_array);
        match reports.filter(|reports| (1..=MAX_MEMBERS).contains(&reports.len())) {
            None => entry.problems.push(EntryProblem::StatusReports),
            Some(reports) => {
                for report in reports {
                    match StatusReport::read(report) {
                        Some(report) => entry.status_reports.push(report),
                        None => entry.problems.push(EntryProblem::StatusReports),
                    }
                }
            }
        }
        Some(entry)
    }

    /// Takes in a second entry of the same model, as if there had been one.
    fn merge(&mut self, other: Self) {
        self.key_identifiers.extend(other.key_identifiers);
        self.attestation_types.extend(other.attestation_types);
        self.attestation_roots.extend(other.attestation_roots);
        self.status_reports.extend(other.status_reports);
        self.problems.extend(other.problems);
    }
}

impl StatusReport {
    /// Reads a report; `None` when it has no status.
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            status: AuthenticatorStatus::from(text(value, "status")?),
            effective: date(value, "effectiveDate"),
            sunset: date(value, "sunsetDate"),
            authenticator_version: value.get("authenticatorVersion").and_then(Value::as_u64),
            certificate: certificate(value, "certificate"),
            batch_certificate: certificate(value, "batchCertificate"),
            url: text(value, "url").map(Into::into),
            certificate_number: text(value, "certificateNumber").map(Into::into),
        })
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// The members of an array, up to the cap; none when there is no array.
fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    let members = value.get(name).and_then(Value::as_array);
    let members = members.map(Vec::as_slice).unwrap_or_default();
    members.get(..MAX_MEMBERS).unwrap_or(members)
}

fn date(report: &Value, name: &str) -> ReportDate {
    match report.get(name) {
        None | Some(Value::Null) => ReportDate::Absent,
        Some(value) => value
            .as_str()
            .and_then(Date::parse)
            .map_or(ReportDate::Unreadable, ReportDate::On),
    }
}

fn certificate(report: &Value, name: &str) -> ReportCertificate {
    match report.get(name) {
        None | Some(Value::Null) => ReportCertificate::Absent,
        Some(value) => value
            .as_str()
            .and_then(decode_base64)
            .map_or(ReportCertificate::Unreadable, ReportCertificate::Der),
    }
}

/// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
fn parse_aaguid(text: &str) -> Option<[u8; 16]> {
    let hyphens = text.char_indices().filter(|(_, letter)| *letter == '-');
    if !hyphens.map(|(at, _)| at).eq([8, 13, 18, 23]) {
        return None;
    }
    parse_hex(&text.replace('-', ""))
}

/// Reads exactly `N` bytes in hexadecimal, in either case.
fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let &[high, low] = pair else { return None };
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payload(entries: &Value) -> Result<Payload, MetadataError> {
        parse(
            json!({ "no": 7, "nextUpdate": "2026-12-01", "entries": entries })
                .to_string()
                .as_bytes(),
        )
    }

    #[track_caller]
    fn only(entry: Value) -> MetadataEntry {
        let mut entries = payload(&json!([entry])).unwrap().entries;
        assert_eq!(entries.len(), 1);
        entries.remove(0)
    }

    #[test]
    fn an_entry_of_each_kind() {
        let entries = json!([
            {
                "aaguid": "0102030405060708-090a-0b0c-0d0e-0f10",
                "statusReports": [{"status": "FIDO_CERTIFIED"}],
            },
            {
                "aaguid": "01020304-0506-0708-090A-0b0c0d0e0f10",
                "metadataStatement": {
                    "description": "A key",
                    "attestationTypes": ["basic_full"],
                    "attestationRootCertificates": ["AQI\n D"],
                    "icon": "data:,",
                },
                "statusReports": [{
                    "status": "FIDO_CERTIFIED_L1",
                    "effectiveDate": "2020-02-03",
                    "certificateNumber": "FIDO2",
                    "url": "https://example.org",
                    "authenticatorVersion": 4,
                    "unheardOf": [],
                }],
                "timeOfLastStatusChange": "2020-02-03",
                "unheardOf": {},
            },
            { "aaid": "4e4e#4005", "statusReports": [{"status": "REVOKED"}] },
            {
                "attestationCertificateKeyIdentifiers": ["0102030405060708090a0b0c0d0e0f1011121314"],
                "statusReports": [{"status": "REVOKED"}],
            },
        ]);
        let payload = payload(&entries).unwrap();
        assert_eq!((payload.number, payload.nameless), (7, 1));
        assert_eq!(payload.next_update, Date::parse("2026-12-01").unwrap());
        let [fido2, uaf, u2f] = &payload.entries[..] else {
            panic!("{payload:?}");
        };
        let aaguid = core::array::from_fn(|index| index as u8 + 1);
        assert_eq!(fido2.aaguid, Some(aaguid));
        assert_eq!(fido2.description.as_deref(), Some("A key"));
        assert_eq!(fido2.attestation_types, ["basic_full".into()]);
        assert_eq!(fido2.attestation_roots, [[1, 2, 3]]);
        assert_eq!(fido2.time_of_last_status_change, Date::parse("2020-02-03"));
        assert_eq!(fido2.problems, []);
        let report = &fido2.status_reports[0];
        assert_eq!(report.status, AuthenticatorStatus::FidoCertifiedL1);
        assert_eq!(report.effective_date(), Date::parse("2020-02-03"));
        assert_eq!(report.authenticator_version, Some(4));
        assert_eq!(uaf.aaid.as_deref(), Some("4e4e#4005"));
        assert_eq!(
            u2f.key_identifiers,
            [core::array::from_fn(|index| index as u8 + 1)]
        );
    }

    #[test]
    fn slips_inside_an_entry_are_kept_as_problems() {
        let entry = only(json!({
            "aaid": "4e4e#4005",
            "attestationCertificateKeyIdentifiers": ["01"],
            "metadataStatement": {"attestationRootCertificates": ["?", 7]},
            "statusReports": [
                {"status": "REVOKED", "effectiveDate": "soon", "sunsetDate": 7, "certificate": "?", "batchCertificate": null},
                {"effectiveDate": "2020-02-03"},
            ],
        }));
        use EntryProblem as P;
        assert_eq!(
            entry.problems,
            [
                P::KeyIdentifier,
                P::AttestationRoot,
                P::AttestationRoot,
                P::StatusReports
            ]
        );
        let [report] = &entry.status_reports[..] else {
            panic!("{entry:?}");
        };
        assert_eq!(
            (report.effective, report.sunset),
            (ReportDate::Unreadable, ReportDate::Unreadable)
        );
        assert_eq!(report.certificate, ReportCertificate::Unreadable);
        assert_eq!(report.batch_certificate, ReportCertificate::Absent);
    }

    #[test]
    fn an_entry_without_reports_says_so() {
        for reports in [json!(null), json!([]), json!("REVOKED")] {
            let entry = only(json!({ "aaid": "4e4e#4005", "statusReports": reports }));
            assert_eq!(entry.problems, [EntryProblem::StatusReports]);
        }
    }

    #[test]
    fn two_entries_of_one_model_count_as_one() {
        let entry = |status| {
            json!({
                "aaguid": "01020304-0506-0708-090a-0b0c0d0e0f10",
                "metadataStatement": {"attestationRootCertificates": ["AQID"]},
                "statusReports": [{ "status": status }],
            })
        };
        let payload = payload(&json!([entry("FIDO_CERTIFIED"), entry("REVOKED")])).unwrap();
        let [merged] = &payload.entries[..] else {
            panic!("{payload:?}");
        };
        assert_eq!(merged.attestation_roots.len(), 2);
        let statuses = merged
            .status_reports
            .iter()
            .map(|report| report.status.clone());
        assert!(statuses.eq([
            AuthenticatorStatus::FidoCertified,
            AuthenticatorStatus::Revoked
        ]));
    }

    #[test]
    fn the_frame_is_strict() {
        assert_eq!(parse(b"{}"), Err(MetadataError::PayloadUnreadable));
        for (no, next_update, expected) in [
            (json!(-1), "2026-12-01", MetadataError::PayloadUnreadable),
            (json!("7"), "2026-12-01", MetadataError::PayloadUnreadable),
            (json!(7), "2026-12-32", MetadataError::NextUpdateUnreadable),
        ] {
            let text = json!({ "no": no, "nextUpdate": next_update, "entries": [] }).to_string();
            assert_eq!(parse(text.as_bytes()), Err(expected));
        }
        let many = vec![json!({}); MAX_ENTRIES + 1];
        let expected = MetadataError::TooManyEntries { cap: MAX_ENTRIES };
        assert_eq!(payload(&many.into()), Err(expected));
    }
}
