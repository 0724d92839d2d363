//! What a server sends: the options of the two ceremonies, in the JSON form of the specification.
//!
//! Source: L3 §5.1.8 ("PublicKeyCredentialCreationOptionsJSON") and §5.1.9 ("PublicKeyCredentialRequestOptionsJSON").

use serde::{Deserialize, Serialize};

use crate::bytes::Bytes;
use crate::cose::CoseAlgorithm;
use crate::extensions::AuthenticationExtensionsClientInputsJson;
use crate::names::{
    AttestationConveyancePreference, AuthenticatorAttachment, AuthenticatorTransport,
    PublicKeyCredentialHint, PublicKeyCredentialType, ResidentKeyRequirement,
    UserVerificationRequirement,
};

/// The options of `navigator.credentials.create()`. Source: L3 §5.4.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyCredentialCreationOptionsJson {
    /// The Relying Party.
    pub rp: PublicKeyCredentialRpEntity,
    /// The account the credential is made for.
    pub user: PublicKeyCredentialUserEntityJson,
    /// Random bytes, used once.
    pub challenge: Bytes,
    /// Acceptable algorithms, most preferred first.
    pub pub_key_cred_params: Vec<PublicKeyCredentialParameters>,
    /// A hint for how long the client should wait, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// Credentials the account has already: an authenticator holding one of them makes no second.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub exclude_credentials: Vec<PublicKeyCredentialDescriptorJson>,
    /// What the authenticator must be able to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator_selection: Option<AuthenticatorSelectionCriteria>,
    /// Kinds of authenticator the person is expected to use, most likely first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<PublicKeyCredentialHint>,
    /// Whether an attestation statement is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<AttestationConveyancePreference>,
    /// Statement formats, most preferred first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestation_formats: Vec<String>,
    /// Extension inputs.
    #[serde(
        default,
        skip_serializing_if = "AuthenticationExtensionsClientInputsJson::is_empty"
    )]
    pub extensions: AuthenticationExtensionsClientInputsJson,
}

/// The options of `navigator.credentials.get()`. Source: L3 §5.5.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyCredentialRequestOptionsJson {
    /// Random bytes, used once.
    pub challenge: Bytes,
    /// A hint for how long the client should wait, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// The Relying Party's id; the caller's effective domain when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rp_id: Option<String>,
    /// Acceptable credentials; any discoverable one when empty.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub allow_credentials: Vec<PublicKeyCredentialDescriptorJson>,
    /// Whether the authenticator must verify the user; "preferred" when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_verification: Option<UserVerificationRequirement>,
    /// Kinds of authenticator the person is expected to use, most likely first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<PublicKeyCredentialHint>,
    /// Extension inputs.
    #[serde(
        default,
        skip_serializing_if = "AuthenticationExtensionsClientInputsJson::is_empty"
    )]
    pub extensions: AuthenticationExtensionsClientInputsJson,
}

/// The Relying Party. Source: L3 §5.4.2.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicKeyCredentialRpEntity {
    /// A name for people; deprecated in Level 3 but still required by clients.
    pub name: String,
    /// A domain: the caller's effective domain or a registrable suffix of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// The account a credential is made for. Source: L3 §5.4.3.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyCredentialUserEntityJson {
    /// The user handle, 1 to 64 bytes, with nothing personal in it.
    pub id: Bytes,
    /// What a person types to name the account.
    pub name: String,
    /// What a person would call it; empty when there is nothing better than `name`.
    pub display_name: String,
}

/// One acceptable algorithm. Source: L3 §5.3.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicKeyCredentialParameters {
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub ty: PublicKeyCredentialType,
    /// The algorithm.
    pub alg: CoseAlgorithm,
}

/// One credential, named to a client. Source: L3 §5.8.3.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicKeyCredentialDescriptorJson {
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub ty: PublicKeyCredentialType,
    /// The credential id, 1 to 1023 bytes.
    pub id: Bytes,
    /// How its authenticator was reached, as reported at registration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transports: Vec<AuthenticatorTransport>,
}

/// What the authenticator must be able to do. Source: L3 §5.4.4.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorSelectionCriteria {
    /// Only platform or only cross-platform authenticators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator_attachment: Option<AuthenticatorAttachment>,
    /// Whether the credential must be discoverable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident_key: Option<ResidentKeyRequirement>,
    /// For Level 1 clients: true exactly when a discoverable credential is required.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub require_resident_key: bool,
    /// Whether the authenticator must verify the user; "preferred" when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_verification: Option<UserVerificationRequirement>,
}
