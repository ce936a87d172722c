//! Shrinking gives back what is not needed, and does nothing where nothing is won.

use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use fastrand::Rng;
use hmap::{Compact, FirstBucket, HashMap, Hmap};

/// Calls of the allocator, of both kinds.
fn calls(ledger: &Ledger) -> (usize, usize) {
    (ledger.calls(), ledger.freed())
}

fn shrink_again_and_again(rounds: bool, excess: usize) {
    let counts: &[u64] = few_or(
        &[0, 5, 27],
        &[0, 1, 2, 3, 5, 8, 9, 14, 20, 27, 60, 105, 300],
    );
    for &count in counts {
        let ledger = Ledger::new();
        if rounds {
            ledger.hand_out_powers_of_two();
        } else {
            ledger.hand_out_more(excess);
        }
        let mut map: Hmap<Key, u64, _, _> = Hmap::with_hasher_in(Identity, &ledger);
        for id in 0..count {
            map.insert(Key::spread(id), id).unwrap();
        }
        map.shrink_to_fit().unwrap();
        let (bytes, before) = (ledger.live_bytes(), calls(&ledger));
        ledger.refuse_all_after(0);
        for _ in 0..3 {
            assert_eq!(map.shrink_to_fit(), Ok(()), "{count} entries");
            assert_eq!((ledger.live_bytes(), calls(&ledger)), (bytes, before));
        }
        assert_eq!(map.validate(), Ok(()));
        ledger.grant_all();
    }
}

pub fn a_map_that_fits_shrinks_without_a_call() {
    shrink_again_and_again(false, 0);
}

pub fn what_an_allocator_hands_out_beyond_is_nothing_to_give_back() {
    shrink_again_and_again(true, 0);
    shrink_again_and_again(false, 1_000);
}

pub fn no_map_is_larger_for_being_shrunk() {
    let mut random = Rng::with_seed(11);
    for _ in 0..few_or(3, 300) {
        let ledger = Ledger::new();
        if random.bool() {
            ledger.hand_out_powers_of_two();
        }
        let mut map: Hmap<Key, u64, _, _> = Hmap::with_hasher_in(Identity, &ledger);
        let crowds = [u32::MAX, 0x7, 0][random.usize(0..3)];
        for id in 0..random.u64(0..few_or(40, 400)) {
            // Some growths are refused, so that chains get long.
            if random.u32(0..10) == 0 {
                ledger.refuse_one_after(0);
            }
            let key = Key::at(id, random.u32(..) & crowds, id as u8);
            _ = map.insert(key, id);
        }
        ledger.grant_all();
        let keep = random.u64(1..8);
        map.retain(|key, _| key.id % keep == 0);
        let entries = map.len();
        for n in [entries * 2, entries, 0] {
            let bytes = ledger.live_bytes();
            map.shrink_to(n).unwrap();
            assert!(ledger.live_bytes() <= bytes, "{entries} entries, {n}");
            assert_eq!((map.len(), map.validate()), (entries, Ok(())));
            assert_eq!(map.allocation_size(), ledger.live_bytes());
        }
    }
}

pub fn chunks_that_are_not_needed_are_given_back_at_the_same_size() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    checked.map.try_presize(104).unwrap();
    let array = ledger.live_bytes();
    let bucket = array / 17;
    // One chain of five buckets and one of two, the others full at most: five overflow
    // buckets, of which the array has one.
    for id in 0..40 {
        checked.insert(Key::at(id, 0, id as u8), id);
    }
    for id in 40..50 {
        checked.insert(Key::at(id, 1, id as u8), id);
    }
    for id in 50..60 {
        checked.insert(Key::at(id, id as u32 % 16, id as u8), id);
    }
    checked.map.try_reserve(40).unwrap();
    assert!(ledger.live_bytes() > array + 8 * bucket);
    checked.map.shrink_to_fit().unwrap();
    checked.check_contents();
    let header = 2 * size_of::<usize>();
    assert!(ledger.live_bytes() <= array + header + 5 * bucket);
    assert_eq!(ledger.live_blocks(), 2, "the array and one chunk");
}

