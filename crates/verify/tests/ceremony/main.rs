//! Both ceremonies, end to end and check by check, against the software authenticator.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod authentication;
mod bits;
mod captured;
mod noticed;
mod policy;
mod registration;
mod relying_party;
mod steps;
mod trace;
mod vectors;

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::UserVerificationRequirement;
use passkeep_testkit::{Authenticator, Client};
use passkeep_verify::algorithm::{AWS_LC_RS, CryptoProvider};
use passkeep_verify::ceremony::Fresh;
use passkeep_verify::origin::Origin;
use passkeep_verify::start::{NewCredentialUser, RegistrationRequest};
use passkeep_verify::{
    CeremonyId, Challenge, CredentialRecord, RelyingParty, RelyingPartyConfig, Timestamp,
    UserHandle,
};

pub(crate) const RP_ID: &str = "example.org";
pub(crate) const ORIGIN: &str = "https://example.org";
pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// Every crypto provider that is built here.
pub(crate) const PROVIDERS: &[CryptoProvider] = &[
    AWS_LC_RS,
    #[cfg(feature = "portable")]
    passkeep_verify::algorithm::PORTABLE,
];

pub(crate) fn config() -> RelyingPartyConfig {
    let origins = vec![Origin::parse(ORIGIN).unwrap()];
    RelyingPartyConfig::new(RP_ID, "Example", origins, AWS_LC_RS)
}

pub(crate) fn relying_party() -> RelyingParty {
    RelyingParty::new(config()).unwrap()
}

pub(crate) fn with_algorithm(algorithm: CoseAlgorithm) -> RelyingParty {
    let mut config = config();
    config.algorithms = vec![algorithm];
    RelyingParty::new(config).unwrap()
}

pub(crate) fn with_user_verification(requirement: UserVerificationRequirement) -> RelyingParty {
    let mut config = config();
    config.user_verification = requirement;
    RelyingParty::new(config).unwrap()
}

/// A ceremony's random values, told apart by a byte.
pub(crate) fn fresh(byte: u8) -> Fresh {
    Fresh {
        id: CeremonyId([byte; 16]),
        challenge: Challenge::from([byte; 32]),
        now: NOW,
    }
}

pub(crate) fn ada() -> UserHandle {
    UserHandle::new(*b"ada's handle").unwrap()
}

pub(crate) fn user() -> NewCredentialUser {
    NewCredentialUser {
        handle: ada(),
        name: "ada".into(),
        display_name: "Ada".into(),
    }
}

pub(crate) fn client() -> Client {
    Client::new(ORIGIN)
}

/// Registers a passkey and returns its record.
pub(crate) fn registered(
    relying_party: &RelyingParty,
    authenticator: &mut Authenticator,
) -> CredentialRecord {
    let (options, pending) =
        relying_party.start_registration(RegistrationRequest::new(user()), fresh(1));
    let response = client().create(&options, authenticator).unwrap();
    let verified = relying_party.finish_registration(pending, &response, NOW);
    verified.unwrap().record().clone()
}

/// Changes bytes in place.
pub(crate) fn change(bytes: &mut Bytes, change: impl FnOnce(&mut Vec<u8>)) {
    let mut changed = bytes.as_slice().to_vec();
    change(&mut changed);
    *bytes = changed.into();
}
