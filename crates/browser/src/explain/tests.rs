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
    use Code::{Cancelled, TimedOut};
    for (timeout, elapsed, code) in [
        // As it is in the options.
        (60_000.0, 59_749.0, Cancelled),
        (60_000.0, 59_750.0, TimedOut),
        (60_000.0, 61_000.0, TimedOut),
        (60_000.0, 61_001.0, Cancelled),
        // As Chromium takes it.
        (60_000.0, 179_749.0, Cancelled),
        (60_000.0, 179_750.0, TimedOut),
        (60_000.0, 900_000.0, TimedOut),
        // As Firefox takes one that is short, and one that is long.
        (0.0, 3_000.0, Cancelled),
        (1_000.0, 1_000.0, Cancelled),
        (1_000.0, 15_000.0, TimedOut),
        (300_000.0, 120_000.0, TimedOut),
        (300_000.0, 180_000.0, Cancelled),
        (300_000.0, 299_749.0, Cancelled),
        (300_000.0, 299_750.0, TimedOut),
    ] {
        let evidence = Evidence {
            timeout,
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
