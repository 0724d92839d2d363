//! Prints ceremonies for other implementations to judge beside ours: a line of JSON each, with a name, a group and the
//! document that `passkeep verify` reads. `peers/` has who judges them.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "clippy takes an example for production code"
)]

mod algorithms;
mod attestation;
mod authentication;
mod case;
mod certificates;
mod registration;
mod statements;
mod vectors;

use std::io::{self, Write as _};

use case::Cases;

fn main() -> io::Result<()> {
    let mut cases = Cases::default();
    vectors::add(&mut cases);
    algorithms::add(&mut cases);
    registration::add(&mut cases);
    authentication::add(&mut cases);
    attestation::add(&mut cases);
    statements::add(&mut cases);
    certificates::add(&mut cases);

    let mut stdout = io::stdout().lock();
    for line in cases.lines() {
        writeln!(stdout, "{line}")?;
    }
    Ok(())
}
