use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use wasm_bindgen::JsValue;

use crate::explain::Exception;

/// Texts in one. What the standard library has for it is several times as large.
#[inline(never)]
pub(crate) fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Why a ceremony ended without a response.
///
/// A person needs words chosen by [`ClientError::code`]; the `Display` form is for developers and logs.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientError {
    code: ClientErrorCode,
    exception: Option<String>,
    thrown: Option<JsValue>,
    detail: Cow<'static, str>,
}

impl ClientError {
    pub(crate) fn new(code: ClientErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            exception: None,
            thrown: None,
            detail: detail.into(),
        }
    }

    pub(crate) fn caused_by(mut self, exception: &Exception) -> Self {
        self.exception.clone_from(&exception.name);
        self.thrown.clone_from(&exception.thrown);
        self
    }

    /// What `Display` says, made without the machinery of formats.
    pub(crate) fn message(&self) -> String {
        let colon = if self.detail.is_empty() { "" } else { ": " };
        let (open, exception, close) = match &self.exception {
            Some(name) => (" [", name.as_str(), "]"),
            None => ("", "", ""),
        };
        let explanation = self.code.explanation();
        joined(&[explanation, colon, &self.detail, open, exception, close])
    }

    /// What to act on.
    #[must_use]
    pub fn code(&self) -> ClientErrorCode {
        self.code
    }

    /// Whether there is nothing to explain: the person dismissed the dialog (or had no passkey to choose; browsers do
    /// not say which), or the app ended the ceremony itself.
    #[must_use]
    pub fn is_cancel(&self) -> bool {
        matches!(
            self.code,
            ClientErrorCode::Cancelled | ClientErrorCode::Aborted
        )
    }

    /// The `name` of the browser's exception, for example `NotAllowedError`; none when there was no exception.
    #[must_use]
    pub fn exception_name(&self) -> Option<&str> {
        self.exception.as_deref()
    }

    /// What the browser, or something in front of it, threw: an exception, usually. None when nothing was thrown.
    #[must_use]
    pub fn thrown(&self) -> Option<&JsValue> {
        self.thrown.as_ref()
    }

    /// What was observed, in the browser's words or ours. For developers: some browsers and extensions put odd text here.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for ClientError {}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal, $explanation:literal, $again:ident, $words:literal;)+) => {
        /// What a [`ClientError`] means. A code never changes its meaning; new ones may come.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum ClientErrorCode {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl ClientErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// A stable name, as JavaScript and logs see it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// One sentence for developers.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self {
                    $(Self::$variant => $explanation,)+
                }
            }

            /// Whether the same call can succeed if the person tries again. When not, offer another way or mend the page.
            #[must_use]
            pub fn is_retryable(self) -> bool {
                match self {
                    $(Self::$variant => $again,)+
                }
            }

            /// What to tell a person, in English, where the page has no words of its own. Empty when there is nothing to
            /// say: the page ended it.
            #[must_use]
            pub fn user_message(self) -> &'static str {
                match self {
                    $(Self::$variant => $words,)+
                }
            }
        }
    };
}

codes! {
    /// This browser has no WebAuthn, or the page is not served over https or from localhost.
    NotSupported = "not_supported", "this browser or page cannot use passkeys", false,
        "This browser cannot use passkeys here.";
    /// This browser does not know the way of asking: autofill, an upgrade, or the immediate dialog.
    ModeUnavailable = "mode_unavailable", "this browser does not have this way of asking", false,
        "This browser cannot do that.";
    /// The person dismissed the dialog, or no passkey fitted. Browsers deliberately do not say which.
    Cancelled = "cancelled", "the person cancelled, or there was no passkey to use", true,
        "Nothing was done. You can try again, or use another way.";
    /// An immediate request found no passkey on this device.
    NoLocalCredential = "no_local_credential", "no passkey is at hand on this device", false,
        "There is no passkey on this device.";
    /// The dialog stayed open until the ceremony's time was over.
    TimedOut = "timed_out", "nobody answered the browser's dialog in time", true,
        "That took too long. Please try again.";
    /// The app ended the ceremony, or a newer one took its place.
    Aborted = "aborted", "the ceremony was ended by the page", true, "";
    /// The authenticator already holds one of the passkeys in `excludeCredentials`.
    AlreadyRegistered = "already_registered", "this authenticator already has a passkey of this account", false,
        "This device already has a passkey for your account. You can sign in with it.";
    /// The page was not focused, so the browser showed nothing.
    NotFocused = "not_focused", "the page did not have the focus when it asked", true,
        "Please click into the page and try again.";
    /// The browser wants a click or key press right before the call.
    NeedsUserGesture = "needs_user_gesture", "the browser wants a click or key press before this call", true,
        "Please press the button again.";
    /// The page, or the frame it is in, may not use passkeys.
    BlockedByPermissionsPolicy = "blocked_by_permissions_policy", "the permissions policy of this page or frame forbids passkeys", false,
        "Passkeys are switched off for this part of the page.";
    /// The page's host cannot have passkeys: it is an IP address or no domain at all.
    InvalidDomain = "invalid_domain", "passkeys need a domain name, and this page does not have one", false,
        "Passkeys do not work at this address.";
    /// The RP ID does not fit the page's domain.
    InvalidRpId = "invalid_rp_id", "the browser does not accept the RP ID on this page", false,
        "Passkeys do not work at this address.";
    /// No authenticator here can do what the options demand.
    NoSuitableAuthenticator = "no_suitable_authenticator", "no authenticator here can do what the options demand", false,
        "Nothing on this device can do that. Try another device or a security key.";
    /// The options cannot be used; the detail names the member.
    InvalidOptions = "invalid_options", "the options cannot be used", false,
        "Something is wrong with this page.";
    /// The browser, or an extension in front of it, did not answer at all.
    Unresponsive = "unresponsive", "neither an answer nor an error came", true,
        "Your browser did not answer. A password manager may be in the way; please try again.";
    /// Another request is still open.
    Pending = "pending", "another passkey request is still open", true,
        "A passkey dialog is already open.";
    /// Anything else; the detail has what is known.
    Other = "other", "the browser reported an error", true,
        "Something went wrong. Please try again, or use another way.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn developer_text_has_the_sentence_the_detail_and_the_exception() {
        let exception = Exception {
            name: Some("SecurityError".into()),
            ..Exception::default()
        };
        let error =
            ClientError::new(ClientErrorCode::InvalidRpId, "`a` on `b`").caused_by(&exception);
        assert_eq!(
            error.to_string(),
            "the browser does not accept the RP ID on this page: `a` on `b` [SecurityError]"
        );
    }

    #[test]
    fn only_a_dismissed_or_ended_ceremony_needs_no_explanation() {
        let cancels: Vec<_> = ClientErrorCode::ALL
            .iter()
            .filter(|code| ClientError::new(**code, "").is_cancel())
            .collect();
        assert_eq!(
            cancels,
            [&ClientErrorCode::Cancelled, &ClientErrorCode::Aborted]
        );
    }

    #[test]
    fn only_what_the_page_ended_itself_has_no_words_for_a_person() {
        for code in ClientErrorCode::ALL {
            let silent = code.user_message().is_empty();
            assert_eq!(silent, *code == ClientErrorCode::Aborted, "{code:?}");
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = ClientErrorCode::ALL.iter().map(|c| c.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ClientErrorCode::ALL.len());
    }
}