pub fn a_map_shrinks_into_the_callers_bucket_where_its_entries_fit_it() {
    for left in [0, 3, 8] {
        for how in 0..3 {
            let ledger = Ledger::new();
            let mut bucket = FirstBucket::new();
            let map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
            let mut checked = Checked::of(map, &ledger);
            match how {
                // An overflow bucket behind the caller's, since the growth was refused.
                0 => {
                    (0..8).for_each(|id| checked.insert(Key::spread(id), id));
                    ledger.refuse_one_after(0);
                    checked.insert(Key::spread(8), 8);
                    checked.clear();
                }
                1 => {
                    (0..8).for_each(|id| checked.insert(Key::spread(id), id));
                    ledger.refuse_one_after(0);
                    checked.insert(Key::spread(8), 8);
                    checked.retain(|key, _| key.id >= 9 - left);
                }
                // In the middle of moving out: a reservation has started it.
                _ => {
                    (0..8).for_each(|id| checked.insert(Key::spread(id), id));
                    checked.map.try_reserve(1).unwrap();
                    assert!(checked.map.is_growing());
                    checked.retain(|key, _| key.id < left);
                    checked.map.shrink_to_fit().unwrap();
                    assert_eq!(checked.map.capacity(), 8);
                }
            }
            for id in 0..left {
                checked.insert(Key::spread(id), id + 100);
            }
            let entries = checked.map.len() as u64;
            checked.map.shrink_to_fit().unwrap();
            checked.check_contents();
            if entries <= 8 {
                assert_eq!(ledger.live_bytes(), 0, "{left} left, {how}");
                assert!(checked.map.footprint().first_bucket > 0);
                assert_eq!(checked.map.capacity(), 8);
            }
        }
    }
}

pub fn a_compact_map_shrinks_to_as_few_slots_as_it_needs() {
    let sizes = |count: u64, from: u64| {
        let ledger = Ledger::new();
        let mut map: Hmap<Key, u64, _, _, Compact> = Hmap::with_policy_in(Identity, &ledger);
        for id in 0..from {
            map.insert(Key::spread(id), id).unwrap();
        }
        map.retain(|key, _| key.id < count);
        ledger.refuse_one_after(0);
        let bytes = ledger.live_bytes();
        if map.shrink_to_fit().is_err() {
            assert_eq!((ledger.live_bytes(), map.len() as u64), (bytes, count));
        }
        ledger.grant_all();
        map.shrink_to_fit().unwrap();
        assert_eq!(map.validate(), Ok(()));
        assert!((0..count).all(|id| map.get(&Key::spread(id)) == Some(&id)));
        (map.capacity(), ledger.live_bytes())
    };
    for from in [8, 20, 60] {
        let bytes = |count| sizes(count, from).1;
        assert_eq!(
            [1, 2, 3, 4, 5].map(|count| sizes(count, from).0),
            [2, 2, 4, 4, 8]
        );
        assert!(bytes(1) < bytes(3) && bytes(3) < bytes(5) && bytes(0) == 0);
    }
}

pub fn a_face_that_cannot_fail_shrinks_as_well() {
    let ledger = Ledger::new();
    let mut map = HashMap::with_hasher_in(Identity, &ledger);
    for id in 0..60 {
        map.insert(Key::spread(id), id);
    }
    map.shrink_to_fit();
    let before = calls(&ledger);
    map.shrink_to_fit();
    assert_eq!(calls(&ledger), before);
    map.retain(|key, _| key.id < 20);
    ledger.refuse_all_after(0);
    map.shrink_to_fit();
    assert_eq!(
        (map.len(), ledger.refused()),
        (20, 1),
        "refused, and as it was"
    );
    ledger.grant_all();
    let bytes = ledger.live_bytes();
    map.shrink_to_fit();
    assert!(map.len() == 20 && ledger.live_bytes() < bytes);
}

pub fn shrinking_where_only_small_blocks_are_free_does_not_enlarge_the_map() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    checked.map.try_presize(52).unwrap();
    // One chain, and two chunks where one would do.
    for (ids, reserved) in [(0..8, 0), (8..25, 17), (25..52, 3)] {
        checked.map.try_reserve(reserved).unwrap();
        for id in ids {
            checked.insert(Key::at(id, 0, id as u8), id);
        }
    }
    let bytes = ledger.live_bytes();
    let bucket = checked.map.footprint().buckets / 8;
    ledger.refuse_sizes(2 * bucket..8 * bucket);
    assert!(checked.map.shrink_to_fit().is_err());
    assert_eq!(ledger.live_bytes(), bytes);
    ledger.grant_all();
    checked.map.shrink_to_fit().unwrap();
    assert!(ledger.live_bytes() < bytes);
    checked.check_contents();
}
