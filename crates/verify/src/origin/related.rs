//! Related origins: the file `https://RPID/.well-known/webauthn`, by which sites under other domains may use an RP ID.
//!
//! A client reads the file's `origins` from the first. It takes the label before the public suffix of each one's domain
//! ("example" of `www.example.co.uk`), and remembers at least five different ones; what comes after them is ignored.
//! [L3 §5.11, "Using Web Authentication across related origins"]
//!
//! # What this cannot know
//!
//! Where a public suffix ends is a matter of a list that changes weekly and is not in this crate. So the label comes from
//! the caller, who may have the list, or from [`guessed_label`], which is right for the suffixes that most sites have and
//! wrong for others, such as `github.io` or `k12.ca.us`. It cannot see whether the file is served as `application/json`,
//! without a redirect to elsewhere, or at all.
//!
//! [L3 §5.11, "Using Web Authentication across related origins"]: https://www.w3.org/TR/webauthn-3/#sctn-related-origins

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Origin, OriginError};
use crate::json::from_object;

/// How many different labels every client takes. Some may take more.
pub const MAX_LABELS: usize = 5;

/// The largest file that is read here, in bytes. Clients have limits of their own.
pub const MAX_FILE_BYTES: usize = 64 * 1024;

/// The file's content.
#[derive(Deserialize, Serialize)]
struct File {
    origins: Vec<String>,
}

/// The content of the file for these origins, in this order. Put the most important first.
///
/// ```
/// use passkeep_verify::origin::{Origin, related};
///
/// let origins = [Origin::parse("https://example.co.uk").unwrap()];
/// assert_eq!(related::file(&origins), r#"{"origins":["https://example.co.uk"]}"#);
/// ```
#[must_use]
pub fn file(origins: &[Origin]) -> String {
    let origins = origins.iter().map(|origin| origin.as_str().to_owned());
    let file = File {
        origins: origins.collect(),
    };
    // A list of text always has a JSON form.
    serde_json::to_string(&file).unwrap_or_default()
}

/// What is wrong with a file, by the index of the origin in it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RelatedOriginsProblem {
    /// It is longer than [`MAX_FILE_BYTES`].
    TooLong,
    /// It is no JSON object with a list of texts as its `origins`.
    NotTheJson,
    /// It lists no origin.
    Empty,
    /// The entry is no origin in the form that clients compare.
    NotAnOrigin {
        /// Which entry.
        index: usize,
        /// Why.
        error: OriginError,
    },
    /// The entry is an Android app. Clients skip it: apps are related through `assetlinks.json`.
    App {
        /// Which entry.
        index: usize,
    },
    /// The entry is listed before.
    Twice {
        /// Which entry.
        index: usize,
    },
    /// The entry's host has no label before its public suffix, and clients skip it.
    NoLabel {
        /// Which entry.
        index: usize,
    },
    /// The entry comes after [`MAX_LABELS`] other labels, and clients may ignore it.
    LabelAfterTheLast {
        /// Which entry.
        index: usize,
        /// Its label.
        label: String,
    },
    /// The relying party accepts this origin, whose browsers may use the RP ID only if the file lists it.
    NotListed {
        /// The origin.
        origin: Origin,
    },
}

/// Checks the content of a file for an RP ID and the origins that its relying party accepts.
///
/// `label` gives the label before the public suffix of a host; [`guessed_label`] if there is no list of suffixes.
///
/// ```
/// use passkeep_verify::origin::{Origin, related::{self, RelatedOriginsProblem}};
///
/// let accepted = [Origin::parse("https://example.org").unwrap(), Origin::parse("https://example.de").unwrap()];
/// let problems = related::lint(r#"{"origins":[]}"#, "example.org", &accepted, related::guessed_label);
/// let origin = accepted[1].clone();
/// assert_eq!(problems, [RelatedOriginsProblem::Empty, RelatedOriginsProblem::NotListed { origin }]);
/// ```
#[must_use]
pub fn lint<L: Fn(&str) -> Option<String>>(
    json: &str,
    rp_id: &str,
    accepted: &[Origin],
    label: L,
) -> Vec<RelatedOriginsProblem> {
    use RelatedOriginsProblem as Problem;

    if json.len() > MAX_FILE_BYTES {
        return vec![Problem::TooLong];
    }
    let Some(file) = from_object::<File>(json.as_bytes()) else {
        return vec![Problem::NotTheJson];
    };
    let mut problems = Vec::new();
    if file.origins.is_empty() {
        problems.push(Problem::Empty);
    }
    let mut labels = BTreeSet::new();
    let mut listed = BTreeSet::new();
    for (index, entry) in file.origins.iter().enumerate() {
        let origin = match Origin::parse(entry) {
            Ok(origin) => origin,
            Err(error) => {
                problems.push(Problem::NotAnOrigin { index, error });
                continue;
            }
        };
        let Some(host) = origin.host() else {
            problems.push(Problem::App { index });
            continue;
        };
        if !listed.insert(entry.as_str()) {
            problems.push(Problem::Twice { index });
            continue;
        }
        match label(host).filter(|label| !label.is_empty()) {
            None => problems.push(Problem::NoLabel { index }),
            Some(label) if labels.len() >= MAX_LABELS && !labels.contains(&label) => {
                problems.push(Problem::LabelAfterTheLast { index, label });
            }
            Some(label) => {
                labels.insert(label);
            }
        }
    }
    let unlisted = accepted.iter().filter(|origin| {
        let needs_it = origin.is_web() && !origin.may_use_rp_id(rp_id);
        needs_it && !listed.contains(origin.as_str())
    });
    problems.extend(
        unlisted
            .cloned()
            .map(|origin| Problem::NotListed { origin }),
    );
    problems
}

