//! What `passkeep verify --text` prints, for people.

use std::fmt::Write as _;

use passkeep_inspect::verify::{Conclusion, Report};
use passkeep_verify::trace::{Entry, Outcome};
use serde_json::Value;

/// A line a check, then the verdict.
pub(super) fn text(report: &Report, colour: bool) -> String {
    let paint = |code: &str, text: &str| match colour {
        true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        false => text.to_owned(),
    };
    let mut text = String::new();
    for entry in &report.trace().entries {
        let (sign, code) = match entry.outcome {
            Outcome::Passed => ("passed", "32"),
            Outcome::Failed => ("FAILED", "1;31"),
            Outcome::NotApplicable => ("n/a   ", "2"),
            Outcome::NotReached => ("-     ", "2"),
        };
        let _ = writeln!(
            text,
            "{}  {:<29} {}",
            paint(code, sign),
            entry.check.code(),
            one_line(entry)
        );
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let verdict = report.verdict();
    let member = |name: &str| verdict.get(name).and_then(Value::as_str);
    let not_accepted = |word: &str| {
        let message = clean(member("message").unwrap_or_default());
        let mut lines = vec![format!("{}: {message}", paint("1;31", word))];
        lines.extend(member("citation").map(|it| format!("asked for by: {it}")));
        lines.extend(member("hint").map(|it| format!("look first at: {it}")));
        lines
    };
    let lines = match report.conclusion() {
        Conclusion::Accepted => vec![paint("1;32", "accepted")],
        Conclusion::Refused => not_accepted("refused"),
        Conclusion::Unusable => not_accepted("unusable"),
    };
    let findings = verdict.get("findings").and_then(Value::as_array);
    let findings = findings.into_iter().flatten();
    let findings = findings.map(|finding| clean(&format!("noticed: {finding}")));
    let lines: Vec<_> = lines.into_iter().chain(findings).collect();
    text.push_str(&lines.join("\n"));
    text
}

/// What was compared, cut to what fits beside the check's name.
fn one_line(entry: &Entry) -> String {
    let cut = |text: &str| {
        let clean = clean(text);
        match clean.char_indices().nth(100) {
            Some((end, _)) => format!("{}…", clean.get(..end).unwrap_or_default()),
            None => clean,
        }
    };
    match (entry.expected.is_empty(), entry.received.is_empty()) {
        (true, _) => String::new(),
        (false, true) => cut(&entry.expected),
        (false, false) => format!(
            "expected {}; received {}",
            cut(&entry.expected),
            cut(&entry.received)
        ),
    }
}

/// What was received may hold control characters, which must not reach a terminal.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
