//! Refusals.

use serde::{Deserialize, Serialize};

use crate::api::Signals;
use crate::json_object::Text;

/// A refusal, as `application/problem+json`. Source: RFC 9457.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// An app's way was used by a page, or a page's by an app, or both at once. 400.
    WrongChannel = "wrong_channel", "This can be asked for in one way only: with cookies, or as an app.";
    /// What was asked for is for apps only. 400.
    AppsOnly = "apps_only", "Only an app can do this.";
    /// The request must be confirmed with a passkey, or its confirmation is too old, used, or for something else. 403.
    ConfirmationRequired = "confirmation_required", "Confirm this with your passkey first.";
    /// The account is locked. 403.
    AccountLocked = "account_locked", "This account is locked. Ask whoever runs this site.";
    /// The user name and recovery code do not go together, or the code has been used. 403.
    RecoveryRefused = "recovery_refused", "This user name and recovery code do not go together.";
    /// The enrolment link has been used, has expired, or never was. 404.
    EnrolmentLinkUnknown = "enrolment_link_unknown", "This link does not work any more. Make a new one.";
    /// The account has no such session. 404.
    SessionNotFound = "session_not_found", "The account has no such session.";
    /// The account has no such device. 404.
    DeviceNotFound = "device_not_found", "The account has no such device.";
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
    /// The user name and password do not go together. 401.
    PasswordRefused = "password_refused", "This user name and password do not go together.";
    /// The password is too short or too long, or it is the user name. 422.
    InvalidPassword = "invalid_password", "This password cannot be used.";
    /// The account has no password. 404.
    PasswordNotFound = "password_not_found", "The account has no password.";
    /// The account has no passkey, and would have no way in without its password. 409.
    PasskeyRequired = "passkey_required", "Make a passkey first.";
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
        let Text(text) = Deserialize::deserialize(deserializer)?;
        Ok(Self::from(&*text))
    }
}
