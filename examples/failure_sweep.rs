//! Everything that can fail, failed: each allocation of each operation in each state
//! refused in turn, on the host a panic in each call of a user's code, and random tapes of
//! operations and refusals, as the fuzzer plays them.
//!
//!     cargo run --release --example failure_sweep
//!     cargo qemu run failure_sweep -- --stride 50
//!
//! Panics with the state and the operation at the first thing that is lost or leaks, or
//! the first invariant that does not hold.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

use board::println;
use support::sweep::{Extent, Tally, sweep};
use support::tape::play_random;

#[path = "../tests/support/mod.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod support;

board::main!(run);

/// Tapes that are played if nothing is left out.
const TAPES: usize = 20_000;

const HELP: &str = "\
Every allocation that an operation makes is refused, one after the other.

  --stride N   after the first ten allocations (calls) of an operation every N-th fails
               (default 1: each of them), and every N-th tape is played";

fn run() -> Result<(), &'static str> {
    let mut extent = Extent::full();
    let mut words = board::args();
    while let Some(word) = words.next() {
        match word {
            "--stride" => {
                let number = words.next().and_then(|word| word.parse().ok());
                extent.each = 10;
                extent.stride = number.ok_or("a number is missing; --help has the options")?;
            }
            "--help" => {
                println!("{HELP}");
                return Ok(());
            }
            _ => return Err("unknown option; --help has them"),
        }
    }
    refuse_everywhere(extent);
    #[cfg(not(target_os = "none"))]
    panic_everywhere(extent);
    play_tapes(TAPES / extent.stride);
    println!("0 entries lost, 0 leaked, 0 dropped twice, 0 violations of an invariant");
    Ok(())
}

fn refuse_everywhere(extent: Extent) {
    let mut tally = Tally::default();
    sweep(extent, &mut tally, &mut |state, tally| {
        if tally.states % 10 == 0 {
            println!(
                "{} states, {} allocations refused: {state}",
                tally.states, tally.single
            );
        }
    });
    let Tally {
        states,
        operations,
        single,
        from_there_on,
        told,
        without,
    } = tally;
    println!("{operations} operations in each of {states} states");
    println!("{single} allocations refused, one in each run");
    println!("{from_there_on} runs without any memory from there on");
    println!("{told} times the caller was told, and it succeeded when tried again");
    println!("{without} runs of operations that never call the allocator");
}

#[cfg(not(target_os = "none"))]
fn panic_everywhere(extent: Extent) {
    use support::panics;
    use support::states::{COMPACT_STATES, DENSE_STATES, PAGED_STATES, RESERVED_STATES, STATES};
    let mut tally = panics::Tally::default();
    let mut report = |state: &str, tally: &panics::Tally| {
        if tally.states % 10 == 0 {
            println!("{} states, {} panics: {state}", tally.states, tally.panics);
        }
    };
    for states in [
        STATES,
        COMPACT_STATES,
        DENSE_STATES,
        PAGED_STATES,
        RESERVED_STATES,
    ] {
        panics::sweep::<0, 0>(states, extent, &mut tally, &mut report);
        panics::sweep::<15, 15>(states, extent, &mut tally, &mut report);
    }
    let panics::Tally { states, panics } = tally;
    println!("{panics} panics in calls of user code and of the allocator, in {states} states");
}

fn play_tapes(tapes: usize) {
    play_random(tapes, 600);
    println!("{tapes} random tapes of operations and refusals played to their end");
}
