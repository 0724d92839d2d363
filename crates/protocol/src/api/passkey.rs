//! The passkeys and devices of an account.

use serde::{Deserialize, Serialize};

use crate::api::Signals;
use crate::bytes::Bytes;

/// The longest label a person can give a passkey, in characters.
pub const MAX_LABEL_CHARACTERS: usize = 64;

/// The devices that can sign in with a restore key, newest first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Devices {
    /// All of them.
    pub devices: Vec<Device>,
}

/// A device whose backup holds a restore key for an app. Times are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// The credential id of the restore key.
    pub id: Bytes,
    /// What the device is called.
    pub label: String,
    /// The app: its package where it is known, or else its origin.
    pub app: String,
    /// When the restore key was made.
    pub created_at: u64,
    /// When it last signed in; `null` before the first time.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub last_used_at: Option<u64>,
}

/// A device can restore nothing any more.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeviceDeleted {
    /// What the client should tell the credential manager.
    pub signals: Signals,
}

/// The passkeys of the account that is signed in, newest first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Passkeys {
    /// All of them.
    pub passkeys: Vec<Passkey>,
    /// What the client should tell the browser's credential manager.
    pub signals: Signals,
}

/// A passkey, as its owner sees it. Times are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// The credential id.
    pub id: Bytes,
    /// The name the person gave it, or the one it got when it was made.
    pub label: String,
    /// When it was registered.
    pub created_at: u64,
    /// When it last signed somebody in; `null` before the first time.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub last_used_at: Option<u64>,
    /// On which device that was, in a few coarse words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_on: Option<String>,
    /// The name of its provider, where the model is known. It is what the authenticator says of itself, unproven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The authenticator's model, as in `ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4`; all zeros when it does not say.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub aaguid: String,
    /// Whether its provider keeps it on one device only, or can copy it to others, and has.
    pub backup: Backup,
    /// Whether it is the one that opened this session.
    pub current: bool,
}

/// Where a passkey lives. Source: L3 §6.1.3, "Credential Backup State".
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Backup {
    /// It cannot leave its device: BE is 0.
    DeviceBound,
    /// It can be copied to other devices but has not been: BE is 1, BS is 0.
    NotYetSynced,
    /// It is copied to other devices: BE and BS are 1.
    Synced,
}

impl Backup {
    /// Reads the two flags. BS without BE cannot be stored, so it does not occur.
    #[must_use]
    pub fn from_flags(backup_eligible: bool, backup_state: bool) -> Self {
        match (backup_eligible, backup_state) {
            (false, _) => Self::DeviceBound,
            (true, false) => Self::NotYetSynced,
            (true, true) => Self::Synced,
        }
    }
}

/// Renames a passkey.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasskeyRename {
    /// The new name: 1 to [`MAX_LABEL_CHARACTERS`] characters without control characters.
    pub label: String,
}

/// How a passkey is deleted.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasskeyDelete {
    /// Says that the caller knows this is the account's last passkey. Without it that deletion is refused with
    /// `last_passkey`.
    #[serde(default)]
    pub even_if_last: bool,
}

/// A passkey is gone from the server.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PasskeyDeleted {
    /// How many the account has left.
    pub remaining: u32,
    /// What the client should tell the browser's credential manager.
    pub signals: Signals,
}
