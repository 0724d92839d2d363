//! Passkeep's HTTP contract: JSON in, JSON out, errors as problem details (RFC 9457).
//!
//! | route | request | answer |
//! |---|---|---|
//! | `POST /api/v1/registration/start` | [`RegistrationStart`] | [`RegistrationStarted`] |
//! | `POST /api/v1/registration/finish` | [`RegistrationFinish`] | 201 [`RegistrationFinished`] |
//! | `POST /api/v1/authentication/start` | [`AuthenticationStart`] | [`AuthenticationStarted`] |
//! | `POST /api/v1/authentication/finish` | [`AuthenticationFinish`] | [`AuthenticationFinished`] |
//! | `GET /api/v1/session` | | [`Session`] |
//! | `DELETE /api/v1/session` | | 204 |
//! | `GET /api/v1/passkeys` | | [`Passkeys`] |
//! | `PATCH /api/v1/passkeys/{id}` | [`PasskeyRename`] | [`Passkey`] |
//! | `DELETE /api/v1/passkeys/{id}` | query [`PasskeyDelete`] | [`PasskeyDeleted`] |
//!
//! Every refusal is a [`ProblemDetails`] with an [`ErrorCode`] that does not change. Requests refuse members they do not
//! know; clients must ignore members they do not know in answers.

use serde::{Deserialize, Serialize};

use crate::bytes::Bytes;
use crate::json_object::object;
use crate::options::{
    PublicKeyCredentialCreationOptionsJson, PublicKeyCredentialRequestOptionsJson,
};
use crate::response::{AuthenticationResponseJson, RegistrationResponseJson};

/// The longest user name and display name, in characters.
pub const MAX_NAME_CHARACTERS: usize = 64;

/// The longest label a person can give a passkey, in characters.
pub const MAX_LABEL_CHARACTERS: usize = 64;

/// Asks for the options of `create()`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(
    tag = "flow",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum RegistrationStart {
    /// A new account, which comes to exist when the ceremony finishes.
    SignUp {
        /// The user name: 1 to [`MAX_NAME_CHARACTERS`] characters, unique, without control characters.
        user_name: String,
        /// What to call the person; the user name when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        display_name: Option<String>,
    },
    /// One more passkey for the account that is signed in.
    Add,
}

/// A registration ceremony, begun.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationStarted {
    /// The ceremony, sealed by the server. Send it back unchanged at finish.
    pub ceremony: String,
    /// The options for `navigator.credentials.create()`.
    pub options: PublicKeyCredentialCreationOptionsJson,
}

/// Hands in what `create()` made.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
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
#[serde(rename_all = "camelCase")]
pub struct RegistrationFinished {
    /// The account the passkey belongs to.
    pub account: Account,
    /// The new passkey.
    pub passkey: Passkey,
    /// What the client should tell the browser's credential manager.
    pub signals: Signals,
}

/// Asks for the options of `get()`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthenticationStart {}

/// An authentication ceremony, begun.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
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
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthenticationFinish {
    /// The ceremony, as it came from start.
    pub ceremony: String,
    /// The assertion.
    #[serde(deserialize_with = "object")]
    pub credential: AuthenticationResponseJson,
}

/// An authentication ceremony, finished: the account is signed in.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationFinished {
    /// The account.
    pub account: Account,
    /// The passkey that was used.
    pub passkey: Passkey,
    /// What the client should tell the browser's credential manager.
    pub signals: Signals,
}

/// Who is signed in.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The account, or `null` when nobody is signed in.
    pub account: Option<Account>,
}

/// An account, as its owner sees it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// What the person types to name the account.
    pub user_name: String,
    /// What to call the person.
    pub display_name: String,
}

/// The passkeys of the account that is signed in, newest first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Passkeys {
    /// All of them.
    pub passkeys: Vec<Passkey>,
    /// What the client should tell the browser's credential manager.
    pub signals: Signals,
}

/// A passkey, as its owner sees it. Times are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// The credential id.
    pub id: Bytes,
    /// The name the person gave it, or the one it got when it was made.
    pub label: String,
    /// When it was registered.
    pub created_at: u64,
    /// When it last signed somebody in; `null` before the first time.
    pub last_used_at: Option<u64>,
    /// Whether its provider keeps it on one device only, or can copy it to others, and has.
    pub backup: Backup,
    /// Whether it is the one that opened this session.
    pub current: bool,
}

/// Where a passkey lives. Source: L3 §6.1.3, "Credential Backup State".
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
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
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasskeyRename {
    /// The new name: 1 to [`MAX_LABEL_CHARACTERS`] characters without control characters.
    pub label: String,
}

/// How a passkey is deleted.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasskeyDelete {
    /// Says that the caller knows this is the account's last passkey. Without it that deletion is refused with
    /// [`ErrorCode::LastPasskey`].
    #[serde(default)]
    pub even_if_last: bool,
}

/// A passkey is gone from the server.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyDeleted {
    /// How many the account has left.
    pub remaining: u32,
    /// What the client should tell the browser's credential manager.
    pub signals: Signals,
}

/// What the client should tell the browser's credential manager, ready to hand to the methods of that name.
///
/// A signal is present only when it is safe to send: a list of accepted credentials is complete, and an unknown
/// credential is one that the server knows it does not have. Source: L3 §5.1.10.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
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
#[serde(rename_all = "camelCase")]
pub struct UnknownCredentialOptions {
    /// The Relying Party's id.
    pub rp_id: String,
    /// The credential the server does not have.
    pub credential_id: Bytes,
}

