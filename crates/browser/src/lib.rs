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
//! # What this crate deliberately does not do
//!
//! It makes no HTTP request, it decides nothing about trust, and it shows nothing. It needs no `RUSTFLAGS`: what
//! `web-sys` has only behind its unstable flag is bound by hand. PRF outputs are secrets of the page, so they never
//! are in a response for a server; `create_with_prf` and `get_with_prf` hand them out beside it.
//!
//! It compiles for other targets than wasm32, so that apps can test their own logic there: nothing is supported then.

#![cfg_attr(
    not(any(feature = "typed", feature = "js")),
    allow(dead_code, reason = "without a face nothing calls the machinery")
)]

// Alone in a page there is no standard library to share, and it would weigh more than all the rest.
#![cfg_attr(all(target_arch = "wasm32", not(feature = "typed")), no_std)]
mod capabilities;
mod capability;
mod error;

mod abort;
extern crate alloc;

#[cfg(feature = "typed")]
mod typed;

mod autofill;
mod signal;

pub mod clock;

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
mod base64url;
pub mod exports;

pub use abort::Abort;
pub use autofill::{Autofill, Paused};
pub use capabilities::{Capabilities, Capability, capabilities};
pub use capability::{is_conditional_mediation_available, is_supported};
pub use ceremony::Mediation;
pub use error::{ClientError, ClientErrorCode};
#[cfg(feature = "typed")]
pub use typed::{
    PrfResults, create, create_conditionally, create_with_prf, get, get_with_prf, signal,
};
#[cfg(all(target_arch = "wasm32", feature = "standalone", not(feature = "typed")))]
mod standalone;
