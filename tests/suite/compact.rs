//! The policy for tight memory: chains are as short as their entries allow, and large
//! values are out of the buckets.

use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use crate::support::{few_or, looks_after};
use alloc::vec::Vec;
use hmap::introspection::SlotView;
use hmap::{Compact, Cursor, Entry, Hmap};

type Map<'l, V> = Hmap<Key, V, Identity, &'l Ledger, Compact>;

fn compact(ledger: &Ledger) -> Checked<'_, u64, &Ledger, Compact> {
    Checked::of(Hmap::with_policy_in(Identity, ledger), ledger)
}

/// The key number `id` of one chain.
fn chained(id: u64) -> Key {
    Key::at(id, 0, id as u8)
}

pub fn random_operations_keep_chains_short() {
    let families: [fn(u64) -> Key; 3] = [Key::spread, chained, |id| Key {
        hash: Key::spread(id).hash & !0x0c,
        id,
    }];
    for (seed, family) in families.into_iter().enumerate() {
        let mut random = fastrand::Rng::with_seed(seed as u64);
        let ledger = Ledger::new();
        let mut checked = compact(&ledger);
        for step in 0..few_or(50, 3_000) {
            let key = family(random.u64(0..150));
            match random.u32(0..16) {
                15 if step % 20 == 0 => checked.retain(|key, _| key.id % 4 != 0),
                n if n < if step % 800 < 400 { 11 } else { 5 } => checked.insert(key, step),
                _ => checked.remove(key),
            }
            if !checked.map.is_growing() {
                let stats = checked.map.chain_stats();
                // At most one bucket of a chain has gaps when entries leave one by one.
                let most = (stats.entries + 7 * stats.chains) / 8 + stats.chains;
                assert!(stats.overflow_buckets <= most, "{stats:?}");
            }
        }
        checked.check_contents();
    }
}

pub fn an_overflow_bucket_that_is_empty_serves_another_chain() {
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    // Two chains of 16 and 4 entries in two buckets or more.
    for id in 0..16 {
        checked.insert(chained(id), id);
    }
    assert_eq!(checked.map.chain_stats().overflow_buckets, 1);
    let bytes = ledger.live_bytes();
    for id in 0..8 {
        checked.remove(chained(id));
    }
    assert_eq!(checked.map.chain_stats().overflow_buckets, 0);
    for id in 20..29 {
        checked.insert(Key::at(id, 1, id as u8), id);
    }
    assert_eq!(checked.map.chain_stats().overflow_buckets, 1);
    assert_eq!(ledger.live_bytes(), bytes, "the same bucket");
    checked.check_contents();
}

