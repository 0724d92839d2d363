//! Around every handler of the API: who may ask, for how long, and what is counted.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::extract::Request;
use axum::handler::Handler;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use passkeep_protocol::api::ErrorCode;
use tokio::time::timeout;

use crate::error::ApiError;
use crate::state::AppState;
use crate::{limits, metrics, origin_check, problem};

/// How long a request may take, from its head to the head of the answer.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Refuses whoever asks too often or from elsewhere, ends what takes too long, survives a handler that panics,
/// keeps answers out of caches, counts ceremonies, and gives refusals their bodies.
///
/// It is a handler around a handler and not a layer around the routes, because for each layer axum copies all that lies within
/// it, and makes a future of its own, for every request.
#[derive(Clone)]
pub(crate) struct Guarded<H> {
    pub(crate) handler: H,
    /// The pattern of its route.
    pub(crate) path: &'static str,
}

impl<T, H: Handler<T, AppState>> Handler<T, AppState> for Guarded<H> {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: AppState) -> Self::Future {
        let request_id = problem::request_id(&request);
        let asked = catch_unwind(AssertUnwindSafe(|| {
            limits::count_address(&state, &request)?;
            origin_check::refuse_foreign(&state, &request)?;
            Ok::<_, ApiError>(self.handler.call(request, state.clone()))
        }));
        Box::pin(async move {
            let (mut response, flow) = metrics::noting_flow(async {
                match asked {
                    Ok(Ok(answer)) => in_time(answer).await,
                    Ok(Err(refused)) => refused.into_response(),
                    Err(_) => panicked(),
                }
            })
            .await;
            let no_store = HeaderValue::from_static("no-store");
            response.headers_mut().insert(CACHE_CONTROL, no_store);
            metrics::count_ceremony(&state, self.path, flow, &response);
            problem::render(&mut response, request_id.as_ref());
            response
        })
    }
}

/// The answer, unless it takes too long or panics.
async fn in_time(answer: impl Future<Output = Response>) -> Response {
    let mut answer = pin!(answer);
    let caught = poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
        polled.unwrap_or_else(|_| Poll::Ready(panicked()))
    });
    let mut caught = pin!(caught);
    // What is answered at once needs no timer.
    let first = poll_fn(|context| Poll::Ready(caught.as_mut().poll(context)));
    if let Poll::Ready(response) = first.await {
        return response;
    }
    timeout(TIME_LIMIT, caught).await.unwrap_or_else(|_| {
        let error = ApiError::new(ErrorCode::Unavailable);
        error
            .because("it took longer than the time limit")
            .into_response()
    })
}

/// The answer to a request whose handler has panicked. The panic itself is logged by the panic hook.
fn panicked() -> Response {
    ApiError::internal("a handler panicked").into_response()
}
