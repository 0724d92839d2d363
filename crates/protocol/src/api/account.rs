//! The account itself.

use serde::{Deserialize, Serialize};

use crate::api::Signals;
use crate::bytes::Bytes;

/// The longest user name and display name, in characters.
pub const MAX_NAME_CHARACTERS: usize = 64;

/// How many recovery codes the account has left.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodesLeft {
    /// How many.
    pub left: u32,
    /// When they were made, in milliseconds since 1970-01-01T00:00:00Z; `null` when there are none.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub created_at: Option<u64>,
}

/// New recovery codes. They are shown once: the server keeps their hashes only.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodes {
    /// The codes, each good for one new passkey.
    pub codes: Vec<String>,
}

impl core::fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RecoveryCodes({})", self.codes.len())
    }
}

/// A link by which another device registers a passkey for the account, once.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnrolmentLink {
    /// The link. Its token is in the fragment, which browsers do not send to servers.
    pub url: String,
    /// The link as a QR code: an SVG image.
    pub qr_svg: String,
    /// How long it is good for, in seconds from now.
    pub expires_in: u32,
}

impl core::fmt::Debug for EnrolmentLink {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EnrolmentLink")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// How much of the activity is wanted.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivityRange {
    /// At most so many events: 1 to 200.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 200))]
    #[serde(default = "some_events")]
    pub limit: u32,
    /// Where to go on: [`Activity::next`] of the page before. Without it the page begins with the newest event.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Bytes>,
}

fn some_events() -> u32 {
    50
}

/// What has happened to the account, newest first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// The events.
    pub events: Vec<ActivityEvent>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Bytes>,
}

/// Something that has happened to the account.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ActivityEvent {
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// What, as in `passkey_added`. New kinds may come.
    pub kind: String,
    /// From which device, in a few coarse words, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The credential it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Bytes>,
}

/// Changes the account.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountChange {
    /// What to call the person: 1 to [`MAX_NAME_CHARACTERS`] characters.
    pub display_name: String,
}

/// The account, changed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccountChanged {
    /// The account.
    pub account: Account,
    /// What the client should tell the browser's credential manager.
    pub signals: Signals,
}

/// The account is gone, with everything it had.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccountDeleted {
    /// What the client should tell the browser's credential manager: that none of the account's passkeys is accepted.
    pub signals: Signals,
}

/// An account, as its owner sees it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// What the person types to name the account.
    pub user_name: String,
    /// What to call the person.
    pub display_name: String,
    /// Whether it has a password that signs in; never on a server without passwords.
    #[serde(default)]
    pub has_password: bool,
}
