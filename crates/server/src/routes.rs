//! The routes of `passkeep_protocol::api`.

mod account;
pub(crate) mod authentication;
mod passkeys;
mod password;
mod registration;
mod session;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{self, MethodRouter};
use passkeep_protocol::api::ErrorCode;

use crate::error::ApiError;
use crate::guard::Guarded;
use crate::state::AppState;

/// The API, for any axum application. It has no fallback, so it can be merged with other routes.
///
/// Whoever mounts it decides about logs and response headers; a request id is taken from tower-http's extension if there is
/// one. The limit by address needs the address of the peer, so serve it with `into_make_service_with_connect_info`.
pub fn router(state: AppState) -> Router {
    let routes = routes().into_iter();
    let routes = routes.fold(Router::new(), |router, route| {
        router.route(route.path, route.handler)
    });
    let refused = Guarded {
        handler: || async { ApiError::new(ErrorCode::MethodNotAllowed) },
        path: "",
    };
    let routes = routes.method_not_allowed_fallback(refused);
    routes.with_state(state)
}

/// A route, with its method and path as data too: the description of the API is held against them.
pub(crate) struct Route {
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for the test of the description")
    )]
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    handler: MethodRouter<AppState>,
}

/// All of them.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        post("/api/v1/registration/start", registration::start),
        post("/api/v1/registration/finish", registration::finish),
        post("/api/v1/authentication/start", authentication::start),
        post("/api/v1/authentication/finish", authentication::finish),
        post("/api/v1/password/sign-up", password::sign_up),
        post("/api/v1/password/sign-in", password::sign_in),
        post("/api/v1/password/confirm", password::confirm),
        delete("/api/v1/password", password::delete),
        get("/api/v1/session", session::show),
        delete("/api/v1/session", session::end),
        get("/api/v1/sessions", session::list),
        delete("/api/v1/sessions", session::revoke_all),
        delete("/api/v1/sessions/{id}", session::revoke),
        get("/api/v1/passkeys", passkeys::list),
        patch("/api/v1/passkeys/{id}", passkeys::rename),
        delete("/api/v1/passkeys/{id}", passkeys::delete),
        get("/api/v1/devices", passkeys::devices),
        delete("/api/v1/devices/{id}", passkeys::delete_device),
        get("/api/v1/recovery-codes", account::recovery_codes),
        post("/api/v1/recovery-codes", account::make_recovery_codes),
        post("/api/v1/enrolment-links", account::make_enrolment_link),
        get("/api/v1/activity", account::activity),
        patch("/api/v1/account", account::change),
        delete("/api/v1/account", account::delete),
    ]
}

fn get<T: 'static, H: Handler<T, AppState>>(path: &'static str, handler: H) -> Route {
    route(Method::GET, path, handler, routing::get)
}

fn post<T: 'static, H: Handler<T, AppState>>(path: &'static str, handler: H) -> Route {
    route(Method::POST, path, handler, routing::post)
}

fn patch<T: 'static, H: Handler<T, AppState>>(path: &'static str, handler: H) -> Route {
    route(Method::PATCH, path, handler, routing::patch)
}

fn delete<T: 'static, H: Handler<T, AppState>>(path: &'static str, handler: H) -> Route {
    route(Method::DELETE, path, handler, routing::delete)
}

/// Nothing of the API is without its guard.
fn route<H>(
    method: Method,
    path: &'static str,
    handler: H,
    on: impl FnOnce(Guarded<H>) -> MethodRouter<AppState>,
) -> Route {
    Route {
        method,
        path,
        handler: on(Guarded { handler, path }),
    }
}
