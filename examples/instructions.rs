//! Instructions that one call takes, beside hashbrown's, exactly, on the bare machine.
//!
//!     cargo qemu run instructions [-- PAIR]
//!
//! A mean over many maps of the same size, for keys in an order that says nothing. The
//! map is in no cache and has no branch predictor here: instructions are what a build
//! costs, time is what `cargo speed` measures. PAIR chooses a pair of types by its
//! number; without it `u64 -> u64` is measured. The last rows are of a value of 1,152 bytes.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

mod operations;

use alloc::vec::Vec;
use board::println;
use core::hint::black_box;
use hmap::{DefaultHashBuilder, Hmap};
use operations::{DENSE, HASHBROWN, HMAP, Operation, PAGED, PAIRS, Work, open, perform};

board::main!(run);
board::machine_memory!(256);

const SIZES: [usize; 4] = [6, 100, 1_000, 20_000];
/// Keys of all maps together, about.
const KEYS: usize = 20_000;
const REGION: usize = 64 << 20;

fn run() -> Result<(), &'static str> {
    let pairs = match board::args().next() {
        None => 0..1,
        Some("all") => 0..PAIRS.len(),
        Some(number) => {
            let number = number.parse().ok().filter(|number| *number < PAIRS.len());
            let number = number.ok_or("the argument is the number of a pair, 0 to 5, or all")?;
            number..number + 1
        }
    };
    let mut region = Vec::<u8>::with_capacity(REGION);
    let region = region.spare_capacity_mut().as_mut_ptr();
    for pair in pairs {
        println!(
            "{:<18} instructions a call; ratio: of each policy's to hashbrown's",
            PAIRS[pair]
        );
        println!(
            "{:>18} {:>8} {:>8} {:>8} {:>8} {:>9} {:>6} {:>6} {:>6}",
            "", "n", "hmap", "Dense", "Paged", "hashbrown", "ratio", "Dense", "Paged"
        );
        for n in SIZES {
            let mut random = fastrand::Rng::with_seed(n as u64);
            let keys = Keys::new(n, &mut random);
            let of = |map| measure(pair, map, region.expose_provenance(), &keys);
            let ours = [of(HMAP)?, of(DENSE)?, of(PAGED)?];
            for (row, theirs) in of(HASHBROWN)?.iter().enumerate() {
                let ours = ours.each_ref().map(|rows| &rows[row]);
                if ours.iter().any(|ours| ours.checksum != theirs.checksum) {
                    return Err("the maps did not do the same");
                }
                let [hmap, dense, paged] = ours.map(|ours| ours.each);
                let [ratio, of_dense, of_paged] = ours.map(|ours| ours.each / theirs.each);
                println!(
                    "{:>18} {n:>8} {hmap:>8.1} {dense:>8.1} {paged:>8.1} {:>9.1} {ratio:>6.2} {of_dense:>6.2} {of_paged:>6.2}",
                    theirs.what, theirs.each
                );
            }
        }
    }
    outside();
    Ok(())
}

/// A large value that comes and goes, here in memory of a reservation, so that nothing is allocated
/// for it.
type Page = [u64; 144];

