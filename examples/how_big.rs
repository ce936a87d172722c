//! How big a map of your own types is: change the two types, and run it.
//!
//!     cargo run --example how_big
//!     cargo qemu run how_big --target thumbv7m-none-eabi      the same on 32 bits
//!
//! It says what a map itself takes, what a first bucket takes that you lend it, and how many
//! bytes of heap maps of each policy have for so many entries: grown to that from empty, the
//! most on the way there, and made with room before.
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::println;
use core::mem::size_of;
use hmap::{Compact, DefaultHashBuilder, Dense, FirstBucket, Global, Go, Hmap, Paged, Policy};

// Yours.
type Key = u64;
type Value = u64;

/// A key for each number; keys must differ.
fn key(number: u32) -> Key {
    number.into()
}

fn value(number: u32) -> Value {
    number.into()
}

board::main!(run);

/// Given seeds, so that a run repeats; with others a map differs by some overflow buckets.
const HASHER: DefaultHashBuilder = DefaultHashBuilder::with_seed(1);

type Map<P> = Hmap<Key, Value, DefaultHashBuilder, Global, P>;

fn run() -> Result<(), &'static str> {
    let (map, bucket) = (size_of::<Map<Go>>(), size_of::<FirstBucket<Key, Value>>());
    println!("a map is {map} bytes; a first bucket that you lend it {bucket}");
    println!("bytes of heap        n from empty  most on the way  made with room");
    let all = of_policy::<Go>("Go")
        .and_then(|()| of_policy::<Compact>("Compact"))
        .and_then(|()| of_policy::<Dense>("Dense"))
        .and_then(|()| of_policy::<Paged>("Paged"));
    all.ok_or("the heap is too small for that")
}

fn of_policy<P: Policy>(name: &str) -> Option<()> {
    for n in [1, 8, 9, 100, 1_000, 10_000] {
        let (from_empty, most) = grown::<P>(n)?;
        let with_room = with_room::<P>(n)?;
        println!("{name:<14}{n:>8} {from_empty:>10} {most:>16} {with_room:>15}");
    }
    Some(())
}

/// Bytes after so many inserts into an empty map, and the most after any of them.
fn grown<P: Policy>(n: u32) -> Option<(usize, usize)> {
    let mut map = Map::<P>::with_policy_in(HASHER, Global);
    let mut most = 0;
    for number in 0..n {
        map.insert(key(number), value(number)).ok()?;
        most = usize::max(most, map.allocation_size());
    }
    map.finish_growth();
    Some((map.allocation_size(), most))
}

/// Bytes of a map that had room made for so many, with as many in it.
fn with_room<P: Policy>(n: u32) -> Option<usize> {
    let mut map = Map::<P>::with_policy_in(HASHER, Global);
    map.try_presize(n as usize).ok()?;
    for number in 0..n {
        map.insert(key(number), value(number)).ok()?;
    }
    Some(map.allocation_size())
}
