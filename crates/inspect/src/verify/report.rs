//! What is said of a ceremony.

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::bytes::{Bytes, encode_base64url};
use passkeep_protocol::cose::{CoseAlgorithm, CoseKey};
use passkeep_protocol::names::AuthenticatorTransport;
use passkeep_verify::attestation::{AttestationOutcome, Trust};
use passkeep_verify::finding::Finding;
use passkeep_verify::trace::{Outcome, Trace, Traced};
use passkeep_verify::{VerifiedAuthentication, VerifiedRegistration, VerifyError};
use serde::{Serialize, Serializer};
use serde_json::Value;

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

/// A verdict in JSON, with its trace apart so that it can be printed for people. What it serialises to is one object of both.
#[derive(Clone, Debug)]
pub struct Report {
    conclusion: Conclusion,
    members: Members,
}

// Members stand in the order of their names, here and below.
#[derive(Clone, Debug, Default, Serialize)]
struct Members {
    #[serde(skip_serializing_if = "Option::is_none")]
    attestation_trust: Option<Vouched>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attestation_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    citation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<Credential>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<Finding>>,
    /// `null` where the object has to be mended before it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    fmt: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    ok: bool,
    #[serde(serialize_with = "lines")]
    trace: Trace,
}

#[derive(Clone, Debug, Serialize)]
struct Credential {
    #[serde(skip_serializing_if = "Option::is_none")]
    aaguid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    algorithm: Option<Option<CoseAlgorithm>>,
    backup_eligible: bool,
    backup_state: bool,
    id: Bytes,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<Bytes>,
    sign_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    transports: Option<Vec<AuthenticatorTransport>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_handle: Option<String>,
    user_verified: bool,
}

/// Who vouches for an attestation, or why nobody does.
#[derive(Clone, Debug, Serialize)]
struct Vouched {
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_sha256: Option<String>,
    trusted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Report {
    /// Says that there is nothing to judge, and why.
    #[must_use]
    pub fn unusable(problem: String) -> Self {
        let members = Members {
            code: Some("unusable_input"),
            hint: Some(
                "what the document must have: `passkeep verify --help` lists its members, \
                and so do the types of `passkeep/inspect`",
            ),
            message: Some(problem),
            ..Members::default()
        };
        Self::new(Conclusion::Unusable, members)
    }

    /// How it ended.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        self.conclusion
    }

    /// The verdict, an object without the trace.
    #[must_use]
    pub fn verdict(&self) -> Value {
        let mut verdict = self.to_value();
        if let Some(members) = verdict.as_object_mut() {
            members.remove("trace");
        }
        verdict
    }

    /// The checks that were made, in their order.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.members.trace
    }

    /// The verdict with its trace, as one object.
    #[must_use]
    pub fn to_value(&self) -> Value {
        // Nothing in it can fail to be written: there are no maps.
        serde_json::to_value(self).unwrap_or_default()
    }

    pub(super) fn registration(traced: Traced<VerifiedRegistration>) -> Self {
        Self::of(traced, |verified| {
            let record = verified.record();
            let object = AttestationObject::parse(record.attestation_object.as_slice());
            let key = CoseKey::parse(record.public_key.as_slice());
            Members {
                attestation_trust: Some(trust(verified.attestation_outcome())),
                attestation_type: Some(verified.attestation().code()),
                credential: Some(Credential {
                    aaguid: Some(encode_base64url(&record.aaguid)),
                    algorithm: Some(key.ok().map(|key| key.alg)),
                    backup_eligible: record.backup_eligible,
                    backup_state: record.backup_state,
                    id: record.id.clone(),
                    public_key: Some(record.public_key.clone()),
                    sign_count: record.sign_count,
                    transports: Some(record.transports.clone()),
                    user_handle: None,
                    user_verified: verified.user_verified(),
                }),
                findings: Some(verified.findings().to_vec()),
                fmt: Some(object.ok().map(|object| object.fmt.to_owned())),
                ..Members::default()
            }
        })
    }

    pub(super) fn authentication(traced: Traced<VerifiedAuthentication>) -> Self {
        Self::of(traced, |verified| {
            let update = verified.update();
            Members {
                credential: Some(Credential {
                    aaguid: None,
                    algorithm: None,
                    backup_eligible: update.backup_eligible,
                    backup_state: update.backup_state,
                    id: verified.credential_id().clone(),
                    public_key: None,
                    sign_count: update.sign_count,
                    transports: None,
                    user_handle: Some(encode_base64url(verified.user().as_slice())),
                    user_verified: verified.user_verified(),
                }),
                findings: Some(verified.findings().to_vec()),
                ..Members::default()
            }
        })
    }

    fn of<T>(traced: Traced<T>, accepted: impl FnOnce(&T) -> Members) -> Self {
        let (conclusion, mut members) = match &traced.verdict {
            Ok(verified) => (Conclusion::Accepted, accepted(verified)),
            Err(error) => (Conclusion::Refused, refused(error)),
        };
        members.ok = conclusion == Conclusion::Accepted;
        members.trace = traced.trace;
        Self::new(conclusion, members)
    }

    fn new(conclusion: Conclusion, members: Members) -> Self {
        Self {
            conclusion,
            members,
        }
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.members.serialize(serializer)
    }
}

fn refused(error: &VerifyError) -> Members {
    let check = error.check();
    Members {
        check: Some(check.code()),
        citation: Some(check.citation()),
        code: Some(error.code()),
        hint: Some(check.hint()),
        message: Some(error.to_string()),
        ..Members::default()
    }
}

fn lines<S: Serializer>(trace: &Trace, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Line<'a> {
        check: &'static str,
        citation: &'static str,
        expected: &'a str,
        outcome: Outcome,
        received: &'a str,
    }

    serializer.collect_seq(trace.entries.iter().map(|entry| Line {
        check: entry.check.code(),
        citation: entry.check.citation(),
        expected: &entry.expected,
        outcome: entry.outcome,
        received: &entry.received,
    }))
}

fn trust(outcome: &AttestationOutcome) -> Vouched {
    let mut vouched = Vouched {
        root: None,
        root_sha256: None,
        trusted: false,
        why: None,
    };
    match &outcome.trust {
        Trust::Trusted { anchor } => {
            let fingerprint = anchor.fingerprint().map(|byte| format!("{byte:02x}"));
            vouched.root = Some(anchor.subject().to_string());
            vouched.root_sha256 = Some(fingerprint.concat());
            vouched.trusted = true;
        }
        Trust::Untrusted { why } => vouched.why = Some(why.to_string()),
        _ => {
            let nobody = "there is no certificate that somebody could vouch for";
            vouched.why = Some(nobody.to_owned());
        }
    }
    vouched
}
