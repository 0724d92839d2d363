//! What is said of a ceremony.

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::cose::CoseKey;
use passkeep_verify::attestation::{AttestationOutcome, Trust};
use passkeep_verify::trace::{Entry, Trace, Traced};
use passkeep_verify::{VerifiedAuthentication, VerifiedRegistration, VerifyError};
use serde_json::{Value, json};

/// How it ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Conclusion {
    /// The ceremony is accepted.
    Accepted,
    /// It is refused.
    Refused,
    /// The document does not describe a ceremony that could be judged.
    Unusable,
}

/// A verdict in JSON, with its trace apart so that it can be printed for people.
#[derive(Clone, Debug)]
pub struct Report {
    conclusion: Conclusion,
    verdict: Value,
    trace: Trace,
}

impl Report {
    /// Says that there is nothing to judge, and why.
    #[must_use]
    pub fn unusable(problem: String) -> Self {
        Self {
            conclusion: Conclusion::Unusable,
            verdict: json!({
                "ok": false,
                "code": "unusable_input",
                "message": problem,
                "hint": "what the document must have: `passkeep verify --help` lists its members, \
                    and so do the types of `passkeep/inspect`",
            }),
            trace: Trace::default(),
        }
    }

    /// How it ended.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        self.conclusion
    }

    /// The verdict, an object without the trace.
    #[must_use]
    pub fn verdict(&self) -> &Value {
        &self.verdict
    }

    /// The checks that were made, in their order.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The verdict with its trace, as one object.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut verdict = self.verdict.clone();
        if let Some(members) = verdict.as_object_mut() {
            let trace = self.trace.entries.iter().map(entry).collect();
            members.insert("trace".to_owned(), Value::Array(trace));
        }
        verdict
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
        let (conclusion, verdict) = match &traced.verdict {
            Ok(verified) => (Conclusion::Accepted, accepted(verified)),
            Err(error) => (Conclusion::Refused, refused(error)),
        };
        Self {
            conclusion,
            verdict,
            trace: traced.trace.clone(),
        }
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
