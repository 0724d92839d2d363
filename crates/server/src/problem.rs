//! Answers that refuse: RFC 9457 problem details with the request's id. What may not be told goes to the log instead.

use std::error::Error;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use passkeep_protocol::api::ProblemDetails;
use tower_http::request_id::RequestId;

use crate::error::{ApiError, status};

/// The id of a request, if somebody has given it one.
pub(crate) fn request_id(request: &Request) -> Option<HeaderValue> {
    let id = request.extensions().get::<RequestId>()?;
    Some(id.header_value().clone())
}

/// Gives an [`ApiError`] its body, and logs it; leaves other answers as they are.
pub(crate) fn render(response: &mut Response, request_id: Option<&HeaderValue>) {
    let Some(error) = response.extensions_mut().remove::<Arc<ApiError>>() else {
        return;
    };
    log(&error);
    let request_id = request_id.and_then(|id| id.to_str().ok());
    let problem = ProblemDetails {
        ty: format!("urn:passkeep:problem:{}", error.code.as_str()),
        title: error.code.title().to_owned(),
        status: status(error.code).as_u16(),
        code: error.code,
        detail: error.detail.clone(),
        request_id: request_id.map(str::to_owned),
        signals: error.signals.as_deref().cloned(),
    };
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Strings and numbers only: this cannot fail, and if it did the status would still be right.
    *response.body_mut() = Body::from(serde_json::to_vec(&problem).unwrap_or_default());
}

fn log(error: &ApiError) {
    let code = error.code.as_str();
    let cause = error.cause.as_deref().map(chain).unwrap_or_default();
    if status(error.code).is_server_error() {
        tracing::error!(code, cause, "failed");
    } else {
        tracing::info!(code, cause, "refused");
    }
}

/// An error and what caused it, unless it has said so already.
fn chain(error: &(dyn Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let part = error.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        source = error.source();
    }
    text
}
