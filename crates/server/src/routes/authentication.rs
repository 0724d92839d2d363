//! Signing in.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use passkeep_protocol::api::{
    AuthenticationFinish, AuthenticationFinished, AuthenticationStart, AuthenticationStarted,
    ErrorCode,
};
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::response::AuthenticationResponseJson;
use passkeep_store::{AccountId, AuditKind, FinishAuthentication};
use passkeep_verify::start::AuthenticationRequest;
use passkeep_verify::{Candidate, PendingAuthentication, Rejection, UserHandle, VerifyError};

use crate::ceremony::{Ceremony, Channel, Sealed};
use crate::cookies::SetCookie;
use crate::error::ApiError;
use crate::extract::JsonBody;
use crate::state::AppState;
use crate::views;

/// `POST /api/v1/authentication/start`
pub(super) async fn start(
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(AuthenticationStart {}): JsonBody<AuthenticationStart>,
) -> Result<(SetCookie, Json<AuthenticationStarted>), ApiError> {
    let (browser, cookie) = state.browser_or_new(&headers)?;
    let fresh = state.fresh()?;
    let (options, pending) = state
        .rp
        .start_authentication(AuthenticationRequest::anyone(), fresh);
    let ceremony = state.seal(&Sealed {
        channel: Channel::Web { browser },
        ceremony: Ceremony::Authentication(pending),
    })?;
    let started = AuthenticationStarted {
        ceremony,
        options,
        expires_in: state.rp.lifetime(),
    };
    Ok((cookie, Json(started)))
}

/// `POST /api/v1/authentication/finish`
pub(super) async fn finish(
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<AuthenticationFinish>,
) -> Result<(SetCookie, Json<AuthenticationFinished>), ApiError> {
    let opened = state
        .open(&request.ceremony, state.browser(&headers))
        .await?;
    let Ceremony::Authentication(pending) = opened else {
        let error = ApiError::new(ErrorCode::CeremonyUnknown);
        return Err(error.because("it is a registration"));
    };
    let credential_id = &request.credential.raw_id;
    let candidate = state.store.authentication_candidate(credential_id).await?;
    let Some(candidate) = candidate else {
        return Err(unknown_credential(&state, pending, &request.credential));
    };

    let now = state.clock.now();
    let proof = state
        .rp
        .finish_authentication(pending, &request.credential, candidate.as_candidate(), now)
        .map_err(|error| refused(&state, candidate.account, error))?;
    for finding in proof.findings() {
        tracing::warn!(?finding, "accepted, but noticed");
    }

    let (session, cookie) = state.new_session(&headers)?;
    let finished = state.store.finish_authentication(FinishAuthentication {
        proof,
        session,
        now,
        event: state.audit(
            AuditKind::SignedIn,
            Some(candidate.account),
            Some(credential_id),
        )?,
    });
    let forgotten = |error: ApiError| match error.code {
        ErrorCode::CredentialUnknown => gone(&state, credential_id),
        _ => error,
    };
    let account = finished.await.map_err(|error| forgotten(error.into()))?;

    let passkeys = state.store.passkeys(account.id).await?;
    let passkey = passkeys.iter().find(|passkey| passkey.id == *credential_id);
    let passkey = passkey.ok_or_else(|| gone(&state, credential_id))?;
    let finished = AuthenticationFinished {
        account: views::account(&account),
        passkey: views::passkey(passkey, credential_id),
        signals: state.signals(&account, &passkeys),
    };
    Ok((cookie, Json(finished)))
}

/// A refusal that counts. Only failures do, and only they are held back: nobody can lock somebody else out.
fn refused(state: &AppState, account: AccountId, error: VerifyError) -> ApiError {
    let refused = ApiError::authentication_refused(error);
    if refused.code != ErrorCode::AuthenticationRejected {
        return refused;
    }
    match state.limits.account(("failed sign-in", account.0)) {
        Ok(()) => refused,
        Err(limited) => ApiError {
            cause: refused.cause,
            ..limited
        },
    }
}

/// The answer to whoever presents a credential that the server does not have.
fn gone(state: &AppState, credential_id: &Bytes) -> ApiError {
    let signals = state.rp.signals_for_unknown(credential_id.clone());
    ApiError::new(ErrorCode::CredentialUnknown).with_signals(signals)
}

/// Judges the response with a key that nobody uses, so that the answer takes about as long as for a credential that is
/// there, and an expired ceremony is told as such here too. Whatever else comes of it, the credential is unknown.
fn unknown_credential(
    state: &AppState,
    pending: PendingAuthentication,
    response: &AuthenticationResponseJson,
) -> ApiError {
    let handle = response.response.user_handle().unwrap_or(&[0]);
    let Some(user) = UserHandle::new(handle) else {
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
    match state
        .rp
        .finish_authentication(pending, response, decoy, now)
    {
        Err(error @ VerifyError::Rejected(Rejection::CeremonyExpired)) => {
            ApiError::authentication_refused(error)
        }
        _ => gone(state, &response.raw_id),
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
