//! Certificate paths: from an attestation certificate to somebody who is believed. [RFC 5280 §6]
//!
//! The first certificate is the one in question. Each is vouched for by a trust anchor, or by another one of those that
//! came along; their order does not matter, and the anchor need not be among them. The search does not go back: where two
//! certificates could have issued a third, the first that did issue it is taken.
//!
//! Name constraints and policy mappings are not evaluated: a certificate that makes them critical is refused.
//!
//! [RFC 5280 §6]: https://www.rfc-editor.org/rfc/rfc5280#section-6

use core::fmt;

use passkeep_protocol::Malformed;

use super::{Certificate, ObjectIdentifier, SignatureFault, oid};
use crate::algorithm::CryptoProvider;
use crate::trust::{ExpiredAnchors, TrustAnchor};
use crate::values::Timestamp;

/// The longest path, in certificates without the anchor.
pub const MAX_PATH_CERTIFICATES: usize = 16;

/// The critical extensions that are understood on every path. Those of a format are added by its profile.
const UNDERSTOOD: [ObjectIdentifier; 6] = [
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    oid::SUBJECT_ALT_NAME,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::SUBJECT_KEY_IDENTIFIER,
];

/// What a path is judged by.
#[derive(Clone, Copy, Debug)]
pub struct PathRules<'p> {
    /// Who is believed.
    pub anchors: &'p [TrustAnchor],
    /// Whether an anchor is believed after its validity.
    pub expired_anchors: ExpiredAnchors,
    /// Critical extensions that the caller understands, besides the usual ones.
    pub understood: &'p [ObjectIdentifier],
    /// When.
    pub now: Timestamp,
}

/// A path that holds.
#[derive(Clone, Debug)]
pub struct ValidPath<'p> {
    /// The certificates on it, as positions among those that were given: the certificate in question first.
    pub positions: Vec<usize>,
    /// Who vouches for the last of them, or is the last of them.
    pub anchor: &'p TrustAnchor,
}

impl ValidPath<'_> {
    /// The certificates on it, the one in question first and the anchor last, out of those that were given.
    ///
    /// # Errors
    ///
    /// None that can happen: the anchor was read before.
    pub fn certificates<'c>(
        &'c self,
        given: &[Certificate<'c>],
    ) -> Result<Vec<Certificate<'c>>, Malformed> {
        let on_path = self.positions.iter();
        let on_path = on_path.filter_map(|position| given.get(*position).cloned());
        let mut certificates: Vec<_> = on_path.collect();
        let anchor = self.anchor.der();
        if certificates.last().is_none_or(|last| last.der() != anchor) {
            certificates.push(Certificate::parse(anchor)?);
        }
        Ok(certificates)
    }
}

/// A path that does not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PathError {
    /// Which certificate is at fault, counted from 0 as they were given; `None` for the trust anchor.
    pub position: Option<usize>,
    /// What is wrong with it.
    pub fault: PathFault,
}

/// What is wrong with a certificate on a path.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PathFault {
    /// There is no certificate.
    NoCertificate,
    /// There are more than [`MAX_PATH_CERTIFICATES`].
    TooManyCertificates,
    /// An extension that is needed cannot be read.
    Malformed(Malformed),
    /// Its validity begins later.
    NotYetValid,
    /// Its validity is over.
    Expired,
    /// It has a critical extension that is not understood.
    UnknownCriticalExtension(Box<ObjectIdentifier>),
    /// Nobody who is believed issued it, and none of the certificates that came along did.
    IssuerUnknown,
    /// Its issuer's key is none that a signature algorithm here is for.
    IssuerKeyUnsupported,
    /// The signature on it.
    Signature(SignatureFault),
    /// It issued another one and is no certificate authority.
    NotAnAuthority,
    /// It issued another one, and its key may not sign certificates.
    MayNotSign,
    /// More certificates follow than it allows.
    PathTooLong {
        /// How many intermediate certificates it allows.
        allowed: u64,
    },
    /// It is an anchor, its validity is over or has not begun, and the policy cares.
    AnchorOutOfDate,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "certificate {position}: {}", self.fault),
            None => write!(f, "the trust anchor: {}", self.fault),
        }
    }
}

impl core::error::Error for PathError {}

impl fmt::Display for PathFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("there is none"),
            Self::TooManyCertificates => {
                write!(f, "there are more than {MAX_PATH_CERTIFICATES}")
            }
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::NotYetValid => f.write_str("its validity has not begun"),
            Self::Expired => f.write_str("its validity is over"),
            Self::UnknownCriticalExtension(oid) => {
                write!(f, "its critical extension {oid} is not understood")
            }
            Self::IssuerUnknown => {
                f.write_str("nobody who is believed issued it, and its issuer did not come along")
            }
            Self::IssuerKeyUnsupported => f.write_str("its issuer's key is not supported"),
            Self::Signature(fault) => fault.fmt(f),
            Self::NotAnAuthority => {
                f.write_str("it issued another one and is no certificate authority")
            }
            Self::MayNotSign => f.write_str("its key may not sign certificates"),
            Self::PathTooLong { allowed } => {
                write!(
                    f,
                    "it allows {allowed} intermediate certificates, and more follow"
                )
            }
            Self::AnchorOutOfDate => f.write_str("it is out of date"),
        }
    }
}

