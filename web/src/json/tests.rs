//! It reads what serde_json reads, and refuses what it refuses.

use core::fmt::Debug;

use passkeep_protocol::api::{Passkeys, ProblemDetails, RecoveryCodes, Session, Sessions};
use serde_json::Value;

use super::*;

#[track_caller]
fn same<T: DeserializeOwned + Debug + PartialEq>(text: &str) -> Option<T> {
    let (ours, theirs) = (read::<T>(text).ok(), serde_json::from_str::<T>(text).ok());
    assert_eq!(ours, theirs, "{text}");
    ours
}

/// An answer with everything in it that answers have, and with what a newer server may add.
const PASSKEYS: &str = r#" {"passkeys": [ {"id":"AQID","label":"Ada\u2019s \"key\" \ud83d\udd11\n","createdAt":1764374400000,
    "lastUsedAt":null,"provider":"Bitwarden","aaguid":"d548826e-79b4-db40-a3d8-11116f7e8349","backup":"synced","current":true,
    "new":{"nested":[1.5e-3,-0,{},[],[[false]],"\t\/"]}} ],
    "signals":{"allAcceptedCredentials":{"rpId":"example.org","userId":"AQ","allAcceptedCredentialIds":["AQID","BA"]}} }"#;

#[test]
fn answers_of_every_kind_are_read() {
    let passkeys = same::<Passkeys>(PASSKEYS).unwrap();
    assert_eq!(passkeys.passkeys.len(), 1);
    assert_eq!(passkeys.passkeys[0].label, "Ada’s \"key\" 🔑\n");
    assert_eq!(passkeys.passkeys[0].created_at, 1_764_374_400_000);
    let nobody = same::<Session>(r#"{"account":null,"passwords":"sign-up"}"#).unwrap();
    assert_eq!(nobody.account, None);
    let sessions = r#"{"sessions":[{"id":"AQ","device":"","method":"telepathy","createdAt":0,"lastUsedAt":18446744073709551615,"current":false}]}"#;
    let sessions = same::<Sessions>(sessions).unwrap();
    assert_eq!(sessions.sessions[0].last_used_at, u64::MAX);
    let problem =
        r#"{"type":"about:blank","title":"","status":401,"code":"not_signed_in","requestId":"x"}"#;
    same::<ProblemDetails>(problem);
    same::<RecoveryCodes>(r#"{"codes":[]}"#);
}

#[test]
fn whatever_is_changed_in_an_answer_is_judged_alike() {
    let bytes = PASSKEYS.as_bytes();
    for at in 0..bytes.len() {
        if let Ok(cut) = std::str::from_utf8(&bytes[..at]) {
            assert_eq!(same::<Passkeys>(cut), None);
        }
        let changes = b"\"\\,:[]{}0e.-nu \n\x01x";
        for change in changes {
            let mut changed = bytes.to_vec();
            changed[at] = *change;
            if let Ok(changed) = std::str::from_utf8(&changed) {
                same::<Passkeys>(changed);
            }
        }
        let mut doubled = bytes.to_vec();
        doubled.insert(at, bytes[at]);
        same::<Passkeys>(std::str::from_utf8(&doubled).unwrap());
    }
}

#[test]
fn texts_that_are_not_json_are_refused() {
    let all = [
        "",
        "[",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":1,}",
        "{a:1}",
        "01",
        "1.",
        ".5",
        "1e",
        "+1",
        "-",
        "tru",
        "nul",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\u{1}\"",
        "1 1",
        "\u{a0}1",
    ];
    for text in all {
        let skipped = read::<de::IgnoredAny>(text);
        assert_eq!(skipped.err(), Some(Unreadable), "{text}");
        assert_eq!(read::<Value>(text), Err(Unreadable), "{text}");
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
    }
}

#[test]
fn what_nobody_reads_is_passed_over_if_it_is_json() {
    for text in [
        "-1.25E+10",
        "[[],{}]",
        "{\"a\":[null,true,\"\\u00e9\"]}",
        " 0 ",
        "1e-1",
    ] {
        assert_eq!(read::<de::IgnoredAny>(text), Ok(de::IgnoredAny), "{text}");
    }
    let deep = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read::<de::IgnoredAny>(&deep(65)).is_ok());
    assert_eq!(read::<de::IgnoredAny>(&deep(66)), Err(Unreadable));
}

#[test]
fn a_raw_value_is_its_text() {
    let read = |text: &str| {
        read::<Vec<Raw>>(text).map(|all| all.into_iter().map(|it| it.0).collect::<Vec<_>>())
    };
    assert_eq!(
        read(r#"[ {"a" : [1.5]} , "\n" ]"#),
        Ok(vec![r#"{"a" : [1.5]}"#.to_owned(), r#""\n""#.to_owned()])
    );
    assert_eq!(read("[{]"), Err(Unreadable));
}
