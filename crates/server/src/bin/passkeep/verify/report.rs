//! What `passkeep verify` prints.

use std::fmt::Write as _;
use std::process::ExitCode;

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::cose::CoseKey;
use passkeep_verify::attestation::{AttestationOutcome, Trust};
use passkeep_verify::trace::{Entry, Outcome, Trace, Traced};
use passkeep_verify::{VerifiedAuthentication, VerifiedRegistration, VerifyError};
use serde_json::{Value, json};

/// A verdict in JSON, with its trace apart so that it can be printed for people.
pub(super) struct Report {
    verdict: Value,
    trace: Trace,
    exit: u8,
}

impl Report {
    pub(super) fn unusable(problem: String) -> Self {
        Self {
            verdict: json!({
                "ok": false,
                "code": "unusable_input",
                "message": problem,
                "hint": "what the document must have: `passkeep verify --help` lists its members",
            }),
            trace: Trace::default(),
            exit: 2,
        }
    }

    pub(super) fn registration(traced: &Traced<VerifiedRegistration>) -> Self {
        Self::of(traced, |verified| {
            let record = verified.record();
            let object = AttestationObject::parse(record.attestation_object.as_slice());
            let key = CoseKey::parse(record.public_key.as_slice());
            json!({
                "ok": true,
                "fmt": object.ok().map(|object| object.fmt),
                "attestation_type": verified.attestation().code(),
                "attestation_trust": trust(verified.attestation_outcome()),
                "credential": {
                    "id": record.id,
                    "public_key": record.public_key,
                    "algorithm": key.ok().map(|key| key.alg),
                    "sign_count": record.sign_count,
                    "aaguid": encode_base64url(&record.aaguid),
                    "transports": record.transports,
                    "user_verified": verified.user_verified(),
                    "backup_eligible": record.backup_eligible,
                    "backup_state": record.backup_state,
                },
                "findings": verified.findings(),
            })
        })
    }

    pub(super) fn authentication(traced: &Traced<VerifiedAuthentication>) -> Self {
        Self::of(traced, |verified| {
            let update = verified.update();
            json!({
                "ok": true,
                "credential": {
                    "id": verified.credential_id(),
                    "user_handle": encode_base64url(verified.user().as_slice()),
                    "sign_count": update.sign_count,
                    "user_verified": verified.user_verified(),
                    "backup_eligible": update.backup_eligible,
                    "backup_state": update.backup_state,
                },
                "findings": verified.findings(),
            })
        })
    }

    fn of<T>(traced: &Traced<T>, accepted: impl FnOnce(&T) -> Value) -> Self {
        let (verdict, exit) = match &traced.verdict {
            Ok(verified) => (accepted(verified), 0),
            Err(error) => (refused(error), 1),
        };
        Self {
            verdict,
            trace: traced.trace.clone(),
            exit,
        }
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.exit)
    }

    /// One JSON object on one line.
    pub(super) fn to_json(&self) -> String {
        let mut verdict = self.verdict.clone();
        if let Some(members) = verdict.as_object_mut() {
            let trace = self.trace.entries.iter().map(entry).collect();
            members.insert("trace".to_owned(), Value::Array(trace));
        }
        verdict.to_string()
    }

    /// A line a check, then the verdict.
    pub(super) fn to_text(&self, colour: bool) -> String {
        let paint = |code: &str, text: &str| match colour {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        };
        let mut text = String::new();
        for entry in &self.trace.entries {
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
        let member = |name: &str| self.verdict.get(name).and_then(Value::as_str);
        let lines = match self.exit {
            0 => vec![paint("1;32", "accepted")],
            _ => {
                let refused = if self.exit == 1 {
                    "refused"
                } else {
                    "unusable"
                };
                let message = clean(member("message").unwrap_or_default());
                let mut lines = vec![format!("{}: {message}", paint("1;31", refused))];
                lines.extend(member("citation").map(|it| format!("asked for by: {it}")));
                lines.extend(member("hint").map(|it| format!("look first at: {it}")));
                lines
            }
        };
        let findings = self.verdict.get("findings").and_then(Value::as_array);
        let findings = findings.into_iter().flatten();
        let findings = findings.map(|finding| clean(&format!("noticed: {finding}")));
        text.push_str(
            &lines
                .into_iter()
                .chain(findings)
                .collect::<Vec<_>>()
                .join("\n"),
        );
        text
    }
}

fn refused(error: &VerifyError) -> Value {
    let check = error.check();
    json!({
        "ok": false,
        "code": error.code(),
        "check": check.code(),
        "citation": check.citation(),
        "message": error.to_string(),
        "hint": check.hint(),
    })
}

fn entry(entry: &Entry) -> Value {
    json!({
        "check": entry.check.code(),
        "citation": entry.check.citation(),
        "outcome": entry.outcome,
        "expected": entry.expected,
        "received": entry.received,
    })
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

/// Who vouches for an attestation, or why nobody does.
fn trust(outcome: &AttestationOutcome) -> Value {
    match &outcome.trust {
        Trust::Trusted { anchor } => json!({
            "trusted": true,
            "root": anchor.subject().to_string(),
            "root_sha256": anchor.fingerprint().map(|byte| format!("{byte:02x}")).concat(),
        }),
        Trust::Untrusted { why } => json!({"trusted": false, "why": why.to_string()}),
        _ => {
            json!({"trusted": false, "why": "there is no certificate that somebody could vouch for"})
        }
    }
}