/// Prints what a round of that takes, with so many others in the map.
fn outside() {
    const ROUNDS: u64 = 1_000;
    let a_round = |round: &mut dyn FnMut(u64)| {
        (0..ROUNDS).for_each(&mut *round);
        let start = board::instructions();
        (ROUNDS..2 * ROUNDS).for_each(round);
        (board::instructions() - start) as f64 / ROUNDS as f64
    };
    println!(
        "{:<18} instructions a round: it is put in and taken out",
        "u64 -> [u64; 144]"
    );
    for n in [0, 100] {
        let others = u64::MAX - n..u64::MAX;
        let hasher = DefaultHashBuilder::with_seed(0x5eed);
        let mut ours = Hmap::with_hasher(hasher);
        let mut theirs = hashbrown::HashMap::with_capacity_and_hasher(n as usize + 1, hasher);
        for key in others {
            let _ = ours.insert(key, [0; 144]);
            theirs.insert(key, [0; 144]);
        }
        ours.finish_growth();
        let mut memory = ours.reservation(1);
        let _ = memory.allocate();
        let taken = a_round(&mut |key| {
            let put: Page = black_box([key; 144]);
            black_box(ours.insert_with(&mut memory, key, put).is_ok());
            black_box(ours.remove_with(&mut memory, &key));
        });
        let deleted = a_round(&mut |key| {
            let put: Page = black_box([key; 144]);
            black_box(ours.insert_with(&mut memory, key, put).is_ok());
            black_box(ours.delete_with(&mut memory, &key));
        });
        let hashbrown = a_round(&mut |key| {
            let put: Page = black_box([key; 144]);
            black_box(theirs.insert(key, put).is_none());
            black_box(theirs.remove(&key));
        });
        for (what, ours) in [("in and out", taken), ("in and deleted", deleted)] {
            println!(
                "{what:>18} {n:>8} {ours:>8.1} {hashbrown:>9.1} {:>6.2}",
                ours / hashbrown
            );
        }
    }
}

/// The keys of some maps of the same size, each list followed by as many fresh keys.
struct Keys {
    keys_a_map: usize,
    in_order: Vec<u64>,
    shuffled: Vec<u64>,
    /// The keys that are there when those of `shuffled` were replaced.
    renewed: Vec<u64>,
    absent: Vec<u64>,
}

impl Keys {
    fn new(keys_a_map: usize, random: &mut fastrand::Rng) -> Self {
        let all = (KEYS / keys_a_map).max(1) * keys_a_map;
        let of = |range: core::ops::Range<usize>| range.map(|n| n as u64).collect();
        let in_order: Vec<u64> = of(0..2 * all);
        let mut shuffled = in_order.clone();
        for map in shuffled[..all].chunks_mut(keys_a_map) {
            random.shuffle(map);
        }
        let mut renewed = shuffled.clone();
        renewed.rotate_left(all);
        let absent = of(2 * all..4 * all);
        Self {
            keys_a_map,
            in_order,
            shuffled,
            renewed,
            absent,
        }
    }
}

struct Measured {
    what: &'static str,
    each: f64,
    checksum: u64,
}

fn measure(
    pair: usize,
    map: usize,
    region: usize,
    keys: &Keys,
) -> Result<Vec<Measured>, &'static str> {
    let all = keys.in_order.len() / 2;
    let maps = all / keys.keys_a_map;
    let mut measured = Vec::new();
    let mut bench = 0;
    for (what, operation, keys_used) in [
        (
            "insert with room",
            Operation::InsertWithCapacity,
            &keys.in_order,
        ),
        ("insert from empty", Operation::Insert, &keys.in_order),
        ("hit", Operation::Get, &keys.shuffled),
        ("miss", Operation::Get, &keys.absent),
        ("iterate", Operation::Iterate, &keys.shuffled),
        ("churn, each", Operation::Churn, &keys.shuffled),
        ("remove", Operation::Remove, &keys.renewed),
    ] {
        if matches!(operation, Operation::InsertWithCapacity | Operation::Insert) {
            bench = open(pair, map, region, REGION, maps);
            if bench == 0 {
                return Err("the region is too small");
            }
        }
        let work = Work {
            bench,
            keys: keys_used.as_ptr().expose_provenance(),
            keys_a_map: keys.keys_a_map,
            all_keys: all,
            first: 0,
            count: all,
        };
        let start = board::instructions();
        // SAFETY: The bench was opened for this pair and map, and is used here alone.
        let checksum = unsafe { perform(pair, map, operation as usize, &raw const work) };
        let took = board::instructions() - start;
        let calls = if operation == Operation::Churn {
            2 * all
        } else {
            all
        };
        measured.push(Measured {
            what,
            each: took as f64 / calls as f64,
            checksum,
        });
    }
    Ok(measured)
}
