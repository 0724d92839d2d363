//! Whom a relying party believes.

pub mod pem;
