//! The FIDO Metadata Service: what is known of models of authenticators, as one signed and dated input. [MDS]
//!
//! ```text
//! BLOB ──▶ MetadataBlob::verify ──▶ roots for the trust policy     (registration)
//!          signer, number, date ──▶ judge(who, policy, now)        (registration, and again at every sign-in)
//! ```
//!
//! Whoever fetches the BLOB keeps the [number](MetadataBlob::number) of the last one that was used and hands it to the next
//! [`verify`](MetadataBlob::verify), so that nobody can play an old one back, from before a model was revoked.
//!
//! [MDS]: https://fidoalliance.org/specs/mds/fido-metadata-service-v3.1-ps-20250521.html

use std::collections::BTreeMap;

use crate::algorithm::CryptoProvider;
use crate::certificate::Certificate;
use crate::values::Timestamp;

mod date;
mod error;
mod judge;
pub(crate) mod jws;
mod payload;
mod signer;
mod status;

pub use self::date::Date;
pub use self::error::MetadataError;
pub use self::judge::{MetadataRefusal, MetadataSubject, MetadataVerdict, StatusPolicy};
pub use self::jws::MAX_CERTIFICATES;
pub use self::payload::{EntryProblem, KeyIdentifier, MAX_ENTRIES, MAX_MEMBERS, MetadataEntry};
pub use self::signer::{MDS_HOST, MetadataSigner};
pub use self::status::{
    AuthenticatorStatus, CertificationLevel, ReportCertificate, ReportDate, ReportScope,
    StatusReport,
};

/// The longest BLOB that is read, in bytes. The real one has five to ten million.
pub const MAX_BLOB_BYTES: usize = 32 * 1024 * 1024;

/// How long a BLOB is used after the next one was due, in seconds, unless the deployer says otherwise: thirty days.
///
/// The service publishes about once a month, and has been late.
pub const GRACE: u32 = 30 * 86_400;

/// A metadata BLOB whose signer, signature, number and date have been verified. There is no other way to make one.
#[derive(Clone, Debug)]
pub struct MetadataBlob {
    number: u64,
    next_update: Date,
    grace: u32,
    legal_header: Option<String>,
    nameless: usize,
    entries: Vec<MetadataEntry>,
    by_aaguid: BTreeMap<[u8; 16], usize>,
    by_key_identifier: BTreeMap<KeyIdentifier, usize>,
}

/// Whether the next BLOB is due.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Freshness {
    /// It is not.
    Fresh,
    /// It is, and the grace period has not ended.
    Stale,
    /// It is, and the grace period has ended.
    TooOld,
}

