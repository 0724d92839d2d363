//! Who is asking: the signed-in account, and the browser or the app.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::AppendHeaders;
use passkeep_protocol::api::{BearerSession, ErrorCode, PasswordMode};
use passkeep_protocol::bytes::Bytes;
use passkeep_store::{AppInstall, NewSession, OpenSession, SessionMethod, TokenHash};
use passkeep_verify::UserHandle;

use crate::caller::{self, Via};
use crate::cookies::{Cookie, SetCookie};
use crate::device::device;
use crate::error::ApiError;
use crate::host::HostUser;
use crate::limits;
use crate::state::AppState;
use crate::token::Token;

/// How long after it was opened by its owner a session may do without a confirmation what adds to the account, in seconds.
const FRESH: u32 = 5 * 60;

/// An open session. As an extractor it refuses everybody else with [`ErrorCode::NotSignedIn`], and counts what may change
/// something by the account.
pub(crate) struct SignedIn {
    pub(crate) session: OpenSession,
    pub(crate) token: TokenHash,
    /// Whether the session is the host's.
    pub(crate) at_host: bool,
    /// The host's user, while the store has no account of theirs yet.
    pub(crate) new: Option<HostUser>,
}

/// A session to be opened, and how its client gets to know it.
pub(crate) struct Opening {
    /// None where the host opens its own.
    pub(crate) session: Option<NewSession>,
    pub(crate) handover: Handover,
}

/// How a client gets to know its session.
pub(crate) enum Handover {
    /// No session was opened.
    None,
    /// By a cookie.
    Page(SetCookie),
    /// In the answer's body.
    App(BearerSession),
    /// As the host does it.
    AtHost,
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let signed_in = state.signed_in(&parts.headers).await?;
        let signed_in = signed_in.ok_or_else(|| ApiError::new(ErrorCode::NotSignedIn))?;
        if limits::counts(&parts.method) {
            state.limits.change(signed_in.session.account.id)?;
        }
        Ok(signed_in)
    }
}

impl AppState {
    /// The open session of a request, if it has one.
    pub(crate) async fn signed_in(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<SignedIn>, ApiError> {
        if let Some(host) = &self.host {
            return self.signed_in_at_host(&**host, headers).await;
        }
        let Some(token) = self.session_token(headers)? else {
            return Ok(None);
        };
        let now = self.clock.now();
        let session = self
            .store
            .session(token, self.settings.sessions, now)
            .await?;
        Ok(session.map(|session| SignedIn {
            session,
            token,
            at_host: false,
            new: None,
        }))
    }

    /// The session a request names, open or not.
    pub(crate) fn session_token(&self, headers: &HeaderMap) -> Result<Option<TokenHash>, ApiError> {
        let via = self.via(headers)?;
        let token = match via {
            Via::Web => self.cookies.read(Cookie::Session, headers),
            Via::Native => caller::bearer(headers),
        };
        Ok(token.map(|token| hash(&token, via)))
    }

    /// A session to be opened in place of the one the request names.
    pub(crate) fn new_session(
        &self,
        headers: &HeaderMap,
        method: SessionMethod,
        install: Option<AppInstall>,
    ) -> Result<Opening, ApiError> {
        if self.host.is_some() {
            return Ok(Opening {
                session: None,
                handover: Handover::AtHost,
            });
        }
        let token = Token::random(&*self.random)?;
        let lifetime = self.settings.sessions.absolute;
        let via = self.via(headers)?;
        let handover = match via {
            Via::Web => {
                let cookie = self.cookies.set(Cookie::Session, &token, Some(lifetime));
                Handover::Page(cookie)
            }
            Via::Native => Handover::App(BearerSession {
                token: caller::bearer_text(&token),
                expires_in: lifetime,
            }),
        };
        let session = NewSession {
            token: hash(&token, via),
            method,
            device: device(headers),
            install,
            replaces: self.session_token(headers)?,
        };
        Ok(Opening {
            session: Some(session),
            handover,
        })
    }

    /// Hands a session over, which has been opened: by headers to add to the answer, or by what its body has.
    pub(crate) async fn hand_over(
        &self,
        handover: Handover,
        user: &UserHandle,
        headers: &HeaderMap,
    ) -> Result<(HeaderMap, Option<BearerSession>), ApiError> {
        let added = match (handover, &self.host) {
            (Handover::App(session), _) => return Ok((HeaderMap::new(), Some(session))),
            (Handover::Page(AppendHeaders(cookie)), _) => cookie.into_iter().collect(),
            (Handover::AtHost, Some(host)) => host.sign_in(user, headers).await?,
            (Handover::None | Handover::AtHost, _) => HeaderMap::new(),
        };
        Ok((added, None))
    }

    /// Refuses what is the host's own business, where there is one.
    pub(crate) fn without_host(&self) -> Result<(), ApiError> {
        match self.host {
            None => Ok(()),
            Some(_) => {
                let error = ApiError::new(ErrorCode::NotFound);
                Err(error.with_detail("This application does that itself."))
            }
        }
    }

    /// Whether its owner has opened a session just now, with a passkey.
    pub(crate) fn is_fresh(&self, session: &OpenSession) -> bool {
        is_owners(session) && self.clock.now() < session.created_at.plus_seconds(FRESH)
    }

    /// Whether an install has been restored just now, and the session is its own.
    pub(crate) fn is_just_restored(&self, session: &OpenSession, install: &Bytes) -> bool {
        let its_own = session.install.as_ref();
        session.method == SessionMethod::Restore
            && its_own.is_some_and(|its_own| its_own.install == *install)
            && self.clock.now() < session.created_at.plus_seconds(FRESH)
    }

    /// Whether a session has been opened just now with a password, which buys an account's first passkey.
    pub(crate) fn buys_first(&self, session: &OpenSession) -> bool {
        session.method == SessionMethod::Password
            && self.passwords() != PasswordMode::Off
            && self.clock.now() < session.created_at.plus_seconds(FRESH)
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

/// Whether its owner has opened a session, with a passkey: only then can it take the place of a confirmation.
pub(crate) fn is_owners(session: &OpenSession) -> bool {
    match session.method {
        SessionMethod::Passkey | SessionMethod::Registration => true,
        // Nobody was asked anything, or in a way that this version does not know.
        _ => false,
    }
}

/// The two ways have hashes of their own: a token that has come by one is unknown by the other.
fn hash(token: &Token, via: Via) -> TokenHash {
    TokenHash(match via {
        Via::Web => token.hash(),
        Via::Native => token.hash_for("passkeep bearer"),
    })
}
