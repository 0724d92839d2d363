//! Ceremonies between start and finish: sealed, sent to the client, and opened when they come back.
//!
//! A start writes nothing, so it cannot fill a disk, and any server with the keys can finish what another has started.
//! Everything a verdict depends on is in here or in the store.

use axum::http::HeaderMap;
use axum::response::AppendHeaders;
use passkeep_protocol::api::ErrorCode;
use passkeep_protocol::bytes::Bytes;
use passkeep_verify::{PendingAuthentication, PendingRegistration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::caller::Via;
use crate::confirmation::{Spend, What};
use crate::cookies::SetCookie;
use crate::decoys::Subject;
use crate::error::ApiError;
use crate::metrics::{Flow, note_flow};
use crate::seal::{Envelope, NONCE_BYTES, Purpose};
use crate::state::AppState;

/// What is sealed.
#[derive(Debug, Deserialize, Serialize)]
struct Sealed {
    channel: Channel,
    ceremony: Ceremony,
}

/// Who can finish a ceremony: whoever has started it, in the same way.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
enum Channel {
    /// A page in a browser.
    Web {
        /// The hash of the browser's cookie: a ceremony planted in somebody else's browser is of no use there.
        browser: [u8; 32],
    },
    /// An app.
    Native,
}

/// A ceremony of either kind.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Ceremony {
    Registration(PendingRegistration, RegistrationFlow),
    Authentication(PendingAuthentication, AuthenticationFlow),
}

/// What a registration is for.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum RegistrationFlow {
    /// A new account. The names are as they were sent, because normalising them a second time may give another length.
    SignUp {
        account: [u8; 16],
        user_name: String,
        display_name: Option<String>,
    },
    /// One more passkey for an account.
    Add {
        owner: Owner,
        /// What it uses up, unless the owner had just signed in.
        confirmation: Option<Spend>,
    },
    /// One more passkey for an account that has just signed in, without a dialog.
    Upgrade { owner: Owner },
    /// A restore key for an install of an app.
    Restore {
        owner: Owner,
        install: Bytes,
        device: Option<String>,
        by: RestoreKeyBy,
    },
    /// A new passkey for whoever has a recovery code of the account.
    Recover { account: [u8; 16], code: [u8; 32] },
    /// A passkey for whoever has an enrolment link of the account.
    Enrol { account: [u8; 16], link: [u8; 32] },
}

/// What permits a restore key.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum RestoreKeyBy {
    /// Its owner has just signed in.
    SignIn,
    /// Its install has just been restored: the key takes the place of the install's own.
    Restore,
    /// It uses this up.
    Confirmation(Spend),
}

impl Ceremony {
    /// What it is for, for whoever counts.
    fn flow(&self) -> Flow {
        match self {
            Self::Registration(_, flow) => match flow {
                RegistrationFlow::SignUp { .. } => Flow::SignUp,
                RegistrationFlow::Add { .. } => Flow::Add,
                RegistrationFlow::Upgrade { .. } => Flow::Upgrade,
                RegistrationFlow::Restore { .. } => Flow::Restore,
                RegistrationFlow::Recover { .. } => Flow::Recover,
                RegistrationFlow::Enrol { .. } => Flow::Enrol,
            },
            Self::Authentication(_, flow) => match flow {
                AuthenticationFlow::SignIn { .. } => Flow::SignIn,
                AuthenticationFlow::Confirm { .. } => Flow::Confirm,
                AuthenticationFlow::Restore => Flow::Restore,
            },
        }
    }
}

impl RegistrationFlow {
    /// The same, with what it uses up remembered as used until then.
    pub(crate) fn until(self, expires_at: Timestamp) -> Self {
        match self {
            Self::Add {
                owner,
                confirmation: Some(spend),
            } => Self::Add {
                owner,
                confirmation: Some(spend.until(expires_at)),
            },
            Self::Restore {
                owner,
                install,
                device,
                by: RestoreKeyBy::Confirmation(spend),
            } => Self::Restore {
                owner,
                install,
                device,
                by: RestoreKeyBy::Confirmation(spend.until(expires_at)),
            },
            other => other,
        }
    }
}

