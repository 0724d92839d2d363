//! The whole server: the API, the site, and what goes around both.

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{from_fn, from_fn_with_state, map_request};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use passkeep_protocol::api::ErrorCode;
use tower_http::request_id::{
    MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::trace::TraceLayer;
use tracing::{Span, info, info_span};

use crate::cookies::is_https;
use crate::error::ApiError;
use crate::openapi::description;
use crate::routes::router;
use crate::state::AppState;
use crate::well_known::well_known;
use crate::{metrics, problem, readiness, security_headers, site};

/// The API of [`router`], its [`description`], the files of [`well_known`], the site, `/healthz`, `/readyz`, request ids, logs and security headers.
pub fn app(state: AppState) -> Router {
    let headers = security_headers::security_headers(is_https(state.rp.origins()));
    let trace = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_failure(())
        .on_response(
            |response: &Response, latency: core::time::Duration, _: &Span| {
                let status = response.status().as_u16();
                info!(status, ms = latency.as_secs_f64() * 1000.0, "answered");
            },
        );
    // From the inside out: a request passes the last one first.
    let ready = Router::new()
        .route("/readyz", get(readiness::readyz))
        .with_state(state.clone());
    well_known(&state)
        .merge(router(state.clone()))
        .merge(description(&state))
        .merge(ready)
        .route("/healthz", get(|| async { "ok" }))
        .fallback(elsewhere)
        .layer(from_fn(problem::render))
        .layer(from_fn_with_state(headers, security_headers::add))
        .layer(from_fn_with_state(state, metrics::time_requests))
        .layer(trace)
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(map_request(forget_request_id))
}

async fn elsewhere(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return ApiError::new(ErrorCode::NotFound).into_response();
    }
    site::serve(site::FILES, request.method(), path, request.headers())
}

/// Request ids are ours: one that came with the request could be chosen to confuse whoever reads the log.
async fn forget_request_id(mut request: Request) -> Request {
    request.headers_mut().remove("x-request-id");
    request
}

/// Logs the pattern of a route rather than its path, which can hold a credential id, and never the query.
fn span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>();
    let id = id
        .and_then(|id| id.header_value().to_str().ok())
        .unwrap_or_default();
    let matched = request.extensions().get::<MatchedPath>();
    let path = matched.map_or(request.uri().path(), MatchedPath::as_str);
    info_span!("request", id, method = %request.method(), path)
}
