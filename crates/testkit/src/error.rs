use passkeep_protocol::names::{AuthenticatorAttachment, ResidentKeyRequirement};

/// Why a ceremony ended without a response.
///
/// A web page is told less than this: [`dom_exception`](Self::dom_exception) is what it would see.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The user handle is empty or longer than 64 bytes.
    #[error("a user handle has 1 to 64 bytes, and this one has {0}")]
    UserHandleLength(usize),
    /// The origin may not use the RP ID.
    #[error("{origin} may not use the RP ID {rp_id:?}")]
    RpId {
        /// The caller's origin.
        origin: String,
        /// The RP ID asked for; empty when there was none and the origin has no domain to take its place.
        rp_id: String,
    },
    /// The list of algorithms names none the authenticator has.
    #[error("the authenticator has none of the algorithms asked for")]
    Algorithms,
    /// The authenticator holds a credential of the exclude list.
    #[error("the authenticator holds an excluded credential")]
    Excluded,
    /// The other kind of authenticator is asked for.
    #[error("the authenticator is not attached as {0}")]
    Attachment(AuthenticatorAttachment),
    /// The authenticator keeps no discoverable credentials.
    #[error("the authenticator cannot do with residentKey {0}")]
    ResidentKey(ResidentKeyRequirement),
    /// User verification is required, and the authenticator has none.
    #[error("the authenticator cannot verify the user")]
    UserVerification,
    /// `largeBlob` is required, and the authenticator keeps none.
    #[error("the authenticator cannot keep a large blob")]
    LargeBlob,
    /// The inputs of `largeBlob` do not belong together, or not to this ceremony.
    #[error(
        "largeBlob: support is for create(), and read, or write with one credential in the list, for get()"
    )]
    LargeBlobUse,
    /// The inputs of `prf` are by credential, and there is no list of credentials.
    #[error("prf: evalByCredential is for get() with a list of credentials")]
    PrfByCredential,
    /// An input of `prf` is for a credential that is not in the list.
    #[error("prf: evalByCredential names a credential that is not in the list")]
    PrfCredential,
    /// The authenticator holds no credential that fits.
    #[error("the authenticator holds no credential that fits")]
    NoCredential,
}

impl ClientError {
    /// The name of the `DOMException` (or of the JavaScript error) that a page would catch. Source: L3 §5.1.3.1 and
    /// §5.1.4.3.
    ///
    /// ```
    /// use passkeep_testkit::ClientError;
    ///
    /// assert_eq!(ClientError::Excluded.dom_exception(), "InvalidStateError");
    /// ```
    #[must_use]
    pub fn dom_exception(&self) -> &'static str {
        match self {
            Self::UserHandleLength(_) => "TypeError",
            Self::RpId { .. } => "SecurityError",
            Self::Algorithms | Self::LargeBlobUse | Self::PrfByCredential => "NotSupportedError",
            Self::PrfCredential => "SyntaxError",
            Self::Excluded => "InvalidStateError",
            Self::Attachment(_)
            | Self::ResidentKey(_)
            | Self::UserVerification
            | Self::LargeBlob
            | Self::NoCredential => "NotAllowedError",
        }
    }
}
