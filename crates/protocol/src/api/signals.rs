//! What credential managers should know.

use serde::{Deserialize, Serialize};

use crate::bytes::Bytes;

/// What the client should tell the browser's credential manager, ready to hand to the methods of that name.
///
/// A signal is present only when it is safe to send: a list of accepted credentials is complete, and an unknown
/// credential is one that the server knows it does not have. Source: L3 §5.1.10.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Signals {
    /// For `PublicKeyCredential.signalUnknownCredential()`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_credential: Option<UnknownCredentialOptions>,
    /// For `PublicKeyCredential.signalAllAcceptedCredentials()`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_accepted_credentials: Option<AllAcceptedCredentialsOptions>,
    /// For `PublicKeyCredential.signalCurrentUserDetails()`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_user_details: Option<CurrentUserDetailsOptions>,
}

/// The argument of `signalUnknownCredential()`. Source: L3 §5.1.10.2.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UnknownCredentialOptions {
    /// The Relying Party's id.
    pub rp_id: String,
    /// The credential the server does not have.
    pub credential_id: Bytes,
}

/// The argument of `signalAllAcceptedCredentials()`. Source: L3 §5.1.10.3.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AllAcceptedCredentialsOptions {
    /// The Relying Party's id.
    pub rp_id: String,
    /// The account's user handle.
    pub user_id: Bytes,
    /// All credentials of the account; any other may be hidden or removed.
    pub all_accepted_credential_ids: Vec<Bytes>,
}

/// The argument of `signalCurrentUserDetails()`. Source: L3 §5.1.10.4.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CurrentUserDetailsOptions {
    /// The Relying Party's id.
    pub rp_id: String,
    /// The account's user handle.
    pub user_id: Bytes,
    /// The user name.
    pub name: String,
    /// The display name.
    pub display_name: String,
}
