//! The routes of `passkeep_protocol::api`.

mod account;
mod authentication;
mod passkeys;
mod registration;
mod session;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, patch, post};
use passkeep_protocol::api::ErrorCode;
use tower_http::catch_panic::CatchPanicLayer;

use crate::error::ApiError;
use crate::state::AppState;
use crate::{limits, metrics, origin_check, problem};

/// What most bodies may have, in bytes: names and labels fit many times over.
const BODY_LIMIT: usize = 16 * 1024;

/// What a finish may have, in bytes: the longest attestation statements, with their certificates, take some ten thousand.
const FINISH_LIMIT: usize = 64 * 1024;

/// The API, for any axum application. It has no fallback, so it can be merged with other routes.
///
/// Whoever mounts it decides about logs and response headers; a request id is taken from tower-http's extension if there is
/// one. The limit by address needs the address of the peer, so serve it with `into_make_service_with_connect_info`.
pub fn router(state: AppState) -> Router {
    let finish_limit = || DefaultBodyLimit::max(FINISH_LIMIT);
    let routes = Router::new()
        .route("/api/v1/registration/start", post(registration::start))
        .route(
            "/api/v1/registration/finish",
            post(registration::finish).layer(finish_limit()),
        )
        .route("/api/v1/authentication/start", post(authentication::start))
        .route(
            "/api/v1/authentication/finish",
            post(authentication::finish).layer(finish_limit()),
        )
        .route("/api/v1/session", get(session::show).delete(session::end))
        .route(
            "/api/v1/sessions",
            get(session::list).delete(session::revoke_all),
        )
        .route("/api/v1/sessions/{id}", delete(session::revoke))
        .route("/api/v1/passkeys", get(passkeys::list))
        .route(
            "/api/v1/passkeys/{id}",
            patch(passkeys::rename).delete(passkeys::delete),
        )
        .route("/api/v1/devices", get(passkeys::devices))
        .route("/api/v1/devices/{id}", delete(passkeys::delete_device))
        .route(
            "/api/v1/recovery-codes",
            get(account::recovery_codes).post(account::make_recovery_codes),
        )
        .route(
            "/api/v1/enrolment-links",
            post(account::make_enrolment_link),
        )
        .route("/api/v1/activity", get(account::activity))
        .route(
            "/api/v1/account",
            patch(account::change).delete(account::delete),
        )
        .method_not_allowed_fallback(|| async { ApiError::new(ErrorCode::MethodNotAllowed) });
    // From the inside out: a request passes the last one first.
    routes
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(
            state.clone(),
            origin_check::refuse_foreign,
        ))
        .layer(from_fn_with_state(state.clone(), limits::by_address))
        .layer(from_fn(problem::limit_time))
        .layer(CatchPanicLayer::custom(problem::for_panic))
        .layer(from_fn(problem::no_store))
        .layer(from_fn_with_state(state.clone(), metrics::count_ceremonies))
        .layer(from_fn(problem::render))
        .with_state(state)
}
