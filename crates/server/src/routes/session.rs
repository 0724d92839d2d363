//! Who is signed in and where, and signing out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::AppendHeaders;
use passkeep_protocol::api::{ErrorCode, Session, Sessions, SessionsEnd, SessionsEnded};
use passkeep_store::{AuditKind, SessionId};

use crate::caller::Via;
use crate::cookies::{Cookie, SetCookie};
use crate::error::ApiError;
use crate::extract::{Parameters, PathId};
use crate::session::SignedIn;
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
    let account = match signed_in {
        Some(signed_in) => Some(state.account_view(&signed_in.session.account).await?),
        None => None,
    };
    let passwords = state.passwords();
    Ok((cookie, Json(Session { account, passwords })))
}

/// `DELETE /api/v1/session`. It succeeds for whoever is signed out already.
pub(super) async fn end(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<(StatusCode, HeaderMap), ApiError> {
    if let Some(token) = state.session_token(&headers)? {
        let event = state.audit(AuditKind::SignedOut, None, None, &headers)?;
        state.store.end_session(token, event).await?;
    }
    Ok((
        StatusCode::NO_CONTENT,
        state.forget_session(&headers).await?,
    ))
}

/// `GET /api/v1/sessions`
pub(super) async fn list(
    State(state): State<AppState>,
    signed_in: SignedIn,
) -> Result<Json<Sessions>, ApiError> {
    let (account, now) = (signed_in.session.account.id, state.clock.now());
    let sessions = state
        .store
        .sessions(account, state.settings.sessions, now)
        .await?;
    let current = SessionId::from(signed_in.token);
    let view = |session| views::session(session, Some(current));
    Ok(Json(Sessions {
        sessions: sessions.iter().map(view).collect(),
    }))
}

/// `DELETE /api/v1/sessions/{id}`
pub(super) async fn revoke(
    State(state): State<AppState>,
    headers: HeaderMap,
    signed_in: SignedIn,
    PathId(id): PathId,
) -> Result<(StatusCode, HeaderMap), ApiError> {
    let not_found = || ApiError::new(ErrorCode::SessionNotFound);
    let id = id.and_then(|id| id.as_slice().try_into().ok());
    let id = SessionId(id.ok_or_else(not_found)?);
    let account = signed_in.session.account.id;
    let event = state.audit(AuditKind::SessionRevoked, Some(account), None, &headers)?;
    if !state.store.revoke_session(account, id, event).await? {
        return Err(not_found());
    }
    let cookie = match id == SessionId::from(signed_in.token) {
        true => state.forget_session(&headers).await?,
        false => HeaderMap::new(),
    };
    Ok((StatusCode::NO_CONTENT, cookie))
}

/// `DELETE /api/v1/sessions`
pub(super) async fn revoke_all(
    State(state): State<AppState>,
    headers: HeaderMap,
    signed_in: SignedIn,
    Parameters(SessionsEnd { keep_current }): Parameters<SessionsEnd>,
) -> Result<(HeaderMap, Json<SessionsEnded>), ApiError> {
    let account = signed_in.session.account;
    let event = state.audit(AuditKind::SessionsRevoked, Some(account.id), None, &headers)?;
    let except = keep_current.then_some(signed_in.token);
    let ended = state.store.revoke_sessions(account.id, except, event);
    let ended = ended.await?.sessions;
    let credentials = state.store.credentials(account.id).await?;
    let cookie = match keep_current {
        true => HeaderMap::new(),
        false => state.forget_session(&headers).await?,
    };
    let signals = state.signals(&account, &credentials);
    Ok((cookie, Json(SessionsEnded { ended, signals })))
}

impl AppState {
    /// Makes a browser forget its session, which has ended. An app forgets its token by itself.
    pub(super) async fn forget_session(&self, headers: &HeaderMap) -> Result<HeaderMap, ApiError> {
        if let Some(host) = &self.host {
            return Ok(host.sign_out(headers).await?);
        }
        Ok(match self.via(headers)? {
            Via::Web => {
                let AppendHeaders(cookie) = self.cookies.clear(Cookie::Session);
                cookie.into_iter().collect()
            }
            Via::Native => HeaderMap::new(),
        })
    }
}
