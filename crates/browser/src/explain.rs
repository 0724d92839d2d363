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

/// Browsers take a shorter timeout for this one, in milliseconds: Chromium does; Firefox takes 15 seconds.
pub(crate) const SHORTEST_TIMEOUT: f64 = 10_000.0;

/// Nobody reads a dialog and dismisses it within this time, in milliseconds: a refusal that comes sooner was the browser's.
const FASTER_THAN_A_PERSON: f64 = 250.0;

/// How long a browser may look for passkeys of this device before it refuses an immediate request, in milliseconds. Chromium
/// gives itself 500 and is then to be heard of by way of two processes; a person has first to see the dialog that comes after that.
const LOOKING: f64 = 1_500.0;

/// How much before its timeout, in milliseconds, a request counts as timed out: clocks are coarse.
const TIMEOUT_SLACK: f64 = 250.0;

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
    /// The ceremony's timeout in milliseconds.
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
        if evidence.elapsed >= evidence.timeout - TIMEOUT_SLACK {
            return (Code::TimedOut, "");
        }
    }
    match evidence.mediation {
        Mediation::Immediate if evidence.elapsed < LOOKING => (Code::NoLocalCredential, ""),
        _ if evidence.replaced => (Code::Cancelled, REPLACED),
        _ => (Code::Cancelled, ""),
    }
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
mod tests {
    use super::*;
    use ClientErrorCode as Code;

    impl Evidence {
        /// A click in a focused page, a dialog, an answer after three seconds.
        pub(crate) fn ordinary(ceremony: Ceremony) -> Self {
            Self {
                ceremony,
                mediation: Mediation::Modal,
                blocked_by_policy: false,
                had_focus: true,
                had_gesture: true,
                elapsed: 3_000.0,
                timeout: 60_000.0,
                host: "login.example.org".into(),
                rp_id: Some("example.org".into()),
                offers_public_key: true,
                replaced: false,
            }
        }
    }

    #[track_caller]
    fn expect(name: &str, evidence: &Evidence, code: Code) {
        let exception = Exception {
            name: Some(name.into()),
            message: "said the browser".into(),
        };
        let (found, detail) = explain(&exception, evidence);
        assert_eq!(found, code, "{name}");
        assert!(detail.contains("said the browser"), "{detail}");
    }

    #[test]
    fn names_that_need_no_evidence() {
        use Ceremony::{Create, Get};
        for (name, ceremony, code) in [
            ("NotAllowedError", Create, Code::Cancelled),
            ("NotAllowedError", Get, Code::Cancelled),
            ("AbortError", Get, Code::Cancelled),
            ("TimeoutError", Get, Code::TimedOut),
            ("InvalidStateError", Create, Code::AlreadyRegistered),
            ("InvalidStateError", Get, Code::Other),
            ("ConstraintError", Create, Code::NoSuitableAuthenticator),
            ("ConstraintError", Get, Code::NoSuitableAuthenticator),
            ("NotSupportedError", Create, Code::NoSuitableAuthenticator),
            ("NotSupportedError", Get, Code::NotSupported),
            ("SecurityError", Create, Code::InvalidRpId),
            ("SecurityError", Get, Code::InvalidRpId),
            ("OperationError", Get, Code::Pending),
            ("TypeError", Create, Code::InvalidOptions),
            ("DataError", Create, Code::InvalidOptions),
            ("EncodingError", Get, Code::InvalidOptions),
            ("UnknownError", Get, Code::Other),
            ("NotReadableError", Get, Code::Other),
        ] {
            expect(name, &Evidence::ordinary(ceremony), code);
        }
    }

    #[test]
    fn a_refusal_faster_than_a_person_was_for_want_of_focus_or_gesture() {
        let at_once = Evidence {
            elapsed: 20.0,
            ..Evidence::ordinary(Ceremony::Get)
        };
        expect("NotAllowedError", &at_once, Code::Cancelled);
        let no_focus = Evidence {
            had_focus: false,
            had_gesture: false,
            ..at_once.clone()
        };
        expect("NotAllowedError", &no_focus, Code::NotFocused);
        let no_gesture = Evidence {
            had_gesture: false,
            ..at_once
        };
        expect("NotAllowedError", &no_gesture, Code::NeedsUserGesture);
        let later = Evidence {
            elapsed: 250.0,
            ..no_focus
        };
        expect("NotAllowedError", &later, Code::Cancelled);
    }

    #[test]
    fn a_policy_explains_a_refusal_before_anything_else() {
        let evidence = Evidence {
            blocked_by_policy: true,
            had_focus: false,
            elapsed: 1.0,
            ..Evidence::ordinary(Ceremony::Create)
        };
        expect(
            "NotAllowedError",
            &evidence,
            Code::BlockedByPermissionsPolicy,
        );
    }