/// What an authentication is for.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum AuthenticationFlow {
    /// Signing in with a passkey.
    SignIn {
        /// Whose failures count, if it began with a name: somebody's or nobody's, which the finish must not tell.
        asked_for: Option<Subject>,
    },
    /// Confirming something while signed in.
    Confirm { owner: Owner, what: What },
    /// Signing in with a restore key.
    Restore,
}

/// Whoever was signed in when a ceremony started.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Owner {
    pub(crate) account: [u8; 16],
    /// The hash of the session's token.
    pub(crate) session: [u8; 32],
}

impl AppState {
    /// Seals a ceremony for the client of a request. The cookie gives a browser its own token, if it has none.
    pub(crate) fn seal(
        &self,
        ceremony: Ceremony,
        nonce: [u8; NONCE_BYTES],
        headers: &HeaderMap,
    ) -> Result<(String, SetCookie), ApiError> {
        let (channel, cookie) = match self.via(headers)? {
            Via::Native => (Channel::Native, AppendHeaders(None)),
            Via::Web => {
                let (browser, cookie) = self.browser_or_new(headers)?;
                (Channel::Web { browser }, cookie)
            }
        };
        let sealed = Sealed { channel, ceremony };
        let sealed = self.seal_for(Purpose::Ceremony, nonce, &sealed)?;
        Ok((sealed, cookie))
    }

    /// Opens a ceremony that a client has sent back. Anything but a ceremony that was started here and by this client is
    /// [`ErrorCode::CeremonyUnknown`], and the client is not told which it is.
    pub(crate) async fn open(&self, text: &str, headers: &HeaderMap) -> Result<Ceremony, ApiError> {
        let unknown = |why| ApiError::new(ErrorCode::CeremonyUnknown).because(why);
        let sealed = self.open_for(Purpose::Ceremony, text).await?;
        let sealed: Sealed = sealed.map_err(unknown)?;
        let channel = match self.via(headers)? {
            Via::Native => Channel::Native,
            Via::Web => {
                let browser = self.browser(headers);
                let browser = browser.ok_or_else(|| unknown("the browser has lost its cookie"))?;
                Channel::Web { browser }
            }
        };
        if sealed.channel != channel {
            return Err(unknown("it was started by another client"));
        }
        note_flow(sealed.ceremony.flow());
        Ok(sealed.ceremony)
    }

    /// Seals something.
    pub(crate) fn seal_for(
        &self,
        purpose: Purpose,
        nonce: [u8; NONCE_BYTES],
        value: &impl Serialize,
    ) -> Result<String, ApiError> {
        let sealed = self.keys.with_newest(|key| key.seal(purpose, nonce, value));
        sealed.unwrap_or_else(|| Err(ApiError::internal("there is no sealing key")))
    }

    /// Opens what was sealed for that purpose, or says why it cannot be opened.
    pub(crate) async fn open_for<T: for<'de> Deserialize<'de>>(
        &self,
        purpose: Purpose,
        text: &str,
    ) -> Result<Result<T, &'static str>, ApiError> {
        let Some(envelope) = Envelope::parse(text) else {
            return Ok(Err("it is nothing sealed"));
        };
        let now = self.clock.now();
        let key = self.keys.find(envelope.key_id(), &*self.store, now).await?;
        let Some(key) = key else {
            return Ok(Err("it is sealed with an unknown key"));
        };
        let Some(plaintext) = envelope.open(purpose, &key) else {
            return Ok(Err("it is not as it was sealed"));
        };
        Ok(postcard::from_bytes(&plaintext).map_err(|_| "it was sealed by another version"))
    }
}
