//! Growth: Go's schedule, two chains at a time, and what holds in the middle.

use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use crate::support::{few_or, looks_after};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use hmap::Hmap;

/// Bytes of a chunk before its buckets: a link and a number, up to the alignment of both.
const CHUNK: usize = 2 * size_of::<usize>();

/// Bytes of an array of 2^`bits` buckets with its spares, and of one bucket.
fn array_and_bucket(bits: u8) -> (usize, usize) {
    let (array, _, bucket) = Hmap::<Key, u64, Identity, &Ledger>::array_bytes(bits).unwrap();
    (array, bucket)
}

/// A map of `count` spread keys, in mid-growth if `count` is just over a limit.
fn filled(count: u64, ledger: &Ledger) -> Checked<'_, u64> {
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
const SPARSE: u32 = few_or(4, 8);

/// Chains that are long and sparse: filled in turn, and thinned out.
fn sparse_chains(ledger: &Ledger) -> Checked<'_, u64> {
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
    for _ in 0..100 {
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
