use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use wasm_bindgen::JsValue;

use crate::evidence::Thrown;

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
///
/// It keeps what happened, and finds the words for it when it is asked: an app that does not ask is spared them.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientError(Box<Cause>);

#[derive(Clone, Debug, PartialEq)]
struct Cause {
    reason: Reason,
    /// Where or what it was, for some reasons.
    text: String,
    thrown: Option<Box<Thrown>>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reason {
    NotABrowser,
    InsecureContext,
    NoWebAuthn,
    /// The options, as text.
    NotJson,
    /// The options, as a value.
    NotAnObject,
    /// A member of the options; the text is the names on the way to it.
    NotText,
    /// The same, and the byte that is wrong.
    NotBase64url(usize),
    NoAutofill,
    /// A capability that the browser does not report.
    NotReported(&'static str),
    NoSuchWay,
    DialogOpen,
    EndedBefore,
    EndedByCaller,
    Displaced,
    /// The app went on without it.
    #[cfg(feature = "typed")]
    Superseded,
    Silence,
    /// The same, while the page had not the focus.
    SilenceBehindADialog,
    NoCredential,
    /// A member of the credential.
    Missing(&'static str),
    /// The text says why the response does not read as one.
    #[cfg(feature = "typed")]
    Unreadable,
    /// What was thrown says more.
    Thrown,
}

impl From<Reason> for ClientError {
    #[inline(never)]
    fn from(reason: Reason) -> Self {
        Self(Box::new(Cause {
            reason,
            text: String::new(),
            thrown: None,
        }))
    }
}

impl From<Thrown> for ClientError {
    fn from(thrown: Thrown) -> Self {
        let mut error = Self::from(Reason::Thrown);
        error.0.thrown = Some(Box::new(thrown));
        error
    }
}

impl ClientError {
    /// What `Display` says, made without the machinery of formats.
    pub(crate) fn message(&self) -> String {
        let (code, detail) = self.explain();
        message(code, &detail, self.exception_name().as_deref())
    }

    /// The code and the detail.
    pub(crate) fn explain(&self) -> (ClientErrorCode, String) {
        let cause = &*self.0;
        match &cause.thrown {
            Some(thrown) => thrown.explain(),
            None => (cause.reason.code(), cause.reason.detail(&cause.text)),
        }
    }

    /// What to act on.
    #[must_use]
    pub fn code(&self) -> ClientErrorCode {
        match &self.0.thrown {
            Some(thrown) => thrown.explain().0,
            None => self.0.reason.code(),
        }
    }

    /// Whether there is nothing to explain: the person dismissed the dialog (or had no passkey to choose; browsers do
    /// not say which), or the app ended the ceremony itself.
    #[must_use]
    pub fn is_cancel(&self) -> bool {
        matches!(
            self.code(),
            ClientErrorCode::Cancelled | ClientErrorCode::Aborted
        )
    }

    /// The `name` of the browser's exception, for example `NotAllowedError`; none when there was no exception.
    #[must_use]
    pub fn exception_name(&self) -> Option<String> {
        self.0.thrown.as_ref()?.name()
    }

    /// What the browser, or something in front of it, threw: an exception, usually. None when nothing was thrown.
    #[must_use]
    pub fn thrown(&self) -> Option<&JsValue> {
        self.0.thrown.as_ref().map(|thrown| &thrown.thrown)
    }

    /// What was observed, in the browser's words or ours. For developers: some browsers and extensions put odd text here.
    #[must_use]
    pub fn detail(&self) -> String {
        self.explain().1
    }

    /// Says more.
    #[cfg(feature = "typed")]
    pub(crate) fn with_text(mut self, text: String) -> Self {
        self.0.text = text;
        self
    }

    /// Names the member of an object that it happened in.
    pub(crate) fn within(mut self, name: &str) -> Self {
        let path = &mut self.0.text;
        let dot = if path.is_empty() { "" } else { "." };
        *path = joined(&[name, dot, path]);
        self
    }
}

/// All that there is to say to a developer.
fn message(code: ClientErrorCode, detail: &str, exception: Option<&str>) -> String {
    let colon = if detail.is_empty() { "" } else { ": " };
    let (open, exception, close) = match exception {
        Some(name) => (" [", name, "]"),
        None => ("", "", ""),
    };
    joined(&[code.explanation(), colon, detail, open, exception, close])
}

impl Reason {
    fn code(self) -> ClientErrorCode {
        use ClientErrorCode as Code;
        match self {
            Self::NotABrowser | Self::InsecureContext | Self::NoWebAuthn => Code::NotSupported,
            Self::NotJson | Self::NotAnObject | Self::NotText | Self::NotBase64url(_) => {
                Code::InvalidOptions
            }
            Self::NoAutofill | Self::NotReported(_) | Self::NoSuchWay => Code::ModeUnavailable,
            Self::DialogOpen => Code::Pending,
            Self::EndedBefore | Self::EndedByCaller | Self::Displaced => Code::Aborted,
            #[cfg(feature = "typed")]
            Self::Superseded => Code::Aborted,
            Self::Silence => Code::Unresponsive,
            Self::SilenceBehindADialog => Code::TimedOut,
            Self::NoCredential => Code::Cancelled,
            Self::Missing(_) => Code::Other,
            #[cfg(feature = "typed")]
            Self::Unreadable => Code::Other,
            // It has an explanation of its own.
            Self::Thrown => Code::Other,
        }
    }

    fn detail(self, text: &str) -> String {
        let fixed = match self {
            Self::NotABrowser => "this is not a browser",
            Self::InsecureContext => {
                "the page is served over plain http; passkeys need https or localhost"
            }
            Self::NoWebAuthn => "`PublicKeyCredential` or `navigator.credentials` is missing",
            Self::NotJson => "they are not JSON",
            Self::NotAnObject => "the options are not a JSON object",
            Self::NotText => return joined(&["`", text, "` is not base64url text"]),
            Self::NotBase64url(offset) => {
                let (before, offset) = (
                    "`: a base64url value is malformed at byte ",
                    decimal(offset),
                );
                let after = ": it is not unpadded base64url";
                return joined(&["`", text, before, &offset, after]);
            }
            Self::NoAutofill => "the browser does not offer passkeys in autofill",
            Self::NotReported(capability) => {
                return joined(&["the browser does not say `", capability, "`"]);
            }
            Self::NoSuchWay => "passkeys are not made in that way",
            Self::DialogOpen => "this page has a passkey dialog open",
            Self::EndedBefore => "before it started",
            Self::EndedByCaller => "by the caller",
            Self::Displaced => "another request took its place",
            #[cfg(feature = "typed")]
            Self::Superseded => "",
            Self::Silence => {
                "the promise was still open long after the timeout; an extension may be in the way"
            }
            Self::SilenceBehindADialog => {
                "the promise was still open long after the timeout, and so may a dialog have been"
            }
            Self::NoCredential => "the browser returned no credential",
            Self::Missing(path) => return joined(&["the credential has no `", path, "`"]),
            #[cfg(feature = "typed")]
            Self::Unreadable => {
                let what = "the browser's answer does not read as a response: ";
                return joined(&[what, text]);
            }
            Self::Thrown => "",
        };
        fixed.to_owned()
    }
}

/// A number in digits.
fn decimal(mut number: usize) -> String {
    let mut digits = String::new();
    loop {
        digits.insert(0, char::from(b'0' + (number % 10) as u8));
        number /= 10;
        if number == 0 {
            return digits;
        }
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
    Other = "other", "something else went wrong", true,
        "Something went wrong. Please try again, or use another way.";
}

#[cfg(test)]
mod tests;
