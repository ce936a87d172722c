//! Overflow buckets: what is set aside for the moves of a growth, where moved chains leave
//! theirs, and when chunks go back.

use super::growth::{SPARSE, filled, sparse_chains};
use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use alloc::vec::Vec;
use hmap::Hmap;

/// Bytes of a chunk before its buckets: a link and a number, up to the alignment of both.
const CHUNK: usize = 2 * size_of::<usize>();

/// Bytes of an array of 2^`bits` buckets with its spares, and of one bucket.
fn array_and_bucket(bits: u8) -> (usize, usize) {
    let (array, _, bucket) = Hmap::<Key, u64, Identity, &Ledger>::array_bytes(bits).unwrap();
    (array, bucket)
}

pub fn no_more_is_set_aside_than_the_entries_can_fill() {
    let ledger = Ledger::new();
    let mut checked = sparse_chains(&ledger);
    // As many overflow buckets as buckets, but the entries fill two.
    assert_eq!(checked.map.len(), 2 * SPARSE as usize);
    let array = ledger.largest_block();
    let before = ledger.live_bytes();
    checked.insert(Key::at(1_000, 0, 9), 1_000);
    assert!(checked.map.is_growing());
    let set_aside = ledger.live_bytes() - before - array;
    assert!(
        set_aside <= 16 + 2 * array / SPARSE as usize,
        "{set_aside} bytes"
    );
}

pub fn what_a_growth_leaves_free_serves_inserts_after_it() {
    let ledger = Ledger::new();
    let mut checked = sparse_chains(&ledger);
    // A chain that needs its overflow bucket, so that the chunks stay.
    ledger.refuse_all_after(0);
    for id in 1_000..1_007 {
        checked.insert(Key::at(id, 0, 9), id);
    }
    ledger.grant_all();
    for id in 1_007..1_010 {
        checked.insert(Key::at(id, 1, 9), id);
    }
    assert!(checked.map.is_growing());
    checked.map.finish_growth();
    assert_eq!(checked.map.state().noverflow, 1);
    let calls = ledger.calls();
    for id in 2_000..few_or(2_006, 2_014) {
        checked.insert(Key::at(id, 5, 9), id);
    }
    assert_eq!(ledger.calls(), calls);
    checked.check_contents();
}

pub fn what_a_move_has_used_is_set_aside_no_more() {
    let (ledger, other) = (Ledger::new(), Ledger::new());
    let one_bucket = filled(1, &other);
    ledger.hand_out_more(other.live_bytes());
    drop(one_bucket);
    let mut checked = Checked::new(&ledger);
    checked.map.try_presize(52).unwrap();
    // The first of eight chains has nine entries, all stay on their side.
    for id in 0..52 {
        let chain = if id < 9 { 0 } else { (id as u32 - 1) / 8 };
        checked.insert(Key::at(id, chain, 1), id);
    }
    assert_eq!(checked.map.state().noverflow, 1);
    // An array of sixteen, with a spare for that move, and what it has more by chance.
    ledger.refuse_all_after(1);
    checked.insert(Key::at(52, 8, 1), 52);
    assert!(checked.map.is_growing());
    assert_eq!(checked.map.state().noverflow, 1, "it is moved");
    checked.insert(Key::at(53, 1, 1), 53);
    assert!(checked.map.is_growing());
    assert_eq!((checked.map.state().noverflow, ledger.refused()), (2, 0));
    checked.map.finish_growth();
    checked.check_contents();
}

pub fn free_buckets_of_chunks_serve_the_next_growth() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    checked.map.try_presize(26).unwrap();
    let (array, bucket) = array_and_bucket(3);
    // Every growth is refused: 60 entries, 56 of them in a chain of seven buckets.
    ledger.refuse_larger_than(16 + bucket);
    for id in 0..60 {
        let hash = if id < 56 { 0 } else { 1 };
        checked.insert(Key::at(id, hash, id as u8), id);
    }
    ledger.grant_all();
    while !checked.map.is_growing() {
        checked.remove(Key::at(1_000, 1, 9));
        checked.insert(Key::at(1_000, 1, 9), 0);
    }
    while checked.map.is_growing() {
        checked.remove(Key::at(2_000, 1, 9));
    }
    // Its old array is given back; the next insert is over the load, and six buckets are
    // needed for the moves. The move of the long chain has left as many.
    checked.remove(Key::at(2_000, 1, 9));
    assert_eq!(checked.map.footprint().old, 0);
    let before = ledger.live_bytes();
    checked.insert(Key::at(1_001, 1, 9), 0);
    assert!(checked.map.is_growing());
    let asked = ledger.live_bytes() - before;
    assert_eq!(asked, array_and_bucket(4).0, "an array, and no chunk");
    assert!(asked > array);
    checked.check_contents();
}

