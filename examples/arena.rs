//! How many entries fit an arena before the first insert is refused, beside hashbrown.
//!
//!     cargo qemu run arena
//!
//! Both maps have a `linked_list_allocator` heap of their own of the same size. hashbrown
//! is full when it cannot have the table of twice the size; hmap goes on with longer
//! chains. One size of arena can flatter either, so there is a mean over many.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

use alloc::boxed::Box;
use board::heap::{MapHeap, leak_region};
use board::println;
use core::hash::Hash;
use hmap::{DefaultHashBuilder, Hmap};

board::main!(run);
board::machine_memory!(64);

const MIB: usize = 1 << 20;
const HASHER: DefaultHashBuilder = DefaultHashBuilder::with_seed(0x5eed);

type Ours<K, V> = Hmap<K, V, DefaultHashBuilder, &'static MapHeap>;
type Theirs<K, V> = hashbrown::HashMap<K, V, DefaultHashBuilder, &'static MapHeap>;

fn run() -> Result<(), &'static str> {
    let fixed = [heap_of(64 << 10), heap_of(MIB), heap_of(16 * MIB)];
    let sizes: [&MapHeap; 10] = core::array::from_fn(|tenth| heap_of(MIB + tenth * MIB / 10));
    println!("entries before the first refused insert, growing from empty");
    println!(
        "{:>18} {:>10} {:>9} {:>9} {:>7}",
        "", "arena", "hmap", "hashbrown", "ratio"
    );
    let numbers = measure("u64 -> u64", &fixed, &sizes, |n| (n as u64, n as u64));
    let bytes = measure("u64 -> u8", &fixed, &sizes, |n| (n as u64, n as u8));
    measure("u32 -> u32", &fixed, &sizes, |n| (n as u32, n as u32));
    measure("u64 -> [u8; 64]", &fixed, &sizes, |n| {
        (n as u64, [n as u8; 64])
    });

    let presized = presized(fixed[1]);
    let ours = fill::<u64, u64>(fixed[1], |n| (n as u64, n as u64));
    println!("u64 -> u64 in 1 MiB, hashbrown made as large as fits at once: {ours} to {presized}");
    let kept = numbers.least >= 3.4
        && numbers.mean >= 2.5
        && bytes.least >= 5.3
        && ours as f64 >= 1.7 * presized as f64;
    if kept {
        Ok(())
    } else {
        Err("fewer entries fit than the README says")
    }
}

/// hmap's entries to hashbrown's.
struct Ratios {
    /// In the worst of the fixed sizes.
    least: f64,
    /// Over the sizes of one to nearly two MiB.
    mean: f64,
}

fn measure<K: Hash + Eq, V>(
    name: &str,
    fixed: &[&'static MapHeap],
    sizes: &[&'static MapHeap],
    entry: impl Fn(usize) -> (K, V),
) -> Ratios {
    let mut least = f64::INFINITY;
    for heap in fixed {
        let (ours, theirs) = both(heap, &entry);
        let ratio = ours as f64 / theirs as f64;
        let kib = heap.size() >> 10;
        println!("{name:>18} {kib:>6} KiB {ours:>9} {theirs:>9} {ratio:>7.2}");
        least = least.min(ratio);
    }
    let ratios = sizes.iter().map(|heap| {
        let (ours, theirs) = both(heap, &entry);
        ours as f64 / theirs as f64
    });
    let mean = ratios.sum::<f64>() / sizes.len() as f64;
    println!("{name:>18} mean over arenas of 1.0, 1.1 ... 1.9 MiB {mean:>6.2}");
    Ratios { least, mean }
}

fn both<K: Hash + Eq, V>(
    heap: &'static MapHeap,
    entry: impl Fn(usize) -> (K, V),
) -> (usize, usize) {
    let ours = fill(heap, &entry);
    let mut map = Theirs::with_hasher_in(HASHER, heap);
    let theirs = (0..).find(|number| {
        let (key, value) = entry(*number);
        // The one way to insert that does not abort without memory.
        let room = map.try_reserve(1).is_ok();
        if room {
            map.insert(key, value);
        }
        !room
    });
    (ours, theirs.unwrap_or(0))
}

fn fill<K: Hash + Eq, V>(heap: &'static MapHeap, entry: impl Fn(usize) -> (K, V)) -> usize {
    let mut map = Ours::with_hasher_in(HASHER, heap);
    let full = (0..).find(|number| {
        let (key, value) = entry(*number);
        map.insert(key, value).is_err()
    });
    full.unwrap_or(0)
}

/// The capacity of the largest table that hashbrown can have there.
fn presized(heap: &'static MapHeap) -> usize {
    let sizes = (3..).map(|power| 7 << power);
    let fits = sizes.map_while(|capacity| {
        let mut map = Theirs::<u64, u64>::with_hasher_in(HASHER, heap);
        map.try_reserve(capacity).is_ok().then(|| map.capacity())
    });
    fits.last().unwrap_or(0)
}

/// A heap over a region of its own, for as long as the program runs.
fn heap_of(bytes: usize) -> &'static MapHeap {
    Box::leak(Box::new(MapHeap::new(leak_region(bytes))))
}
