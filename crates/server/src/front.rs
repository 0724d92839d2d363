//! Around everything that a server answers: request ids, the log, metrics and the headers for browsers.

use core::convert::Infallible;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderName;
use axum::response::Response;
use tower::{Layer, Service};
use tower_http::request_id::RequestId;
use tracing::{Instrument as _, Span, info, info_span};

use crate::request_ids::RequestIds;
use crate::security_headers::SecurityHeaders;
use crate::state::AppState;
use crate::{metrics, problem};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives every request an id and a place in the log, every answer the headers for browsers, and every refusal its body; and
/// measures how long it took.
#[derive(Clone)]
pub(crate) struct Front {
    state: AppState,
    headers: SecurityHeaders,
    ids: Arc<RequestIds>,
}

impl Front {
    pub(crate) fn new(state: AppState, headers: SecurityHeaders) -> Self {
        Self {
            state,
            headers,
            ids: Arc::default(),
        }
    }
}

impl<S> Layer<S> for Front {
    type Service = Fronted<S>;

    fn layer(&self, within: S) -> Fronted<S> {
        Fronted {
            front: self.clone(),
            within,
        }
    }
}

/// A service with that around it.
#[derive(Clone)]
pub(crate) struct Fronted<S> {
    front: Front,
    within: S,
}

impl<S> Service<Request> for Fronted<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.within.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let began = Instant::now();
        let id = self.front.ids.next();
        // Ids are ours: one that came with the request could be chosen to confuse whoever reads the log.
        request.headers_mut().remove(X_REQUEST_ID);
        request.extensions_mut().insert(RequestId::new(id.clone()));
        let path = request.extensions().get::<MatchedPath>().cloned();
        let span = span(&request, id.to_str().unwrap_or_default(), path.as_ref());
        let answer = span.in_scope(|| self.within.call(request));
        let (state, headers) = (self.front.state.clone(), self.front.headers);
        let answered = async move {
            let Ok(mut response) = answer.await;
            problem::render(&mut response, Some(&id));
            headers.add(response.headers_mut());
            response.headers_mut().insert(X_REQUEST_ID, id);
            let took = began.elapsed();
            metrics::time_request(&state, path.as_ref(), response.status(), took);
            let status = response.status().as_u16();
            info!(status, ms = took.as_secs_f64() * 1000.0, "answered");
            Ok(response)
        };
        Box::pin(answered.instrument(span))
    }
}

/// Logs the pattern of a route rather than its path, which can hold a credential id, and never the query.
fn span(request: &Request, id: &str, matched: Option<&MatchedPath>) -> Span {
    let path = matched.map_or(request.uri().path(), MatchedPath::as_str);
    info_span!("request", id, method = %request.method(), path)
}
