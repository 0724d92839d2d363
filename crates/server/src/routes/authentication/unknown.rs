//! What is answered about a credential that the server does not have.

use passkeep_protocol::api::ErrorCode;
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::response::AuthenticationResponseJson;
use passkeep_verify::{Candidate, PendingAuthentication, Rejection, UserHandle, VerifyError};

use super::held_back;
use crate::decoys::Subject;
use crate::error::ApiError;
use crate::state::AppState;

/// The answer to whoever presents a credential that the server does not have.
pub(super) fn gone(state: &AppState, credential_id: &Bytes) -> ApiError {
    let signals = state.rp.signals_for_unknown(credential_id.clone());
    ApiError::new(ErrorCode::CredentialUnknown).with_signals(signals)
}

/// Judges the response with a key that nobody uses, so that the answer takes about as long as for a credential that is
/// there, and an expired ceremony is told as such here too. Whatever else comes of it, the credential is unknown.
///
/// Where that would tell whether somebody has a name, it looks like a wrong signature, and counts like one: in a ceremony
/// that began with a name, and in any for an id that was made up for a name that nobody has.
pub(super) fn unknown_credential(
    state: &AppState,
    pending: PendingAuthentication,
    response: &AuthenticationResponseJson,
    asked_for: Option<Subject>,
) -> ApiError {
    let made_up = state.decoys.recognise(&response.raw_id);
    let suspect = asked_for.or(made_up);
    let known = pending.user().cloned();
    let handle = response.response.user_handle().and_then(UserHandle::new);
    let Some(user) = known.or(handle).or_else(|| UserHandle::new([0])) else {
        return gone(state, &response.raw_id);
    };
    let decoy = Candidate {
        id: &response.raw_id,
        user: &user,
        public_key: DECOY_KEY,
        sign_count: 0,
        uv_initialized: true,
        // As most passkeys have it; the others are refused a little earlier.
        backup_eligible: true,
    };
    let now = state.clock.now();
    let judged = state
        .rp
        .finish_authentication(pending, response, decoy, now);
    match (judged, suspect) {
        (Err(error @ VerifyError::Rejected(Rejection::CeremonyExpired)), _) => {
            ApiError::authentication_refused(error)
        }
        (_, Some(subject)) => {
            let refused = ApiError::new(ErrorCode::AuthenticationRejected);
            held_back(state, subject, refused.because("the credential is unknown"))
        }
        (_, None) => gone(state, &response.raw_id),
    }
}

/// An ES256 key in COSE: the base point of P-256, whose private key is 1. A signature by it proves nothing and changes
/// nothing, because the answer is the same.
const DECOY_KEY: &[u8] = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20\
    \x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\
    \x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96\x22\x58\x20\
    \x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\
    \x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";

#[cfg(test)]
mod tests {
    use passkeep_protocol::cose::{CoseAlgorithm, CoseKey};
    use passkeep_verify::algorithm::AWS_LC_RS;

    use super::*;

    #[test]
    fn the_decoy_is_a_key_that_verification_would_use() {
        let key = CoseKey::parse(DECOY_KEY).unwrap();
        assert_eq!(key.alg, CoseAlgorithm::ES256);
        let algorithm = AWS_LC_RS.algorithm(key.alg).unwrap();
        assert_eq!(algorithm.check_key(&key.parameters), Ok(()));
    }
}
