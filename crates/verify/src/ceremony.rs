//! Ceremonies between start and finish.

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::cose::CoseAlgorithm;
use serde::{Deserialize, Serialize};

use crate::extensions::RequestedExtensions;
use crate::values::{CeremonyId, Challenge, Timestamp, UserHandle};

/// What every new ceremony needs from outside: random values and the time.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// A new id.
    pub id: CeremonyId,
    /// A new random challenge.
    pub challenge: Challenge,
    /// The time of the start.
    pub now: Timestamp,
}

/// What a ceremony demands of the person.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Demands {
    /// UP must be set. Waived by conditional creation, and for credentials that nobody is asked about.
    pub(crate) user_presence: bool,
    /// UV must be set.
    pub(crate) user_verification: bool,
}

/// A registration that has been started and not finished.
///
/// It is what `finish_registration` judges by. Seal it (encrypt and authenticate) when it leaves the server; it is not
/// `Clone`, because it can be used once.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PendingRegistration {
    pub(crate) id: CeremonyId,
    pub(crate) challenge: Challenge,
    pub(crate) rp_id: String,
    pub(crate) user: UserHandle,
    pub(crate) algorithms: Vec<CoseAlgorithm>,
    pub(crate) demands: Demands,
    /// The extensions that were asked for.
    pub(crate) extensions: RequestedExtensions,
    pub(crate) expires_at: Timestamp,
}

/// An authentication that has been started and not finished. As [`PendingRegistration`] in all else.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PendingAuthentication {
    pub(crate) id: CeremonyId,
    pub(crate) challenge: Challenge,
    pub(crate) rp_id: String,
    /// The account, when it was known before the ceremony.
    pub(crate) user: Option<UserHandle>,
    /// The only credentials that will do; empty when any credential of the account, or of anyone, will.
    pub(crate) only: Vec<Bytes>,
    pub(crate) demands: Demands,
    /// The extensions that were asked for.
    pub(crate) extensions: RequestedExtensions,
    pub(crate) expires_at: Timestamp,
}

impl PendingRegistration {
    /// Whom the credential is for.
    #[must_use]
    pub fn user(&self) -> &UserHandle {
        &self.user
    }

    /// When the ceremony's time is over.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl PendingAuthentication {
    /// The account, when it was known before the ceremony.
    #[must_use]
    pub fn user(&self) -> Option<&UserHandle> {
        self.user.as_ref()
    }

    /// When the ceremony's time is over.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// A ceremony that has passed verification and must now be spent: its id recorded under a unique key, until the time at
/// which it would have expired anyway.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SpentCeremony {
    /// The ceremony's id.
    pub id: CeremonyId,
    /// Until when a second use must be refused.
    pub expires_at: Timestamp,
}
