//! The passkeys of the account that is signed in, and the devices that can sign in to it by a restore key.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use passkeep_protocol::api::{
    self, Action, DeviceDeleted, Devices, ErrorCode, PasskeyDelete, PasskeyDeleted, PasskeyRename,
    Passkeys,
};
use passkeep_store::AuditKind;
use passkeep_verify::user::Label;

use crate::error::ApiError;
use crate::extract::{JsonBody, Parameters, PathId};
use crate::session::SignedIn;
use crate::state::AppState;
use crate::views;

/// `GET /api/v1/passkeys`
pub(super) async fn list(
    State(state): State<AppState>,
    SignedIn { session, .. }: SignedIn,
) -> Result<Json<Passkeys>, ApiError> {
    let credentials = state.store.credentials(session.account.id).await?;
    let view = |passkey| views::passkey(passkey, &session.credential_id);
    Ok(Json(Passkeys {
        passkeys: credentials.passkeys.iter().map(view).collect(),
        signals: state.signals(&session.account, &credentials),
    }))
}

/// `PATCH /api/v1/passkeys/{id}`
pub(super) async fn rename(
    State(state): State<AppState>,
    headers: HeaderMap,
    SignedIn { session, .. }: SignedIn,
    PathId(id): PathId,
    JsonBody(request): JsonBody<PasskeyRename>,
) -> Result<Json<api::Passkey>, ApiError> {
    let label = Label::parse(&request.label)
        .map_err(|error| ApiError::new(ErrorCode::InvalidLabel).with_detail(error))?;
    let id = id.ok_or_else(|| ApiError::new(ErrorCode::PasskeyNotFound))?;
    let account = session.account.id;
    let event = state.audit(
        AuditKind::PasskeyRenamed,
        Some(account),
        Some(&id),
        &headers,
    )?;
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
    headers: HeaderMap,
    signed_in: SignedIn,
    PathId(id): PathId,
    Parameters(PasskeyDelete { even_if_last }): Parameters<PasskeyDelete>,
) -> Result<Json<PasskeyDeleted>, ApiError> {
    let id = id.ok_or_else(|| ApiError::new(ErrorCode::PasskeyNotFound))?;
    let action = Action::DeletePasskey { id: id.clone() };
    let confirmation = state.confirmed(&headers, &signed_in, &action).await?;
    let confirmation = Some(confirmation.of(&signed_in));
    let account = signed_in.session.account;
    let event = state.audit(
        AuditKind::PasskeyDeleted,
        Some(account.id),
        Some(&id),
        &headers,
    )?;
    let remaining = state
        .store
        .delete_passkey(account.id, &id, even_if_last, confirmation, event)
        .await?;
    let credentials = state.store.credentials(account.id).await?;
    Ok(Json(PasskeyDeleted {
        remaining,
        signals: state.signals(&account, &credentials),
    }))
}

/// `GET /api/v1/devices`
pub(super) async fn devices(
    State(state): State<AppState>,
    SignedIn { session, .. }: SignedIn,
) -> Result<Json<Devices>, ApiError> {
    let keys = state.store.credentials(session.account.id).await?;
    let devices = keys
        .restore_keys
        .iter()
        .map(|key| views::device(key, &state.apps));
    Ok(Json(Devices {
        devices: devices.collect(),
    }))
}

/// `DELETE /api/v1/devices/{id}`
pub(super) async fn delete_device(
    State(state): State<AppState>,
    headers: HeaderMap,
    SignedIn { session, .. }: SignedIn,
    PathId(id): PathId,
) -> Result<Json<DeviceDeleted>, ApiError> {
    let id = id.ok_or_else(|| ApiError::new(ErrorCode::DeviceNotFound))?;
    let account = session.account;
    let kind = AuditKind::RestoreKeyDeleted;
    let event = state.audit(kind, Some(account.id), Some(&id), &headers)?;
    let deleted = state.store.delete_restore_key(account.id, &id, event);
    if !deleted.await? {
        return Err(ApiError::new(ErrorCode::DeviceNotFound));
    }
    let credentials = state.store.credentials(account.id).await?;
    Ok(Json(DeviceDeleted {
        signals: state.signals(&account, &credentials),
    }))
}
