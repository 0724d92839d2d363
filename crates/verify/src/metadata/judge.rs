//! What the reports on a model mean for one credential, at one time.

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::cbor::{Decoder, Item};
use passkeep_protocol::{Malformed, Structure};
use sha1::{Digest as _, Sha1};

use super::status::{self, AuthenticatorStatus, CertificationLevel, ReportScope, StatusReport};
use super::{Date, EntryProblem, Freshness, KeyIdentifier, MetadataBlob, MetadataEntry};
use crate::algorithm::CryptoProvider;
use crate::asn1::Der;
use crate::certificate::Certificate;
use crate::finding::FindingAction;
use crate::record::CredentialRecord;
use crate::values::Timestamp;

/// What is asked of a model.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StatusPolicy {
    /// The statuses that are refused while a report of them is in effect. By default what breaks the trust in a
    /// credential: [`Revoked`](AuthenticatorStatus::Revoked),
    /// [`UserVerificationBypass`](AuthenticatorStatus::UserVerificationBypass),
    /// [`AttestationKeyCompromise`](AuthenticatorStatus::AttestationKeyCompromise),
    /// [`UserKeyRemoteCompromise`](AuthenticatorStatus::UserKeyRemoteCompromise) and
    /// [`UserKeyPhysicalCompromise`](AuthenticatorStatus::UserKeyPhysicalCompromise).
    ///
    /// [`Retired`](AuthenticatorStatus::Retired) is not among them: it says that the vendor has lost interest, and refusing
    /// it at sign-in would lock people out. Add it for registrations.
    pub undesired: Vec<AuthenticatorStatus>,
    /// The lowest certification that is accepted; `None` accepts models without any. It counts only for credentials whose
    /// attestation proves the model.
    pub minimum_certification: Option<CertificationLevel>,
    /// A model that has no entry. Reported by default: password managers have none.
    pub unlisted: FindingAction,
    /// A model about which nothing speaks, in a BLOB that is too old. Reported by default: a BLOB that could not be fetched
    /// must not lock people out. A bad report stands however old the BLOB is.
    pub outdated: FindingAction,
}

impl Default for StatusPolicy {
    fn default() -> Self {
        Self {
            undesired: vec![
                AuthenticatorStatus::Revoked,
                AuthenticatorStatus::UserVerificationBypass,
                AuthenticatorStatus::AttestationKeyCompromise,
                AuthenticatorStatus::UserKeyRemoteCompromise,
                AuthenticatorStatus::UserKeyPhysicalCompromise,
            ],
            minimum_certification: None,
            unlisted: FindingAction::Report,
            outdated: FindingAction::Report,
        }
    }
}

/// The credential that is judged.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MetadataSubject<'a> {
    /// The model it says it is of. All zeros for U2F, whose models are found by the keys of their certificates.
    pub aaguid: [u8; 16],
    /// The attestation certificates in DER, the credential's own first; empty without any.
    pub chain: Vec<&'a [u8]>,
    /// Whether an attestation proves the model: its path was validated up to a root that is trusted for it. Without that,
    /// anybody can claim to be of a certified model.
    pub proven: bool,
}

impl<'a> MetadataSubject<'a> {
    /// The credential of a record, for judging it again at a sign-in.
    ///
    /// `proven` is what the registration found; the record does not remember it.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when the stored attestation object cannot be read.
    ///
    /// ```
    /// # use passkeep_verify::{CredentialRecord, Timestamp, algorithm::CryptoProvider};
    /// use passkeep_verify::metadata::{MetadataBlob, MetadataSubject, MetadataVerdict, StatusPolicy};
    ///
    /// # fn example(blob: &MetadataBlob, record: &CredentialRecord, crypto: &CryptoProvider, now: Timestamp) -> bool {
    /// // What the metadata says today of a credential that was registered without a proof of its model.
    /// let subject = MetadataSubject::of_record(record, false).unwrap();
    /// let verdict = blob.judge(&subject, &StatusPolicy::default(), crypto, now);
    /// # let refused =
    /// matches!(verdict, MetadataVerdict::Refused(_))
    /// # ; refused
    /// # }
    /// ```
    pub fn of_record(record: &'a CredentialRecord, proven: bool) -> Result<Self, Malformed> {
        let object = AttestationObject::parse(record.attestation_object.as_slice())?;
        let mut chain = Vec::new();
        certificates(object.att_stmt, &mut chain)?;
        Ok(Self {
            aaguid: record.aaguid,
            chain,
            proven,
        })
    }
}

/// Collects the certificates under `x5c`, in whatever format's statement; those of a compound one, part by part.
fn certificates<'a>(att_stmt: &'a [u8], found: &mut Vec<&'a [u8]>) -> Result<(), Malformed> {
    let mut decoder = Decoder::new(Structure::AttestationStatement, att_stmt);
    if let Item::Array(parts) = decoder.clone().item()? {
        decoder.item()?;
        for _ in 0..parts {
            certificates(decoder.any()?, found)?;
        }
        return Ok(());
    }
    let mut keys = decoder.map("the statement's outer map")?;
    while let Some(key) = keys.next(&mut decoder)? {
        match (key, decoder.clone().item()?) {
            (Item::Text("x5c"), Item::Array(length)) => {
                decoder.item()?;
                for _ in 0..length {
                    found.push(decoder.bytes("x5c")?);
                }
            }
            (Item::Text("attStmt"), _) => certificates(decoder.any()?, found)?,
            _ => {
                decoder.any()?;
            }
        }
    }
    Ok(())
}

