//! Passkeep over HTTP.
//!
//! [`router`] is the API of `passkeep_protocol::api` for any axum application; [`app`] is the whole server, with the site
//! in it, as the program `passkeep` runs it.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use passkeep_server::{AppState, Outside, Settings};
//! # async fn mount(relying_party: passkeep_verify::RelyingParty, store: impl passkeep_store::Store)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! let (store, outside) = (Arc::new(store), Outside::system());
//! let state = AppState::new(relying_party, store, outside, Settings::default()).await?;
//! tokio::spawn(state.clone().maintain_forever());
//! let app: axum::Router = passkeep_server::router(state); // `.merge(…)` it into yours
//! # Ok(())
//! # }
//! ```
//!
//! # What this crate deliberately does not do
//!
//! It contains no rule of WebAuthn: what a ceremony must satisfy is in `passkeep-verify`, and what lasts is in
//! `passkeep-store`. Its program speaks TLS; the library leaves that to whoever
//! serves the router.
//!
//! # Reading order
//!
//! The routes ([`router`], then `routes/registration.rs` and `routes/authentication.rs`); the sealed ceremony between start
//! and finish (`ceremony.rs`, `keyring.rs`, `seal.rs`); how errors become answers (`error.rs`).

mod guard;
mod routes;

mod ceremony;
mod confirmation;
mod decoys;
mod keyring;
mod password;
mod recovery;
mod seal;

mod caller;
mod cookies;
mod host;
mod session;
mod token;

mod error;
mod extract;
mod origin_check;
mod problem;

mod client_address;
mod limits;
mod refusals;

mod device;
mod views;

mod metrics;
mod notify;
mod openapi;
mod readiness;
mod store_methods;

mod app;
mod front;
mod request_ids;
mod security_headers;
mod site;
mod well_known;

mod ambient;
mod maintenance;
mod operator;
mod state;

pub use ambient::{Clock, Outside, Random, RandomError, SystemClock, SystemRandom};
pub use app::{app, app_with};
pub use client_address::TrustedProxies;
pub use host::{Host, HostError, HostSession, HostUser};
pub use keyring::KeyringError;
pub use limits::RateLimits;
pub use metrics::metrics;
pub use notify::{Notifier, NotifyingStore, SecurityEvent};
pub use openapi::description;
pub use operator::{
    ImportedUser, Operator, OperatorError, OperatorLink, SealingKeyInfo, User, UserPassword,
    UserSummary,
};
pub use passkeep_protocol::api::PasswordMode;
pub use routes::router;
pub use security_headers::security_headers;
pub use state::{AppState, Settings};
pub use well_known::{AndroidApp, AppleAppId, Apps, well_known, well_known_files};
