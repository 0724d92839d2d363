//! From an exception to its meaning: the one place where that is decided.
//!
//! Browsers answer most failures with `NotAllowedError`, on purpose: a page must not learn whether a person has a passkey.
//! Some causes can be told from what is observable anyway. What remains is [`ClientErrorCode::Cancelled`].

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::ceremony::{Ceremony, Mediation};
use crate::error::{ClientErrorCode, joined};

/// The timeout assumed when the options have none, in milliseconds: what browsers take, and what the specification
/// recommends (L3 §15.1, "Recommended Range for Ceremony Timeouts").
pub(crate) const DEFAULT_TIMEOUT: f64 = 300_000.0;

/// The shortest and the longest timeout that Firefox takes, in milliseconds; WebKit's longest is the same.
const BRIEF: (f64, f64) = (15_000.0, 120_000.0);

/// The shortest timeout that Chromium takes, in milliseconds.
pub(crate) const PATIENT: f64 = 180_000.0;

/// Nobody reads a dialog and dismisses it within this time, in milliseconds: a refusal that comes sooner was the browser's.
const FASTER_THAN_A_PERSON: f64 = 250.0;

/// How long a browser may look for passkeys of this device before it refuses an immediate request, in milliseconds. Chromium
/// gives itself 500 and is then to be heard of by way of two processes; a person has first to see the dialog that comes after that.
const LOOKING: f64 = 1_500.0;

/// How much before and after its timeout, in milliseconds, a request counts as timed out: clocks are coarse, and timers late.
const TIMEOUT_SLACK: (f64, f64) = (250.0, 1_000.0);

/// Said beside what a function said that is not the browser's own.
pub(crate) const REPLACED: &str = "an extension, or the page, has replaced the browser's function";

/// What was thrown. Anything can be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Exception {
    pub(crate) name: Option<String>,
    pub(crate) message: String,
}

/// What was observed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Evidence {
    pub(crate) ceremony: Ceremony,
    pub(crate) mediation: Mediation,
    pub(crate) blocked_by_policy: bool,
    /// False only if the browser said so when the call was made.
    pub(crate) had_focus: bool,
    /// False only if the browser said so when the call was made.
    pub(crate) had_gesture: bool,
    /// Milliseconds from call to exception.
    pub(crate) elapsed: f64,
    /// The timeout in the options, in milliseconds.
    pub(crate) timeout: f64,
    /// The host of the page.
    pub(crate) host: String,
    /// The RP ID in the options.
    pub(crate) rp_id: Option<String>,
    /// Whether any entry of `pubKeyCredParams` has the type `public-key`.
    pub(crate) offers_public_key: bool,
    /// Whether something has put a function of its own in the place of the browser's: an extension, or the page itself.
    pub(crate) replaced: bool,
}

/// Says what an exception means, and what there is to say about it.
pub(crate) fn explain(exception: &Exception, evidence: &Evidence) -> (ClientErrorCode, String) {
    use ClientErrorCode as Code;
    let (code, ours) = match (exception.name.as_deref(), evidence.ceremony) {
        (Some("NotAllowedError"), _) => not_allowed(evidence),
        // Ours never gets here: an aborted ceremony has its own end. Firefox says this when a person cancels.
        (Some("AbortError"), _) => (Code::Cancelled, ""),
        (Some("TimeoutError"), _) => (Code::TimedOut, ""),
        (Some("InvalidStateError"), Ceremony::Create) => (Code::AlreadyRegistered, ""),
        (Some("ConstraintError"), _) => (Code::NoSuitableAuthenticator, ""),
        (Some("NotSupportedError"), Ceremony::Create) if evidence.offers_public_key => {
            (Code::NoSuitableAuthenticator, "")
        }
        (Some("NotSupportedError"), Ceremony::Create) => (
            Code::InvalidOptions,
            "`pubKeyCredParams` has no entry of the type `public-key`",
        ),
        (Some("NotSupportedError"), Ceremony::Get) => (Code::NotSupported, ""),
        (Some("SecurityError"), _) => return security(exception, evidence),
        (Some("OperationError"), _) => (Code::Pending, ""),
        (Some("TypeError" | "DataError" | "EncodingError"), _) => (Code::InvalidOptions, ""),
        _ if evidence.replaced => (Code::Other, REPLACED),
        _ => (Code::Other, ""),
    };
    (code, beside_theirs(ours, exception))
}

fn not_allowed(evidence: &Evidence) -> (ClientErrorCode, &'static str) {
    use ClientErrorCode as Code;
    if evidence.blocked_by_policy {
        return (Code::BlockedByPermissionsPolicy, "");
    }
    let at_once = evidence.elapsed < FASTER_THAN_A_PERSON;
    if evidence.mediation != Mediation::Conditional {
        if at_once && !evidence.had_focus {
            return (Code::NotFocused, "");
        }
        if at_once && !evidence.had_gesture {
            return (Code::NeedsUserGesture, "");
        }
        if is_at_timeout(evidence) {
            return (Code::TimedOut, "");
        }
    }
    match evidence.mediation {
        Mediation::Immediate if evidence.elapsed < LOOKING => (Code::NoLocalCredential, ""),
        _ if evidence.replaced => (Code::Cancelled, REPLACED),
        _ => (Code::Cancelled, ""),
    }
}

/// Browsers change timeouts, each in its way. A person who dismisses the dialog at other times has cancelled.
fn is_at_timeout(evidence: &Evidence) -> bool {
    let brief = evidence.timeout.clamp(BRIEF.0, BRIEF.1);
    let after = evidence.elapsed - brief;
    // Chromium then shows that the time is over, and rejects only when that is dismissed.
    let patient = evidence.timeout.max(PATIENT);
    (-TIMEOUT_SLACK.0..=TIMEOUT_SLACK.1).contains(&after)
        || evidence.elapsed >= patient - TIMEOUT_SLACK.0
}

fn security(exception: &Exception, evidence: &Evidence) -> (ClientErrorCode, String) {
    let host = evidence.host.as_str();
    if !is_domain(host) {
        let ours = joined(&["the page is at `", host, "`"]);
        return (
            ClientErrorCode::InvalidDomain,
            beside_theirs(&ours, exception),
        );
    }
    let rp_id = evidence.rp_id.as_deref().unwrap_or(host);
    let parts: &[&str] = match host.strip_suffix(rp_id) {
        Some("") => &["the RP ID is the page's host `", host, "`"],
        Some(rest) if rest.ends_with('.') => &[
            "the RP ID `",
            rp_id,
            "` may be a public suffix of the page's host `",
            host,
            "`",
        ],
        _ => &[
            "the page is at `",
            host,
            "`, which `https://",
            rp_id,
            "/.well-known/webauthn` would have to list for the RP ID `",
            rp_id,
            "`",
        ],
    };
    let ours = joined(parts);
    (
        ClientErrorCode::InvalidRpId,
        beside_theirs(&ours, exception),
    )
}

/// Whether a host can be an RP ID at all: IP addresses cannot (L3 §5.1.3, "effective domain").
fn is_domain(host: &str) -> bool {
    // Browsers write IPv4 addresses in one form, and no top-level domain is a number.
    let is_ipv4 = host
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    !is_ipv4 && !host.bytes().any(|byte| byte == b':')
}

/// Our words beside the browser's.
fn beside_theirs(ours: &str, exception: &Exception) -> String {
    match (ours, exception.message.as_str()) {
        (one, "") | ("", one) => one.to_owned(),
        (ours, theirs) => joined(&[ours, " (", theirs, ")"]),
    }
}

#[cfg(test)]
mod documented;
#[cfg(test)]
mod tests;
