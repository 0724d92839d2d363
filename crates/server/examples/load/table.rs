//! Prints what was measured.

use std::time::Duration;

use crate::Engine;

/// How many times as long a sign-in may take on the largest database as on the smallest.
const GOAL: f64 = 1.3;

/// What was measured of one database.
pub(crate) struct Line {
    pub(crate) engine: Engine,
    pub(crate) size: u64,
    pub(crate) sign_ins: usize,
    pub(crate) per_second: f64,
    /// p50, p90 and p99.
    pub(crate) percentiles: [Duration; 3],
    pub(crate) resident_bytes: Option<u64>,
    pub(crate) bytes_per_credential: u64,
}

/// Prints a table, and how the largest database compares with the smallest; says where the goal is missed.
pub(crate) fn print(lines: Vec<Line>) -> Vec<&'static str> {
    let mut missed = Vec::new();
    println!(
        "{:<10} {:>11} {:>9} {:>10} {:>8} {:>8} {:>8} {:>10} {:>16}",
        "store",
        "credentials",
        "sign-ins",
        "per second",
        "p50 ms",
        "p90 ms",
        "p99 ms",
        "memory MB",
        "bytes/credential"
    );
    for line in &lines {
        let memory = line
            .resident_bytes
            .map(|bytes| format!("{:.1}", bytes as f64 / 1e6));
        let [p50, p90, p99] = line.percentiles.map(|it| it.as_secs_f64() * 1000.0);
        println!(
            "{:<10} {:>11} {:>9} {:>10.0} {p50:>8.2} {p90:>8.2} {p99:>8.2} {:>10} {:>16}",
            line.engine.name(),
            line.size,
            line.sign_ins,
            line.per_second,
            memory.unwrap_or_default(),
            line.bytes_per_credential
        );
    }
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let of_engine = || lines.iter().filter(|line| line.engine == engine);
        let (Some(small), Some(large)) = (
            of_engine().min_by_key(|line| line.size),
            of_engine().max_by_key(|line| line.size),
        ) else {
            continue;
        };
        if small.size == large.size {
            continue;
        }
        let ratios = small.percentiles.iter().zip(large.percentiles);
        let ratios: Vec<_> = ratios
            .map(|(small, large)| large.as_secs_f64() / small.as_secs_f64())
            .collect();
        let texts: Vec<_> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
        println!(
            "{}: a sign-in at {} takes {} times as long as at {} (p50, p90, p99; the goal for p50 is at most {GOAL})",
            engine.name(),
            large.size,
            texts.join(", "),
            small.size
        );
        if ratios.first().is_some_and(|median| *median > GOAL) {
            missed.push(engine.name());
        }
    }
    missed
}
