//! Which certificates are not to be believed any more: revocation lists and Google's attestation status list, as dated
//! inputs. Nothing is fetched here.
//!
//! | input | signed | dated by | about |
//! |---|---|---|---|
//! | [`RevocationList`] | by the issuer, verified when it is read | itself | all certificates signed with the issuer's key |
//! | [`AttestationStatusList`] | no: TLS carried it | the caller, who fetched it | Android's attestation certificates |
//!
//! Whoever is on a list is refused, however old the list is: nobody comes off a list by its growing old. The silence of a
//! list counts only while it is current; [`Revocation::missing`] and [`Revocation::stale`] say what else to do.

use core::fmt;

use crate::certificate::Certificate;
use crate::finding::FindingAction;
use crate::values::Timestamp;

mod list;
mod reason;
mod serial;
mod status_list;

pub use self::list::{
    MAX_REVOCATION_LIST_BYTES, MAX_REVOKED_CERTIFICATES, RevocationList, RevocationListError,
    RevokedCertificate,
};
pub use self::reason::RevocationReason;
pub use self::serial::SerialNumber;
pub use self::status_list::{
    AttestationStatusList, KeyStatus, MAX_STATUS_LIST_BYTES, StatusListEntry, StatusListError,
};

/// How long Google's list is current after it was fetched, in seconds, unless the deployer says otherwise: seven days.
pub const STATUS_LIST_LIFETIME: u32 = 7 * 86_400;

/// The lists, and what to do where they say nothing. The default has no list and reports nothing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Revocation {
    /// Revocation lists, of any issuers, in any order. Several of one issuer are all consulted.
    pub lists: Vec<RevocationList>,
    /// Google's list.
    pub android: Option<AttestationStatusList>,
    /// How long Google's list is current after it was fetched, in seconds.
    pub android_lifetime: u32,
    /// A certificate no list is about. Reported by default, as few attestation certificates have a list.
    pub missing: FindingAction,
    /// A certificate whose lists are all out of date. Reported by default: a list that could not be fetched must not lock
    /// people out.
    pub stale: FindingAction,
    /// A certificate that is suspended. Refused by default.
    pub suspended: FindingAction,
}

impl Default for Revocation {
    fn default() -> Self {
        Self {
            lists: Vec::new(),
            android: None,
            android_lifetime: STATUS_LIST_LIFETIME,
            missing: FindingAction::Report,
            stale: FindingAction::Report,
            suspended: FindingAction::Reject,
        }
    }
}

/// Where a certificate is listed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RevocationSource {
    /// A [`RevocationList`].
    RevocationList,
    /// An [`AttestationStatusList`].
    AttestationStatusList,
}

/// A path that is refused because of a certificate on it. Positions count from the leaf, which is 0.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RevocationRefusal {
    /// It is revoked.
    Revoked {
        /// Which certificate.
        position: usize,
        /// Who says so.
        source: RevocationSource,
        /// Why, as far as the list says.
        reason: RevocationReason,
    },
    /// It is suspended.
    Suspended {
        /// Which certificate.
        position: usize,
        /// Who says so.
        source: RevocationSource,
    },
    /// No list is about it, and the policy wants one.
    NotCovered {
        /// Which certificate.
        position: usize,
    },
    /// The lists about it are out of date, and the policy wants a current one.
    Stale {
        /// Which certificate.
        position: usize,
    },
}

impl fmt::Display for RevocationRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revoked {
                position, reason, ..
            } => write!(f, "certificate {position} is revoked ({reason:?})"),
            Self::Suspended { position, .. } => write!(f, "certificate {position} is suspended"),
            Self::NotCovered { position } => {
                write!(f, "no revocation list is about certificate {position}")
            }
            Self::Stale { position } => {
                write!(
                    f,
                    "the revocation lists about certificate {position} are out of date"
                )
            }
        }
    }
}

impl core::error::Error for RevocationRefusal {}

/// Something about a path that is accepted all the same. Positions count from the leaf, which is 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RevocationGap {
    /// No list is about this certificate.
    NotCovered(usize),
    /// The lists about this certificate are out of date.
    Stale(usize),
    /// This certificate is suspended.
    Suspended(usize),
}

