//! The format `android-safetynet`, deprecated and off unless the policy turns it on. [L3 §8.5]
//!
//! [L3 §8.5]: https://www.w3.org/TR/webauthn-3/#sctn-android-safetynet-attestation

use passkeep_protocol::attestation_statement::SafetyNetStatement;
use passkeep_protocol::{Malformed, Problem, Structure};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::profile::{leaf, read_chain};
use super::signature::{key_of, valid};
use super::{AttestationFormat, AttestationOutcome, AttestationType, Certified, Context, ensure};
use crate::base64;
use crate::certificate::{Certificate, GeneralName};
use crate::json::from_object;
use crate::metadata::jws::Jws;
use crate::rejection::{AttestationRejection, VerifyError};
use crate::values::Timestamp;

/// Whose certificate signs.
const HOST: &str = "attest.android.com";

/// How far ahead of ours the service's clock may be, in seconds.
const CLOCK_SKEW: u32 = 10;

/// What the service says of a device, as far as it is judged.
#[derive(Deserialize)]
struct Payload {
    nonce: String,
    #[serde(rename = "timestampMs")]
    timestamp_ms: u64,
    #[serde(rename = "ctsProfileMatch")]
    cts_profile_match: bool,
}

pub(super) fn verify(
    context: &Context<'_>,
    att_stmt: &[u8],
) -> Result<AttestationOutcome, VerifyError> {
    let statement = SafetyNetStatement::parse(att_stmt)?;
    let versioned = !statement.ver.is_empty();
    ensure(versioned, || AttestationRejection::SafetyNetVersion)?;

    // [L3 §8.5, "Verify that response is a valid SafetyNet response of version ver"]
    let text = core::str::from_utf8(statement.response);
    let text = text.map_err(|_| malformed(Problem::NotUtf8))?;
    let jws = Jws::parse(text).map_err(|_| malformed(Problem::Unexpected("the token")))?;
    let x5c: Vec<&[u8]> = jws.certificates.iter().map(Vec::as_slice).collect();
    let chain = read_chain(&x5c)?;
    let certificate = leaf(&chain)?;
    let payload = jws.verify(&key_of(certificate)?, context.crypto);
    valid(payload.is_ok())?;
    let payload = payload.unwrap_or_default();
    let payload: Payload = from_object(&payload).ok_or_else(|| malformed(Problem::NotJson))?;

    // [L3 §8.5, "Verify that the nonce attribute in the payload of response is identical to the Base64 encoding"]
    let expected = base64::encode(&Sha256::digest(context.attested.signed_bytes()));
    ensure(payload.nonce == expected, || {
        AttestationRejection::SafetyNetNonceDiffers
    })?;

    // [L3 §8.5, "Verify that the SafetyNet response actually came from the SafetyNet service"]: the path is judged below.
    ensure(is_host(certificate)?, || {
        AttestationRejection::SafetyNetHostDiffers
    })?;
    ensure(payload.cts_profile_match, || {
        AttestationRejection::SafetyNetProfileMismatch
    })?;
    let made = Timestamp(payload.timestamp_ms);
    let lifetime = context.policy.safety_net_lifetime;
    let current =
        made <= context.now.plus_seconds(CLOCK_SKEW) && context.now <= made.plus_seconds(lifetime);
    ensure(current, || AttestationRejection::SafetyNetOutOfDate)?;

    context.certified(Certified {
        format: AttestationFormat::AndroidSafetyNet,
        ty: AttestationType::Basic,
        chain: &chain,
        understood: &[],
        findings: Vec::new(),
    })
}

/// Whether the certificate is for the service's host. No wildcard is, and the common name is not looked at.
fn is_host(certificate: &Certificate<'_>) -> Result<bool, Malformed> {
    let names = certificate.subject_alternative_names()?.unwrap_or_default();
    let mut names = names.iter();
    Ok(names.any(|name| matches!(name, GeneralName::Dns(host) if host.eq_ignore_ascii_case(HOST))))
}

fn malformed(problem: Problem) -> VerifyError {
    VerifyError::Malformed(Malformed::new(Structure::SafetyNetResponse, 0, problem))
}
