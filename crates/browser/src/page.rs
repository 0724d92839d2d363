//! What Passkeep's own pages ask of a browser besides passkeys: its clock, its languages, and its reader of JSON.
//!
//! It is for those pages. Any version of this crate may change it.

pub mod answer;
pub mod clock;
pub mod locale;