/// The argument of `signalAllAcceptedCredentials()`. Source: L3 §5.1.10.3.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
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

/// A refusal, as `application/problem+json`. Source: RFC 9457.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProblemDetails {
    /// `urn:passkeep:problem:` and the code.
    #[serde(rename = "type")]
    pub ty: String,
    /// One safe sentence for people, the same for every occurrence of the code.
    pub title: String,
    /// The HTTP status, again.
    pub status: u16,
    /// What a program can act on.
    pub code: ErrorCode,
    /// What was wrong this time, when it is safe and useful to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The id under which the server's log has the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What the client should tell the browser's credential manager, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signals: Option<Signals>,
}

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal, $title:literal;)+) => {
        /// The codes of refusals. A code never changes its meaning; new ones may come.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $variant,)+
            /// A code this build does not know: the server is newer than the client.
            Unknown,
        }

        impl ErrorCode {
            /// Every code a server sends.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The wire form.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown => "unknown",
                }
            }

            /// A safe sentence for people.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$variant => $title,)+
                    Self::Unknown => "The server refused the request.",
                }
            }
        }

        impl From<&str> for ErrorCode {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    _ => Self::Unknown,
                }
            }
        }
    };
}

error_codes! {
    /// A request body is not JSON of the expected form. 400.
    MalformedRequest = "malformed_request", "The request could not be understood.";
    /// The content type of a request body is not `application/json`. 415.
    UnsupportedContentType = "unsupported_content_type", "Requests must be sent as application/json.";
    /// A request body is above the limit. 413.
    BodyTooLarge = "body_too_large", "The request is too large.";
    /// No such route. 404.
    NotFound = "not_found", "There is nothing at this address.";
    /// The route exists, with other methods. 405.
    MethodNotAllowed = "method_not_allowed", "This address does not take this method.";
    /// A cookie-authenticated or state-changing request came from another origin. 403.
    ForbiddenOrigin = "forbidden_origin", "The request came from another site.";
    /// Nobody is signed in. 401.
    NotSignedIn = "not_signed_in", "Sign in first.";
    /// The user name is empty, too long, or has characters that names cannot have. 422.
    InvalidUserName = "invalid_user_name", "This user name cannot be used.";
    /// The display name is too long or has characters that names cannot have. 422.
    InvalidDisplayName = "invalid_display_name", "This display name cannot be used.";
    /// The label is empty, too long, or has characters that labels cannot have. 422.
    InvalidLabel = "invalid_label", "This name cannot be used for a passkey.";
    /// Another account has the user name. 409.
    UserNameTaken = "user_name_taken", "This user name is taken.";
    /// The ceremony is not one of this server's, or not of this kind, browser or session. 400.
    CeremonyUnknown = "ceremony_unknown", "This sign-in or registration was not started here. Start again.";
    /// The ceremony's time is over. 400.
    CeremonyExpired = "ceremony_expired", "That took too long. Start again.";
    /// The ceremony was finished before. 409.
    CeremonySpent = "ceremony_spent", "This was already used once. Start again.";
    /// The registration was refused; `detail` names the check. 400.
    RegistrationRejected = "registration_rejected", "This passkey could not be accepted.";
    /// The credential id is registered already. 409.
    CredentialAlreadyRegistered = "credential_already_registered", "This passkey is already registered.";
    /// The account cannot take another passkey. 409.
    TooManyPasskeys = "too_many_passkeys", "The account has as many passkeys as it can have.";
    /// The server does not have the credential; the answer carries the signal to say so. 404.
    CredentialUnknown = "credential_unknown", "This passkey is not known here any more.";
    /// The sign-in was refused. 401.
    AuthenticationRejected = "authentication_rejected", "Signing in with this passkey did not work.";
    /// The account has no such passkey. 404.
    PasskeyNotFound = "passkey_not_found", "The account has no such passkey.";
    /// It is the account's last passkey, and the request did not say that this is meant. 409.
    LastPasskey = "last_passkey", "This is the account's last passkey.";
    /// Too many requests. 429, with `Retry-After`.
    TooManyRequests = "too_many_requests", "Too many attempts. Wait a moment.";
    /// The store cannot be reached or is too slow. 503.
    Unavailable = "unavailable", "The service is not available at the moment. Try again soon.";
    /// Something went wrong in the server; its log has the rest. 500.
    Internal = "internal", "Something went wrong on our side.";
}

impl Serialize for ErrorCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Ok(Self::from(&*text))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn flows_are_tagged_and_unknown_members_refused() {
        let parsed: RegistrationStart =
            serde_json::from_value(json!({"flow": "sign-up", "userName": "ada"})).unwrap();
        let expected = RegistrationStart::SignUp {
            user_name: "ada".into(),
            display_name: None,
        };
        assert_eq!(parsed, expected);
        let parsed: RegistrationStart = serde_json::from_value(json!({"flow": "add"})).unwrap();
        assert_eq!(parsed, RegistrationStart::Add);

        let surplus = json!({"flow": "sign-up", "userName": "ada", "admin": true});
        let refused = serde_json::from_value::<RegistrationStart>(surplus).unwrap_err();
        assert!(
            refused.to_string().contains("unknown field `admin`"),
            "{refused}"
        );
    }

    #[test]
    fn every_code_reads_back() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from(code.as_str()), *code);
        }
        assert_eq!(ErrorCode::from("from_the_future"), ErrorCode::Unknown);
    }
}
