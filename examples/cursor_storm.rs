//! Cursors walking through maps that change at random, as long as you like.
//!
//!     cargo run --release --example cursor_storm -- --steps 10000000 --seed 1
//!     cargo qemu run cursor_storm -- --steps 200000
//!
//! Panics with the key at the first violation of what a cursor guarantees.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

use board::println;
use hmap::{Dense, Go, Paged};
use support::storm::{Tally, episode};

#[path = "../tests/support/mod.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod support;

board::main!(run);

/// Steps on one map. One of Go's arrays never gets smaller, so growth takes a new one.
const STEPS_OF_AN_EPISODE: u64 = 20_000;

const HELP: &str = "\
Random changes and cursor steps, interleaved, each cursor held to its guarantees.

  --steps N   how many in all (default 1000000), on maps of each table in turn
  --seed N    another run (default 1)";

fn run() -> Result<(), &'static str> {
    let (mut steps, mut seed) = (1_000_000, 1);
    let mut words = board::args();
    while let Some(word) = words.next() {
        let mut number = || {
            let number = words.next().and_then(|word| word.parse().ok());
            number.ok_or("a number is missing; --help has the options")
        };
        match word {
            "--steps" => steps = number()?,
            "--seed" => seed = number()?,
            "--help" => {
                println!("{HELP}");
                return Ok(());
            }
            _ => return Err("unknown option; --help has them"),
        }
    }
    storm(steps, seed);
    Ok(())
}

fn storm(steps: u64, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut tally = Tally::default();
    let mut next_report = steps / 10;
    for number in 0.. {
        let left = (steps - tally.steps).min(STEPS_OF_AN_EPISODE);
        match number % 4 {
            _ if left == 0 => break,
            0 | 2 => episode::<Go>(&mut random, left, &mut tally),
            1 => episode::<Dense>(&mut random, left, &mut tally),
            _ => episode::<Paged>(&mut random, left, &mut tally),
        }
        if tally.steps >= next_report {
            println!("{} of {steps} steps", tally.steps);
            next_report += steps / 10;
        }
    }
    let Tally {
        steps,
        batches,
        alone,
        walks,
        doublings,
        same_size_growths,
        in_mid_growth,
    } = tally;
    println!("seed {seed}: {steps} steps without a violation");
    println!("  {batches} batches, and {alone} entries alone, in {walks} walks");
    println!("  {in_mid_growth} of these in mid-growth");
    println!("  {doublings} doublings and {same_size_growths} growths to the same size seen");
}
