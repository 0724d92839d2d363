//! The description of the API: OpenAPI 3.1 for programs, and a page for people, both made from the types of the contract
//! and one table of operations.

mod operation;
mod operations;
mod page;
mod words;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use axum::routing::get;
use passkeep_protocol::api::ProblemDetails;
use serde_json::Value;
use utoipa::ToSchema as _;
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::ComponentsBuilder;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};

use self::operations::{TAGS, operations};
use crate::cookies::{Cookie, CookieStyle};
use crate::state::AppState;

/// What is true of the whole API.
const ABOUT: &str = "Accounts, sign-up and sign-in with passkeys. JSON in, JSON out; what is refused is refused with a \
    `ProblemDetails` (RFC 9457), and its `code` never changes its meaning.\n\n\
    Requests refuse members that they do not know. Clients must ignore members that they do not know in answers.\n\n\
    A page in a browser is known by its cookies. An app has none: it says so with the header `passkeep-client: native` where \
    it is not signed in, gets a token when it signs in, and sends that as `Authorization: Bearer` from then on. Neither way \
    can be used in place of the other.\n\n\
    What cannot be undone has to be confirmed: an authentication with the flow `confirm` answers with a confirmation, which \
    goes into the header `passkeep-confirmation` of the request, within five minutes and once.\n\n\
    An address that is not listed is answered with 404 and the code `not_found`, and another method with 405 and the code \
    `method_not_allowed`.";

/// The names of the security schemes.
const SESSION: &str = "session";
const BROWSER: &str = "browser";
const BEARER: &str = "bearer";

/// `/openapi.json`, and `/docs/api` for people.
pub fn description(state: &AppState) -> Router {
    let document = document(state.cookies);
    let json = Bytes::from(document.to_string());
    let page = Bytes::from(page::page(&document));
    let styles = Bytes::from_static(include_str!("openapi/page.css").as_bytes());
    let files = [
        ("/openapi.json", "application/json", json),
        ("/docs/api", "text/html; charset=utf-8", page),
        ("/docs/api.css", "text/css; charset=utf-8", styles),
    ];
    let routes = Router::new();
    files
        .into_iter()
        .fold(routes, |routes, (path, form, content)| {
            let answer = move || async move {
                let headers = [(CONTENT_TYPE, form), (CACHE_CONTROL, "no-cache")];
                (headers, content).into_response()
            };
            routes.route(path, get(answer))
        })
}

/// The description, for servers with cookies of that style.
fn document(cookies: CookieStyle) -> Value {
    let mut paths = Paths::new();
    let mut schemas = Vec::new();
    ProblemDetails::schemas(&mut schemas);
    let components = ComponentsBuilder::new().schema_from::<ProblemDetails>();
    let mut components = components.schemas_from_iter(schemas);
    for operation in operations() {
        components = components.schemas_from_iter(operation.schemas.clone());
        let method = operation.method.clone();
        paths.add_path_operation(operation.path, vec![method], operation.describe());
    }
    for (name, scheme) in security_schemes(cookies) {
        components = components.security_scheme(name, scheme);
    }
    let tags = TAGS.iter().map(|(name, about)| {
        TagBuilder::new()
            .name(*name)
            .description(Some(*about))
            .build()
    });
    let license = LicenseBuilder::new()
        .name("MIT OR Apache-2.0")
        .identifier(Some("MIT OR Apache-2.0"));
    let info = InfoBuilder::new()
        .title("Passkeep")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license.build()));
    let api: OpenApi = OpenApiBuilder::new()
        .info(info)
        .tags(Some(tags))
        .paths(paths)
        .components(Some(components.build()))
        .build();
    // Maps with text for keys, and numbers: this cannot fail.
    let mut document = serde_json::to_value(&api).unwrap_or_default();
    words::polish(&mut document);
    document
}

fn security_schemes(cookies: CookieStyle) -> [(&'static str, SecurityScheme); 3] {
    let cookie = |cookie, about| {
        let value = ApiKeyValue::with_description(cookies.name(cookie), about);
        SecurityScheme::ApiKey(ApiKey::Cookie(value))
    };
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The session of an app: `BearerSession.token`."));
    [
        (
            SESSION,
            cookie(
                Cookie::Session,
                "The session of a page. The server sets and clears it; scripts cannot read it.",
            ),
        ),
        (
            BROWSER,
            cookie(
                Cookie::Browser,
                "Ties a ceremony to the browser that started it. A start sets it.",
            ),
        ),
        (BEARER, SecurityScheme::Http(bearer.build())),
    ]
}

#[cfg(test)]
mod tests;