pub fn the_buckets_of_a_moved_chain_serve_the_moves_to_come() {
    let ledger = Ledger::new();
    // Eight chains of three buckets, of which the entries need two.
    let mut checked: Checked<'_, u64> = Checked::new(&ledger);
    checked.map.try_presize(104).unwrap();
    let (array, bucket_size) = array_and_bucket(4);
    for bucket in 0..8 {
        let key = |id| Key::at(u64::from(bucket) * 100 + id, bucket, 1);
        let entries = if bucket < 7 { 24 } else { 17 };
        for id in 0..entries {
            checked.insert(key(id), id);
        }
        for id in 0..entries - 9 {
            checked.remove(key(id));
        }
    }
    assert_eq!(checked.map.state().noverflow, 16);
    assert!(!checked.map.is_growing());
    let before = ledger.live_bytes();
    // One of the 16 is the array's spare: what is set aside is as many as that, two for the
    // longest chain, and one for the key. The new array has one.
    checked.insert(Key::at(5_000, 8, 1), 0);
    assert!(checked.map.state().same_size);
    assert_eq!(
        ledger.live_bytes() - before,
        array + CHUNK + 3 * bucket_size
    );
    // So it is in a copy.
    let mut copy = checked.map.try_clone().unwrap();
    copy.validate().unwrap();
    ledger.refuse_all_after(0);
    copy.finish_growth();
    copy.validate().unwrap();
    drop(copy);
    // The eight moves take eight.
    while checked.map.is_growing() {
        checked.remove(Key::at(5_001, 0, 1));
    }
    assert_eq!(checked.map.state().noverflow, 8);
    checked.check_contents();
    // The chunks are in use, so they stay.
    ledger.grant_all();
    let spare = checked.map.footprint().spare;
    for _ in 0..few_or(20, 100) {
        checked.remove(Key::at(5_001, 0, 1));
    }
    let footprint = checked.map.footprint();
    assert_eq!((footprint.old, footprint.spare), (0, spare));
    checked.check_contents();
}

pub fn a_growth_after_another_sets_aside_no_more_than_it() {
    let ledger = Ledger::new();
    let mut map = Hmap::try_with_capacity_and_hasher_in(3_328, Identity, &ledger).unwrap();
    let array = ledger.live_bytes();
    let key = |bucket: u32, id: u64| Key::at(u64::from(bucket) * 100 + id, bucket, 1);
    // Chains of three buckets with so many entries at their ends. The last bucket of all is
    // not filled: the next key but one would start a growth.
    let sparse = |map: &mut Hmap<Key, u64, Identity, &Ledger>, bucket, entries: u64| {
        let first = if map.state().noverflow == 510 { 17 } else { 24 };
        for id in 0..first {
            map.insert(key(bucket, id), id).unwrap();
        }
        for id in 0..first - entries {
            map.remove(&key(bucket, id)).unwrap();
        }
    };
    // Half of the 512 chains, which need a bucket of their two; then some that need none.
    (0..256).for_each(|bucket| sparse(&mut map, bucket, 9));
    map.insert(Key::at(60_000, 511, 1), 0).unwrap();
    assert!(map.state().same_size);
    map.finish_growth();
    assert_eq!(map.state().noverflow, 256);
    // Each gave back one more than it took: the next chains fill those, and ask for none.
    let calls = ledger.calls();
    (256..384).for_each(|bucket| sparse(&mut map, bucket, 1));
    assert_eq!(ledger.calls(), calls);
    assert!(!map.is_growing() && map.footprint().old == 0);
    // 512 buckets hang in chains, of which the 32 spares and those of the longest chain are
    // needed. 32 come with the new array, and the rest is free.
    let before = ledger.live_bytes();
    map.insert(Key::at(60_001, 511, 1), 0).unwrap();
    assert!(map.state().same_size);
    assert_eq!(ledger.live_bytes() - before, array);
    map.validate().unwrap();
    ledger.refuse_all_after(0);
    while map.is_growing() {
        assert_eq!(map.remove(&Key::at(60_002, 511, 1)), None);
    }
    assert_eq!(map.state().noverflow, 256);
    map.validate().unwrap();
}

