//! What travels in a WebAuthn ceremony, as types: the JSON that servers and browsers exchange, the bytes that
//! authenticators sign, and the HTTP contract of Passkeep's own server.
//!
//! The browser module and the verifying server are both built on this crate, so they cannot disagree about a byte.
//!
//! # What this crate deliberately does not do
//!
//! It cannot say yes or no. Parsing turns bytes into typed values and refuses only what is not in the format;
//! whether a value is *allowed* is for `passkeep-verify`. There is no clock, no randomness, no IO and no
//! cryptography here.
//!
//! # Reading order
//!
//! [`bytes`] (over [`base64url`]) and [`names`] hold the small vocabulary; [`options`] and [`response`] the JSON of the two ceremonies;
//! [`client_data`], [`authenticator_data`], [`attestation_object`],
//! [`attestation_statement`], [`tpm`] and [`cose`] what is inside a response;
//! [`extensions`] what is asked for and answered beyond that;
//! [`compat`] how responses in the field depart from all of it;
//! [`cbor`] and [`reader`] how bytes are read; [`shape`] which JSON members are bytes (the browser's half);
//! [`api`] the HTTP contract.
//!
//! Source: Web Authentication Level 3, <https://www.w3.org/TR/webauthn-3/>.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod base64url;
#[cfg(feature = "std")]
pub mod bytes;
#[cfg(feature = "std")]
pub mod names;
#[cfg(feature = "serde")]
pub mod options;
#[cfg(feature = "serde")]
pub mod response;

#[cfg(feature = "serde")]
pub mod client_data;

#[cfg(feature = "std")]
pub mod extensions;

#[cfg(feature = "std")]
pub mod compat;

#[cfg(feature = "std")]
pub mod attestation_object;
#[cfg(feature = "std")]
pub mod attestation_statement;
#[cfg(feature = "std")]
pub mod authenticator_data;
#[cfg(feature = "std")]
pub mod cose;
#[cfg(feature = "std")]
pub mod tpm;

#[cfg(feature = "std")]
pub mod cbor;
#[cfg(feature = "std")]
pub mod reader;

pub mod shape;

#[cfg(feature = "serde")]
pub mod api;

#[cfg(feature = "std")]
mod error;
#[cfg(feature = "serde")]
mod json_object;
#[cfg(feature = "openapi")]
mod openapi;
#[cfg(all(feature = "serde", not(target_arch = "wasm32")))]
mod plain_json;

#[cfg(feature = "std")]
pub use error::{Fault, Malformed, Problem, Structure};
