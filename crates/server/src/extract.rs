//! What handlers take from requests, refusing like everything else does.

use axum::body::Bytes as Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use passkeep_protocol::api::ErrorCode;
use passkeep_protocol::bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::ApiError;
use crate::limits::ClientNetwork;
use crate::state::AppState;

/// A JSON body.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let asked = Asked::from_request(request, state).await?;
        Ok(Self(asked.body))
    }
}

/// A JSON body, with what else a handler asks about who has sent it.
pub(crate) struct Asked<T> {
    pub(crate) headers: HeaderMap,
    pub(crate) network: Option<ClientNetwork>,
    pub(crate) body: T,
}

impl<T: DeserializeOwned> FromRequest<AppState> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request(mut request: Request, state: &AppState) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::new(ErrorCode::UnsupportedContentType));
        }
        let network = request.extensions().get::<ClientNetwork>().copied();
        // Moved, not copied as an extractor of headers does.
        let headers = core::mem::take(request.headers_mut());
        let body = Body::from_request(request, state).await;
        let body = body.map_err(|rejection| {
            let code = match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::BodyTooLarge,
                _ => ErrorCode::MalformedRequest,
            };
            ApiError::new(code)
        })?;
        // The parser may quote the client's own words to it; they do not go to the log.
        let body = serde_json::from_slice(&body);
        let body =
            body.map_err(|error| ApiError::new(ErrorCode::MalformedRequest).with_detail(error))?;
        Ok(Self {
            headers,
            network,
            body,
        })
    }
}

/// Other types are refused because a page elsewhere can send them without asking first (no CORS preflight).
fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// The parameters after the question mark.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Parameters<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let query = Query::from_request_parts(parts, state).await;
        let query = query.map_err(|rejection| {
            ApiError::new(ErrorCode::MalformedRequest).with_detail(rejection.body_text())
        });
        query.map(|Query(value)| Self(value))
    }
}

/// The id that a path names, of a credential or a session. A text that cannot be one is `None`: it names nothing.
pub(crate) struct PathId(pub(crate) Option<Bytes>);

impl FromRequestParts<AppState> for PathId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        let id = text.and_then(|Path(text)| Bytes::from_base64url(&text).ok());
        Ok(Self(id))
    }
}
