//! The application that the routes are mounted in, where it has users and sessions of its own.
//!
//! Passkeep then keeps passkeys and what belongs to them, and the application keeps everything else: who its users are, what
//! they are called, and who is signed in. Accounts exist in Passkeep's store from a user's first passkey on, under the user
//! handle that the application gives.

use core::fmt;
use std::error::Error;

use async_trait::async_trait;
use axum::http::HeaderMap;
use passkeep_protocol::api::ErrorCode;
use passkeep_store::{Account, AccountId, OpenSession, SessionMethod, TokenHash};
use passkeep_verify::user::{DisplayName, UserName};
use passkeep_verify::{Timestamp, UserHandle};
use sha2::{Digest as _, Sha256};

use crate::error::ApiError;
use crate::session::SignedIn;
use crate::state::AppState;

/// An application with users and sessions of its own, for [`AppState::with_host`](crate::AppState::with_host).
///
/// Its user names must be unique, as its user handles are. With a host nobody signs up here, because users come to exist
/// there.
#[async_trait]
pub trait Host: Send + Sync + 'static {
    /// The session of a request, if it has one.
    ///
    /// # Errors
    ///
    /// A [`HostError`] when the application cannot tell; the request fails with `unavailable`.
    async fn session(&self, headers: &HeaderMap) -> Result<Option<HostSession>, HostError>;

    /// Opens a session for a user who has just used a passkey, in place of the one that the request has. The headers that
    /// are returned, such as `Set-Cookie`, are added to the answer.
    ///
    /// # Errors
    ///
    /// A [`HostError`] when it cannot be opened. The passkey has been used by then, and the person has to sign in again.
    async fn sign_in(&self, user: &UserHandle, headers: &HeaderMap)
    -> Result<HeaderMap, HostError>;

    /// Ends the session of a request, if it has one. The headers that are returned are added to the answer.
    ///
    /// # Errors
    ///
    /// A [`HostError`] when it cannot be ended.
    async fn sign_out(&self, headers: &HeaderMap) -> Result<HeaderMap, HostError>;
}

/// A session that a host has opened.
#[derive(Clone, Debug)]
pub struct HostSession {
    /// What tells this session from every other, as long as it lasts. It is hashed, and never stored or sent.
    pub id: Vec<u8>,
    /// Whose it is.
    pub user: HostUser,
    /// When the user has last proved who they are, with all that the application asks for. For five minutes it is enough to
    /// add a passkey.
    pub authenticated_at: Timestamp,
}

/// A user of a host.
#[derive(Clone, Debug)]
pub struct HostUser {
    /// The user handle: 1 to 64 bytes that say nothing about the person and never change, the user table's random key for
    /// instance.
    pub handle: UserHandle,
    /// What the user types to name the account.
    pub user_name: UserName,
    /// What to call the person.
    pub display_name: DisplayName,
}

/// The host could not do its part.
#[derive(Debug)]
pub struct HostError(Box<dyn Error + Send + Sync>);

impl HostError {
    /// Because of this, which goes to the log.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the application could not do its part: {}", self.0)
    }
}

impl Error for HostError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

impl From<HostError> for ApiError {
    fn from(error: HostError) -> Self {
        Self::new(ErrorCode::Unavailable).because(error)
    }
}

impl AppState {
    /// The host's session as if it were one of ours. The account is the stored one, or the one that the user's first passkey
    /// will make.
    pub(crate) async fn signed_in_at_host(
        &self,
        host: &dyn Host,
        headers: &HeaderMap,
    ) -> Result<Option<SignedIn>, ApiError> {
        let Some(HostSession {
            id,
            user,
            authenticated_at,
        }) = host.session(headers).await?
        else {
            return Ok(None);
        };
        let stored = self.store.account_by_user(&user.handle).await?;
        if stored.as_ref().is_some_and(|it| it.locked_at.is_some()) {
            // The host's session is not ours to end.
            return Err(ApiError::new(ErrorCode::AccountLocked));
        }
        let new = stored.is_none().then(|| user.clone());
        let stored = stored.unwrap_or_else(|| Account {
            id: account_id(&user.handle),
            user: user.handle,
            user_name: String::new(),
            display_name: String::new(),
            created_at: authenticated_at,
            locked_at: None,
        });
        // The names are the host's: it may have changed them since.
        let account = Account {
            user_name: user.user_name.as_str().to_owned(),
            display_name: user.display_name.as_str().to_owned(),
            ..stored
        };
        Ok(Some(SignedIn {
            session: OpenSession {
                account,
                // Whichever passkey opened it, the host does not say.
                credential_id: Vec::new().into(),
                method: SessionMethod::Passkey,
                install: None,
                created_at: authenticated_at,
            },
            token: TokenHash(digest("passkeep host session", &id)),
            at_host: true,
            new,
        }))
    }
}

/// The id of the account that a user's first passkey makes: the same whenever it is asked for, so that what was begun
/// before the account came to exist belongs to it afterwards.
pub(crate) fn account_id(user: &UserHandle) -> AccountId {
    let digest = digest("passkeep host account", user.as_slice());
    let mut id = [0; 16];
    id.copy_from_slice(digest.split_at(16).0);
    AccountId(id)
}

fn digest(purpose: &str, bytes: &[u8]) -> [u8; 32] {
    let digest = Sha256::new().chain_update(purpose).chain_update([0]);
    digest.chain_update(bytes).finalize().into()
}
