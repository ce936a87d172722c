//! A naive model of the table of blocks, from outside: blocks are intervals of hashes with their
//! bits reversed, side by side, and each has the entries of its interval and no other.
//!
//! It knows nothing of directory, depths and slabs. What a [`Cursor`] gives batch by batch is
//! compared with it.

use super::dense::{FAMILIES, Family, checked};
use crate::support::keys::Key;
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use crate::support::{few_or, few_some_or};
use alloc::vec::Vec;
use hmap::{Cursor, Dense, Paged, Policy};

/// Bits of a cursor's number that are of hashes; those below tell entries of one hash apart.
const OF_HASHES: u64 = !0 << 14;

/// The number of a cursor before which an entry of an even smaller hash is.
fn place(key: &Key) -> u64 {
    let fraction = (key.hash as usize).reverse_bits() as u64;
    fraction << (u64::BITS - usize::BITS) >> 2 & OF_HASHES
}

/// Goes through all batches; says how many entries the longest has.
fn compare<P: Policy>(checked: &Checked<'_, u64, &Ledger, P>) -> usize {
    let (mut cursor, mut longest, mut all) = (Cursor::new(), 0, 0);
    loop {
        let begin = cursor.to_bits();
        let Some(batch) = cursor.next(&checked.map) else {
            break;
        };
        let mut given: Vec<Key> = batch.map(|(key, _)| *key).collect();
        given.sort_unstable();
        let interval = begin..cursor.to_bits();
        let width = interval.end - interval.start;
        assert!(
            width.is_power_of_two() && begin % width == 0,
            "{interval:?}"
        );
        let keys = checked.oracle.keys().copied();
        let mut expected: Vec<Key> = keys.filter(|key| interval.contains(&place(key))).collect();
        expected.sort_unstable();
        assert_eq!(given, expected, "{interval:?}");
        longest = longest.max(given.len());
        all += given.len();
    }
    assert_eq!(all, checked.map.len());
    longest
}

fn blocks_are_intervals<P: Policy>(seed: u64, family: Family) {
    let ledger = Ledger::new();
    let mut checked = checked::<u64, P>(&ledger);
    let mut random = fastrand::Rng::with_seed(seed);
    let keys = few_or(50, 700);
    // Up, to and fro, and down.
    for inserts_of_16 in few_or(&[16, 8, 0][..], &[16, 12, 8, 2, 0]) {
        for step in 0..keys {
            let id = random.u64(0..keys);
            match random.u32(0..16) {
                n if n < *inserts_of_16 => checked.insert(family(id), step),
                _ => checked.remove(family(id)),
            }
            if step % few_or(89, 61) == 0 {
                compare(&checked);
            }
        }
        compare(&checked);
    }
}

pub fn blocks_are_intervals_of_hashes() {
    for (seed, family) in FAMILIES
        .into_iter()
        .enumerate()
        .step_by(few_some_or(3, 2, 1))
    {
        blocks_are_intervals::<Paged>(seed as u64, family);
        // Small maps under Miri, where the test below has a larger one.
        if !cfg!(miri) {
            blocks_are_intervals::<Dense>(seed as u64, family);
        }
    }
}

pub fn where_entries_only_come_no_interval_has_more_than_a_block() {
    let ledger = Ledger::new();
    let mut checked = checked::<u64, Dense>(&ledger);
    for id in 0..few_or(120, 2_000) {
        checked.insert(Key::spread(id), id);
        if id % few_or(17, 50) == 0 {
            let longest = compare(&checked);
            // Up to 64 are one chain; and a few blocks wait for the directory.
            assert!(longest <= if id < 80 { 64 } else { 32 }, "{id}: {longest}");
        }
    }
}
