//! What the metadata service says of a model of authenticators. [MDS §3.1.3] and [MDS §3.1.4]
//!
//! [MDS §3.1.3]: https://fidoalliance.org/specs/mds/fido-metadata-service-v3.1-ps-20250521.html#statusreport-dictionary
//! [MDS §3.1.4]: https://fidoalliance.org/specs/mds/fido-metadata-service-v3.1-ps-20250521.html#authenticatorstatus-enum

use core::fmt;

use super::date::Date;
use crate::values::Timestamp;

macro_rules! statuses {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// The status of a model of authenticators, or of one batch of it. [MDS §3.1.4, "AuthenticatorStatus enum"]
        ///
        /// [MDS §3.1.4, "AuthenticatorStatus enum"]: https://fidoalliance.org/specs/mds/fido-metadata-service-v3.1-ps-20250521.html#authenticatorstatus-enum
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum AuthenticatorStatus {
            $($(#[$doc])* $variant,)+
            /// A status this crate does not know, kept verbatim.
            Unknown(Box<str>),
        }

        impl AuthenticatorStatus {
            /// Every status that has a name here.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant,)+];

            /// The wire form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for AuthenticatorStatus {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    _ => Self::Unknown(text.into()),
                }
            }
        }
    };
}

statuses! {
    /// Not certified.
    NotFidoCertified = "NOT_FIDO_CERTIFIED",
    /// Functionally certified, by a scheme that level 1 replaced.
    FidoCertified = "FIDO_CERTIFIED",
    /// Malware can get around user verification.
    UserVerificationBypass = "USER_VERIFICATION_BYPASS",
    /// An attestation key is known to be in the wrong hands.
    AttestationKeyCompromise = "ATTESTATION_KEY_COMPROMISE",
    /// Credential keys can be had from afar.
    UserKeyRemoteCompromise = "USER_KEY_REMOTE_COMPROMISE",
    /// Credential keys can be had by whoever holds the device.
    UserKeyPhysicalCompromise = "USER_KEY_PHYSICAL_COMPROMISE",
    /// The vendor has an update for it.
    UpdateAvailable = "UPDATE_AVAILABLE",
    /// The vendor no longer stands by the product.
    Retired = "RETIRED",
    /// The FIDO Alliance says that it must not be trusted.
    Revoked = "REVOKED",
    /// The vendor has filled in the self-certification checklist.
    SelfAssertionSubmitted = "SELF_ASSERTION_SUBMITTED",
    /// Certified at level 1.
    FidoCertifiedL1 = "FIDO_CERTIFIED_L1",
    /// Certified at level 1+.
    FidoCertifiedL1Plus = "FIDO_CERTIFIED_L1plus",
    /// Certified at level 2.
    FidoCertifiedL2 = "FIDO_CERTIFIED_L2",
    /// Certified at level 2+.
    FidoCertifiedL2Plus = "FIDO_CERTIFIED_L2plus",
    /// Certified at level 3.
    FidoCertifiedL3 = "FIDO_CERTIFIED_L3",
    /// Certified at level 3+.
    FidoCertifiedL3Plus = "FIDO_CERTIFIED_L3plus",
    /// FIPS 140 at overall level 1.
    Fips140CertifiedL1 = "FIPS140_CERTIFIED_L1",
    /// FIPS 140 at overall level 2.
    Fips140CertifiedL2 = "FIPS140_CERTIFIED_L2",
    /// FIPS 140 at overall level 3.
    Fips140CertifiedL3 = "FIPS140_CERTIFIED_L3",
    /// FIPS 140 at overall level 4.
    Fips140CertifiedL4 = "FIPS140_CERTIFIED_L4",
}

impl AuthenticatorStatus {
    /// The FIDO certification it stands for. `None` when it is about something else, `Some(None)` when it says that there
    /// is none.
    fn certification(&self) -> Option<Option<CertificationLevel>> {
        Some(match self {
            Self::NotFidoCertified | Self::SelfAssertionSubmitted => None,
            Self::FidoCertified => Some(CertificationLevel::Functional),
            Self::FidoCertifiedL1 => Some(CertificationLevel::L1),
            Self::FidoCertifiedL1Plus => Some(CertificationLevel::L1Plus),
            Self::FidoCertifiedL2 => Some(CertificationLevel::L2),
            Self::FidoCertifiedL2Plus => Some(CertificationLevel::L2Plus),
            Self::FidoCertifiedL3 => Some(CertificationLevel::L3),
            Self::FidoCertifiedL3Plus => Some(CertificationLevel::L3Plus),
            _ => return None,
        })
    }