/// Judges the path of the first certificate.
///
/// # Errors
///
/// [`PathError`], with the position of the certificate at fault.
pub fn validate<'p>(
    certificates: &[Certificate<'_>],
    rules: &PathRules<'p>,
    crypto: &CryptoProvider,
) -> Result<ValidPath<'p>, PathError> {
    let Some(mut certificate) = certificates.first() else {
        return Err(at(0, PathFault::NoCertificate));
    };
    if certificates.len() > MAX_PATH_CERTIFICATES {
        return Err(at(MAX_PATH_CERTIFICATES, PathFault::TooManyCertificates));
    }
    let mut positions = vec![0];
    let mut position = 0;
    // Intermediate certificates so far; self-issued ones do not count: [RFC 5280 §4.2.1.9, "non-self-issued"]
    let mut intermediates = 0;
    loop {
        check_alone(certificate, rules).map_err(|fault| at(position, fault))?;
        let itself = |anchor: &&TrustAnchor| anchor.der() == certificate.der();
        if let Some(anchor) = rules.anchors.iter().find(itself) {
            return Ok(ValidPath { positions, anchor });
        }

        let mut fault = PathFault::IssuerUnknown;
        for anchor in rules.anchors {
            if !anchor.may_issue() || anchor.subject() != certificate.issuer() {
                continue;
            }
            match signed_by(certificate, anchor.public_key(), crypto) {
                Err(found) => fault = found,
                Ok(()) => {
                    check_anchor(anchor, intermediates, rules)?;
                    return Ok(ValidPath { positions, anchor });
                }
            }
        }

        let mut issuer = None;
        for (index, candidate) in certificates.iter().enumerate() {
            if positions.contains(&index) || candidate.subject() != certificate.issuer() {
                continue;
            }
            match signed_by(certificate, candidate.public_key(), crypto) {
                Err(found) => fault = found,
                Ok(()) => {
                    issuer = Some((index, candidate));
                    break;
                }
            }
        }
        let (index, candidate) = issuer.ok_or(at(position, fault))?;
        check_issuer(candidate, intermediates).map_err(|fault| at(index, fault))?;
        if !candidate.is_self_issued() {
            intermediates += 1;
        }
        positions.push(index);
        (position, certificate) = (index, candidate);
    }
}

fn at(position: usize, fault: PathFault) -> PathError {
    PathError {
        position: Some(position),
        fault,
    }
}

/// What does not depend on other certificates: dates, and extensions that must be understood.
fn check_alone(certificate: &Certificate<'_>, rules: &PathRules<'_>) -> Result<(), PathFault> {
    if rules.now < certificate.not_before() {
        return Err(PathFault::NotYetValid);
    }
    // The last second counts to its end.
    if rules.now > certificate.not_after().plus_milliseconds(999) {
        return Err(PathFault::Expired);
    }
    let unknown = certificate.extensions().iter().find(|extension| {
        extension.critical
            && !UNDERSTOOD.contains(&extension.oid)
            && !rules.understood.contains(&extension.oid)
    });
    match unknown {
        Some(extension) => Err(PathFault::UnknownCriticalExtension(Box::new(extension.oid))),
        None => Ok(()),
    }
}

/// That the certificate may have issued another one, below which there are so many intermediate ones already.
fn check_issuer(issuer: &Certificate<'_>, intermediates: u64) -> Result<(), PathFault> {
    let constraints = issuer.basic_constraints().map_err(PathFault::Malformed)?;
    let authority = constraints.filter(|constraints| constraints.ca && issuer.version() == 3);
    let authority = authority.ok_or(PathFault::NotAnAuthority)?;
    let usage = issuer.key_usage().map_err(PathFault::Malformed)?;
    if usage.is_some_and(|usage| !usage.key_cert_sign()) {
        return Err(PathFault::MayNotSign);
    }
    check_length(authority.path_length, intermediates)
}

fn check_anchor(
    anchor: &TrustAnchor,
    intermediates: u64,
    rules: &PathRules<'_>,
) -> Result<(), PathError> {
    let in_date = rules.expired_anchors == ExpiredAnchors::Accept || anchor.is_valid_at(rules.now);
    let in_date = in_date.then_some(()).ok_or(PathFault::AnchorOutOfDate);
    in_date
        .and_then(|()| check_length(anchor.path_length(), intermediates))
        .map_err(|fault| PathError {
            position: None,
            fault,
        })
}

fn check_length(path_length: Option<u64>, intermediates: u64) -> Result<(), PathFault> {
    match path_length {
        Some(allowed) if intermediates > allowed => Err(PathFault::PathTooLong { allowed }),
        _ => Ok(()),
    }
}

fn signed_by(
    certificate: &Certificate<'_>,
    key: Option<passkeep_protocol::cose::KeyParameters<'_>>,
    crypto: &CryptoProvider,
) -> Result<(), PathFault> {
    let key = key.ok_or(PathFault::IssuerKeyUnsupported)?;
    let verified = certificate.verify_signed_by(&key, crypto);
    verified.map_err(PathFault::Signature)
}
