//! What handlers take from requests, refusing like everything else does.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use passkeep_protocol::api::ErrorCode;
use passkeep_protocol::bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::ApiError;
use crate::state::AppState;

/// What most bodies may have, in bytes: names and labels fit many times over.
const BODY_LIMIT: usize = 16 * 1024;

/// What a finish may have, in bytes: the longest attestation statements, with their certificates, take some ten thousand.
pub(crate) const FINISH_LIMIT: usize = 64 * 1024;

/// A JSON body, of so many bytes at most.
pub(crate) struct JsonBody<T, const LIMIT: usize = BODY_LIMIT>(pub(crate) T);

impl<T: DeserializeOwned, const LIMIT: usize> FromRequest<AppState> for JsonBody<T, LIMIT> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &AppState) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        json_body(&parts.headers, body, LIMIT).await.map(Self)
    }
}

/// Reads a body, which may be JSON of so many bytes.
async fn json_body<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<T, ApiError> {
    if !is_json(headers) {
        return Err(ApiError::new(ErrorCode::UnsupportedContentType));
    }
    let body = Limited::new(body, limit).collect().await;
    let body = body.map_err(|error| {
        ApiError::new(match error.is::<LengthLimitError>() {
            true => ErrorCode::BodyTooLarge,
            false => ErrorCode::MalformedRequest,
        })
    })?;
    // The parser may quote the client's own words to it; they do not go to the log.
    let body = serde_json::from_slice(&body.to_bytes());
    body.map_err(|error| ApiError::new(ErrorCode::MalformedRequest).with_detail(error))
}

/// A JSON body, with what else a handler asks about who has sent it.
pub(crate) struct Asked<T> {
    pub(crate) headers: HeaderMap,
    pub(crate) extensions: Extensions,
    pub(crate) body: T,
}

impl<T: DeserializeOwned> FromRequest<AppState> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &AppState) -> Result<Self, ApiError> {
        // Moved, not copied as an extractor of headers does.
        let (parts, body) = request.into_parts();
        let body = json_body(&parts.headers, body, BODY_LIMIT).await?;
        Ok(Self {
            headers: parts.headers,
            extensions: parts.extensions,
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
