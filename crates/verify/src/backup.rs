//! What a relying party demands of credentials that synchronise. [L3 §6.1.3, "Credential Backup State"]
//!
//! [L3 §6.1.3, "Credential Backup State"]: https://www.w3.org/TR/webauthn-3/#sctn-credential-backup

/// Which credentials are accepted, by their backup flags. The default accepts all.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum BackupPolicy {
    /// Any.
    #[default]
    Any,
    /// Only those bound to one device (BE clear), judged at registration.
    DeviceBound,
    /// Only those that can be backed up (BE set), judged at registration.
    Eligible,
    /// Only those that are backed up (BE and BS set), judged at every ceremony.
    BackedUp,
}

impl BackupPolicy {
    /// What BE must be, if that is decided.
    pub(crate) fn eligibility(self) -> Option<bool> {
        match self {
            Self::Any => None,
            Self::DeviceBound => Some(false),
            Self::Eligible | Self::BackedUp => Some(true),
        }
    }

    /// Whether BS must be set.
    pub(crate) fn demands_backup(self) -> bool {
        self == Self::BackedUp
    }
}
