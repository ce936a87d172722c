//! What a map costs in memory, beside hashbrown's, on the same heap.
//!
//!     cargo qemu run footprint              on the bare machine
//!     cargo run --release --example footprint     on the host
//!
//! Both maps take their memory from a `linked_list_allocator` heap of their own
//! and hash with the same hasher and seed. A ratio below 1 means that hmap takes
//! less. hashbrown's own bytes differ from target to target: its groups are 8
//! buckets wide on the bare machine and 16 where there is SSE2.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

use alloc::boxed::Box;
use board::heap::{MapHeap, Stats, leak_region};
use board::println;
use core::hash::Hash;
use hmap::{DefaultHashBuilder, FirstBucket, Hmap};

board::main!(run);

const SIZES: [usize; 7] = [1, 3, 8, 9, 100, 1_000, 10_000];
const ARENAS: [usize; 2] = [64 << 10, 1 << 20];

/// Room for any one of the maps measured here while it grows.
const ROOM: usize = 4 << 20;

fn run() {
    let heap = heap_of(ROOM);
    println!(
        "bytes an entry = heap bytes in use / n;  peak = the smallest heap that would have done"
    );
    println!(
        "allocations = calls of the allocator;  ratio = hmap / hashbrown, * where hashbrown is better"
    );
    println!();
    pair("u64 -> u64", heap, |n| (n as u64, n as u64));
    pair("u64 -> u8", heap, |n| (n as u64, n as u8));
    pair("u32 -> u32", heap, |n| (n as u32, n as u32));
    pair("u64 -> [u8; 64]", heap, |n| (n as u64, [n as u8; 64]));

    println!("entries before the first refused insert, growing from empty");
    println!(
        "{:>18} {:>9} {:>9} {:>9} {:>7}",
        "", "arena", "hmap", "hashbrown", "ratio"
    );
    arena("u64 -> u64", |n| (n as u64, n as u64));
    arena("u64 -> u8", |n| (n as u64, n as u8));
    arena("u32 -> u32", |n| (n as u32, n as u32));
    arena("u64 -> [u8; 64]", |n| (n as u64, [n as u8; 64]));
    println!();
    first_bucket(heap);
}

/// Both maps, as the measurements need them.
trait Map<K, V> {
    fn new(heap: &'static MapHeap) -> Self;
    /// False if memory was refused.
    fn insert(&mut self, key: K, value: V) -> bool;
}

const HASHER: DefaultHashBuilder = DefaultHashBuilder::with_seed(0x5eed);

type Ours<K, V> = Hmap<K, V, DefaultHashBuilder, &'static MapHeap>;
type Theirs<K, V> = hashbrown::HashMap<K, V, DefaultHashBuilder, &'static MapHeap>;

impl<K: Hash + Eq, V> Map<K, V> for Ours<K, V> {
    fn new(heap: &'static MapHeap) -> Self {
        Hmap::with_hasher_in(HASHER, heap)
    }

    fn insert(&mut self, key: K, value: V) -> bool {
        Hmap::insert(self, key, value).is_ok()
    }
}

impl<K: Hash + Eq, V> Map<K, V> for Theirs<K, V> {
    fn new(heap: &'static MapHeap) -> Self {
        hashbrown::HashMap::with_hasher_in(HASHER, heap)
    }

    /// The one way to insert that does not abort without memory.
    fn insert(&mut self, key: K, value: V) -> bool {
        let room = self.try_reserve(1).is_ok();
        if room {
            self.insert(key, value);
        }
        room
    }
}

fn pair<K: Hash + Eq, V>(name: &str, heap: &'static MapHeap, entry: impl Fn(usize) -> (K, V)) {
    println!(
        "{name:<18}{:^28} | {:^28} | {:^19}",
        "bytes an entry", "peak bytes", "allocations"
    );
    println!(
        "{:>12}{:>9} {:>9}{:>8}  | {:>8} {:>9}{:>8}   | {:>8} {:>9}",
        "n", "hmap", "hashbrown", "ratio", "hmap", "hashbrown", "ratio", "hmap", "hashbrown"
    );
    for n in SIZES {
        let ours = fill::<Ours<K, V>, K, V>(heap, n, &entry);
        let theirs = fill::<Theirs<K, V>, K, V>(heap, n, &entry);
        let each = |bytes: usize| bytes as f64 / n as f64;
        println!(
            "{n:>12}{:>9.1} {:>9.1}{}  | {:>8} {:>9}{}   | {:>8} {:>9}",
            each(ours.used),
            each(theirs.used),
            Ratio(ours.used, theirs.used),
            ours.high_water,
            theirs.high_water,
            Ratio(ours.high_water, theirs.high_water),
            ours.allocations,
            theirs.allocations,
        );
    }
    println!();
}

/// What a map of `n` entries has cost when it is full, before it is dropped.
fn fill<M: Map<K, V>, K, V>(
    heap: &'static MapHeap,
    n: usize,
    entry: impl Fn(usize) -> (K, V),
) -> Stats {
    heap.restart_counters();
    let mut map = M::new(heap);
    for number in 0..n {
        let (key, value) = entry(number);
        assert!(
            map.insert(key, value),
            "{ROOM} bytes are too few for {n} entries"
        );
    }
    heap.stats()
}

fn arena<K: Hash + Eq, V>(name: &str, entry: impl Fn(usize) -> (K, V)) {
    for bytes in ARENAS {
        let ours = fit::<Ours<K, V>, K, V>(bytes, &entry);
        let theirs = fit::<Theirs<K, V>, K, V>(bytes, &entry);
        let ratio = ours as f64 / theirs as f64;
        let mark = if ours < theirs { '*' } else { ' ' };
        println!(
            "{name:>18} {:>5} KiB {ours:>9} {theirs:>9} {ratio:>6.2}{mark}",
            bytes >> 10
        );
    }
}

/// Entries that an arena takes before the first insert is refused.
fn fit<M: Map<K, V>, K, V>(bytes: usize, entry: impl Fn(usize) -> (K, V)) -> usize {
    let mut map = M::new(heap_of(bytes));
    let full = (0..).find(|number| {
        let (key, value) = entry(*number);
        !map.insert(key, value)
    });
    full.unwrap_or(usize::MAX)
}

fn first_bucket(heap: &'static MapHeap) {
    heap.restart_counters();
    let mut bucket = FirstBucket::<u64, u64>::new();
    let mut map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, HASHER, heap);
    for n in 0..8 {
        assert!(map.insert(n, n).is_ok());
    }
    let stats = heap.stats();
    println!(
        "u64 -> u64 with a first bucket of the caller's ({} bytes):",
        size_of::<FirstBucket<u64, u64>>()
    );
    println!(
        "    8 entries, {} heap bytes, {} allocations",
        stats.used, stats.allocations
    );
    println!(
        "header: hmap {} bytes, hashbrown {} bytes",
        size_of::<Ours<u64, u64>>(),
        size_of::<Theirs<u64, u64>>()
    );
}

/// A heap over a region of its own, for as long as the program runs.
fn heap_of(bytes: usize) -> &'static MapHeap {
    Box::leak(Box::new(MapHeap::new(leak_region(bytes))))
}

/// hmap's bytes to hashbrown's; the mark says where hashbrown is better.
struct Ratio(usize, usize);

impl core::fmt::Display for Ratio {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mark = if self.0 > self.1 { '*' } else { ' ' };
        write!(f, "{:>7.2}{mark}", self.0 as f64 / self.1 as f64)
    }
}
