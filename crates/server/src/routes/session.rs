//! Who is signed in, and signing out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::AppendHeaders;
use passkeep_protocol::api::Session;
use passkeep_store::AuditKind;

use crate::cookies::{Cookie, SetCookie};
use crate::error::ApiError;
use crate::state::AppState;
use crate::views;

/// `GET /api/v1/session`. A cookie whose session is over is cleared.
pub(super) async fn show(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<(SetCookie, Json<Session>), ApiError> {
    let signed_in = state.signed_in(&headers).await?;
    let is_dead = signed_in.is_none() && state.cookies.has(Cookie::Session, &headers);
    let cookie = match is_dead {
        true => state.cookies.clear(Cookie::Session),
        false => AppendHeaders(None),
    };
    let account = signed_in.map(|signed_in| views::account(&signed_in.session.account));
    Ok((cookie, Json(Session { account })))
}

/// `DELETE /api/v1/session`. It succeeds for whoever is signed out already.
pub(super) async fn end(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<(StatusCode, SetCookie), ApiError> {
    if let Some(token) = state.session_token(&headers) {
        let event = state.audit(AuditKind::SignedOut, None, None)?;
        state.store.end_session(token, event).await?;
    }
    Ok((StatusCode::NO_CONTENT, state.cookies.clear(Cookie::Session)))
}
