//! The format `compound`: several statements about one credential. [L3 §8.9]
//!
//! [L3 §8.9]: https://www.w3.org/TR/webauthn-3/#sctn-compound-attestation

use passkeep_protocol::attestation_statement::CompoundStatement;

use super::{AttestationFormat, AttestationOutcome, AttestationType, Context, Trust, ensure};
use crate::finding::Finding;
use crate::rejection::{AttestationRejection, VerifyError};
use crate::trust::CompoundPolicy;

pub(super) fn verify(
    context: &Context<'_>,
    att_stmt: &[u8],
) -> Result<AttestationOutcome, VerifyError> {
    let statement = CompoundStatement::parse(att_stmt)?;
    let compound = AttestationFormat::Compound.name();
    let nested = statement.parts.iter().any(|part| part.fmt == compound);
    ensure(!nested, || AttestationRejection::CompoundNested)?;

    let mut parts = Vec::with_capacity(statement.parts.len());
    for (index, part) in statement.parts.iter().enumerate() {
        // A revoked certificate, a wrong signature: all of it refuses the part, and the policy decides about the whole.
        let outcome = context.statement(part.fmt, part.att_stmt);
        match outcome {
            Err(why) if context.policy.compound == CompoundPolicy::All => {
                let why = Box::new(why);
                return Err(AttestationRejection::CompoundPartRefused { index, why }.into());
            }
            outcome => parts.push(outcome),
        }
    }

    // What the policy would refuse alone weighs less than anything it would accept. So where all parts count, a single one of
    // these refuses the statement, and where one is enough, it refuses only if there is no better one.
    let weight = |part: &&AttestationOutcome| (context.accepted_type(part).is_ok(), rank(part));
    let correct = parts.iter().filter_map(|part| part.as_ref().ok());
    let deciding = match context.policy.compound {
        CompoundPolicy::All => correct.min_by_key(weight),
        CompoundPolicy::Any => correct.max_by_key(weight),
    };
    let deciding = deciding.ok_or(AttestationRejection::CompoundAllRefused)?;
    Ok(AttestationOutcome {
        fmt: compound.to_owned(),
        ty: deciding.ty,
        trust: deciding.trust.clone(),
        chain: deciding.chain.clone(),
        revocation_gaps: deciding.revocation_gaps.clone(),
        model: deciding.model.clone(),
        findings: findings(&parts),
        signs_aaguid: deciding.signs_aaguid,
        parts,
    })
}

/// What was noticed in the parts that are correct.
fn findings(parts: &[Result<AttestationOutcome, VerifyError>]) -> Vec<Finding> {
    let correct = parts.iter().flatten();
    correct.flat_map(|part| part.findings.clone()).collect()
}

/// How much a part proves.
fn rank(part: &AttestationOutcome) -> u8 {
    match (&part.trust, part.ty) {
        (Trust::Trusted { .. }, _) if part.signs_aaguid => 5,
        (Trust::Trusted { .. }, _) => 4,
        (Trust::Untrusted { .. }, _) => 3,
        (Trust::NotApplicable, AttestationType::SelfAttestation) => 2,
        (Trust::NotApplicable, AttestationType::None) => 1,
        (Trust::NotApplicable, _) => 0,
    }
}
