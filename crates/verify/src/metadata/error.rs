//! Why a metadata BLOB is not used.

use core::fmt;

use super::date::Date;

/// A metadata BLOB that is not used. Whoever fetched it keeps the one before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MetadataError {
    /// It is longer than any BLOB may be.
    TooLong {
        /// The longest that is read, in bytes.
        cap: usize,
    },
    /// It is not three parts joined by dots.
    NotCompactJws,
    /// The header is not base64url of a JSON object with `alg`.
    HeaderUnreadable,
    /// The header has `crit`, which names members that must be understood.
    CriticalHeader,
    /// The header has `x5u`: the certificates would have to be fetched.
    CertificatesByUrl,
    /// It is signed with an algorithm that may not sign it, or that the crypto library does not have.
    AlgorithmNotAccepted,
    /// The header has no certificates.
    CertificatesMissing,
    /// The header has more certificates than any path needs.
    TooManyCertificates {
        /// The most that are read.
        cap: usize,
    },
    /// A certificate is not base64 of a certificate.
    CertificateUnreadable {
        /// Which one, the signer's being 0.
        position: usize,
    },
    /// The signer's certificate does not lead to a pinned root at this time.
    SignerUntrusted,
    /// The signer's certificate is for another host.
    SignerNameDiffers,
    /// The signer's certificate is not for signing data.
    SignerUsage,
    /// A certificate on the signer's path is revoked, or its revocation cannot be told and must be.
    SignerRevoked,
    /// The signature is not the signer's.
    SignatureInvalid,
    /// The payload is not base64url of the JSON it must be.
    PayloadUnreadable,
    /// `nextUpdate` is not a day.
    NextUpdateUnreadable,
    /// It has more entries than any BLOB may have.
    TooManyEntries {
        /// The most that are read.
        cap: usize,
    },
    /// It is older than one that was used before.
    NumberLower {
        /// The number of the one that was used before.
        previous: u64,
        /// Its own number.
        received: u64,
    },
    /// The next one has been due for longer than the grace period.
    TooOld {
        /// When the next one was due.
        next_update: Date,
    },
}

impl MetadataError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "metadata_too_long",
            Self::NotCompactJws => "metadata_not_compact_jws",
            Self::HeaderUnreadable => "metadata_header_unreadable",
            Self::CriticalHeader => "metadata_critical_header",
            Self::CertificatesByUrl => "metadata_certificates_by_url",
            Self::AlgorithmNotAccepted => "metadata_algorithm_not_accepted",
            Self::CertificatesMissing => "metadata_certificates_missing",
            Self::TooManyCertificates { .. } => "metadata_too_many_certificates",
            Self::CertificateUnreadable { .. } => "metadata_certificate_unreadable",
            Self::SignerUntrusted => "metadata_signer_untrusted",
            Self::SignerNameDiffers => "metadata_signer_name_differs",
            Self::SignerUsage => "metadata_signer_usage",
            Self::SignerRevoked => "metadata_signer_revoked",
            Self::SignatureInvalid => "metadata_signature_invalid",
            Self::PayloadUnreadable => "metadata_payload_unreadable",
            Self::NextUpdateUnreadable => "metadata_next_update_unreadable",
            Self::TooManyEntries { .. } => "metadata_too_many_entries",
            Self::NumberLower { .. } => "metadata_number_lower",
            Self::TooOld { .. } => "metadata_too_old",
        }
    }
}

impl fmt::Display for MetadataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the metadata BLOB is not used: ")?;
        match self {
            Self::TooLong { cap } => write!(f, "it is longer than {cap} bytes"),
            Self::NotCompactJws => f.write_str("it is not three parts joined by dots"),
            Self::HeaderUnreadable => f.write_str("its header cannot be read"),
            Self::CriticalHeader => f.write_str("its header demands an extension"),
            Self::CertificatesByUrl => f.write_str("its certificates would have to be fetched"),
            Self::AlgorithmNotAccepted => f.write_str("its signature algorithm is not accepted"),
            Self::CertificatesMissing => f.write_str("it has no certificates"),
            Self::TooManyCertificates { cap } => write!(f, "it has more than {cap} certificates"),
            Self::CertificateUnreadable { position } => {
                write!(f, "its certificate {position} cannot be read")
            }
            Self::SignerUntrusted => {
                f.write_str("its signer's certificate leads to none of the pinned roots")
            }
            Self::SignerNameDiffers => f.write_str("its signer's certificate is for another host"),
            Self::SignerUsage => f.write_str("its signer's certificate is not for signing"),
            Self::SignerRevoked => f.write_str("a certificate of its signer's path is revoked"),
            Self::SignatureInvalid => f.write_str("its signature is not its signer's"),
            Self::PayloadUnreadable => f.write_str("its payload cannot be read"),
            Self::NextUpdateUnreadable => f.write_str("its nextUpdate is not a day"),
            Self::TooManyEntries { cap } => write!(f, "it has more than {cap} entries"),
            Self::NumberLower { previous, received } => {
                write!(
                    f,
                    "its number {received} is lower than {previous}, which was used before"
                )
            }
            Self::TooOld { next_update } => {
                write!(f, "the one after it has been due since {next_update}")
            }
        }
    }
}

impl core::error::Error for MetadataError {}
