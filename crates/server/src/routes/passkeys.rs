//! The passkeys of the account that is signed in.

use axum::Json;
use axum::extract::State;
use passkeep_protocol::api::{
    self, ErrorCode, PasskeyDelete, PasskeyDeleted, PasskeyRename, Passkeys,
};
use passkeep_store::AuditKind;
use passkeep_verify::user::Label;

use crate::error::ApiError;
use crate::extract::{JsonBody, Parameters, PasskeyId};
use crate::session::SignedIn;
use crate::state::AppState;
use crate::views;

/// `GET /api/v1/passkeys`
pub(super) async fn list(
    State(state): State<AppState>,
    SignedIn { session, .. }: SignedIn,
) -> Result<Json<Passkeys>, ApiError> {
    let passkeys = state.store.passkeys(session.account.id).await?;
    let view = |passkey| views::passkey(passkey, &session.credential_id);
    Ok(Json(Passkeys {
        passkeys: passkeys.iter().map(view).collect(),
        signals: state.signals(&session.account, &passkeys),
    }))
}

/// `PATCH /api/v1/passkeys/{id}`
pub(super) async fn rename(
    State(state): State<AppState>,
    SignedIn { session, .. }: SignedIn,
    PasskeyId(id): PasskeyId,
    JsonBody(request): JsonBody<PasskeyRename>,
) -> Result<Json<api::Passkey>, ApiError> {
    let label = Label::parse(&request.label)
        .map_err(|error| ApiError::new(ErrorCode::InvalidLabel).with_detail(error))?;
    let account = session.account.id;
    let event = state.audit(AuditKind::PasskeyRenamed, Some(account), Some(&id))?;
    let renamed = state
        .store
        .rename_passkey(account, &id, &label, event)
        .await?;
    let renamed = renamed.ok_or_else(|| ApiError::new(ErrorCode::PasskeyNotFound))?;
    Ok(Json(views::passkey(&renamed, &session.credential_id)))
}

/// `DELETE /api/v1/passkeys/{id}`
pub(super) async fn delete(
    State(state): State<AppState>,
    SignedIn { session, .. }: SignedIn,
    PasskeyId(id): PasskeyId,
    Parameters(PasskeyDelete { even_if_last }): Parameters<PasskeyDelete>,
) -> Result<Json<PasskeyDeleted>, ApiError> {
    let account = session.account.id;
    let event = state.audit(AuditKind::PasskeyDeleted, Some(account), Some(&id))?;
    let remaining = state
        .store
        .delete_passkey(account, &id, even_if_last, event)
        .await?;
    let passkeys = state.store.passkeys(account).await?;
    Ok(Json(PasskeyDeleted {
        remaining,
        signals: state.signals(&session.account, &passkeys),
    }))
}