/// What the metadata says of a credential.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum MetadataVerdict<'a> {
    /// Nothing speaks against it.
    Accepted {
        /// What is known of the model.
        entry: &'a MetadataEntry,
        /// The model's certification, as the metadata has it.
        certification: Option<CertificationLevel>,
        /// Whether the BLOB is too old for its silence to mean much.
        outdated: bool,
    },
    /// The model has no entry, and the policy accepts that.
    Unlisted,
    /// It is refused.
    Refused(MetadataRefusal),
}

/// Why a credential is refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MetadataRefusal {
    /// The model has no entry.
    Unlisted,
    /// The entry has reports that cannot be read, so nobody knows what they say.
    ReportsUnreadable,
    /// A report that is in effect has an undesired status.
    Undesired {
        /// The status.
        status: AuthenticatorStatus,
        /// Since when.
        since: Option<Date>,
        /// Whether the whole model is meant, or the credentials with a certain certificate.
        scope: ReportScope,
    },
    /// The policy asks for a certification, and no attestation proves the model.
    ModelUnproven,
    /// The model's certification is lower than the policy asks for.
    CertificationTooLow {
        /// What it has.
        found: Option<CertificationLevel>,
        /// What it must have.
        required: CertificationLevel,
    },
    /// The BLOB is too old for its silence to mean anything.
    Outdated,
}

impl core::fmt::Display for MetadataRefusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Unlisted => f.write_str("the metadata has no entry for the model"),
            Self::ReportsUnreadable => {
                f.write_str("the metadata has reports on the model that cannot be read")
            }
            Self::Undesired {
                status,
                since,
                scope,
            } => {
                write!(f, "the metadata says {status}")?;
                if let Some(since) = since {
                    write!(f, " since {since}")?;
                }
                f.write_str(match scope {
                    ReportScope::Model => " of the model",
                    ReportScope::Certificate => " of authenticators with this certificate",
                })
            }
            Self::ModelUnproven => {
                f.write_str("a certification is asked for, and no attestation proves the model")
            }
            Self::CertificationTooLow { found, required } => {
                write!(
                    f,
                    "the model's certification is {found:?}, and must be {required:?}"
                )
            }
            Self::Outdated => f.write_str("the metadata is too old"),
        }
    }
}

impl core::error::Error for MetadataRefusal {}

impl MetadataBlob {
    /// Judges a credential at a registration, and again at any sign-in.
    ///
    /// A bad report decides first, then the certification, then the BLOB's age.
    ///
    /// ```
    /// # #[cfg(feature = "aws-lc-rs")] {
    /// # use passkeep_testkit::metadata::{MetadataService, entry, status};
    /// # use passkeep_verify::{metadata::{MDS_HOST, MetadataSigner}, trust::TrustAnchor};
    /// use passkeep_verify::Timestamp;
    /// use passkeep_verify::algorithm::AWS_LC_RS;
    /// use passkeep_verify::metadata::{MetadataBlob, MetadataSubject, MetadataVerdict, StatusPolicy};
    ///
    /// # let service = MetadataService::new("a service");
    /// # let root = TrustAnchor::from_der(service.root.certificate.clone()).unwrap();
    /// # let signer = MetadataSigner::new(vec![root], MDS_HOST);
    /// # let revoked = entry(&[7; 16], &[], &[status("REVOKED")]);
    /// # let fetched = service.draft(1, "2027-02-01", vec![revoked]).to_text();
    /// # let now = Timestamp(1_800_000_000_000);
    /// // `fetched` is a BLOB that says of the model of sevens that it is revoked.
    /// let blob = MetadataBlob::verify(&fetched, &signer, &AWS_LC_RS, now, None).unwrap();
    /// let subject = MetadataSubject { aaguid: [7; 16], chain: Vec::new(), proven: false };
    /// let verdict = blob.judge(&subject, &StatusPolicy::default(), &AWS_LC_RS, now);
    /// assert!(matches!(verdict, MetadataVerdict::Refused(_)));
    /// # }
    /// ```
    #[must_use]
    pub fn judge(
        &self,
        subject: &MetadataSubject<'_>,
        policy: &StatusPolicy,
        crypto: &CryptoProvider,
        now: Timestamp,
    ) -> MetadataVerdict<'_> {
        let entries = self.entries_of(subject);
        let Some(entry) = entries.first().copied() else {
            return match policy.unlisted {
                FindingAction::Report => MetadataVerdict::Unlisted,
                FindingAction::Reject => MetadataVerdict::Refused(MetadataRefusal::Unlisted),
            };
        };
        let about = About {
            subject,
            policy,
            crypto,
            now,
        };
        // Keys can be in several entries: all must be in order, and the lowest certification counts.
        let mut certification = None;
        for (index, entry) in entries.iter().enumerate() {
            if let Err(refusal) = about.reports(entry) {
                return MetadataVerdict::Refused(refusal);
            }
            let level = status::certification(&entry.status_reports, now);
            certification = if index == 0 {
                level
            } else {
                level.min(certification)
            };
        }
        if let Err(refusal) = about.certification(certification) {
            return MetadataVerdict::Refused(refusal);
        }
        let outdated = self.freshness(now) == Freshness::TooOld;
        if outdated && policy.outdated == FindingAction::Reject {
            return MetadataVerdict::Refused(MetadataRefusal::Outdated);
        }
        MetadataVerdict::Accepted {
            entry,
            certification,
            outdated,
        }
    }

    /// The entries of the credential's model.
    fn entries_of(&self, subject: &MetadataSubject<'_>) -> Vec<&MetadataEntry> {
        if subject.aaguid != [0; 16] {
            return self.by_aaguid(&subject.aaguid).into_iter().collect();
        }
        let keys: Vec<_> = subject
            .chain
            .iter()
            .filter_map(|der| key_identifier(der))
            .collect();
        let named = |entry: &&MetadataEntry| {
            entry.aaguid.is_none() && keys.iter().any(|key| entry.key_identifiers.contains(key))
        };
        self.entries().iter().filter(named).collect()
    }

    /// The trust anchors for the attestations of a credential: those of its model's entries, in DER.
    #[must_use]
    pub fn attestation_roots(&self, subject: &MetadataSubject<'_>) -> Vec<&[u8]> {
        let entries = self.entries_of(subject).into_iter();
        let roots = entries.flat_map(|entry| &entry.attestation_roots);
        roots.map(Vec::as_slice).collect()
    }
}

