//! The rules that stand beside the ceremonies: extensions, fake allow lists, records, signals.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod extensions;
mod fake;
mod record;
mod signals;
mod tolerance;
