//! How many entries fit an arena before the first insert is refused, beside hashbrown.
//!
//!     cargo qemu run arena
//!
//! All maps have a `linked_list_allocator` heap of their own of the same size. hashbrown
//! is full when it cannot have the table of twice the size; hmap goes on with longer
//! chains; with the policies `Dense` and `Paged` it asks for a few KiB at a time. One size of
//! arena can flatter any of them, so there is a mean over many.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

use board::heap::MapHeap;
use board::println;
use core::hash::Hash;
use core::mem;
use hmap::{DefaultHashBuilder, Dense, Go, Hmap, Paged, Policy};
use room::Room;

#[path = "footprint/room.rs"]
#[allow(dead_code, reason = "the footprint uses more of it")]
mod room;

board::main!(run);
board::machine_memory!(64);

const MIB: usize = 1 << 20;
const HASHER: DefaultHashBuilder = DefaultHashBuilder::with_seed(0x5eed);

type Ours<K, V, P> = Hmap<K, V, DefaultHashBuilder, &'static MapHeap, P>;
type Theirs<K, V> = hashbrown::HashMap<K, V, DefaultHashBuilder, &'static MapHeap>;

fn run() -> Result<(), &'static str> {
    let room = &mut Room::new(16 * MIB);
    println!("entries before the first refused insert, growing from empty");
    println!(
        "{:>18} {:>10} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7} {:>7}",
        "", "arena", "hmap", "Dense", "Paged", "hashbrown", "ratio", "Dense", "Paged"
    );
    let numbers = measure("u64 -> u64", room, |n| (n as u64, n as u64));
    let bytes = measure("u64 -> u8", room, |n| (n as u64, n as u8));
    measure("u32 -> u32", room, |n| (n as u32, n as u32));
    measure("u64 -> [u8; 64]", room, |n| (n as u64, [n as u8; 64]));

    let presized = room.heap(MIB, presized);
    let ours = room.heap(MIB, |heap| fill::<_, _, Go>(heap, |n| (n as u64, n as u64)));
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

/// The entries of hmap's default policy to hashbrown's.
struct Ratios {
    /// In the worst of the fixed sizes.
    least: f64,
    /// Over the sizes of one to nearly two MiB.
    mean: f64,
}

fn measure<K: Hash + Eq, V>(
    name: &str,
    room: &mut Room,
    entry: impl Fn(usize) -> (K, V),
) -> Ratios {
    let mut least = f64::INFINITY;
    for bytes in [64 << 10, MIB, 16 * MIB] {
        let ([hmap, dense, paged], theirs) = all(room, bytes, &entry);
        let [ratio, of_dense, of_paged] =
            [hmap, dense, paged].map(|ours| ours as f64 / theirs as f64);
        println!(
            "{name:>18} {:>6} KiB {hmap:>9} {dense:>9} {paged:>9} {theirs:>9} {ratio:>7.2} {of_dense:>7.2} {of_paged:>7.2}",
            bytes >> 10
        );
        least = least.min(ratio);
    }
    let mut sums = [0.0; 3];
    for tenth in 0..10 {
        let (ours, theirs) = all(room, MIB + tenth * MIB / 10, &entry);
        for (sum, ours) in sums.iter_mut().zip(ours) {
            *sum += ours as f64 / theirs as f64;
        }
    }
    let [mean, dense, paged] = sums.map(|sum| sum / 10.0);
    println!(
        "{name:>18} mean over arenas of 1.0, 1.1 ... 1.9 MiB {mean:>23.2} {dense:>7.2} {paged:>7.2}"
    );
    Ratios { least, mean }
}

/// How many entries fit the maps of each policy, and hashbrown's. Maps are forgotten, as their
/// heap is: giving back many blocks takes this allocator time by the square.
fn all<K: Hash + Eq, V>(
    room: &mut Room,
    bytes: usize,
    entry: impl Fn(usize) -> (K, V),
) -> ([usize; 3], usize) {
    let ours = [
        room.heap(bytes, |heap| fill::<K, V, Go>(heap, &entry)),
        room.heap(bytes, |heap| fill::<K, V, Dense>(heap, &entry)),
        room.heap(bytes, |heap| fill::<K, V, Paged>(heap, &entry)),
    ];
    let theirs = room.heap(bytes, |heap| {
        let mut map = Theirs::with_hasher_in(HASHER, heap);
        let full = (0..).find(|number| {
            let (key, value) = entry(*number);
            // The one way to insert that does not abort without memory.
            let room = map.try_reserve(1).is_ok();
            if room {
                map.insert(key, value);
            }
            !room
        });
        mem::forget(map);
        full.unwrap_or(0)
    });
    (ours, theirs)
}

fn fill<K: Hash + Eq, V, P: Policy>(
    heap: &'static MapHeap,
    entry: impl Fn(usize) -> (K, V),
) -> usize {
    let mut map: Ours<K, V, P> = Hmap::with_policy_in(HASHER, heap);
    let full = (0..).find(|number| {
        let (key, value) = entry(*number);
        map.insert(key, value).is_err()
    });
    mem::forget(map);
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
