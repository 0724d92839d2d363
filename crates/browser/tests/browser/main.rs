//! The module in a real browser, in front of stubs of `navigator.credentials` and, at the end, a software authenticator.
//!
//! All of it is one program, because each program costs a link and a browser start.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed expectation is a failed test"
)]

mod page;

mod answers;
mod autofill;
mod client;
mod errors;
mod exports;
mod options;
mod real;
mod results;
mod signals;
mod start;
mod turns;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
