//! The fuzz target: plays what libFuzzer writes; see `tests/support/tape.rs`.
#![no_main]

extern crate alloc;

use libfuzzer_sys::fuzz_target;

#[path = "../../support/mod.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod support;

fuzz_target!(|tape: &[u8]| support::tape::play(tape));
