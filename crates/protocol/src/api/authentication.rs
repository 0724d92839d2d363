//! Signing in, and confirming.

use serde::{Deserialize, Serialize};

use crate::api::{Account, BearerSession, Passkey, Signals};
use crate::bytes::Bytes;
use crate::json_object::{nothing_else, object};
use crate::options::PublicKeyCredentialRequestOptionsJson;
use crate::response::AuthenticationResponseJson;

/// The header in which a confirmed request carries its [`Confirmation::token`].
pub const CONFIRMATION_HEADER: &str = "passkeep-confirmation";

/// The header in which a start of [`Profile::Minimal`] answers with the ceremony, and in which the finish sends it back.
pub const CEREMONY_HEADER: &str = "passkeep-ceremony";

/// Asks for the options of `get()`. `{}` is a sign-in of anybody.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(try_from = "AuthenticationStartWire", into = "AuthenticationStartWire")]
pub enum AuthenticationStart {
    /// Signs in: flow `sign-in`, which is also the flow when none is named.
    SignIn {
        /// Whose passkeys to list; without it the client offers all that it has. The list looks the same for a name that
        /// nobody has.
        user_name: Option<String>,
        /// The form of the answer.
        profile: Profile,
    },
    /// The owner, who is signed in, confirms what they are about to do: flow `confirm`.
    Confirm {
        /// What.
        action: Action,
    },
    /// An app signs in with the restore key of its backup: flow `restore`. Apps only.
    Restore,
}

impl Default for AuthenticationStart {
    fn default() -> Self {
        Self::SignIn {
            user_name: None,
            profile: Profile::Full,
        }
    }
}

/// The form of a start's answer.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// [`AuthenticationStarted`].
    #[default]
    Full,
    /// The options alone, at the top level, with exactly the members `challenge`, `allowCredentials`, `timeout`,
    /// `userVerification` and `rpId`, for parsers that stumble over any other, as those of watches do. The ceremony is in the
    /// header [`CEREMONY_HEADER`].
    Minimal,
}

/// What an owner confirms with a passkey.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// A passkey is added.
    #[serde(deserialize_with = "nothing_else")]
    AddPasskey,
    /// That passkey is deleted.
    DeletePasskey {
        /// Its credential id.
        id: Bytes,
    },
    /// Recovery codes are made, and the old ones are void.
    #[serde(deserialize_with = "nothing_else")]
    MakeRecoveryCodes,
    /// An enrolment link is made.
    #[serde(deserialize_with = "nothing_else")]
    MakeEnrolmentLink,
    /// The account is deleted.
    #[serde(deserialize_with = "nothing_else")]
    DeleteAccount,
    /// The account's password is deleted.
    #[serde(deserialize_with = "nothing_else")]
    DropPassword,
}

/// [`AuthenticationStart`] on the wire, where every member is optional.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AuthenticationStartWire {
    #[serde(default)]
    flow: AuthenticationFlow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_name: Option<String>,
    #[serde(default, skip_serializing_if = "is_full")]
    profile: Profile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<Action>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum AuthenticationFlow {
    #[default]
    SignIn,
    Confirm,
    Restore,
}

fn is_full(profile: &Profile) -> bool {
    *profile == Profile::Full
}

impl TryFrom<AuthenticationStartWire> for AuthenticationStart {
    type Error = &'static str;

    fn try_from(wire: AuthenticationStartWire) -> Result<Self, Self::Error> {
        let AuthenticationStartWire {
            flow,
            user_name,
            profile,
            action,
        } = wire;
        match (flow, user_name, profile, action) {
            (AuthenticationFlow::SignIn, user_name, profile, None) => {
                Ok(Self::SignIn { user_name, profile })
            }
            (AuthenticationFlow::Confirm, None, Profile::Full, Some(action)) => {
                Ok(Self::Confirm { action })
            }
            (AuthenticationFlow::Restore, None, Profile::Full, None) => Ok(Self::Restore),
            (AuthenticationFlow::SignIn, ..) => {
                Err("flow `sign-in` takes `userName` and `profile`")
            }
            (AuthenticationFlow::Confirm, ..) => {
                Err("flow `confirm` takes `action`, and nothing else")
            }
            (AuthenticationFlow::Restore, ..) => Err("flow `restore` takes nothing else"),
        }
    }
}

impl From<AuthenticationStart> for AuthenticationStartWire {
    fn from(start: AuthenticationStart) -> Self {
        match start {
            AuthenticationStart::SignIn { user_name, profile } => Self {
                user_name,
                profile,
                ..Self::default()
            },
            AuthenticationStart::Confirm { action } => Self {
                flow: AuthenticationFlow::Confirm,
                action: Some(action),
                ..Self::default()
            },
            AuthenticationStart::Restore => Self {
                flow: AuthenticationFlow::Restore,
                ..Self::default()
            },
        }
    }
}

/// An authentication ceremony, begun.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationStarted {
    /// The ceremony, sealed by the server. Send it back unchanged at finish.
    pub ceremony: String,
    /// The options for `navigator.credentials.get()`.
    pub options: PublicKeyCredentialRequestOptionsJson,
    /// How long the ceremony can be finished, in seconds from now. An armed autofill asks anew before that.
    pub expires_in: u32,
}

/// Hands in what `get()` signed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthenticationFinish {
    /// The ceremony, as it came from start.
    pub ceremony: String,
    /// The assertion.
    #[serde(deserialize_with = "object")]
    pub credential: AuthenticationResponseJson,
}

/// An authentication ceremony, finished: the account is signed in, or its owner has confirmed something.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationFinished {
    /// The account.
    pub account: Account,
    /// The passkey that was used; absent when it was a restore key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Passkey>,
    /// The session that was opened, for an app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<BearerSession>,
    /// What permits the action that was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// What the client should tell the browser's credential manager.
    pub signals: Signals,
}

/// What permits a confirmed request, once.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Confirmation {
    /// What to send in the header [`CONFIRMATION_HEADER`].
    pub token: String,
    /// How long it is good for, in seconds from now.
    pub expires_in: u32,
}

impl core::fmt::Debug for Confirmation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Confirmation")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}
