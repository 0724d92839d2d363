#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| passkeep_fuzz::run("inspection", input));
