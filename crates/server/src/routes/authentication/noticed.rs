//! Findings, for the log.

use passkeep_verify::finding::Finding;
use serde_json::Value;

/// The most characters of a text that came from a client.
const MOST: usize = 64;

/// Findings in one line, however many there are: of each kind how many, and what the first of them says.
pub(super) fn noticed(findings: &[Finding]) -> String {
    let mut texts = Vec::new();
    for (index, first) in findings.iter().enumerate() {
        let kind = first.kind();
        let is_kind = |finding: &&Finding| finding.kind() == kind;
        if findings.iter().take(index).any(|it| is_kind(&it)) {
            continue;
        }
        let times = findings.iter().filter(is_kind).count();
        let times = if times > 1 {
            format!(" × {times}")
        } else {
            String::new()
        };
        texts.push(format!("{}{times}{}", kind.code(), details(first)));
    }
    texts.join(", ")
}

/// What a finding says beside its kind, in brackets.
fn details(finding: &Finding) -> String {
    let Ok(Value::Object(members)) = serde_json::to_value(finding) else {
        return String::new();
    };
    let members = members.iter().filter(|(name, _)| *name != "kind");
    let members = members.map(|(name, value)| match value {
        Value::String(text) => {
            let text: String = text.chars().take(MOST).collect();
            format!("{name} {text:?}")
        }
        value => format!("{name} {value}"),
    });
    let members: Vec<_> = members.collect();
    if members.is_empty() {
        return String::new();
    }
    format!(" ({})", members.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_named_once_with_its_first() {
        let unsolicited = |name: &str| Finding::UnsolicitedClientExtension {
            identifier: name.to_owned(),
        };
        let findings = [
            unsolicited(&format!("a\n{}", "b".repeat(100))),
            Finding::CounterRegressed {
                stored: 5,
                received: 4,
            },
            unsolicited("uvm"),
            Finding::EmptyUserHandle,
        ];
        let expected = format!(
            "unsolicited_client_extension × 2 (identifier \"a\\n{}\"), counter_regressed (received 4, stored 5), empty_user_handle",
            "b".repeat(62)
        );
        assert_eq!(noticed(&findings), expected);
    }
}
