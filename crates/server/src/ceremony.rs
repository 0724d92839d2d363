//! Ceremonies between start and finish: sealed, sent to the client, and opened when they come back.
//!
//! A start writes nothing, so it cannot fill a disk, and any server with the keys can finish what another has started.
//! Everything a verdict depends on is in here or in the store.

use passkeep_protocol::api::ErrorCode;
use passkeep_verify::{PendingAuthentication, PendingRegistration};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::seal::Envelope;
use crate::state::AppState;

/// What is sealed.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Sealed {
    /// Who can finish it.
    pub(crate) channel: Channel,
    /// What it is.
    pub(crate) ceremony: Ceremony,
}

/// The way a client speaks to the server. A ceremony that was started on one cannot be finished on another.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Channel {
    /// A page in a browser.
    Web {
        /// The hash of the browser's cookie: a ceremony planted in somebody else's browser is of no use there.
        browser: [u8; 32],
    },
}

/// A ceremony of either kind.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Ceremony {
    Registration(PendingRegistration, RegistrationFlow),
    Authentication(PendingAuthentication),
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
        account: [u8; 16],
        /// The hash of the token of the session that started it.
        session: [u8; 32],
    },
}

impl AppState {
    /// Seals a ceremony for its client.
    pub(crate) fn seal(&self, sealed: &Sealed) -> Result<String, ApiError> {
        let key = self.keys.newest();
        let key = key.ok_or_else(|| ApiError::internal("there is no sealing key"))?;
        let plaintext = postcard::to_allocvec(sealed).map_err(ApiError::internal)?;
        key.seal(plaintext).map_err(ApiError::internal)
    }

    /// Opens a ceremony that came back from a browser. Anything but a ceremony that was started here and by this browser
    /// is [`ErrorCode::CeremonyUnknown`], and the client is not told which it is.
    pub(crate) async fn open(
        &self,
        text: &str,
        browser: Option<[u8; 32]>,
    ) -> Result<Ceremony, ApiError> {
        let unknown = |why| ApiError::new(ErrorCode::CeremonyUnknown).because(why);
        let envelope = Envelope::parse(text).ok_or_else(|| unknown("it is no sealed ceremony"))?;
        let key = self
            .keys
            .find(envelope.key_id(), &*self.store, self.clock.now());
        let key = key
            .await?
            .ok_or_else(|| unknown("it is sealed with an unknown key"))?;
        let plaintext = envelope.open(&key);
        let plaintext = plaintext.ok_or_else(|| unknown("it is not as it was sealed"))?;
        let sealed: Sealed = postcard::from_bytes(&plaintext).map_err(ApiError::internal)?;

        let browser = browser.ok_or_else(|| unknown("the browser has lost its cookie"))?;
        if sealed.channel != (Channel::Web { browser }) {
            return Err(unknown("it was started in another browser"));
        }
        Ok(sealed.ceremony)
    }
}
