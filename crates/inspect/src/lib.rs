//! What is in a WebAuthn response, byte by byte, and how a relying party judges it, for developers.
//!
//! | verb | in | out |
//! |---|---|---|
//! | [`decode`] | a response, or one of the structures in it | an [`Inspection`]: a tree of fields with their byte ranges |
//! | [`verify`](verify::verify) | a ceremony, with what the relying party expects | a [`Report`](verify::Report): the verdict and its trace |
//!
//! `passkeep verify` is a face of the second one. With the feature `js` both are exported to JavaScript, which is the entry
//! `passkeep/inspect` of the npm package.
//!
//! # What this crate deliberately does not do
//!
//! It has no rule of its own: structures are read by `passkeep-protocol`, ceremonies are judged by `passkeep-verify`. What
//! it shows of a response is for people; nothing may be decided by it.

mod decode;
mod node;
pub mod verify;

#[cfg(feature = "js-values")]
pub mod exports;

pub use decode::{Found, Inspection, Kind, MAX_INPUT_BYTES, MAX_VALUES, decode};
pub use node::{Flag, Node, Problem, Value};
