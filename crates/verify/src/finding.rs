//! What a verification noticed without refusing: facts for logs, risk scoring and policy.

/// Something a policy may tolerate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// The signature counter did not grow: the authenticator may be cloned, or it counts badly, or two sign-ins raced.
    /// [L3 §6.1.1, "Signature Counter Considerations"]
    ///
    /// [L3 §6.1.1, "Signature Counter Considerations"]: https://www.w3.org/TR/webauthn-3/#sctn-sign-counter
    CounterRegressed {
        /// The counter on record.
        stored: u32,
        /// The counter in this response.
        received: u32,
    },
    /// The credential became able to be copied to other devices, or unable, which the specification says it cannot.
    BackupEligibilityChanged {
        /// BE now.
        now: bool,
    },
    /// The client sent an empty user handle, as Safari has done; it was read as none.
    EmptyUserHandle,
}

/// What to do about a finding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FindingAction {
    /// Accept, and report it with the verified result.
    Report,
    /// Refuse the ceremony.
    Reject,
}

/// What to do about each finding that has a choice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct FindingPolicy {
    /// For [`Finding::CounterRegressed`]. Reported by default: synced and multi-device credentials count unevenly, and
    /// refusing locks people out (L3 §7.2 leaves the choice to the relying party).
    pub counter_regressed: FindingAction,
    /// For [`Finding::BackupEligibilityChanged`]. Refused by default: the specification demands it of a relying party
    /// that uses the backup state, and this one shows it.
    pub backup_eligibility_changed: FindingAction,
}

impl Default for FindingPolicy {
    fn default() -> Self {
        Self {
            counter_regressed: FindingAction::Report,
            backup_eligibility_changed: FindingAction::Reject,
        }
    }
}
