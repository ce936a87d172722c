//! Growth: Go's schedule, two chains at a time, and what holds in the middle.

use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use crate::support::{few_or, looks_after};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use hmap::Hmap;

/// A map of `count` spread keys, in mid-growth if `count` is just over a limit.
pub(super) fn filled(count: u64, ledger: &Ledger) -> Checked<'_, u64> {
    let mut checked = Checked::new(ledger);
    for id in 0..count {
        checked.insert(Key::spread(id), id);
    }
    checked
}

pub fn a_doubling_ends_after_as_many_writes_as_there_were_buckets() {
    let ledger = Ledger::new();
    let (count, least, most) = few_or((53, 3, 6), (105, 7, 14));
    let mut checked = filled(count, &ledger);
    assert!(checked.map.is_growing());
    // The insert that started it moved its own chain and the first. 16 chains, or 8:
    // at most 14, or 6, are left, at least one goes with every write.
    let mut writes = 0;
    while checked.map.is_growing() {
        checked.insert(Key::spread(0), writes);
        writes += 1;
    }
    assert!((least..=most).contains(&writes), "{writes} writes");
    checked.check_contents();
}

pub fn growth_goes_on_with_overwrites_and_with_removals_of_absent_keys() {
    let ledger = Ledger::new();
    for absent in [false, true] {
        let mut checked = filled(few_or(27, 417), &ledger);
        for write in 0..few_or(8, 64) {
            if absent {
                checked.remove(Key::spread(1_000_000 + write));
            } else {
                checked.insert(Key::spread(write), write);
            }
        }
        assert!(!checked.map.is_growing());
        checked.check_contents();
    }
}

pub fn lookups_and_iteration_move_nothing() {
    let ledger = Ledger::new();
    let count = few_or(27, 833);
    let mut checked = filled(count, &ledger);
    let bytes = ledger.live_bytes();
    checked.check_contents();
    for id in 0..count {
        checked.get(Key::spread(id));
        assert!(checked.map.get_mut(&Key::spread(id)).is_some());
    }
    checked.map.iter_mut().for_each(|(_, value)| *value += 0);
    assert!(checked.map.is_growing());
    assert_eq!(ledger.live_bytes(), bytes);
}

pub fn iteration_in_every_state_of_a_growth_gives_each_entry_once() {
    let ledger = Ledger::new();
    let count = few_or(27, 209);
    let mut checked = filled(count as u64, &ledger);
    let mut states = 0;
    while checked.map.is_growing() {
        checked.check_contents();
        let left: Vec<_> = (0..4).map(|_| checked.map.iter().len()).collect();
        assert_eq!(left, [count; 4]);
        checked.remove(Key::spread(9_999));
        states += 1;
    }
    assert!(states > few_or(0, 8));
}

pub fn a_growth_gives_the_old_memory_back() {
    let ledger = Ledger::new();
    let mut checked = filled(few_or(53, 105), &ledger);
    assert!(checked.map.is_growing());
    let growing = ledger.live_bytes();
    for _ in 0..few_or(8, 40) {
        checked.remove(Key::spread(9_999));
    }
    let after = ledger.live_bytes();
    assert!(
        after < growing * 3 / 4,
        "{growing} bytes while growing, {after} after"
    );
    checked.check_contents();
}

pub fn removing_in_mid_growth_finds_entries_on_both_sides() {
    let ledger = Ledger::new();
    let count = few_or(27, 417);
    let mut checked = filled(count, &ledger);
    for id in (0..count).rev() {
        checked.remove(Key::spread(id));
    }
    assert!(checked.map.is_empty());
    for id in 0..count {
        checked.insert(Key::spread(id), id);
    }
    checked.check_contents();
}

pub fn retain_and_clear_in_mid_growth() {
    let ledger = Ledger::new();
    let counts: &[u64] = few_or(&[27], &[105, 209, 417]);
    for &count in counts {
        let mut checked = filled(count, &ledger);
        checked.retain(|key, _| key.id % 3 == 0);
        assert!(checked.map.is_growing(), "retain moves nothing");
        checked.check_contents();
        drop(checked);
        let mut checked = filled(count, &ledger);
        checked.clear();
        assert!(!checked.map.is_growing());
        assert_eq!(
            checked.map.capacity(),
            2 * (count as usize - 1),
            "the new array is kept"
        );
        for id in 0..count {
            checked.insert(Key::spread(id), id);
        }
        checked.check_contents();
    }
}

pub fn a_map_dropped_in_mid_growth_gives_everything_back() {
    let ledger = Ledger::new();
    let counts: &[u64] = few_or(&[14, 27], &[14, 27, 53, 105, 209]);
    for &count in counts {
        drop(filled(count, &ledger));
        assert_eq!(ledger.live_blocks(), 0);
        let map = filled(count, &ledger).map;
        assert!(map.is_growing() || count <= 14);
        let mut entries = map.into_iter();
        entries.next();
        assert_eq!(entries.len() as u64, count - 1);
        drop(entries);
        assert_eq!(ledger.live_blocks(), 0);
    }
}

/// So many chains are made sparse.
pub(super) const SPARSE: u32 = few_or(4, 8);

/// Chains that are long and sparse: filled in turn, and thinned out.
pub(super) fn sparse_chains(ledger: &Ledger) -> Checked<'_, u64> {
    let hint = SPARSE as usize / 2 * 13;
    let map = Hmap::try_with_capacity_and_hasher_in(hint, Identity, ledger).unwrap();
    let mut checked = Checked::of(map, ledger);
    let mut id = 0;
    // As many overflow buckets as buckets call for a growth to the same size.
    for bucket in 0..SPARSE {
        for _ in 0..9 {
            checked.insert(Key::at(id, bucket, id as u8), id);
            id += 1;
        }
        for back in 2..=8 {
            checked.remove(Key::at(id - back, bucket, (id - back) as u8));
        }
    }
    checked
}

