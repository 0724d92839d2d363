//! A software authenticator and client, for testing WebAuthn relying parties without a browser.
//!
//! [`Client`] behaves like a browser and [`Authenticator`] like a passkey provider or a security key, so that
//! whatever a server sends as options gets the answer a real client would give. Between the two ceremonies' start and
//! their JSON lie [`registration`] and [`authentication`]: drafts of the answers, in which a test can change any
//! member or byte and have everything after it made over the change.
//!
//! ```
//! use passkeep_protocol::authenticator_data::Flags;
//! use passkeep_testkit::{Authenticator, Client, options};
//!
//! let client = Client::new("https://example.org");
//! let mut authenticator = Authenticator::new("ada's phone");
//!
//! // A passkey, and a sign-in with it.
//! client.create(&options::creation("example.org", b"challenge"), &mut authenticator)?;
//! let request = options::request("example.org", b"another challenge");
//! let response = client.get(&request, &mut authenticator)?;
//! assert_eq!(response.response.user_handle(), Some(&b"ada"[..]));
//!
//! // The same sign-in, but the authenticator says that nobody was there; the signature covers the lie.
//! let draft = client.draft_authentication(&request, &mut authenticator)?;
//! let response = draft
//!     .with(|draft| draft.authenticator_data.flags.0 &= !Flags::UP)
//!     .into_response();
//! assert_eq!(response.response.authenticator_data.as_slice()[32] & Flags::UP, 0);
//! # Ok::<(), passkeep_testkit::ClientError>(())
//! ```
//!
//! Everything is decided by the seed an authenticator is made with: the same seed and the same calls give the same
//! bytes, on every machine and in every run. [`vectors`] holds ceremonies of the specification's own test vectors.
//!
//! # What this crate deliberately does not do
//!
//! It protects no secret: keys can be computed from their seeds, and RSA keys come from a small public set. It knows
//! no public suffix list, asks no person anything, and waits for nothing. It makes no verdict: that is what the tests
//! that use it are for.

mod client;
mod error;
mod extensions;

pub mod authenticator;
pub mod options;

pub mod authentication;
pub mod registration;

pub mod attestation;
pub mod authenticator_data;
pub mod certificate;
pub mod client_data;
pub mod crl;
pub mod metadata;

pub mod cbor;
pub mod cose;
pub mod der;
pub mod signing;

pub mod vectors;

mod draws;

pub use authenticator::Authenticator;
pub use client::Client;
pub use draws::Draws;
pub use error::ClientError;
