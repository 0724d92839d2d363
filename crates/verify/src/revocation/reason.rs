//! Why a certificate was revoked.

/// Why a certificate was revoked. [RFC 5280 §5.3.1], and Google's names for some of it.
///
/// [RFC 5280 §5.3.1]: https://www.rfc-editor.org/rfc/rfc5280#section-5.3.1
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RevocationReason {
    /// No reason is given.
    Unspecified,
    /// The key is in the wrong hands.
    KeyCompromise,
    /// The issuer's key is in the wrong hands.
    CaCompromise,
    /// The name is no longer right.
    AffiliationChanged,
    /// There is a newer certificate.
    Superseded,
    /// It is not needed any more.
    CessationOfOperation,
    /// It is suspended, and may come back.
    CertificateHold,
    /// What it entitled to was withdrawn.
    PrivilegeWithdrawn,
    /// The key of an attribute authority is in the wrong hands.
    AaCompromise,
    /// The software of the device has a flaw.
    SoftwareFlaw,
    /// A reason this crate does not know.
    Other,
}

impl RevocationReason {
    /// The reason of that number in a revocation list. `None` for those that no full list may have.
    pub(super) fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            // 8 takes an entry back, which only a delta list can; 7 has never been in use.
            _ => return None,
        })
    }
}

/// Reads a reason of Google's list.
impl From<&str> for RevocationReason {
    fn from(text: &str) -> Self {
        match text {
            "UNSPECIFIED" => Self::Unspecified,
            "KEY_COMPROMISE" => Self::KeyCompromise,
            "CA_COMPROMISE" => Self::CaCompromise,
            "SUPERSEDED" => Self::Superseded,
            "SOFTWARE_FLAW" => Self::SoftwareFlaw,
            _ => Self::Other,
        }
    }
}
