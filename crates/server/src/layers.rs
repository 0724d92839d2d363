//! What goes around the routes: one layer around those of the API, and one around everything that a server answers.
//!
//! Each does in one place what could be as many layers, because every layer of axum costs a copy of all that lies within it,
//! and a future of its own, for every request.

mod api;
mod front;

use core::convert::Infallible;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use tower::{Layer, Service};

pub(crate) use self::api::Api;
pub(crate) use self::front::Front;

/// An answer that is under way.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A function around a service.
pub(crate) trait Around: Clone + Send + Sync + 'static {
    /// Answers a request, by `within` or without it.
    fn answer<F>(&self, request: Request, within: impl FnOnce(Request) -> F) -> Answer
    where
        F: Future<Output = Result<Response, Infallible>> + Send + 'static;
}

/// Puts such a function around services.
#[derive(Clone)]
pub(crate) struct AroundLayer<A>(pub(crate) A);

impl<A: Clone, S> Layer<S> for AroundLayer<A> {
    type Service = Layered<A, S>;

    fn layer(&self, within: S) -> Layered<A, S> {
        Layered {
            around: self.0.clone(),
            within,
        }
    }
}

/// A service with such a function around it.
#[derive(Clone)]
pub(crate) struct Layered<A, S> {
    around: A,
    within: S,
}

impl<A, S> Service<Request> for Layered<A, S>
where
    A: Around,
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Infallibly;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.within.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Infallibly {
        let within = &mut self.within;
        Infallibly(self.around.answer(request, |request| within.call(request)))
    }
}

/// An [`Answer`], as services give it.
pub(crate) struct Infallibly(Answer);

impl Future for Infallibly {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context).map(Ok)
    }
}