pub fn a_growth_needs_no_more_for_many_chunks_than_for_one() {
    let ledger = Ledger::new();
    let map = Hmap::try_with_capacity_and_hasher_in(416, Identity, &ledger).unwrap();
    let mut checked: Checked<'_, u64> = Checked::of(map, &ledger);
    let (_, bucket) = array_and_bucket(6);
    // 46 chains of two buckets, four of which are spares; each of the others is a chunk.
    ledger.refuse_larger_than(16 + bucket);
    for id in 0..416 {
        checked.insert(Key::at(id, id as u32 / 9, 1), id);
    }
    assert_eq!(checked.map.state().noverflow, 46);
    assert_eq!(ledger.live_blocks(), 43);
    ledger.grant_all();
    let before = ledger.live_bytes();
    // All entries stay on their side. Four spares, the longest chain's one, and one for the
    // key are needed; eight come with the array.
    checked.insert(Key::at(416, 63, 1), 416);
    assert!(checked.map.is_growing());
    assert_eq!(ledger.live_bytes() - before, array_and_bucket(7).0);
    ledger.refuse_all_after(0);
    while checked.map.is_growing() {
        checked.remove(Key::at(5_000, 63, 1));
    }
    assert_eq!(checked.map.state().noverflow, 46);
    checked.check_contents();
}

pub fn a_chain_that_is_too_long_to_be_counted_keeps_no_old_memory() {
    let ledger = Ledger::new();
    let mut map = Hmap::try_with_capacity_and_hasher_in(3_328, Identity, &ledger).unwrap();
    // 256 overflow buckets in the first of 512 chains.
    for id in 0..2_056 {
        map.insert(Key::at(id, 0, 1), id).unwrap();
    }
    let mut before = Vec::new();
    for _ in 0..4 {
        // One more in that chain, while chunks of the growth before are left, and one in as
        // many others as call for the next, which does without all of these.
        let last = Key::at(9_000, 0, 1);
        assert!(map.insert(last, 0).is_ok() && map.remove(&last).is_some());
        for bucket in 1..256 {
            let key = |id| Key::at(10_000 + u64::from(bucket) * 9 + id, bucket, 1);
            (0..9).for_each(|id| assert!(map.insert(key(id), id).is_ok()));
            (0..9).for_each(|id| assert_eq!(map.remove(&key(id)), Some(id)));
        }
        assert!(!map.is_growing() && map.footprint().old == 0);
        assert_eq!(map.state().noverflow, 512);
        before.push(ledger.live_bytes());
        let starts = Key::at(9_001, 511, 1);
        map.insert(starts, 0).unwrap();
        assert!(map.state().same_size);
        map.validate().unwrap();
        while map.is_growing() {
            map.remove(&starts);
        }
        assert!(map.footprint().old > 0);
        map.validate().unwrap();
        assert_eq!(map.footprint().heap(), ledger.live_bytes());
    }
    assert_eq!(before[3], before[1]);
    assert_eq!(map.len(), 2_056);
}

pub fn chunks_that_a_growth_has_emptied_go_back_one_a_call() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    checked.map.try_presize(26).unwrap();
    let (_, bucket) = array_and_bucket(2);
    // Every growth is refused: four chains of single buckets.
    ledger.refuse_larger_than(16 + bucket);
    for id in 0..100 {
        checked.insert(Key::at(id, id as u32, id as u8), id);
    }
    let chunks = ledger.live_blocks() - 1;
    assert!(chunks > 4);
    ledger.grant_all();
    // One growth after the other, and the last leaves no overflow bucket in use.
    let mut ids = 100..;
    while checked.map.capacity() < 200 || checked.map.is_growing() {
        let id = ids.next().unwrap();
        checked.insert(Key::at(id, id as u32, id as u8), id);
    }
    assert_eq!(checked.map.state().noverflow, 0);
    let mut old = checked.map.footprint().old;
    assert!(old > chunks * bucket, "the array and the chunks are left");
    while old > 0 {
        let freed = ledger.freed();
        checked.remove(Key::at(9_999, 0, 0));
        assert_eq!(ledger.freed() - freed, 1);
        assert!(checked.map.footprint().old < old);
        old = checked.map.footprint().old;
    }
    assert_eq!(ledger.live_blocks(), 1);
    // Meanwhile nothing was owed but that: the map is as good as new.
    for id in 0..30 {
        checked.insert(Key::at(10_000 + id, 0, id as u8), id);
    }
    checked.check_contents();
}

pub fn a_key_whose_slot_a_compaction_closes_takes_what_was_set_aside() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    checked.map.try_presize(52).unwrap();
    // Eight chains of two buckets. Of their nine entries one is gone in the first, and
    // eight are in each of the others.
    for bucket in 0..8 {
        let key = |n| Key::at(u64::from(bucket) * 9 + n, bucket, n as u8);
        (0..9).for_each(|n| checked.insert(key(n), n));
        (0..if bucket == 0 { 1 } else { 8 }).for_each(|n| checked.remove(key(n)));
    }
    // The array and a chunk, and no more.
    ledger.refuse_all_after(2);
    assert!(checked.try_insert(Key::at(1_000, 0, 9), 1));
    assert!(checked.map.state().same_size);
    assert_eq!(ledger.refused(), 0);
    checked.map.finish_growth();
    checked.check_contents();
}
