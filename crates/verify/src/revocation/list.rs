//! Certificate revocation lists: full lists, version 2, signed by the issuer of the certificates. [RFC 5280 §5]
//!
//! [RFC 5280 §5]: https://www.rfc-editor.org/rfc/rfc5280#section-5

use core::fmt;
use std::collections::BTreeMap;

use der::Tag;
use passkeep_protocol::{Malformed, Problem, Structure};

use super::reason::RevocationReason;
use super::serial::SerialNumber;
use crate::algorithm::CryptoProvider;
use crate::asn1::{Der, explicit};
use crate::certificate::extension::{self, Extension};
use crate::certificate::{
    AlgorithmIdentifier, Certificate, Name, ObjectIdentifier, SignatureFault,
};
use crate::certificate::{signature, time};
use crate::values::Timestamp;

/// The longest list that is read, in bytes. The largest public ones have about ten million.
pub const MAX_REVOCATION_LIST_BYTES: usize = 32 * 1024 * 1024;

/// The most certificates on a list.
pub const MAX_REVOKED_CERTIFICATES: usize = 1_000_000;

/// `issuingDistributionPoint`: the list is about some of the issuer's certificates only.
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
/// `deltaCRLIndicator`: the list only says what changed since another one.
const DELTA_INDICATOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.27");
/// `reasonCode` of an entry.
const REASON: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");
/// `certificateIssuer` of an entry: the certificate is somebody else's.
const CERTIFICATE_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.29");

/// A revocation list whose signature has been verified. There is no other way to make one.
#[derive(Clone, Debug)]
pub struct RevocationList {
    /// The issuer's name and key, in DER: the list is about certificates signed with this key.
    issuer: Vec<u8>,
    issuer_key: Vec<u8>,
    this_update: Timestamp,
    next_update: Timestamp,
    revoked: BTreeMap<SerialNumber, RevokedCertificate>,
}

/// A certificate on the list.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct RevokedCertificate {
    /// When the issuer revoked it. Its key may have been in the wrong hands before.
    pub since: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// A revocation list that is not used.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RevocationListError {
    /// It is not a revocation list of version 2 in DER.
    Malformed(Malformed),
    /// It was issued by another than this issuer.
    IssuerDiffers,
    /// The issuer's key is not for signing revocation lists, or cannot be read.
    IssuerUsage,
    /// It was not signed with the issuer's key.
    Signature(SignatureFault),
    /// It does not say when the next one comes, so it would never be out of date.
    NextUpdateMissing,
    /// It only says what changed since another list.
    Delta,
    /// It is about some of the issuer's certificates only, or about somebody else's.
    Partial,
    /// It has a critical extension that this crate does not know.
    UnknownCriticalExtension(ObjectIdentifier),
}

impl fmt::Display for RevocationListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the revocation list is not used: ")?;
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::IssuerDiffers => f.write_str("it was issued by another"),
            Self::IssuerUsage => f.write_str("its issuer's key is not for revocation lists"),
            Self::Signature(fault) => fault.fmt(f),
            Self::NextUpdateMissing => f.write_str("it does not say when the next one comes"),
            Self::Delta => f.write_str("it only says what changed since another list"),
            Self::Partial => f.write_str("it is not about all certificates of its issuer alone"),
            Self::UnknownCriticalExtension(oid) => {
                write!(f, "it has the critical extension {oid}, which is unknown")
            }
        }
    }
}

impl core::error::Error for RevocationListError {}

impl From<Malformed> for RevocationListError {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl RevocationList {
    /// Reads a list in DER and verifies that `issuer` signed it. Whether it is out of date is judged when it is used.
    ///
    /// The issuer's certificate is not judged here; a list is used only for certificates that a validated path shows to be
    /// signed with this issuer's key.
    ///
    /// # Errors
    ///
    /// [`RevocationListError`], among others for lists that would be misread by whoever does not know their extensions.
    ///
    /// ```
    /// # #[cfg(feature = "aws-lc-rs")] {
    /// # use passkeep_testkit::{certificate::CertificateAuthority, crl::{RevocationListDraft, RevokedEntry}};
    /// use passkeep_verify::algorithm::AWS_LC_RS;
    /// use passkeep_verify::certificate::Certificate;
    /// use passkeep_verify::revocation::{Revocation, RevocationList};
    ///
    /// # let vendor = CertificateAuthority::root("a vendor");
    /// # let revoked = RevokedEntry::new(&[7], 1_790_000_000, Some(1));
    /// # let draft = RevocationListDraft::new(&vendor, 1_800_000_000);
    /// # let fetched = draft.with(|draft| draft.entries = vec![revoked]).to_der();
    /// # let issuer = vendor.certificate;
    /// // `fetched` is the list and `issuer` the certificate of whom it is from, both in DER.
    /// let issuer = Certificate::parse(&issuer).unwrap();
    /// let mut revocation = Revocation::default(); // For `TrustPolicy::revocation`.
    /// revocation.lists.push(RevocationList::verify(&fetched, &issuer, &AWS_LC_RS).unwrap());
    /// # }
    /// ```
    pub fn verify(
        der: &[u8],
        issuer: &Certificate<'_>,
        crypto: &CryptoProvider,
    ) -> Result<Self, RevocationListError> {
        if der.len() > MAX_REVOCATION_LIST_BYTES {
            let cap = MAX_REVOCATION_LIST_BYTES;
            return Err(RevocationListError::Malformed(Malformed::new(
                Structure::RevocationList,
                cap,
                Problem::TooLong { cap },
            )));
        }
        let mut input = Der::new(Structure::RevocationList, der);
        let mut outer = input.sequence("a revocation list's outer sequence")?;
        input.finish()?;
        let (tbs, signed) = outer.whole(Tag::Sequence, "the signed part")?;
        let fields = outer.inside(signed);
        let algorithm = AlgorithmIdentifier::read(&mut outer)?;
        let bits = outer.byte_bit_string("the signature")?;
        outer.finish()?;

        let may_sign = issuer
            .key_usage()
            .map(|usage| usage.is_none_or(|usage| usage.crl_sign()));
        let key = issuer.public_key().filter(|_| may_sign == Ok(true));
        let key = key.ok_or(RevocationListError::IssuerUsage)?;
        signature::verify_signed_by(algorithm, &key, tbs, bits, crypto)
            .map_err(RevocationListError::Signature)?;
        Self::read(fields, algorithm, issuer)
    }

