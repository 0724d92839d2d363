//! Every target on its seeds, and on mutations of them that are the same in every run.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use passkeep_fuzz::{TARGETS, Target};
use proptest::prelude::RngExt as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

#[test]
fn every_property_holds_for_the_seeds_and_for_mutations_of_them() {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(target) = TARGETS.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(input) = first_failure(target) {
                let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
                let failure = format!("{} on {hex}", target.name);
                failed.lock().unwrap().push(failure);
            }
        }
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    assert_eq!(failed.into_inner().unwrap(), [""; 0], "see above");
}

/// The input for which a property does not hold. What it panicked with is printed.
fn first_failure(target: &Target) -> Option<Vec<u8>> {
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty(), "{}", target.name);
    let mut rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mutations = (0..target.mutations).map(|index| {
        let mut input = seeds[index % seeds.len()].clone();
        for _ in 0..rng.random_range(1..=3) {
            mutate(&mut input, &seeds, &mut rng);
        }
        input
    });
    let mut inputs = seeds.iter().cloned().chain(mutations);
    inputs.find(|input| {
        let run = AssertUnwindSafe(|| (target.run)(input));
        catch_unwind(run).is_err()
    })
}

/// Changes an input in one of the ways that parsers stumble over.
fn mutate(input: &mut Vec<u8>, seeds: &[Vec<u8>], rng: &mut TestRng) {
    let at = rng.random_range(0..=input.len());
    let rest = input.len() - at;
    let some = |rng: &mut TestRng| rng.random_range(0..=rest.min(16));
    match rng.random_range(0..8) {
        // A bit is another.
        0 if rest > 0 => input[at] ^= 1 << rng.random_range(0..8),
        // A byte is one at which a length or a type changes.
        1 if rest > 0 => {
            let edges = [
                0x00, 0x01, 0x17, 0x18, 0x1b, 0x7f, 0x80, 0x84, 0xa0, 0xbf, 0xff,
            ];
            input[at] = edges[rng.random_range(0..edges.len())];
        }
        // A length or a counter is one more or less, or its two bytes are.
        2 if rest > 0 => input[at] = input[at].wrapping_add(if rng.random() { 1 } else { 0xff }),
        3 if rest > 1 => {
            let number = u16::from_be_bytes([input[at], input[at + 1]]);
            let number = number.wrapping_add(if rng.random() { 1 } else { 0xffff });
            input[at..at + 2].copy_from_slice(&number.to_be_bytes());
        }
        // The end is missing.
        4 => input.truncate(at),
        // Some bytes are missing, come twice, or are another seed's.
        5 => drop(input.drain(at..at + some(rng))),
        6 => {
            let twice = input[at..at + some(rng)].to_vec();
            input.splice(at..at, twice);
        }
        _ => {
            let other = &seeds[rng.random_range(0..seeds.len())];
            let from = rng.random_range(0..=other.len());
            let to = rng.random_range(from..=other.len());
            let end = at + some(rng);
            input.splice(at..end, other[from..to].iter().copied());
        }
    }
}

/// libFuzzer's programs are one line each, and there is one for every target.
#[test]
fn every_target_has_its_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap();
    let folder = root.join("fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let programs = manifest["bin"].as_array().unwrap().iter();
    let programs: BTreeSet<_> = programs.map(|bin| bin["name"].as_str().unwrap()).collect();
    let names: BTreeSet<_> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(programs, names);
    for name in names {
        let path = folder.join("fuzz_targets").join(format!("{name}.rs"));
        let program = fs::read_to_string(path).unwrap();
        let call = format!("fuzz_target!(|input: &[u8]| passkeep_fuzz::run(\"{name}\", input));");
        assert!(program.contains(&call), "{name}: {program}");
    }
}