/// The label before the public suffix of a host, guessed: the suffix is the last label, or the last two when they are a
/// country's and one of the second levels that many countries have (`co.uk`, `com.au`).
///
/// ```
/// use passkeep_verify::origin::related::guessed_label;
///
/// assert_eq!(guessed_label("www.example.org").as_deref(), Some("example"));
/// assert_eq!(guessed_label("shop.example.co.uk").as_deref(), Some("example"));
/// assert_eq!(guessed_label("localhost"), None);
/// ```
#[must_use]
pub fn guessed_label(host: &str) -> Option<String> {
    const SECOND_LEVELS: [&str; 12] = [
        "ac", "co", "com", "edu", "go", "gob", "gov", "ne", "net", "nom", "or", "org",
    ];
    let mut labels = host.rsplit('.');
    let last = labels.next()?;
    if host.starts_with('[') || last.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let second = labels.next()?;
    if last.len() == 2 && SECOND_LEVELS.contains(&second) {
        return labels.next().map(str::to_owned);
    }
    Some(second.to_owned())
}

#[cfg(test)]
mod tests {
    use super::RelatedOriginsProblem as Problem;
    use super::*;

    fn linted(entries: &[&str], accepted: &[&str]) -> Vec<Problem> {
        let json = serde_json::json!({ "origins": entries }).to_string();
        let accepted = accepted.iter().map(|origin| Origin::parse(origin).unwrap());
        let accepted: Vec<_> = accepted.collect();
        lint(&json, "example.org", &accepted, guessed_label)
    }

    #[test]
    fn a_file_that_is_built_has_no_problem() {
        let origins = ["https://example.de", "https://www.example.co.uk:8443"];
        let parsed = origins.map(|origin| Origin::parse(origin).unwrap());
        let problems = lint(&file(&parsed), "example.org", &parsed, guessed_label);
        assert_eq!(problems, []);
    }

    #[test]
    fn what_is_no_file_is_one_problem() {
        let lint = |json: &str| lint(json, "example.org", &[], guessed_label);
        let not_the_json = [
            "",
            "[]",
            "{}",
            r#"{"origins":"x"}"#,
            r#"{"origins":[1]}"#,
            r#"[["https://example.org"]]"#,
        ];
        for json in not_the_json {
            assert_eq!(lint(json), [Problem::NotTheJson], "{json}");
        }
        assert_eq!(lint(r#"{"origins":[]}"#), [Problem::Empty]);
        assert_eq!(lint(&" ".repeat(MAX_FILE_BYTES + 1)), [Problem::TooLong]);
    }

    #[test]
    fn each_entry_is_looked_at() {
        let app = format!("android:apk-key-hash:{}", "A".repeat(43));
        let entries = [
            "https://example.de/",
            &app,
            "https://example.de",
            "https://example.de",
            "https://localhost",
            "example.fr",
        ];
        let expected = [
            Problem::NotAnOrigin {
                index: 0,
                error: OriginError::Trailing,
            },
            Problem::App { index: 1 },
            Problem::Twice { index: 3 },
            Problem::NoLabel { index: 4 },
            Problem::NotAnOrigin {
                index: 5,
                error: OriginError::Scheme,
            },
        ];
        assert_eq!(linted(&entries, &[]), expected);
    }

    #[test]
    fn the_sixth_label_is_named_and_known_ones_go_on() {
        let entries = [
            "https://one.de",
            "https://two.de",
            "https://three.de",
            "https://four.de",
            "https://five.de",
            "https://six.de",
            "https://one.co.uk",
        ];
        let label = "six".to_owned();
        let expected = [Problem::LabelAfterTheLast { index: 5, label }];
        assert_eq!(linted(&entries, &[]), expected);
    }

    #[test]
    fn accepted_origins_outside_the_rp_id_must_be_listed() {
        let accepted = ["https://login.example.org", "https://a.de", "https://b.de"];
        let origin = Origin::parse("https://b.de").unwrap();
        let expected = [Problem::NotListed { origin }];
        assert_eq!(linted(&["https://a.de"], &accepted), expected);
    }
}