pub fn long_and_sparse_chains_are_compacted_at_the_same_size() {
    let ledger = Ledger::new();
    let mut checked = sparse_chains(&ledger);
    assert!(!checked.map.is_growing());
    let capacity = checked.map.capacity();
    checked.insert(Key::at(1_000, 0, 9), 1_000);
    assert!(
        checked.map.is_growing(),
        "as many overflow buckets as buckets"
    );
    assert_eq!(checked.map.capacity(), capacity);
    checked.check_contents();
    for write in 0..16 {
        checked.remove(Key::at(5_000, 0, 9));
        if looks_after(write) {
            checked.check_contents();
        }
    }
    assert!(!checked.map.is_growing());
    assert_eq!(
        ledger.live_blocks(),
        1,
        "the array: no overflow bucket is in use, so the chunks went back"
    );
}

pub fn clear_in_the_middle_of_a_growth_to_the_same_size() {
    let ledger = Ledger::new();
    let mut checked = sparse_chains(&ledger);
    checked.insert(Key::at(1_000, 0, 9), 1_000);
    assert!(checked.map.is_growing());
    checked.clear();
    assert!(!checked.map.is_growing());
    for id in 0..52 {
        checked.insert(Key::spread(id), id);
    }
    assert!(!checked.map.is_growing());
    checked.check_contents();
}

pub fn the_first_free_slot_of_the_chain_is_used_again() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    let key = |id| Key::at(id, 0, id as u8);
    let order =
        |checked: &Checked<'_, u64>| -> Vec<_> { checked.map.keys().map(|key| key.id).collect() };
    for id in 0..8 {
        checked.insert(key(id), id);
    }
    checked.remove(key(2));
    checked.remove(key(5));
    checked.insert(key(8), 8);
    assert_eq!(order(&checked), [0, 1, 8, 3, 4, 6, 7]);
    checked.insert(key(9), 9);
    assert_eq!(order(&checked), [0, 1, 8, 3, 4, 9, 6, 7]);
    // The last ones gone, their slots belong to emptyRest and come in order.
    checked.remove(key(6));
    checked.remove(key(7));
    checked.insert(key(10), 10);
    assert_eq!(order(&checked), [0, 1, 8, 3, 4, 9, 10]);
}

pub fn a_move_keeps_the_order_of_a_chain_and_closes_its_gaps() {
    let ledger = Ledger::new();
    let map = Hmap::try_with_capacity_and_hasher_in(26, Identity, &ledger).unwrap();
    let mut checked = Checked::of(map, &ledger);
    // All in bucket 0 of four; every other one will go to bucket 4 of eight.
    for id in 0..26 {
        checked.insert(Key::at(id, if id % 2 == 0 { 0 } else { 4 }, id as u8), id);
    }
    for id in [0, 3, 8, 9, 20] {
        checked.remove(Key::at(id, if id % 2 == 0 { 0 } else { 4 }, id as u8));
    }
    for id in 100..106 {
        checked.insert(Key::at(id, 3, id as u8), id);
    }
    assert!(checked.map.is_growing());
    while checked.map.is_growing() {
        checked.remove(Key::at(999, 0, 0));
    }
    let order: Vec<_> = checked
        .map
        .keys()
        .map(|key| key.id)
        .filter(|id| *id < 100)
        .collect();
    let (x, y) = ((0..26).step_by(2), (1..26).step_by(2));
    let expected: Vec<_> = x
        .chain(y)
        .filter(|id| ![0, 3, 8, 9, 20].contains(id))
        .collect();
    assert_eq!(order, expected);
}

pub fn chains_of_any_length_shrink_back_to_nothing() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    let key = |id| Key::at(id, 1, id as u8);
    let count = few_or(26, 100);
    for id in 0..count {
        checked.insert(key(id), id);
    }
    // From the back, from the front, and from the middle.
    let (low, high) = (count / 5, count * 3 / 5);
    for id in (high..count).rev().chain(0..low).chain((low..high).rev()) {
        checked.remove(key(id));
    }
    for id in 0..count {
        checked.insert(key(id), id);
    }
    let unique: BTreeSet<_> = checked.map.keys().map(|key| key.id).collect();
    assert_eq!(unique.len() as u64, count);
    checked.check_contents();
}

pub fn what_ends_a_growth_at_once_gives_all_of_the_old_memory_back() {
    let ends: [fn(&mut Checked<'_, u64>); 3] = [
        |checked| checked.map.finish_growth(),
        |checked| checked.clear(),
        |checked| {
            checked.map.drain().for_each(drop);
            checked.oracle.clear();
        },
    ];
    for end in ends {
        let ledger = Ledger::new();
        let mut checked = sparse_chains(&ledger);
        checked.insert(Key::at(1_000, 0, 9), 1_000);
        assert!(checked.map.is_growing() && checked.map.footprint().old > 0);
        end(&mut checked);
        assert_eq!(checked.map.footprint().old, 0);
        checked.check_contents();
    }
}

pub fn steps_after_the_end_of_a_growth_give_the_old_chunks_back() {
    let ledger = Ledger::new();
    let mut checked = sparse_chains(&ledger);
    checked.insert(Key::at(1_000, 0, 9), 1_000);
    while checked.map.grow_step(2) {}
    let freed = ledger.freed();
    checked.map.grow_step(1);
    assert!(ledger.freed() - freed <= 2, "a few at a time");
    for _ in 0..8 {
        checked.map.grow_step(1);
    }
    assert_eq!(checked.map.footprint().old, 0);
    checked.check_contents();
}