/// Who makes the certificates of a path, which decides whether Google's list is about them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PathKind {
    /// Android's key attestation.
    Android,
    /// Anybody else.
    Other,
}

/// What the lists say of one certificate.
enum Listed {
    Revoked(RevocationSource, RevocationReason),
    Suspended(RevocationSource),
    /// A current list does not have it.
    Good,
    /// Only lists that are out of date are about it, and do not have it.
    Stale,
    NotCovered,
}

impl Revocation {
    /// Judges every certificate of a validated path but the trust anchor at its end, which nobody but its owner can revoke.
    ///
    /// Goes from the leaf upwards and returns what the policy only wants reported. With no list and nothing demanded
    /// there is nothing to report.
    ///
    /// # Errors
    ///
    /// [`RevocationRefusal`] for the first certificate that is refused.
    pub fn check(
        &self,
        path: &[Certificate<'_>],
        kind: PathKind,
        now: Timestamp,
    ) -> Result<Vec<RevocationGap>, RevocationRefusal> {
        let mut gaps = Vec::new();
        let no_list = self.lists.is_empty() && (self.android.is_none() || kind == PathKind::Other);
        if no_list && self.missing == FindingAction::Report {
            return Ok(gaps);
        }
        let issuers = path.iter().skip(1);
        for (position, (certificate, issuer)) in path.iter().zip(issuers).enumerate() {
            let (action, gap, refusal) = match self.look_up(certificate, issuer, kind, now) {
                Listed::Good => continue,
                Listed::Revoked(source, reason) => {
                    return Err(RevocationRefusal::Revoked {
                        position,
                        source,
                        reason,
                    });
                }
                Listed::Suspended(source) => (
                    self.suspended,
                    RevocationGap::Suspended(position),
                    RevocationRefusal::Suspended { position, source },
                ),
                Listed::Stale => (
                    self.stale,
                    RevocationGap::Stale(position),
                    RevocationRefusal::Stale { position },
                ),
                Listed::NotCovered => (
                    self.missing,
                    RevocationGap::NotCovered(position),
                    RevocationRefusal::NotCovered { position },
                ),
            };
            match action {
                FindingAction::Reject => return Err(refusal),
                FindingAction::Report => gaps.push(gap),
            }
        }
        Ok(gaps)
    }

    /// Asks every list about one certificate. The worst answer counts.
    fn look_up(
        &self,
        certificate: &Certificate<'_>,
        issuer: &Certificate<'_>,
        kind: PathKind,
        now: Timestamp,
    ) -> Listed {
        let serial = SerialNumber::from_bytes(certificate.serial());
        let (mut suspended, mut covered, mut current) = (None, false, false);
        for list in self.lists.iter().filter(|list| list.is_about(issuer)) {
            let source = RevocationSource::RevocationList;
            match list.entry(&serial) {
                Some(entry) if entry.reason == RevocationReason::CertificateHold => {
                    suspended = Some(source);
                }
                Some(entry) => return Listed::Revoked(source, entry.reason.clone()),
                None => {}
            }
            covered = true;
            current |= list.is_current(now);
        }
        if let Some(list) = self.android.as_ref().filter(|_| kind == PathKind::Android) {
            let source = RevocationSource::AttestationStatusList;
            match list
                .entry(&serial)
                .map(|entry| (entry.status, &entry.reason))
            {
                Some((KeyStatus::Revoked, reason)) => {
                    let reason = reason.clone().unwrap_or(RevocationReason::Unspecified);
                    return Listed::Revoked(source, reason);
                }
                Some((KeyStatus::Suspended, _)) => suspended = Some(source),
                None => {}
            }
            covered = true;
            let end = list.fetched_at().plus_seconds(self.android_lifetime);
            current |= list.fetched_at() <= now && now <= end;
        }
        match suspended {
            Some(source) => Listed::Suspended(source),
            None if current => Listed::Good,
            None if covered => Listed::Stale,
            None => Listed::NotCovered,
        }
    }
}
