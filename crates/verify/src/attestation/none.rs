//! The format `none`. [L3 §8.7]
//!
//! [L3 §8.7]: https://www.w3.org/TR/webauthn-3/#sctn-none-attestation

use super::{AttestationOutcome, AttestationType, ensure};
use crate::rejection::{AttestationRejection, VerifyError};

/// The statement is the empty map.
pub(super) fn verify(att_stmt: &[u8]) -> Result<AttestationOutcome, VerifyError> {
    const EMPTY_MAP: &[u8] = &[0xa0];
    let empty = att_stmt == EMPTY_MAP;
    ensure(empty, || AttestationRejection::NoneStatementNotEmpty)?;
    let ty = AttestationType::None;
    Ok(AttestationOutcome::without_certificates("none", ty))
}
