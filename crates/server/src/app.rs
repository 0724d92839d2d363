//! The whole server: the API, the site, and what goes around both.

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use passkeep_protocol::api::ErrorCode;

use crate::cookies::is_https;
use crate::error::ApiError;
use crate::front::Front;
use crate::openapi::description;
use crate::routes::router;
use crate::security_headers::SecurityHeaders;
use crate::state::AppState;
use crate::well_known::well_known;
use crate::{readiness, site};

/// The API of [`router`], its [`description`], the files of [`well_known`], the site, `/healthz`, `/readyz`, request ids, logs and security headers.
pub fn app(state: AppState) -> Router {
    app_with(state, Router::new())
}

/// The same with routes of yours, which get request ids, logs, metrics and security headers as all others do.
pub fn app_with(state: AppState, yours: Router) -> Router {
    let https = is_https(state.rp.origins());
    let ready = Router::new()
        .route("/readyz", get(readiness::readyz))
        .with_state(state.clone());
    well_known(&state)
        .merge(router(state.clone()))
        .merge(description(&state))
        .merge(ready)
        .merge(yours)
        .route("/healthz", get(|| async { "ok" }))
        .fallback(elsewhere)
        .layer(Front::new(state, SecurityHeaders { https }))
}

async fn elsewhere(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return ApiError::new(ErrorCode::NotFound).into_response();
    }
    site::serve(site::FILES, request.method(), path, request.headers())
}
