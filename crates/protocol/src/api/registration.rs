//! Registering a credential.

use serde::{Deserialize, Serialize};

use crate::api::{Account, BearerSession, Device, Passkey, Signals};
use crate::bytes::Bytes;
use crate::json_object::{nothing_else, object};
use crate::options::PublicKeyCredentialCreationOptionsJson;
use crate::response::RegistrationResponseJson;

/// The longest name an app can give its install, in bytes.
pub const MAX_INSTALL_BYTES: usize = 64;

/// Asks for the options of `create()`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(
    tag = "flow",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum RegistrationStart {
    /// A new account, which comes to exist when the ceremony finishes.
    SignUp {
        /// The user name: 1 to 64 characters, unique, without control characters.
        #[cfg_attr(feature = "openapi", schema(rename = "userName"))]
        user_name: String,
        /// What to call the person; the user name when absent.
        #[cfg_attr(feature = "openapi", schema(rename = "displayName"))]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        display_name: Option<String>,
    },
    /// One more passkey for the account that is signed in. Confirmed, unless it has just signed in.
    #[serde(deserialize_with = "nothing_else")]
    Add,
    /// One more passkey for the account that has just signed in, without a dialog: the client calls `create()` with
    /// `mediation: "conditional"`, which [`RegistrationStarted::mediation`] says.
    #[serde(deserialize_with = "nothing_else")]
    Upgrade,
    /// A restore key for the account that is signed in on an app, in place of the one that this install has. Confirmed, unless
    /// the account has signed in just now. Apps only.
    Restore {
        /// What the app calls this install: 1 to [`MAX_INSTALL_BYTES`] bytes, the same for as long as it is installed.
        install: Bytes,
        /// What to call the device.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<String>,
    },
    /// A new passkey for somebody who has lost theirs, with one of the account's recovery codes. Signs in, and ends all
    /// sessions that were open.
    Recover {
        /// The user name.
        #[cfg_attr(feature = "openapi", schema(rename = "userName"))]
        user_name: String,
        /// The code, as it was shown; spaces, hyphens and case do not matter.
        code: String,
    },
    /// A passkey on another device, by an enrolment link. Signs in.
    Enrol {
        /// The link's token: what follows `#enrol=` in its `url`.
        link: String,
    },
}

/// A registration ceremony, begun.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RegistrationStarted {
    /// The ceremony, sealed by the server. Send it back unchanged at finish.
    pub ceremony: String,
    /// The options for `navigator.credentials.create()`.
    pub options: PublicKeyCredentialCreationOptionsJson,
    /// What else to call `create()` with; absent for a dialog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mediation: Option<CreateMediation>,
}

/// How `create()` may involve the person. Source: L3 §5.1.3.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CreateMediation {
    /// Without a dialog.
    Conditional,
}

/// Hands in what `create()` made.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegistrationFinish {
    /// The ceremony, as it came from start.
    pub ceremony: String,
    /// The credential.
    #[serde(deserialize_with = "object")]
    pub credential: RegistrationResponseJson,
}

/// A registration ceremony, finished: the passkey is stored, and a new account is signed in.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RegistrationFinished {
    /// The account the credential belongs to.
    pub account: Account,
    /// The new passkey; absent when it is a restore key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Passkey>,
    /// The device whose restore key it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// The session that was opened, for an app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<BearerSession>,
    /// What the client should tell the browser's credential manager.
    pub signals: Signals,
}
