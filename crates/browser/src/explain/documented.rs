//! Holds the tables of the READMEs, and the type of the codes for TypeScript, to the code.

use alloc::collections::{BTreeMap, BTreeSet};

use super::*;
use ClientErrorCode as Code;

const OF_THE_CRATE: &str = include_str!("../../README.md");
const OF_THE_PACKAGE: &str = include_str!("../../npm/README.md");
const TYPES: &str = include_str!("../../npm/index.d.ts");

/// The one code that JavaScript has for itself.
const WITHOUT_A_MODULE: &str = "wasm_unavailable";

/// The rows of the table of errors: their codes, and the other cells.
fn rows(readme: &'static str) -> Vec<(Vec<&'static str>, Vec<&'static str>)> {
    let (_, section) = readme.split_once("\n## Errors\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        (quoted(cells.next().unwrap()), cells.collect())
    })
    .collect()
}

/// What is in backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn all_codes() -> Vec<&'static str> {
    Code::ALL.iter().map(|code| code.as_str()).collect()
}

#[track_caller]
fn expect_once(mut found: Vec<&str>, mut expected: Vec<&str>) {
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn every_code_is_documented_once() {
    let of_the_crate = rows(OF_THE_CRATE).into_iter().flat_map(|(codes, _)| codes);
    expect_once(of_the_crate.collect(), all_codes());

    let with_javascript = || [all_codes(), vec![WITHOUT_A_MODULE]].concat();
    let of_the_package = rows(OF_THE_PACKAGE).into_iter();
    let of_the_package = of_the_package.flat_map(|(codes, _)| codes);
    expect_once(of_the_package.collect(), with_javascript());

    let (_, declared) = TYPES.split_once("export type PasskeyErrorCode =").unwrap();
    let (declared, _) = declared.split_once("\n\n").unwrap();
    let declared = declared.lines().filter_map(|line| {
        let code = line.trim().trim_end_matches(';').strip_prefix("| '")?;
        code.strip_suffix('\'')
    });
    expect_once(declared.collect(), with_javascript());
}

#[test]
fn what_can_succeed_at_another_try_is_documented_so() {
    let mut said = BTreeMap::new();
    for (codes, cells) in rows(OF_THE_PACKAGE) {
        for code in codes {
            said.insert(code, cells[1]);
        }
    }
    assert_eq!(said.remove(WITHOUT_A_MODULE), Some("yes"));
    let mut done = BTreeMap::new();
    for code in Code::ALL {
        let again = if code.is_retryable() { "yes" } else { "no" };
        done.insert(code.as_str(), again);
    }
    assert_eq!(said, done);
}

/// Everything that can be observed to make a difference, one thing at a time.
fn evidences() -> Vec<Evidence> {
    let mut all = Vec::new();
    for ceremony in [Ceremony::Create, Ceremony::Get] {
        let ordinary = Evidence::ordinary(ceremony);
        let at_once = Evidence {
            elapsed: 1.0,
            ..ordinary.clone()
        };
        all.extend([
            Evidence {
                had_focus: false,
                ..at_once.clone()
            },
            Evidence {
                had_gesture: false,
                ..at_once.clone()
            },
            Evidence {
                blocked_by_policy: true,
                ..ordinary.clone()
            },
            Evidence {
                elapsed: ordinary.timeout,
                ..ordinary.clone()
            },
            Evidence {
                host: "127.0.0.1".into(),
                ..ordinary.clone()
            },
            Evidence {
                offers_public_key: false,
                ..ordinary.clone()
            },
            ordinary,
        ]);
        if ceremony == Ceremony::Get {
            all.push(Evidence {
                mediation: Mediation::Immediate,
                ..at_once
            });
        }
    }
    all
}

#[test]
fn the_exceptions_that_a_code_is_decided_from_are_documented() {
    const NAMES: [&str; 12] = [
        "AbortError",
        "ConstraintError",
        "DataError",
        "EncodingError",
        "InvalidStateError",
        "NotAllowedError",
        "NotSupportedError",
        "OperationError",
        "SecurityError",
        "TimeoutError",
        "TypeError",
        "UnknownError",
    ];
    let mut decided: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for evidence in evidences() {
        for name in NAMES {
            let exception = Exception {
                name: Some(name.into()),
                ..Exception::default()
            };
            let code = explain(&exception, &evidence).0;
            decided.entry(code.as_str()).or_default().insert(name);
        }
    }
    // Anything can be thrown.
    decided.remove(Code::Other.as_str());

    let mut said: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (codes, cells) in rows(OF_THE_CRATE) {
        let named = quoted(cells[1]).into_iter();
        let named: BTreeSet<_> = named.filter(|name| name.ends_with("Error")).collect();
        if !named.is_empty() {
            said.insert(codes[0], named);
        }
    }
    assert_eq!(said, decided);
}

#[test]
fn the_times_that_decide_are_documented() {
    let row = |code: &Code| {
        let mut rows = rows(OF_THE_CRATE).into_iter();
        let (_, cells) = rows.find(|(codes, _)| codes == &[code.as_str()]).unwrap();
        cells[1]
    };
    for (code, limit, said) in [
        (Code::NotFocused, FASTER_THAN_A_PERSON, "within 250 ms"),
        (
            Code::NeedsUserGesture,
            FASTER_THAN_A_PERSON,
            "within 250 ms",
        ),
        (Code::NoLocalCredential, LOOKING, "within 1,500 ms"),
    ] {
        let digits: String = said.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits, limit.to_string());
        assert!(row(&code).contains(said), "{}", row(&code));
    }
}
