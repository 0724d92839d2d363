//! What the load test computes from measurements. Its modules are of the example `load`, which is not a test itself.

#[allow(dead_code, reason = "the example uses the rest")]
#[path = "../examples/load/figures.rs"]
mod figures;
#[allow(dead_code, reason = "the example uses the rest")]
#[path = "../examples/load/proc.rs"]
mod proc;
