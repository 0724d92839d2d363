//! Sessions, of pages and of apps.

use serde::{Deserialize, Serialize};

use crate::api::{Account, PasswordMode, Signals};
use crate::bytes::Bytes;

/// The header by which an app says that it is one: its value is [`NATIVE_CLIENT`].
pub const CLIENT_HEADER: &str = "passkeep-client";

/// The value of [`CLIENT_HEADER`].
pub const NATIVE_CLIENT: &str = "native";

/// A session of an app.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BearerSession {
    /// What to send as `Authorization: Bearer`. Keep it where other apps cannot read it.
    pub token: String,
    /// How long the session can last, in seconds from now.
    pub expires_in: u32,
}

impl core::fmt::Debug for BearerSession {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("BearerSession")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// Who is signed in.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The account, or `null` when nobody is signed in.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub account: Option<Account>,
    /// What passwords are good for here.
    #[serde(default)]
    pub passwords: PasswordMode,
}

/// The open sessions of the account, the last used first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sessions {
    /// All of them.
    pub sessions: Vec<SessionView>,
}

/// A session, as its owner sees it. Times are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// What to call it by to end it.
    pub id: Bytes,
    /// The device, in a few coarse words; empty when it is not known.
    pub device: String,
    /// How it was opened.
    pub method: SignInMethod,
    /// When it was opened.
    pub created_at: u64,
    /// When it was last used, to the minute.
    pub last_used_at: u64,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// How a session was opened.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SignInMethod {
    /// With a passkey.
    Passkey,
    /// By registering a passkey.
    Registration,
    /// With a restore key, which asks nobody anything.
    Restore,
    /// With a password.
    Password,
    /// In a way that this build does not know.
    #[serde(other)]
    Unknown,
}

/// Which sessions end.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionsEnd {
    /// Keeps the session that asks, and the restore key of its install.
    #[serde(default)]
    pub keep_current: bool,
}

/// Sessions have ended, and restore keys with them.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionsEnded {
    /// How many sessions.
    pub ended: u32,
    /// What the client should tell the credential manager.
    pub signals: Signals,
}
