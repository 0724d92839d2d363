//! Certificate paths: from an attestation certificate to somebody who is believed. [RFC 5280 §6]
//!
//! The first certificate is the one in question. Each is vouched for by a trust anchor, or by another one of those that
//! came along; their order does not matter, and the anchor need not be among them. The search does not go back: where two
//! certificates could have issued a third, the first that did issue it is taken.
//!
//! It verifies no signature unless names lead to an anchor, and not more than [`MAX_PATH_SIGNATURES`]: whoever sends the
//! certificates chooses their names, and could have each tried with each.
//!
//! Name constraints are not evaluated: a certificate that has them issues nothing here, whether they are critical or not, and
//! only as an anchor is it believed without them. A certificate that makes policy mappings critical is refused.
//!
//! [RFC 5280 §6]: https://www.rfc-editor.org/rfc/rfc5280#section-6

use core::cell::Cell;
use core::fmt;

use passkeep_protocol::Malformed;
use passkeep_protocol::cose::KeyParameters;

use super::{Certificate, ObjectIdentifier, SignatureFault, oid};
use crate::algorithm::CryptoProvider;
use crate::trust::{ExpiredAnchors, TrustAnchor};
use crate::values::Timestamp;

/// The longest path, in certificates without the anchor.
pub const MAX_PATH_CERTIFICATES: usize = 16;

/// The most signatures on certificates that are verified in one ceremony, over all statements in a `compound` one. Real
/// paths have two to five, and one of the greatest length has as many as certificates.
pub const MAX_PATH_SIGNATURES: u32 = 20;

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
    /// Whether somebody issued it was not looked into: [`MAX_PATH_SIGNATURES`] had been verified before.
    TooManySignatures,
    /// Its issuer's key is none that a signature algorithm here is for.
    IssuerKeyUnsupported,
    /// The signature on it.
    Signature(SignatureFault),
    /// It issued another one and is no certificate authority.
    NotAnAuthority,
    /// It issued another one, and its key may not sign certificates.
    MayNotSign,
    /// It issued another one and limits the names of those below it, which is not evaluated here.
    NameConstraints,
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
            Self::TooManySignatures => {
                write!(
                    f,
                    "more than {MAX_PATH_SIGNATURES} signatures would have to be verified"
                )
            }
            Self::IssuerKeyUnsupported => f.write_str("its issuer's key is not supported"),
            Self::Signature(fault) => fault.fmt(f),
            Self::NotAnAuthority => {
                f.write_str("it issued another one and is no certificate authority")
            }
            Self::MayNotSign => f.write_str("its key may not sign certificates"),
            Self::NameConstraints => {
                f.write_str("it limits the names below it, which is not evaluated")
            }
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

/// How many more signatures on certificates may be verified. What one ceremony has to judge shares one.
#[derive(Debug)]
pub(crate) struct SignatureBudget(Cell<u32>);

impl SignatureBudget {
    pub(crate) fn new() -> Self {
        Self(Cell::new(MAX_PATH_SIGNATURES))
    }

    fn spend(&self) -> Result<(), PathFault> {
        let left = self.0.get().checked_sub(1);
        self.0.set(left.ok_or(PathFault::TooManySignatures)?);
        Ok(())
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
    validate_within(&SignatureBudget::new(), certificates, rules, crypto)
}

/// As [`validate`], with a budget of signatures that others share.
pub(crate) fn validate_within<'p>(
    budget: &SignatureBudget,
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
    // Where no anchor can be reached, the names alone say which issuer is missing; and without an anchor nothing is valid.
    let anchors: &[TrustAnchor] = match names_reach_an_anchor(certificates, rules) {
        true => rules.anchors,
        false => &[],
    };
    let signed_by = |certificate: &Certificate<'_>, key: Option<KeyParameters<'_>>| {
        if anchors.is_empty() {
            return Ok(());
        }
        budget.spend()?;
        let key = key.ok_or(PathFault::IssuerKeyUnsupported)?;
        let verified = certificate.verify_signed_by(&key, crypto);
        verified.map_err(PathFault::Signature)
    };
    let mut positions = vec![0];
    let mut position = 0;
    // Intermediate certificates so far; self-issued ones do not count: [RFC 5280 §4.2.1.9, "non-self-issued"]
    let mut intermediates = 0;
    loop {
        check_alone(certificate, rules).map_err(|fault| at(position, fault))?;
        if let Some(anchor) = anchors.iter().find(|it| is(it, certificate)) {
            return Ok(ValidPath { positions, anchor });
        }

        let mut fault = PathFault::IssuerUnknown;
        for anchor in anchors {
            if !may_have_issued(anchor, certificate) {
                continue;
            }
            match signed_by(certificate, anchor.public_key()) {
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
            match signed_by(certificate, candidate.public_key()) {
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

/// Whether the first certificate, somebody who could have issued it by their name, or one who could have issued that one,
/// is an anchor or could be issued by one.
fn names_reach_an_anchor(certificates: &[Certificate<'_>], rules: &PathRules<'_>) -> bool {
    let mut reached = vec![0];
    let mut next = 0;
    while let Some(certificate) = reached
        .get(next)
        .and_then(|at: &usize| certificates.get(*at))
    {
        let mut anchors = rules.anchors.iter();
        if anchors.any(|anchor| is(anchor, certificate) || may_have_issued(anchor, certificate)) {
            return true;
        }
        for (index, candidate) in certificates.iter().enumerate() {
            if candidate.subject() == certificate.issuer() && !reached.contains(&index) {
                reached.push(index);
            }
        }
        next += 1;
    }
    false
}

fn is(anchor: &TrustAnchor, certificate: &Certificate<'_>) -> bool {
    anchor.der() == certificate.der()
}

/// Whether an anchor could have issued a certificate, by its name.
fn may_have_issued(anchor: &TrustAnchor, certificate: &Certificate<'_>) -> bool {
    anchor.may_issue() && anchor.subject() == certificate.issuer()
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
    // [RFC 5280 §4.2.1.10, "Conforming CAs MUST mark this extension as critical"]: public ones need not.
    if issuer.extension(oid::NAME_CONSTRAINTS).is_some() {
        return Err(PathFault::NameConstraints);
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
