//! Who is asking: the signed-in account and the browser.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::AppendHeaders;
use passkeep_protocol::api::ErrorCode;
use passkeep_store::{NewSession, OpenSession, TokenHash};

use crate::cookies::{Cookie, SetCookie};
use crate::error::ApiError;
use crate::state::AppState;
use crate::token::Token;

/// An open session. As an extractor it refuses everybody else with [`ErrorCode::NotSignedIn`].
pub(crate) struct SignedIn {
    pub(crate) session: OpenSession,
    pub(crate) token: TokenHash,
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let signed_in = state.signed_in(&parts.headers).await?;
        signed_in.ok_or_else(|| ApiError::new(ErrorCode::NotSignedIn))
    }
}

impl AppState {
    /// The open session of a request, if it has one.
    pub(crate) async fn signed_in(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<SignedIn>, ApiError> {
        let Some(token) = self.session_token(headers) else {
            return Ok(None);
        };
        let now = self.clock.now();
        let session = self
            .store
            .session(token, self.settings.sessions, now)
            .await?;
        Ok(session.map(|session| SignedIn { session, token }))
    }

    /// The session a request names, open or not.
    pub(crate) fn session_token(&self, headers: &HeaderMap) -> Option<TokenHash> {
        let token = self.cookies.read(Cookie::Session, headers)?;
        Some(TokenHash(token.hash()))
    }

    /// A session to be opened in place of the one the request names, and the cookie that names it.
    pub(crate) fn new_session(
        &self,
        headers: &HeaderMap,
    ) -> Result<(NewSession, SetCookie), ApiError> {
        let token = Token::random(&*self.random)?;
        let max_age = Some(self.settings.sessions.absolute);
        let cookie = self.cookies.set(Cookie::Session, &token, max_age);
        let session = NewSession {
            token: TokenHash(token.hash()),
            replaces: self.session_token(headers),
        };
        Ok((session, cookie))
    }

    /// The hash of the browser's own token, if it has one.
    pub(crate) fn browser(&self, headers: &HeaderMap) -> Option<[u8; 32]> {
        let token = self.cookies.read(Cookie::Browser, headers)?;
        Some(token.hash())
    }

    /// The hash of the browser's own token, and the cookie that gives it one if it has none. All tabs of a browser share
    /// it, so each can have a ceremony under way.
    pub(crate) fn browser_or_new(
        &self,
        headers: &HeaderMap,
    ) -> Result<([u8; 32], SetCookie), ApiError> {
        if let Some(browser) = self.browser(headers) {
            return Ok((browser, AppendHeaders(None)));
        }
        let token = Token::random(&*self.random)?;
        Ok((
            token.hash(),
            self.cookies.set(Cookie::Browser, &token, None),
        ))
    }
}
