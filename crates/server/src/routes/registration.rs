//! Registering a credential: each flow begins in `begin.rs` and comes to its end in `purpose.rs`.

mod begin;
mod purpose;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use passkeep_protocol::api::{
    ErrorCode, RegistrationFinish, RegistrationFinished, RegistrationStart, RegistrationStarted,
};
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::response::RegistrationResponseJson;
use passkeep_store::{FinishRegistration, NewCredential};
use passkeep_verify::VerifiedRegistration;
use passkeep_verify::user::Label;

use self::begin::Begun;
pub(super) use self::begin::{descriptor, names};
use self::purpose::Purpose;
use crate::ceremony::Ceremony;
use crate::cookies::SetCookie;
use crate::device::{default_label, user_agent};
use crate::error::ApiError;
use crate::extract::{FINISH_LIMIT, JsonBody};
use crate::state::AppState;
use crate::views;

type Started = (SetCookie, Json<RegistrationStarted>);
type Finished = (StatusCode, HeaderMap, Json<RegistrationFinished>);

/// `POST /api/v1/registration/start`
pub(super) async fn start(
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<RegistrationStart>,
) -> Result<Started, ApiError> {
    let Begun {
        asked,
        flow,
        mediation,
    } = begin::begin(&state, &headers, request).await?;
    let (fresh, nonce) = state.fresh()?;
    let (options, pending) = state.rp.start_registration(asked, fresh);
    let flow = flow.until(pending.expires_at());
    let (ceremony, cookie) = state.seal(Ceremony::Registration(pending, flow), nonce, &headers)?;
    let started = RegistrationStarted {
        ceremony,
        options,
        mediation,
    };
    Ok((cookie, Json(started)))
}

/// `POST /api/v1/registration/finish`
pub(super) async fn finish(
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<RegistrationFinish, FINISH_LIMIT>,
) -> Result<Finished, ApiError> {
    let opened = state.open(&request.ceremony, &headers).await?;
    let Ceremony::Registration(pending, flow) = opened else {
        let error = ApiError::new(ErrorCode::CeremonyUnknown);
        return Err(error.because("it is an authentication"));
    };
    let credential_id = request.credential.raw_id.clone();
    let purpose = purpose::purpose(&state, flow, &headers, &credential_id).await?;

    let now = state.clock.now();
    let proof = state
        .rp
        .finish_registration(pending, &request.credential, now)
        .map_err(ApiError::registration_refused)?;
    let Purpose {
        account,
        restores,
        grant,
        session,
        handover,
        current,
        first,
        event,
    } = purpose;
    let (kind, label) = match restores {
        None => (
            NewCredential::Passkey,
            label(&request.credential, &headers)?,
        ),
        Some(restores) => restores.kind(&state, &proof)?,
    };
    let finished = state.store.finish_registration(FinishRegistration {
        proof,
        account,
        kind,
        id_is_reserved: state.decoys.recognise(&credential_id).is_some(),
        label,
        grant: grant.clone(),
        session,
        max_passkeys: match first {
            true => 1,
            false => state.settings.max_passkeys,
        },
        now,
        event,
    });
    let account = match finished.await {
        Ok(account) => account,
        Err(error) => {
            let error = purpose::refused(error, grant.as_ref(), first);
            return Err(not_stored(&state, error, &credential_id).await);
        }
    };

    let (added, session) = state.hand_over(handover, &account.user, &headers).await?;

    let credentials = state.store.credentials(account.id).await?;
    let passkey = credentials.passkeys.iter();
    let passkey = passkey.clone().find(|passkey| passkey.id == credential_id);
    let mut keys = credentials.restore_keys.iter();
    let key = keys.find(|key| key.id == credential_id);
    if passkey.is_none() && key.is_none() {
        return Err(ApiError::internal("the new credential is gone already"));
    }
    let finished = RegistrationFinished {
        account: state.account_view(&account).await?,
        passkey: passkey.map(|passkey| views::passkey(passkey, &current)),
        device: key.map(|key| views::device(key, &state.apps)),
        session,
        signals: state.signals(&account, &credentials),
    };
    Ok((StatusCode::CREATED, added, Json(finished)))
}

fn label(credential: &RegistrationResponseJson, headers: &HeaderMap) -> Result<Label, ApiError> {
    let label = default_label(
        credential.authenticator_attachment.as_ref(),
        &credential.response.transports,
        user_agent(headers),
    );
    Label::parse(&label).map_err(ApiError::internal)
}

/// Whether a proof comes from an app, which only an app's origin shows.
fn is_of_app(state: &AppState, proof: &VerifiedRegistration) -> bool {
    let mut origins = state.rp.origins().iter();
    origins.any(|origin| origin.host().is_none() && origin.as_str() == proof.origin())
}

/// A refusal by the store, when an authenticator has made a passkey already. Its owner's credential manager should forget
/// it, but only if the server has certainly not got it: a replayed finish must never cost anybody a good passkey.
async fn not_stored(state: &AppState, error: ApiError, credential_id: &Bytes) -> ApiError {
    let useless = matches!(
        error.code,
        ErrorCode::UserNameTaken
            | ErrorCode::TooManyPasskeys
            | ErrorCode::NotSignedIn
            | ErrorCode::AccountLocked
            | ErrorCode::ConfirmationRequired
            | ErrorCode::RecoveryRefused
            | ErrorCode::EnrolmentLinkUnknown
    );
    // An id of a fake allow list is refused as it would be if somebody had it.
    if !useless || state.decoys.recognise(credential_id).is_some() {
        return error;
    }
    match state.store.authentication_candidate(credential_id).await {
        Ok(None) => error.with_signals(state.rp.signals_for_unknown(credential_id.clone())),
        _ => error,
    }
}
