//! What was checked, and what to do about what is not right.

use std::fmt;

use serde::{Serialize, Serializer};

/// The findings, in the order of the checks.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<Finding>);

#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Error,
}

impl Report {
    pub(super) fn ok(&mut self, check: &'static str, message: String) {
        self.add(check, Verdict::Ok, message, None);
    }

    /// Something that works, and may not be meant or may not last.
    pub(super) fn warning(
        &mut self,
        check: &'static str,
        message: String,
        advice: impl Into<String>,
    ) {
        self.add(check, Verdict::Warning, message, Some(advice.into()));
    }

    /// Something that keeps people from signing in, or that attackers can use.
    pub(super) fn error(
        &mut self,
        check: &'static str,
        message: String,
        advice: impl Into<String>,
    ) {
        self.add(check, Verdict::Error, message, Some(advice.into()));
    }

    fn add(
        &mut self,
        check: &'static str,
        verdict: Verdict,
        message: String,
        advice: Option<String>,
    ) {
        self.0.push(Finding {
            check,
            verdict,
            message,
            advice,
        });
    }

    /// How many errors there are.
    pub(super) fn errors(&self) -> u32 {
        let errors = self.0.iter().filter(|it| it.verdict == Verdict::Error);
        u32::try_from(errors.count()).unwrap_or(u32::MAX)
    }
}

/// A line for each check, and below it what to do if it is not right.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            let verdict = match finding.verdict {
                Verdict::Ok => "ok",
                Verdict::Warning => "warning",
                Verdict::Error => "error",
            };
            // What a server answered may hold control characters, which must not reach a terminal.
            let message = finding.message.replace(char::is_control, " ");
            write!(f, "{verdict:<8} {:<16} {message}", finding.check)?;
            if let Some(advice) = &finding.advice {
                write!(f, "\n         {advice}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Document<'a> {
            errors: u32,
            findings: &'a [Finding],
        }
        let document = Document {
            errors: self.errors(),
            findings: &self.0,
        };
        document.serialize(serializer)
    }
}
