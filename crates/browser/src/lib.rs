//! Passkeys in the browser: `navigator.credentials.create()` and `get()`, autofill and signals, for Rust apps and,
//! with the feature `js`, for JavaScript.
//!
//! # For Rust apps
//!
//! ```no_run
//! # #[cfg(feature = "typed")]
//! # async fn example(
//! #     options: passkeep_protocol::options::PublicKeyCredentialCreationOptionsJson,
//! # ) -> Result<(), passkeep_browser::ClientError> {
//! use passkeep_browser::{Abort, create};
//!
//! // `options` came from the server, `response` goes back to it; both are the specification's JSON.
//! let response = create(&options, &Abort::new()).await?;
//! # let _ = response;
//! # Ok(())
//! # }
//! ```
//!
//! # What it takes care of
//!
//! - One request at a time: a modal request ends a pending autofill request and waits until the browser has let go of it.
//! - An [`Autofill`] that keeps the browser's suggestions armed with fresh options.
//! - A watchdog over promises that never settle, as some extensions and web views make them.
//! - Results that are not what the specification says: plain objects, missing methods, throwing getters.
//! - Errors that say what happened, from the exception and from what could be observed ([`ClientErrorCode`]).
//!
//! # With Passkeep's own server
//!
//! The feature `client` has a `Client` in which each flow is one call: `register`, `sign_in`, `autofill`, `reauthenticate`,
//! `passkeys`, `sign_out` and more.
//!
//! # What this crate deliberately does not do
//!
//! It makes no HTTP request but those of the `Client`, it decides nothing about trust, and it shows nothing. It needs no `RUSTFLAGS`: what
//! `web-sys` has only behind its unstable flag is bound by hand. PRF outputs are secrets of the page, so they never
//! are in a response for a server; `create_with_prf` and `get_with_prf` hand them out beside it.
//!
//! It compiles for other targets than wasm32, so that apps can test their own logic there: nothing is supported then.

// Alone in a page there is no standard library to share, and it would weigh more than all the rest.
#![cfg_attr(all(target_arch = "wasm32", not(feature = "typed")), no_std)]
#![cfg_attr(
    not(any(feature = "typed", feature = "js")),
    allow(dead_code, reason = "without a face nothing calls the machinery")
)]

extern crate alloc;

mod capabilities;
mod capability;
mod error;

mod abort;
#[cfg(feature = "typed")]
mod asked;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod failure;
#[cfg(feature = "typed")]
mod start;
#[cfg(feature = "typed")]
mod typed;

mod autofill;
mod signal;

#[cfg(feature = "typed")]
pub mod json;
#[cfg(feature = "page")]
pub mod page;

mod ceremony;
mod evidence;
mod explain;
mod listener;
mod options;
mod reflect;
mod result;
mod turn;
mod wait;

#[cfg(feature = "js")]
pub mod exports;
#[cfg(all(target_arch = "wasm32", feature = "standalone", not(feature = "typed")))]
mod standalone;

pub use abort::Abort;
#[cfg(feature = "typed")]
pub use asked::{Asked, PasskeyChange};
pub use autofill::{Autofill, AutofillSource, Paused};
pub use capabilities::{Capabilities, Capability, capabilities};
pub use capability::{is_conditional_mediation_available, is_supported};
pub use ceremony::Mediation;
#[cfg(feature = "client")]
pub use client::Client;
pub use error::{ClientError, ClientErrorCode};
#[cfg(feature = "client")]
pub use failure::Failure;
/// What the server's answers are made of.
#[cfg(feature = "client")]
pub use passkeep_protocol::api;
#[cfg(feature = "typed")]
pub use start::{
    WebAuthnError, WebAuthnErrorCode, cancel_ceremony, start_authentication, start_registration,
};
#[cfg(feature = "typed")]
pub use typed::{
    PrfResults, create, create_conditionally, create_with_prf, get, get_with_prf, signal,
};
