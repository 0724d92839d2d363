//! Confirmations: an owner uses a passkey for one thing, and that thing may then be done, once and soon.
//!
//! A confirmation is sealed and travels through the client, as a ceremony does. Whatever it permits spends it in the same
//! transaction, in the table of spent ceremonies.

use axum::http::HeaderMap;
use passkeep_protocol::api::{Action, CONFIRMATION_HEADER, Confirmation, ErrorCode};
use passkeep_protocol::bytes::Bytes;
use passkeep_store::TokenHash;
use passkeep_verify::{CeremonyId, SpentCeremony, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ambient::{id_of, public_array, random_array};
use crate::ceremony::Owner;
use crate::error::ApiError;
use crate::seal::Purpose;
use crate::session::SignedIn;
use crate::state::AppState;

/// How long a confirmation is good for, in seconds.
const LIFETIME: u32 = 5 * 60;

/// What is sealed.
#[derive(Debug, Deserialize, Serialize)]
struct Sealed {
    id: [u8; 16],
    owner: Owner,
    what: What,
    by: By,
    expires_at: Timestamp,
}

/// What an owner has confirmed with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum By {
    /// The passkey with that id, which must still be the account's when what it permits is done.
    Passkey(Bytes),
    /// Which counts only while the account has no passkey.
    Password,
}

/// An action, in the form in which it is sealed and compared: its JSON.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct What(String);

impl What {
    pub(crate) fn new(action: &Action) -> Result<Self, ApiError> {
        let json = serde_json::to_string(action).map_err(ApiError::internal)?;
        Ok(Self(json))
    }
}

/// A confirmation that a ceremony will spend when it finishes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Spend {
    id: [u8; 16],
    by: By,
    expires_at: Timestamp,
}

impl Spend {
    /// Whether it was given for the password.
    pub(crate) fn is_by_password(&self) -> bool {
        self.by == By::Password
    }

    /// As the store takes it, from whoever it was given to.
    pub(crate) fn of(self, signed_in: &SignedIn) -> passkeep_store::Confirmation {
        passkeep_store::Confirmation {
            spent: SpentCeremony {
                id: CeremonyId(self.id),
                expires_at: self.expires_at,
            },
            credential_id: match self.by {
                By::Passkey(id) => Some(id),
                By::Password => None,
            },
            session: signed_in.kept_here(),
        }
    }

    /// The same, remembered as spent until then: by a ceremony that can be finished when the confirmation has expired.
    pub(crate) fn until(self, expires_at: Timestamp) -> Self {
        let expires_at = self.expires_at.max(expires_at);
        Self { expires_at, ..self }
    }
}

impl SignedIn {
    /// Who this is, for what is sealed.
    pub(crate) fn owner(&self) -> Owner {
        Owner {
            account: self.session.account.id.0,
            session: self.token.0,
        }
    }

    /// The session as the store has it; none where a host keeps its own.
    pub(crate) fn kept_here(&self) -> Option<TokenHash> {
        (!self.at_host).then_some(self.token)
    }
}

impl AppState {
    /// Permits an action to its owner.
    pub(crate) fn confirm(
        &self,
        owner: Owner,
        what: What,
        by: By,
    ) -> Result<Confirmation, ApiError> {
        let now = self.clock.now();
        let sealed = Sealed {
            id: id_of(now, random_array(&*self.random)?),
            owner,
            what,
            by,
            expires_at: now.plus_seconds(LIFETIME),
        };
        let nonce = public_array(&*self.random)?;
        Ok(Confirmation {
            token: self.seal_for(Purpose::Confirmation, nonce, &sealed)?,
            expires_in: LIFETIME,
        })
    }

    /// What permits an action to whoever is signed in: the confirmation in the request's header.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::ConfirmationRequired`] if there is none that is good for it. Whether it has been used shows when it is
    /// spent.
    pub(crate) async fn confirmed(
        &self,
        headers: &HeaderMap,
        signed_in: &SignedIn,
        action: &Action,
    ) -> Result<Spend, ApiError> {
        let required = |why| ApiError::new(ErrorCode::ConfirmationRequired).because(why);
        let header = headers.get(CONFIRMATION_HEADER);
        let text = header.and_then(|value| value.to_str().ok());
        let text = text.ok_or_else(|| required("there is no confirmation"))?;
        let sealed = self.open_for(Purpose::Confirmation, text).await?;
        let sealed: Sealed = sealed.map_err(required)?;
        if sealed.owner != signed_in.owner() {
            return Err(required("it was given to another session"));
        }
        if sealed.what != What::new(action)? {
            return Err(required("it is for something else"));
        }
        if self.clock.now() > sealed.expires_at {
            return Err(required("it has expired"));
        }
        if sealed.by == By::Password {
            let account = signed_in.session.account.id;
            if !self.store.credentials(account).await?.passkeys.is_empty() {
                return Err(required("the account has a passkey by now"));
            }
        }
        Ok(Spend {
            id: sealed.id,
            by: sealed.by,
            expires_at: sealed.expires_at,
        })
    }
}
