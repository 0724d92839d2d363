//! How often a verdict asks for memory. Unlike time, it is the same in every run.
//!
//! It prints a line for each case: its name, the number of allocations, and the bytes in them.

#![allow(clippy::unwrap_used, reason = "a case that fails measures nothing")]

mod cases;

use allocation_counter::measure;
use cases::{Authentication, Registration};

fn main() {
    for case in Registration::all() {
        let pending = case.pending();
        report("registration", case.name, || case.verdict(pending));
    }
    for case in Authentication::all() {
        let pending = case.pending();
        report("authentication", case.name, || case.verdict(pending));
    }
}

fn report(ceremony: &str, name: &str, verdict: impl FnOnce()) {
    let counted = measure(verdict);
    println!(
        "{ceremony}/{name}\t{}\t{}",
        counted.count_total, counted.bytes_total
    );
}