pub fn the_last_entry_of_a_chain_fills_the_gap() {
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    for id in 0..17 {
        checked.insert(chained(id), id);
    }
    checked.map.finish_growth();
    let order = |map: &Map<'_, u64>| map.keys().map(|key| key.id).collect::<Vec<_>>();
    checked.remove(chained(2));
    let ids = order(&checked.map);
    assert_eq!(ids, [0, 1, 16, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    checked.remove(chained(15));
    assert_eq!(order(&checked.map).len(), 15);
    assert_eq!(checked.map.chain_stats().longest, 2);
}

pub fn retain_frees_what_it_empties() {
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    for id in 0..40 {
        checked.insert(chained(id), id);
    }
    checked.map.finish_growth();
    checked.retain(|key, _| key.id < 3);
    assert_eq!(checked.map.chain_stats().overflow_buckets, 0);
    checked.check_contents();
}

pub fn a_cursor_misses_nothing_while_chains_are_closed_up() {
    let ledger = Ledger::new();
    let mut map: Map<'_, u64> = Hmap::with_policy_in(Identity, &ledger);
    let count = few_or(50, 200);
    for id in 0..count {
        let low = Key::spread(id).hash & !0x0e;
        map.insert(Key { id, hash: low }, id).unwrap();
    }
    let stays = |id: u64| id % 3 != 0;
    let keys: Vec<Key> = map.keys().copied().collect();
    let mut leaving = keys.iter().filter(|key| !stays(key.id));
    let mut cursor = Cursor::new();
    let mut given = Vec::new();
    while let Some(batch) = cursor.next(&map) {
        given.extend(batch.map(|(key, _)| key.id).filter(|id| stays(*id)));
        for key in leaving.by_ref().take(5) {
            map.remove(key);
            if looks_after(key.id) {
                assert_eq!(map.validate(), Ok(()));
            }
        }
    }
    given.sort_unstable();
    let expected: Vec<u64> = (0..count).filter(|id| stays(*id)).collect();
    assert_eq!(given, expected);
}

pub fn values_over_thirty_two_bytes_are_in_cells() {
    let ledger = Ledger::new();
    let mut map: Map<'_, [u8; 33]> = Hmap::with_policy_in(Identity, &ledger);
    map.insert(Key::spread(1), [1; 33]).unwrap();
    assert_eq!(map.footprint().cells, 33);
    let mut map: Map<'_, [u8; 32]> = Hmap::with_policy_in(Identity, &ledger);
    map.insert(Key::spread(1), [1; 32]).unwrap();
    assert_eq!(map.footprint().cells, 0);
}

pub fn what_is_reserved_goes_in_while_chains_are_closed_up() {
    for seed in 0..few_or(2, 40) {
        let mut random = fastrand::Rng::with_seed(seed);
        let ledger = Ledger::new();
        let mut checked = compact(&ledger);
        for id in 0..random.u64(0..60) {
            checked.insert(chained(id), id);
        }
        let reserved = random.u64(1..50);
        checked.map.try_reserve(reserved as usize).unwrap();
        ledger.refuse_all_after(0);
        for id in 0..reserved {
            if random.bool() {
                checked.remove(chained(random.u64(0..60)));
            }
            let key = Key::at(1_000 + id, random.u32(0..2), id as u8);
            assert!(checked.try_insert(key, id), "it was reserved");
        }
        ledger.grant_all();
        checked.check_contents();
    }
}

pub fn a_map_of_few_entries_has_few_slots() {
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    let mut bytes = Vec::new();
    for id in 0..9 {
        checked.insert(Key::spread(id), id);
        checked.check_contents();
        bytes.push(ledger.live_bytes());
    }
    // Key and value are 24 bytes; a head is two words on 64 bits, three on 32.
    let head = 8 + size_of::<usize>().next_multiple_of(8);
    let slots = |count: usize| head + 24 * count;
    assert_eq!(bytes[..5], [2, 2, 4, 4, 8].map(slots));
    assert_eq!(bytes[7], slots(8));
    assert_eq!(checked.map.capacity(), 13);
}

pub fn a_small_bucket_is_used_again_before_it_is_widened() {
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    for id in 0..3 {
        checked.insert(Key::spread(id), id);
    }
    assert_eq!(checked.map.capacity(), 4);
    let bytes = ledger.live_bytes();
    for round in 0..20 {
        checked.remove(Key::spread(round));
        checked.insert(Key::spread(round + 3), round);
        checked.check_contents();
    }
    checked.insert(Key::spread(100), 0);
    checked.clear();
    for id in 0..4 {
        checked.insert(Key::spread(id), id);
    }
    assert_eq!(ledger.live_bytes(), bytes);
}

pub fn a_wider_bucket_that_is_refused_gives_the_pair_back() {
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    for id in 0..2 {
        checked.insert(Key::spread(id), id);
    }
    ledger.refuse_all_after(0);
    assert!(!checked.try_insert(Key::spread(2), 2));
    assert!(
        checked.try_insert(Key::spread(1), 7),
        "overwriting needs no memory"
    );
    assert_eq!(
        checked.map.insert_within_capacity(Key::spread(2), 2),
        Err((Key::spread(2), 2))
    );
    checked.check_contents();
    ledger.grant_all();
    checked.insert(Key::spread(2), 2);
    checked.check_contents();
}

pub fn what_one_bucket_cannot_do_widens_a_small_one_first() {
    for count in 0..5 {
        let ledger = Ledger::new();
        let mut checked = compact(&ledger);
        for id in 0..count {
            checked.insert(Key::spread(id), id);
        }
        checked.map.try_presize(7).unwrap();
        assert!(checked.map.capacity() >= 8);
        checked.check_contents();

        let mut checked = {
            drop(checked);
            compact(&ledger)
        };
        for id in 0..count {
            checked.insert(Key::spread(id), id);
        }
        checked.map.try_reserve(20).unwrap();
        ledger.refuse_all_after(0);
        for id in 10..30 {
            assert!(checked.try_insert(Key::spread(id), id));
        }
        ledger.grant_all();
        checked.check_contents();
        let copy = checked.map.try_clone().unwrap();
        assert_eq!((copy.len(), copy.validate()), (checked.map.len(), Ok(())));
        drop(copy);
        checked.map.shrink_to_fit().unwrap();
        checked.check_contents();
    }
}

pub fn retain_frees_what_it_empties_in_every_chain() {
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    checked.map.try_presize(52).unwrap();
    // Eight chains, of which the first, one in the middle and the last are long.
    for bucket in [0, 3, 7] {
        for id in 0..12 {
            let id = 100 * u64::from(bucket) + id;
            checked.insert(Key::at(id, bucket, id as u8), id);
        }
    }
    assert_eq!(checked.map.chain_stats().overflow_buckets, 3);
    checked.retain(|key, _| key.id % 100 == 11);
    let stats = checked.map.chain_stats();
    assert_eq!((stats.chains, stats.overflow_buckets), (8, 3), "gaps");
    checked.retain(|_, _| false);
    assert_eq!(checked.map.chain_stats().overflow_buckets, 0);
    checked.check_contents();
}

pub fn a_bucket_is_free_when_its_own_last_entry_leaves() {
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    for id in 0..12 {
        checked.insert(chained(id), id);
    }
    checked.map.finish_growth();
    // Those in the overflow bucket go, so that nothing has to move.
    for id in 8..12 {
        assert_eq!(checked.map.chain_stats().overflow_buckets, 1);
        checked.remove(chained(id));
    }
    assert_eq!(checked.map.chain_stats().overflow_buckets, 0);
    checked.check_contents();
}

pub fn a_chain_that_becomes_shorter_ends_with_its_last_entry() {
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    for id in 0..9 {
        checked.insert(chained(id), id);
    }
    checked.map.finish_growth();
    // The gaps stay while the overflow bucket has an entry. When that has moved, they are
    // what is behind the last one.
    checked.retain(|key, _| key.id != 6 && key.id != 7);
    assert_eq!(checked.map.chain_stats().overflow_buckets, 1);
    checked.remove(chained(0));
    assert_eq!(checked.map.chain_stats().overflow_buckets, 0);
    // An insert finds the end at a glance only where it is marked.
    let mut chain = checked.map.chain_view(0).unwrap();
    let [.., sixth, seventh, eighth] = chain.next().unwrap();
    assert!(matches!(sixth, SlotView::Live(Key { id: 5, .. }, 5)));
    assert_eq!([seventh, eighth], [SlotView::EmptyRest; 2]);
    assert!(chain.next().is_none());
    drop(chain);
    checked.check_contents();
}

pub fn nothing_moves_where_no_bucket_is_won_by_it() {
    let order = |map: &Map<'_, u64>| map.keys().map(|key| key.id).collect::<Vec<_>>();
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    for id in 0..12 {
        checked.insert(chained(id), id);
    }
    checked.map.finish_growth();
    checked.remove(chained(9));
    let ids = order(&checked.map);
    assert_eq!(ids, [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11], "within a bucket");
    // Where one can be won the last entry moves, not another one of its bucket.
    checked.remove(chained(2));
    let ids = order(&checked.map);
    assert_eq!(ids, [0, 1, 11, 3, 4, 5, 6, 7, 8, 10]);
    drop(checked);

    // In the middle of a growth chains are the growth's to shorten.
    let mut checked = compact(&ledger);
    let mut id = 0;
    while id < 20 || !checked.map.is_growing() {
        checked.insert(chained(id), id);
        id += 1;
    }
    let before = order(&checked.map);
    checked.remove(chained(2));
    assert!(checked.map.is_growing());
    let expected: Vec<u64> = before.into_iter().filter(|id| *id != 2).collect();
    assert_eq!(order(&checked.map), expected);
}

pub fn presizing_to_what_fits_widens_nothing() {
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    for (entries, slots) in [(1, 2), (2, 2), (3, 4), (4, 4)] {
        checked.insert(Key::spread(entries), entries);
        let calls = ledger.calls();
        checked.map.try_presize(slots).unwrap();
        assert_eq!((ledger.calls(), checked.map.capacity()), (calls, slots));
    }
    checked.check_contents();
}

pub fn an_entry_removed_at_its_place_leaves_no_gap() {
    let ledger = Ledger::new();
    let mut checked = compact(&ledger);
    for id in 0..9 {
        checked.insert(chained(id), id);
    }
    checked.map.finish_growth();
    let Entry::Occupied(entry) = checked.map.entry(chained(2)) else {
        panic!("it was inserted");
    };
    assert_eq!(Some(entry.remove()), checked.oracle.remove(&chained(2)));
    assert_eq!(checked.map.chain_stats().overflow_buckets, 0);
    checked.check_contents();
}