    /// Whether a certificate in the report narrows it to the authenticators with that certificate. It does for what can
    /// go wrong with one batch; a revoked model is revoked whatever the report encloses.
    fn can_be_narrowed(&self) -> bool {
        matches!(
            self,
            Self::UserVerificationBypass
                | Self::AttestationKeyCompromise
                | Self::UserKeyRemoteCompromise
                | Self::UserKeyPhysicalCompromise
        )
    }
}

impl fmt::Display for AuthenticatorStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How thoroughly a model was certified, in rising order.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum CertificationLevel {
    /// `FIDO_CERTIFIED`, which says nothing of security.
    Functional,
    /// Level 1.
    L1,
    /// Level 1+.
    L1Plus,
    /// Level 2.
    L2,
    /// Level 2+.
    L2Plus,
    /// Level 3.
    L3,
    /// Level 3+.
    L3Plus,
}

/// A day in a report. The field has reports whose days cannot be read, and one slip must not hide a compromise.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReportDate {
    /// None is given.
    Absent,
    /// That day.
    On(Date),
    /// Something is given that is no day.
    Unreadable,
}

/// A certificate in a report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ReportCertificate {
    /// None is given.
    Absent,
    /// A certificate in DER.
    Der(Vec<u8>),
    /// Something is given that is no certificate.
    Unreadable,
}

/// One report on a model. [MDS §3.1.3, "StatusReport dictionary"]
///
/// [MDS §3.1.3, "StatusReport dictionary"]: https://fidoalliance.org/specs/mds/fido-metadata-service-v3.1-ps-20250521.html#statusreport-dictionary
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StatusReport {
    /// What it says.
    pub status: AuthenticatorStatus,
    /// Since when.
    pub effective: ReportDate,
    /// From when on no longer.
    pub sunset: ReportDate,
    /// The authenticator version it is about. A ceremony does not say which version it sees, so it is not compared.
    pub authenticator_version: Option<u64>,
    /// The attestation certificate or certificate authority it is about.
    pub certificate: ReportCertificate,
    /// The certificate of the batch it is about.
    pub batch_certificate: ReportCertificate,
    /// Where to read more.
    pub url: Option<Box<str>>,
    /// The number of the certification.
    pub certificate_number: Option<Box<str>>,
}

/// Whom a report is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReportScope {
    /// Every authenticator of the model.
    Model,
    /// The authenticators with the certificate in the report.
    Certificate,
}

impl StatusReport {
    /// Whether it holds at a moment: from the first moment of the effective day, until the sunset day begins.
    ///
    /// A day that cannot be read neither delays nor ends a report.
    #[must_use]
    pub fn in_effect(&self, now: Timestamp) -> bool {
        let begun = !matches!(self.effective, ReportDate::On(date) if now < date.start());
        let over = matches!(self.sunset, ReportDate::On(date) if now >= date.start());
        begun && !over
    }

    /// Whom it is about, with the certificates that say so. A certificate that cannot be read narrows nothing.
    pub(super) fn scope(&self) -> (ReportScope, [Option<&[u8]>; 2]) {
        let certificates = [&self.certificate, &self.batch_certificate];
        let readable = certificates.map(|certificate| match certificate {
            ReportCertificate::Der(der) => Some(der.as_slice()),
            ReportCertificate::Absent | ReportCertificate::Unreadable => None,
        });
        let unreadable = certificates.contains(&&ReportCertificate::Unreadable);
        let narrowed = self.status.can_be_narrowed() && !unreadable && readable != [None, None];
        if narrowed {
            (ReportScope::Certificate, readable)
        } else {
            (ReportScope::Model, [None, None])
        }
    }

    /// The effective day, if there is one that can be read.
    #[must_use]
    pub fn effective_date(&self) -> Option<Date> {
        match self.effective {
            ReportDate::On(date) => Some(date),
            ReportDate::Absent | ReportDate::Unreadable => None,
        }
    }
}

