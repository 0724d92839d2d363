//! Answers that refuse: RFC 9457 problem details with the request's id. What may not be told goes to the log instead.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use passkeep_protocol::api::{ErrorCode, ProblemDetails};
use tower_http::request_id::RequestId;

use crate::error::{ApiError, status};

/// How long a request may take, from its head to the head of the answer.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Gives every [`ApiError`] its body, and logs it.
pub(crate) async fn render(request: Request, next: Next) -> Response {
    let request_id = request.extensions().get::<RequestId>();
    let request_id = request_id.and_then(|id| id.header_value().to_str().ok());
    let request_id = request_id.map(str::to_owned);

    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<Arc<ApiError>>() else {
        return response;
    };
    log(&error);
    let problem = ProblemDetails {
        ty: format!("urn:passkeep:problem:{}", error.code.as_str()),
        title: error.code.title().to_owned(),
        status: status(error.code).as_u16(),
        code: error.code,
        detail: error.detail.clone(),
        request_id,
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
    response
}

/// Ends a request that takes too long, as unavailable.
pub(crate) async fn limit_time(request: Request, next: Next) -> Response {
    let response = tokio::time::timeout(TIME_LIMIT, next.run(request)).await;
    response.unwrap_or_else(|_| {
        let error = ApiError::new(ErrorCode::Unavailable);
        error
            .because("it took longer than the time limit")
            .into_response()
    })
}

/// Keeps answers of the API out of caches.
pub(crate) async fn no_store(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    response
}

/// The answer to a request whose handler has panicked. The panic itself is logged by the panic hook.
pub(crate) fn for_panic(_: Box<dyn core::any::Any + Send + 'static>) -> Response {
    ApiError::internal("a handler panicked").into_response()
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