    /// Reads the signed part.
    fn read(
        mut fields: Der<'_>,
        algorithm: AlgorithmIdentifier<'_>,
        issuer: &Certificate<'_>,
    ) -> Result<Self, RevocationListError> {
        // Version 2 is written as 1. Version 1 has no extensions, so nobody could say what such a list is about.
        let start = fields.offset();
        if fields.unsigned(Tag::Integer, "the version")? != 1 {
            let problem = Problem::Unexpected("the version");
            return Err(fields.error_at(start, problem).into());
        }
        let start = fields.offset();
        if AlgorithmIdentifier::read(&mut fields)? != algorithm {
            let problem = Problem::Unexpected("the signature algorithm inside");
            return Err(fields.error_at(start, problem).into());
        }
        if Name::read(&mut fields, "the issuer")? != issuer.subject() {
            return Err(RevocationListError::IssuerDiffers);
        }
        let this_update = time::read(&mut fields, "thisUpdate")?;
        if !matches!(fields.peek(), Some(Tag::UtcTime | Tag::GeneralizedTime)) {
            return Err(RevocationListError::NextUpdateMissing);
        }
        let next_update = time::read(&mut fields, "nextUpdate")?;
        let mut revoked = BTreeMap::new();
        if fields.peek() == Some(Tag::Sequence) {
            let mut entries = fields.sequence("the revoked certificates")?;
            while !entries.is_finished() {
                if revoked.len() == MAX_REVOKED_CERTIFICATES {
                    let cap = MAX_REVOKED_CERTIFICATES;
                    return Err(entries.error(Problem::TooLong { cap }).into());
                }
                let (serial, entry) = read_entry(entries.sequence("a revoked certificate")?)?;
                revoked.insert(serial, entry);
            }
        }
        if let Some(element) = fields.optional(explicit(0))? {
            for extension in &extension::read_all(fields.inside(element))? {
                accept(extension)?;
            }
        }
        fields.finish()?;
        Ok(Self {
            issuer: issuer.subject().der().to_vec(),
            issuer_key: issuer.public_key_info().to_vec(),
            this_update,
            next_update,
            revoked,
        })
    }

    /// Whether it is about certificates that this issuer signed.
    #[must_use]
    pub fn is_about(&self, issuer: &Certificate<'_>) -> bool {
        self.issuer == issuer.subject().der() && self.issuer_key == issuer.public_key_info()
    }

    /// What it says of one of its issuer's certificates.
    #[must_use]
    pub fn entry(&self, serial: &SerialNumber) -> Option<&RevokedCertificate> {
        self.revoked.get(serial)
    }

    /// When it was issued.
    #[must_use]
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next one comes at the latest. Its last second counts.
    #[must_use]
    pub fn next_update(&self) -> Timestamp {
        self.next_update
    }

    /// Whether its silence about a certificate says anything at that time.
    #[must_use]
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.this_update <= now && now < self.next_update.plus_seconds(1)
    }
}

fn read_entry(
    mut entry: Der<'_>,
) -> Result<(SerialNumber, RevokedCertificate), RevocationListError> {
    let serial = entry.element(Tag::Integer, "the serial number")?;
    let since = time::read(&mut entry, "the revocation date")?;
    let mut reason = RevocationReason::Unspecified;
    if !entry.is_finished() {
        for extension in &extension::read_all(entry)? {
            if extension.oid == REASON {
                reason = read_reason(extension)?;
            } else {
                accept(extension)?;
            }
        }
    }
    Ok((
        SerialNumber::from_bytes(serial.value),
        RevokedCertificate { since, reason },
    ))
}

fn read_reason(extension: &Extension<'_>) -> Result<RevocationReason, RevocationListError> {
    let mut value = Der::new(Structure::RevocationList, extension.value);
    let number = value.unsigned(Tag::Enumerated, "the reason")?;
    let end = value.offset();
    value.finish()?;
    let number = u8::try_from(number).ok();
    let reason = number.and_then(RevocationReason::from_number);
    reason.ok_or_else(|| {
        let problem = Problem::Unexpected("the reason");
        Malformed::new(Structure::RevocationList, end, problem).into()
    })
}

/// Refuses extensions that change what the list is about, and all that must be understood and are not.
/// [RFC 5280 §5.2, "If a CRL contains a critical extension that the application cannot process"]
///
/// [RFC 5280 §5.2, "If a CRL contains a critical extension that the application cannot process"]: https://www.rfc-editor.org/rfc/rfc5280#section-5.2
fn accept(extension: &Extension<'_>) -> Result<(), RevocationListError> {
    match extension.oid {
        DELTA_INDICATOR => Err(RevocationListError::Delta),
        ISSUING_DISTRIBUTION_POINT | CERTIFICATE_ISSUER => Err(RevocationListError::Partial),
        oid if extension.critical => Err(RevocationListError::UnknownCriticalExtension(oid)),
        _ => Ok(()),
    }
}