/// The certification a model has at a moment: what the latest report about certification says.
///
/// Reports come oldest first; where two of them have days, the days decide. One whose effective day cannot be read
/// certifies nothing. [MDS §3.1.3, "The latest StatusReport entry MUST reflect the current status"]
///
/// [MDS §3.1.3, "The latest StatusReport entry MUST reflect the current status"]: https://fidoalliance.org/specs/mds/fido-metadata-service-v3.1-ps-20250521.html#statusreport-dictionary
pub(super) fn certification(
    reports: &[StatusReport],
    now: Timestamp,
) -> Option<CertificationLevel> {
    let mut current: Option<(Option<Date>, Option<CertificationLevel>)> = None;
    for report in reports.iter().filter(|report| report.in_effect(now)) {
        let Some(level) = report.status.certification() else {
            continue;
        };
        if level.is_some() && report.effective == ReportDate::Unreadable {
            continue;
        }
        let date = report.effective_date();
        let older =
            matches!((date, current), (Some(date), Some((Some(latest), _))) if date < latest);
        if !older {
            current = Some((date, level));
        }
    }
    current.and_then(|(_, level)| level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(status: AuthenticatorStatus) -> StatusReport {
        StatusReport {
            status,
            effective: ReportDate::Absent,
            sunset: ReportDate::Absent,
            authenticator_version: None,
            certificate: ReportCertificate::Absent,
            batch_certificate: ReportCertificate::Absent,
            url: None,
            certificate_number: None,
        }
    }

    fn on(text: &str) -> ReportDate {
        ReportDate::On(Date::parse(text).unwrap())
    }

    /// Midnight of 2026-11-23.
    const NOW: Timestamp = Timestamp(1_795_392_000_000);
    const BEFORE: Timestamp = Timestamp(NOW.0 - 1);

    #[test]
    fn every_status_has_one_wire_form() {
        for status in AuthenticatorStatus::KNOWN {
            assert_eq!(AuthenticatorStatus::from(status.as_str()), *status);
        }
        let unknown = AuthenticatorStatus::from("FIDO_CERTIFIED_L9");
        assert_eq!(
            unknown,
            AuthenticatorStatus::Unknown("FIDO_CERTIFIED_L9".into())
        );
        assert_eq!(unknown.to_string(), "FIDO_CERTIFIED_L9");
    }

    #[test]
    fn a_report_holds_from_its_effective_day_until_its_sunset_day() {
        let mut report = report(AuthenticatorStatus::Revoked);
        assert!(report.in_effect(Timestamp(0)));
        report.effective = on("2026-11-23");
        assert!(!report.in_effect(BEFORE));
        assert!(report.in_effect(NOW));
        report.effective = ReportDate::Unreadable;
        assert!(report.in_effect(Timestamp(0)));
        report.sunset = on("2026-11-23");
        assert!(report.in_effect(BEFORE));
        assert!(!report.in_effect(NOW));
        report.sunset = ReportDate::Unreadable;
        assert!(report.in_effect(NOW));
    }

    #[test]
    fn a_certificate_narrows_a_compromise_and_nothing_else() {
        let mut compromise = report(AuthenticatorStatus::AttestationKeyCompromise);
        assert_eq!(compromise.scope().0, ReportScope::Model);
        compromise.batch_certificate = ReportCertificate::Der(vec![1]);
        assert_eq!(
            compromise.scope(),
            (ReportScope::Certificate, [None, Some(&[1][..])])
        );
        compromise.certificate = ReportCertificate::Unreadable;
        assert_eq!(compromise.scope().0, ReportScope::Model);

        let mut revoked = report(AuthenticatorStatus::Revoked);
        revoked.certificate = ReportCertificate::Der(vec![1]);
        assert_eq!(revoked.scope().0, ReportScope::Model);
    }

    #[test]
    fn the_latest_certification_counts() {
        use AuthenticatorStatus as S;
        let dated = |status, date| StatusReport {
            effective: on(date),
            ..report(status)
        };
        let mut reports = vec![dated(S::FidoCertifiedL1, "2020-01-01")];
        assert_eq!(certification(&reports, NOW), Some(CertificationLevel::L1));
        reports.push(dated(S::FidoCertifiedL2, "2021-01-01"));
        reports.push(dated(S::UpdateAvailable, "2022-01-01"));
        assert_eq!(certification(&reports, NOW), Some(CertificationLevel::L2));
        // Out of order, and in the future: neither is the latest.
        reports.push(dated(S::FidoCertified, "2019-01-01"));
        reports.push(dated(S::FidoCertifiedL3, "2026-11-24"));
        assert_eq!(certification(&reports, NOW), Some(CertificationLevel::L2));
        reports.push(StatusReport {
            effective: ReportDate::Unreadable,
            ..report(S::FidoCertifiedL3Plus)
        });
        assert_eq!(certification(&reports, NOW), Some(CertificationLevel::L2));
        reports.push(report(S::NotFidoCertified));
        assert_eq!(certification(&reports, NOW), None);
    }

    #[test]
    fn levels_rise() {
        use CertificationLevel as L;
        let levels = [
            L::Functional,
            L::L1,
            L::L1Plus,
            L::L2,
            L::L2Plus,
            L::L3,
            L::L3Plus,
        ];
        assert!(levels.is_sorted());
    }
}
