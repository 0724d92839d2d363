//! What is allowed in a WebAuthn ceremony: a relying party's rules, as pure functions.
//!
//! A [`RelyingParty`] knows its id, its origins and its policy. It has four verbs:
//!
//! | verb | in | out |
//! |---|---|---|
//! | [`start_registration`](RelyingParty::start_registration) | whom for | options, [`PendingRegistration`] |
//! | [`finish_registration`](RelyingParty::finish_registration) | the pending ceremony, the response | [`VerifiedRegistration`] |
//! | [`start_authentication`](RelyingParty::start_authentication) | who, if known | options, [`PendingAuthentication`] |
//! | [`finish_authentication`](RelyingParty::finish_authentication) | the pending ceremony, the response, the credential | [`VerifiedAuthentication`] |
//!
//! A pending ceremony is consumed by its finish. It carries everything the verdict depends on, so that nothing the client
//! says at finish can loosen a check; keep it where only the server can change it. A `Verified*` value can only be made
//! here, and storage accepts only those.
//!
//! # What this crate deliberately does not do
//!
//! It cannot read or write: there is no IO, no clock and no randomness. The time, the challenge and the ids of a ceremony
//! are arguments. Two things are therefore the caller's, and `passkeep-store` does both in one transaction: a ceremony id
//! is spent once, and a credential id is registered once ([L3 §7.1, "Verify that the credentialId is not yet registered"]).
//!
//! # Crypto libraries
//!
//! The feature `aws-lc-rs`, on by default, has `algorithm::AWS_LC_RS` for servers; `portable` has `algorithm::PORTABLE`, in pure
//! Rust, for wasm32 and wherever no C compiler is. Both may be on. With neither the crate builds as well, and verifies with
//! whatever [`CryptoProvider`](algorithm::CryptoProvider) a caller brings: a [`RelyingPartyConfig`] cannot be made without one.
//!
//! # Reading order
//!
//! [`relying_party`], [`start`], then the two check lists [`registration`] and [`authentication`], which follow the
//! specification line by line; [`rejection`] for what they can say.
//!
//! [L3 §7.1, "Verify that the credentialId is not yet registered"]: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential

pub mod backup;
pub mod embedding;
pub mod relying_party;

pub mod ceremony;
pub mod start;
pub mod values;

pub mod authentication;
pub mod registration;

pub mod check;
pub mod steps;
pub mod trace;

pub mod attestation;

pub mod certificate;
pub mod metadata;
pub mod revocation;
pub mod trust;

mod asn1;
mod base64;
mod json;

pub mod extensions;
pub mod finding;
pub mod rejection;

pub mod record;

pub mod fake;
pub mod origin;
pub mod user;

pub mod aaguid;

pub mod algorithm;

mod checks;

pub mod signal;

pub use authentication::{Candidate, VerifiedAuthentication};
pub use ceremony::{PendingAuthentication, PendingRegistration, SpentCeremony};
pub use check::Check;
pub use record::CredentialRecord;
pub use registration::VerifiedRegistration;
pub use rejection::{Rejection, VerifyError};
pub use relying_party::{Misuse, RelyingParty, RelyingPartyConfig};
pub use values::{CeremonyId, Challenge, Timestamp, UserHandle};
