//! How a relying party judges a WebAuthn response, for developers.
//!
//! | verb | in | out |
//! |---|---|---|
//! | [`verify`](verify::verify) | a ceremony, with what the relying party expects | a [`Report`](verify::Report): the verdict and its trace |
//!
//! `passkeep verify` is a face of it. With the feature `js` it is exported to JavaScript, which is the entry
//! `passkeep/inspect` of the npm package.
//!
//! # What this crate deliberately does not do
//!
//! It has no rule of its own: structures are read by `passkeep-protocol`, ceremonies are judged by `passkeep-verify`. What
//! it shows of a response is for people; nothing may be decided by it.

#[cfg(feature = "js")]
pub mod exports;
pub mod verify;
