//! Iteration from a bucket and a slot, in Go's order.

use crate::support::few_or;
use crate::support::keys::{Counting, Identity, Key};
use crate::support::ledger::Ledger;
use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::vec::Vec;
use hmap::Hmap;

type Map<'l> = Hmap<Key, u64, Identity, &'l Ledger>;

fn order(map: &Map<'_>, bucket: usize, offset: usize) -> Vec<u64> {
    map.iter_from(bucket, offset)
        .map(|(key, _)| key.id)
        .collect()
}

pub fn slots_are_rotated_in_every_bucket_of_a_chain() {
    let ledger = Ledger::new();
    let mut map = Map::with_hasher_in(Identity, &ledger);
    map.try_presize(26).unwrap();
    for id in 0..20 {
        map.insert(Key::at(id, 2, id as u8), id).unwrap();
    }
    assert_eq!(
        order(&map, 0, 3),
        [
            3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, 19, 16, 17, 18
        ]
    );
    assert_eq!(order(&map, 2, 0), (0..20).collect::<Vec<_>>());
}

pub fn buckets_come_from_the_start_on_and_wrap() {
    let ledger = Ledger::new();
    let mut map = Map::with_hasher_in(Identity, &ledger);
    map.try_presize(26).unwrap();
    for id in 0..4 {
        map.insert(Key::at(id, id as u32, 9), id).unwrap();
    }
    assert_eq!(order(&map, 2, 0), [2, 3, 0, 1]);
    assert_eq!(order(&map, 3, 7), [3, 0, 1, 2]);
    assert_eq!(
        order(&map, 4 + 1, 8),
        [1, 2, 3, 0],
        "modulo buckets and slots"
    );
}

pub fn in_the_middle_of_a_doubling_old_chains_are_read_by_halves() {
    let ledger = Ledger::new();
    let mut map = Map::with_hasher_in(Identity, &ledger);
    // To 32 chains, or to 8.
    let (count, chains) = few_or((27, 8), (105, 32));
    for id in 0..count as u64 {
        map.insert(Key::spread(id), id).unwrap();
    }
    let mut states = 0;
    while map.is_growing() {
        for (bucket, offset) in [(0, 0), (7, 3), (chains / 2, 5), (chains - 1, 7)] {
            let ids = order(&map, bucket, offset);
            assert_eq!(ids.len(), count);
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), count);
            // As after the growth, bucket by bucket: the low bits of the hash, five or
            // three, rise from the start on, and wrap.
            let buckets = ids
                .iter()
                .map(|id| (Key::spread(*id).hash as usize + chains - bucket) % chains);
            assert!(buckets.is_sorted());
        }
        map.remove(&Key::spread(5_000));
        states += 1;
    }
    assert!(states > few_or(0, 3));
}

pub fn an_empty_map_has_no_order() {
    let ledger = Ledger::new();
    let mut map = Map::with_hasher_in(Identity, &ledger);
    assert_eq!(order(&map, usize::MAX, usize::MAX), []);
    map.insert(Key::spread(1), 1).unwrap();
    map.remove(&Key::spread(1));
    assert_eq!(order(&map, 1, 1), []);
}

pub fn in_a_growth_to_the_same_size_no_key_is_hashed() {
    let ledger = Ledger::new();
    let mut map: Hmap<Key, u64, _, _> = Hmap::with_hasher_in(Counting::default(), &ledger);
    map.try_presize(52).unwrap();
    // Long and sparse chains in all eight buckets.
    for bucket in 0..8 {
        let key = |n| Key::at(u64::from(bucket) * 9 + n, bucket, n as u8);
        for n in 0..9 {
            map.insert(key(n), n).unwrap();
        }
        for n in 1..8 {
            map.remove(&key(n));
        }
    }
    map.insert(Key::at(1_000, 0, 9), 1_000).unwrap();
    assert!(map.state().same_size);
    let hashed = map.hasher().0.get();
    assert_eq!(map.iter_from(3, 3).count(), map.len());
    assert_eq!(map.hasher().0.get(), hashed);
}

pub fn a_small_map_taken_apart_drops_each_entry_once() {
    let ledger = Ledger::new();
    for taken in 0..=8 {
        let shared = Rc::new(());
        let mut map = Hmap::with_hasher_in(Identity, &ledger);
        for id in 0..8 {
            map.insert(Key::spread(id), shared.clone()).unwrap();
        }
        let mut entries = map.into_iter();
        assert_eq!(entries.by_ref().take(taken).count(), taken);
        assert_eq!(entries.len(), 8 - taken);
        drop(entries);
        assert_eq!(Rc::strong_count(&shared), 1, "after {taken} were taken");
    }
}