/// Everything that a refusal depends on.
struct About<'a> {
    subject: &'a MetadataSubject<'a>,
    policy: &'a StatusPolicy,
    crypto: &'a CryptoProvider,
    now: Timestamp,
}

impl About<'_> {
    fn reports(&self, entry: &MetadataEntry) -> Result<(), MetadataRefusal> {
        let mut reports = entry.status_reports.iter();
        let hit = reports.find_map(|report| {
            let bad = report.in_effect(self.now) && self.policy.undesired.contains(&report.status);
            let scope = if bad { self.scope(report) } else { None };
            scope.map(|scope| (report, scope))
        });
        if let Some((report, scope)) = hit {
            return Err(MetadataRefusal::Undesired {
                status: report.status.clone(),
                since: report.effective_date(),
                scope,
            });
        }
        if entry.problems.contains(&EntryProblem::StatusReports) {
            return Err(MetadataRefusal::ReportsUnreadable);
        }
        Ok(())
    }

    fn certification(&self, found: Option<CertificationLevel>) -> Result<(), MetadataRefusal> {
        let Some(required) = self.policy.minimum_certification else {
            return Ok(());
        };
        if !self.subject.proven {
            return Err(MetadataRefusal::ModelUnproven);
        }
        if found < Some(required) {
            return Err(MetadataRefusal::CertificationTooLow { found, required });
        }
        Ok(())
    }

    /// Whom the report is about, if the credential is among them.
    fn scope(&self, report: &StatusReport) -> Option<ReportScope> {
        let (scope, certificates) = report.scope();
        match scope {
            ReportScope::Model => Some(scope),
            ReportScope::Certificate => {
                let mut certificates = certificates.iter().flatten();
                // One that turns out to be no certificate narrows nothing.
                certificates.find_map(|der| match Certificate::parse(der) {
                    Err(_) => Some(ReportScope::Model),
                    Ok(named) => self.is_below(&named).then_some(scope),
                })
            }
        }
    }

    /// Whether the credential's path goes through a certificate: it is on the path, the path has its key, or it issued the
    /// path's last certificate, since the root itself is seldom sent.
    fn is_below(&self, named: &Certificate<'_>) -> bool {
        let chain = self
            .subject
            .chain
            .iter()
            .filter_map(|der| Certificate::parse(der).ok());
        let chain: Vec<_> = chain.collect();
        let on_path = chain
            .iter()
            .any(|certificate| certificate.public_key_info() == named.public_key_info());
        let issued_last = || {
            let last = chain.last().filter(|last| last.issuer() == named.subject());
            last.zip(named.public_key())
                .is_some_and(|(last, key)| last.verify_signed_by(&key, self.crypto).is_ok())
        };
        on_path || issued_last()
    }
}

/// The identifier by which an entry names a certificate's key.
fn key_identifier(der: &[u8]) -> Option<KeyIdentifier> {
    let certificate = Certificate::parse(der).ok()?;
    let mut info = Der::new(Structure::Certificate, certificate.public_key_info());
    let mut info = info.sequence("the public key").ok()?;
    info.sequence("the key's algorithm").ok()?;
    Some(Sha1::digest(info.byte_bit_string("the key").ok()?).into())
}