impl MetadataBlob {
    /// Verifies a BLOB as it was fetched, and reads it.
    ///
    /// In this order: size, header, the signer's certificate and its path to a pinned root, the signature over the bytes as
    /// received; and only then the payload: its number against `previous`, the number of the last BLOB that was used
    /// (the same number is accepted, so that a restarted server can read its own copy), and its age.
    /// [MDS §3.2, "Metadata BLOB object processing rules"]
    ///
    /// # Errors
    ///
    /// [`MetadataError`], one variant per check.
    ///
    /// ```
    /// use passkeep_verify::Timestamp;
    /// use passkeep_verify::algorithm::AWS_LC_RS;
    /// use passkeep_verify::metadata::{MetadataBlob, MetadataError, MetadataSigner};
    ///
    /// let fetched = "not a BLOB";
    /// let now = Timestamp(1_795_392_000_000);
    /// let result = MetadataBlob::verify(fetched, &MetadataSigner::default(), &AWS_LC_RS, now, None);
    /// assert_eq!(result.unwrap_err(), MetadataError::NotCompactJws);
    /// ```
    ///
    /// [MDS §3.2, "Metadata BLOB object processing rules"]: https://fidoalliance.org/specs/mds/fido-metadata-service-v3.1-ps-20250521.html#metadata-blob-object-processing-rules
    pub fn verify(
        text: &str,
        signer: &MetadataSigner,
        crypto: &CryptoProvider,
        now: Timestamp,
        previous: Option<u64>,
    ) -> Result<Self, MetadataError> {
        if text.len() > MAX_BLOB_BYTES {
            return Err(MetadataError::TooLong {
                cap: MAX_BLOB_BYTES,
            });
        }
        let jws = jws::Jws::parse(text.trim_ascii_end())?;
        let certificates = jws.certificates.iter().enumerate();
        let certificates = certificates.map(|(position, der)| {
            let unreadable = MetadataError::CertificateUnreadable { position };
            Certificate::parse(der).map_err(|_| unreadable)
        });
        let certificates = certificates.collect::<Result<Vec<_>, _>>()?;
        let key = signer.key(&certificates, crypto, now)?;
        let payload = payload::parse(&jws.verify(&key, crypto)?)?;
        if let Some(previous) = previous.filter(|previous| payload.number < *previous) {
            return Err(MetadataError::NumberLower {
                previous,
                received: payload.number,
            });
        }
        let blob = Self::index(payload, signer.grace);
        match blob.freshness(now) {
            Freshness::TooOld => Err(MetadataError::TooOld {
                next_update: blob.next_update,
            }),
            Freshness::Fresh | Freshness::Stale => Ok(blob),
        }
    }

    fn index(payload: payload::Payload, grace: u32) -> Self {
        let mut by_aaguid = BTreeMap::new();
        let mut by_key_identifier = BTreeMap::new();
        for (index, entry) in payload.entries.iter().enumerate() {
            by_aaguid.extend(entry.aaguid.map(|aaguid| (aaguid, index)));
            by_key_identifier.extend(entry.key_identifiers.iter().map(|key| (*key, index)));
        }
        Self {
            number: payload.number,
            next_update: payload.next_update,
            grace,
            legal_header: payload.legal_header,
            nameless: payload.nameless,
            entries: payload.entries,
            by_aaguid,
            by_key_identifier,
        }
    }

    /// Its number, which grows from BLOB to BLOB. Keep it for the next one's verification.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The day on which the next one comes at the latest.
    #[must_use]
    pub fn next_update(&self) -> Date {
        self.next_update
    }

    /// What the service says about the use of the data; nothing here depends on it.
    #[must_use]
    pub fn legal_header(&self) -> Option<&str> {
        self.legal_header.as_deref()
    }

    /// Whether the next one is due: `nextUpdate` is over at the end of its day, in UTC, and the grace period begins then.
    #[must_use]
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        let due = self.next_update.end();
        if now < due {
            Freshness::Fresh
        } else if now < due.plus_seconds(self.grace) {
            Freshness::Stale
        } else {
            Freshness::TooOld
        }
    }

    /// All entries, in their order.
    #[must_use]
    pub fn entries(&self) -> &[MetadataEntry] {
        &self.entries
    }

    /// How many entries name no model, or none that can be read, and were left out.
    #[must_use]
    pub fn nameless(&self) -> usize {
        self.nameless
    }

    /// The entry of a FIDO2 model.
    #[must_use]
    pub fn by_aaguid(&self, aaguid: &[u8; 16]) -> Option<&MetadataEntry> {
        let index = self.by_aaguid.get(aaguid)?;
        self.entries.get(*index)
    }

    /// The entry of a UAF model.
    #[must_use]
    pub fn by_aaid(&self, aaid: &str) -> Option<&MetadataEntry> {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.aaid.as_deref() == Some(aaid))
    }

    /// The entry of a U2F model, which is named by the keys of its attestation certificates.
    #[must_use]
    pub fn by_key_identifier(&self, identifier: &KeyIdentifier) -> Option<&MetadataEntry> {
        let index = self.by_key_identifier.get(identifier)?;
        self.entries.get(*index)
    }
}