    #[test]
    fn a_refusal_at_the_timeout_is_one() {
        for (elapsed, code) in [
            (59_749.0, Code::Cancelled),
            (59_750.0, Code::TimedOut),
            (61_000.0, Code::TimedOut),
        ] {
            let evidence = Evidence {
                elapsed,
                ..Evidence::ordinary(Ceremony::Get)
            };
            expect("NotAllowedError", &evidence, code);
        }
    }

    #[test]
    fn an_autofill_request_needs_no_gesture_and_has_no_timeout() {
        let evidence = Evidence {
            mediation: Mediation::Conditional,
            had_focus: false,
            had_gesture: false,
            elapsed: 90_000.0,
            ..Evidence::ordinary(Ceremony::Get)
        };
        expect("NotAllowedError", &evidence, Code::Cancelled);
        let at_once = Evidence {
            elapsed: 0.0,
            ..evidence
        };
        expect("NotAllowedError", &at_once, Code::Cancelled);
    }

    #[test]
    fn an_immediate_request_that_is_refused_before_a_person_can_found_no_passkey_here() {
        let at_once = Evidence {
            mediation: Mediation::Immediate,
            elapsed: 100.0,
            ..Evidence::ordinary(Ceremony::Get)
        };
        expect("NotAllowedError", &at_once, Code::NoLocalCredential);
        let no_gesture = Evidence {
            had_gesture: false,
            ..at_once.clone()
        };
        expect("NotAllowedError", &no_gesture, Code::NeedsUserGesture);
        // Chromium's own limit for looking, the last moment of ours, and a person.
        for (elapsed, code) in [
            (500.0, Code::NoLocalCredential),
            (1_499.0, Code::NoLocalCredential),
            (1_500.0, Code::Cancelled),
        ] {
            let later = Evidence {
                elapsed,
                ..at_once.clone()
            };
            expect("NotAllowedError", &later, code);
        }
    }

    #[test]
    fn what_a_replaced_function_says_is_marked_where_it_explains_nothing() {
        for (name, marked) in [
            ("NotAllowedError", true),
            ("UnknownError", true),
            ("InvalidStateError", false),
        ] {
            let evidence = Evidence {
                replaced: true,
                ..Evidence::ordinary(Ceremony::Create)
            };
            let exception = Exception {
                name: Some(name.into()),
                ..Exception::default()
            };
            let detail = explain(&exception, &evidence).1;
            assert_eq!(detail == REPLACED, marked, "{name}: {detail}");
        }
    }

    #[test]
    fn hosts_that_are_no_domains() {
        for host in ["", "127.0.0.1", "[::1]"] {
            let evidence = Evidence {
                host: host.into(),
                ..Evidence::ordinary(Ceremony::Create)
            };
            expect("SecurityError", &evidence, Code::InvalidDomain);
        }
        let localhost = Evidence {
            host: "localhost".into(),
            ..Evidence::ordinary(Ceremony::Create)
        };
        expect("SecurityError", &localhost, Code::InvalidRpId);
    }

    #[test]
    fn a_refused_rp_id_says_how_it_relates_to_the_page() {
        for (host, rp_id, detail) in [
            (
                "a.example",
                "a.example",
                "the RP ID is the page's host `a.example`",
            ),
            (
                "a.co.uk",
                "co.uk",
                "the RP ID `co.uk` may be a public suffix of the page's host `a.co.uk`",
            ),
            (
                "notexample.org",
                "example.org",
                "the page is at `notexample.org`, which `https://example.org/.well-known/webauthn` \
                 would have to list for the RP ID `example.org`",
            ),
        ] {
            let evidence = Evidence {
                host: host.into(),
                rp_id: Some(rp_id.into()),
                ..Evidence::ordinary(Ceremony::Get)
            };
            let exception = Exception {
                name: Some("SecurityError".into()),
                message: String::new(),
            };
            assert_eq!(explain(&exception, &evidence).1, detail);
        }
    }

    #[test]
    fn options_without_a_public_key_entry_are_to_blame_themselves() {
        let evidence = Evidence {
            offers_public_key: false,
            ..Evidence::ordinary(Ceremony::Create)
        };
        expect("NotSupportedError", &evidence, Code::InvalidOptions);
    }

    #[test]
    fn what_has_no_name_is_other() {
        let exception = Exception {
            name: None,
            message: "boo".into(),
        };
        let found = explain(&exception, &Evidence::ordinary(Ceremony::Get));
        assert_eq!(found, (Code::Other, "boo".to_owned()));
    }
}
