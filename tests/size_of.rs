//! The sizes of hashbrown's types here and there, on 64 bits: tests/size_of.txt.
//!
//! A size that changes is a line that changes. `UPDATE_SIZES=1 cargo test --test size_of`
//! writes the table anew; a type that is larger than hashbrown's then asks for a reason,
//! which is written into the file by hand.
#![cfg(all(target_pointer_width = "64", not(target_os = "none")))]
#![cfg(all(feature = "infallible", feature = "default-hasher"))]
// With it iterators are larger: they have with them of what types their buckets are.
#![cfg(not(feature = "small-code"))]

use core::hash::BuildHasherDefault;
use core::mem::size_of;
use std::collections::hash_map::DefaultHasher;
use std::{env, fs};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/size_of.txt");

/// A hash builder without size.
type Plain = BuildHasherDefault<DefaultHasher>;

/// A predicate on entries, and one on values.
type OfEntry = fn(&u64, &mut u64) -> bool;
type OfValue = fn(&u64) -> bool;
type OfValueMut = fn(&mut u64) -> bool;

/// A type, as it is called, and its size: here, and in hashbrown; in an `Option`, here
/// and in hashbrown.
type Row = (&'static str, [usize; 4]);

/// The same types out of both crates.
macro_rules! rows {
    ($($type:ty),* $(,)?) => {
        fn rows() -> Vec<Row> {
            let here = { use hmap::*; [$((size_of::<$type>(), size_of::<Option<$type>>())),*] };
            let there = { use hashbrown::*; [$((size_of::<$type>(), size_of::<Option<$type>>())),*] };
            let names = [$(stringify!($type)),*];
            let sizes = here.iter().zip(there).map(|(here, there)| [here.0, there.0, here.1, there.1]);
            names.into_iter().zip(sizes).collect()
        }
    };
}

rows! {
    HashMap<u64, u64>,
    HashMap<u64, u64, Plain>,
    hash_map::Iter<'_, u64, u64>,
    hash_map::IterMut<'_, u64, u64>,
    hash_map::IntoIter<u64, u64>,
    hash_map::Keys<'_, u64, u64>,
    hash_map::Values<'_, u64, u64>,
    hash_map::ValuesMut<'_, u64, u64>,
    hash_map::IntoKeys<u64, u64>,
    hash_map::IntoValues<u64, u64>,
    hash_map::Drain<'_, u64, u64>,
    hash_map::ExtractIf<'_, u64, u64, OfEntry>,
    hash_map::Entry<'_, u64, u64, Plain>,
    hash_map::OccupiedEntry<'_, u64, u64, Plain>,
    hash_map::VacantEntry<'_, u64, u64, Plain>,
    hash_map::EntryRef<'_, '_, u64, u64, u64, Plain>,
    hash_map::VacantEntryRef<'_, '_, u64, u64, u64, Plain>,
    hash_map::OccupiedError<'_, u64, u64, Plain>,
    HashSet<u64>,
    HashSet<u64, Plain>,
    hash_set::Iter<'_, u64>,
    hash_set::IntoIter<u64>,
    hash_set::Drain<'_, u64>,
    hash_set::ExtractIf<'_, u64, OfValue>,
    hash_set::Intersection<'_, u64, Plain>,
    hash_set::Difference<'_, u64, Plain>,
    hash_set::SymmetricDifference<'_, u64, Plain>,
    hash_set::Union<'_, u64, Plain>,
    hash_set::Entry<'_, u64, Plain>,
    hash_set::OccupiedEntry<'_, u64, Plain>,
    hash_set::VacantEntry<'_, u64, Plain>,
    HashTable<u64>,
    hash_table::Iter<'_, u64>,
    hash_table::IterMut<'_, u64>,
    hash_table::IterHash<'_, u64>,
    hash_table::IterHashMut<'_, u64>,
    hash_table::IntoIter<u64>,
    hash_table::Drain<'_, u64>,
    hash_table::ExtractIf<'_, u64, OfValueMut>,
    hash_table::Entry<'_, u64>,
    hash_table::OccupiedEntry<'_, u64>,
    hash_table::VacantEntry<'_, u64>,
    hash_table::AbsentEntry<'_, u64>,
    TryReserveError,
}

/// The line of a type, without the reason.
fn line((name, [here, there, option_here, option_there]): Row) -> String {
    format!("{name:<56}{here:>4}{there:>5}{option_here:>7}{option_there:>5}")
}

#[test]
fn sizes_are_those_of_the_snapshot_and_the_larger_ones_have_a_reason() {
    let snapshot = fs::read_to_string(FILE).expect("the snapshot");
    let (head, table) = snapshot.split_once("\n\n").expect("a head, and a table");
    let reason_of = |name: &str| {
        let line = table
            .lines()
            .find(|line| line.split("  ").next() == Some(name));
        line.and_then(|line| line.split_once("| "))
            .map_or("", |(_, reason)| reason)
    };

    let mut found = format!("{head}\n\n");
    let mut unexplained = Vec::new();
    for row in rows() {
        let (name, [here, there, ..]) = row;
        let is_larger = here > there;
        let reason = if is_larger { reason_of(name) } else { "" };
        if is_larger && reason.is_empty() {
            unexplained.push(name);
        }
        found += format!("{} | {reason}", line(row)).trim_end_matches([' ', '|']);
        found.push('\n');
    }

    if env::var_os("UPDATE_SIZES").is_some() {
        fs::write(FILE, &found).expect("the snapshot is written");
    } else {
        let known: Vec<_> = snapshot.lines().collect();
        let new: Vec<_> = found.lines().filter(|line| !known.contains(line)).collect();
        assert!(
            found == snapshot,
            "tests/size_of.txt does not say so (UPDATE_SIZES=1 makes it):\n{}",
            new.join("\n")
        );
    }
    assert_eq!(
        unexplained, [""; 0],
        "larger than hashbrown's without a reason"
    );
}
