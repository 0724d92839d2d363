//! Which way a request has come: from a page in a browser, with cookies, or from an app, with a bearer token.

use axum::http::header::{AUTHORIZATION, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use passkeep_protocol::api::{CLIENT_HEADER, ErrorCode, NATIVE_CLIENT};

use crate::error::ApiError;
use crate::state::AppState;
use crate::token::Token;

/// The way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Via {
    /// A page in a browser.
    Web,
    /// An app.
    Native,
}

/// [`CLIENT_HEADER`], read once: a look at a header by its text reads the text each time.
static CLIENT: HeaderName = HeaderName::from_static(CLIENT_HEADER);

/// How a browser says what it wants a page's request for.
static SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// In front of every bearer token, so that one is known when it turns up where it should not be, and so that a token of the
/// application that this one is mounted in is not taken for ours.
const BEARER_PREFIX: &str = "passkeep_";

/// The bearer token of a request; `None` if it has none of ours.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<Token> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim().strip_prefix(BEARER_PREFIX)?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| Token::parse(token))?
}

/// The text of a bearer token.
pub(crate) fn bearer_text(token: &Token) -> String {
    format!("{BEARER_PREFIX}{}", token.to_text())
}

/// Whether a request says that it is an app's.
pub(crate) fn says_native(headers: &HeaderMap) -> bool {
    headers.get(&CLIENT).is_some_and(is_native) || bearer(headers).is_some()
}

fn is_native(client: &HeaderValue) -> bool {
    client.as_bytes() == NATIVE_CLIENT.as_bytes()
}

/// Whether a browser has sent a request for a page. No app's client sends these by itself.
pub(crate) fn from_page(headers: &HeaderMap) -> bool {
    headers.contains_key(ORIGIN) || headers.contains_key(&SEC_FETCH_MODE)
}

impl AppState {
    /// Which way a request has come.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::WrongChannel`] if it has come both ways, since one of its credentials is where it should not be then; or if
    /// it says that it is a client of another kind.
    pub(crate) fn via(&self, headers: &HeaderMap) -> Result<Via, ApiError> {
        let client = headers.get(&CLIENT);
        if client.is_some_and(|client| !is_native(client)) {
            // Taken for a page, an app that misspells it would get cookies and wonder where its token is.
            let error = ApiError::new(ErrorCode::WrongChannel);
            let expected = format_args!("`{CLIENT_HEADER}` is `{NATIVE_CLIENT}`, or is not sent");
            return Err(error.with_detail(expected));
        }
        match client.is_some() || bearer(headers).is_some() {
            true if self.cookies.any_in(headers) => {
                let error = ApiError::new(ErrorCode::WrongChannel);
                Err(error.because("a request of an app came with cookies"))
            }
            true => Ok(Via::Native),
            false => Ok(Via::Web),
        }
    }

    /// Refuses whoever is no app.
    pub(crate) fn only_apps(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        match self.via(headers)? {
            Via::Native => Ok(()),
            Via::Web => Err(ApiError::new(ErrorCode::AppsOnly)),
        }
    }
}
