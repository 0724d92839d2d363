//! Whether the server can do its work, for whoever sends it requests.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use passkeep_protocol::api::ErrorCode;
use passkeep_verify::Timestamp;
use tokio::sync::Mutex;

use crate::error::ApiError;
use crate::state::AppState;

/// How long the store may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long an answer is good, in milliseconds: whoever asks more often does not reach the store.
const FRESH: u64 = 1000;

/// When the store was last asked, and whether it answered.
pub(crate) type Readiness = Arc<Mutex<Option<(Timestamp, bool)>>>;

/// `GET /readyz`: 200 when the store answers, 503 when it does not.
pub(crate) async fn readyz(State(state): State<AppState>) -> Response {
    match is_ready(&state).await {
        Ok(()) => (
            [(CACHE_CONTROL, HeaderValue::from_static("no-store"))],
            "ok",
        )
            .into_response(),
        Err(error) => error.into_response(),
    }
}

async fn is_ready(state: &AppState) -> Result<(), ApiError> {
    // Held while the store is asked, so that many who want to know ask it once.
    let mut last = state.readiness.lock().await;
    let now = state.clock.now();
    let fresh = last.filter(|(at, _)| now.0.abs_diff(at.0) < FRESH);
    let answer = match fresh {
        Some((_, true)) => Ok(()),
        Some((_, false)) => Err("it did not answer less than a second ago".into()),
        None => match tokio::time::timeout(PATIENCE, state.store.ping()).await {
            Ok(answer) => answer.map_err(Into::into),
            Err(_) => Err("it did not answer within a second".into()),
        },
    };
    if fresh.is_none() {
        *last = Some((state.clock.now(), answer.is_ok()));
    }
    answer.map_err(|cause: Box<dyn core::error::Error + Send + Sync>| {
        let error = ApiError::new(ErrorCode::Unavailable).because(cause);
        error.with_detail("The store does not answer. The log says why.")
    })
}
