//! Reservation: after `try_reserve(n)` the next n new keys go in without the allocator,
//! whatever their hashes are.

use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use fastrand::Rng;
use hmap::{FirstBucket, Hmap, TryReserveError};

/// How an adversary chooses the bucket of the next key.
pub(super) const ADVERSARIES: [fn(&mut Rng, u64) -> u32; 4] = [
    // All in one chain.
    |_, _| 0,
    // Full chains one after the other.
    |_, number| (number / 9) as u32,
    // Many chains, each just over the brim.
    |_, number| (number % 3) as u32 + 16 * (number / 27) as u32,
    // Anywhere.
    |random, _| random.u32(..),
];

/// Inserts what was reserved, some removals in between, and expects that the allocator
/// is not called.
pub(super) fn use_up(
    checked: &mut Checked<'_, u64>,
    ledger: &Ledger,
    n: u64,
    random: &mut Rng,
    adversary: fn(&mut Rng, u64) -> u32,
) {
    let calls = ledger.calls();
    ledger.refuse_all_after(0);
    for number in 0..n {
        let id = 1_000_000 + number;
        let key = Key::at(id, adversary(random, number), id as u8);
        assert!(checked.try_insert(key, id), "insert {number} of {n}");
        if random.u32(0..4) == 0 {
            let any = checked
                .oracle
                .keys()
                .nth(random.usize(0..checked.oracle.len()));
            checked.remove(*any.unwrap());
        }
    }
    assert_eq!(ledger.calls(), calls);
    assert_eq!(checked.map.reserved(), 0);
    ledger.grant_all();
    checked.check_contents();
}

pub fn what_is_reserved_goes_in_whatever_the_hashes() {
    let mut random = Rng::with_seed(1);
    let counts: &[u64] = few_or(&[14], &[0, 3, 8, 14, 105, 120, 300]);
    let reserved: &[usize] = few_or(&[18], &[1, 7, 9, 40, 120]);
    for &count in counts {
        for &n in reserved {
            for adversary in ADVERSARIES {
                let ledger = Ledger::new();
                let mut checked = Checked::new(&ledger);
                for id in 0..count {
                    checked.insert(Key::spread(id), id);
                }
                checked.map.try_reserve(n).unwrap();
                assert_eq!(checked.map.reserved(), n);
                checked.check();
                use_up(&mut checked, &ledger, n as u64, &mut random, adversary);
            }
        }
    }
}

pub fn chains_that_are_full_to_the_brim_can_be_reserved_for() {
    let mut random = Rng::with_seed(2);
    for adversary in ADVERSARIES {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        let (presize, n) = few_or((26, 8), (104, 60));
        checked.map.try_presize(presize).unwrap();
        // Thirteen chains, or three, with all eight slots taken: every further key
        // there takes an overflow bucket.
        for id in 0..presize as u64 {
            checked.insert(Key::at(id, (id / 8) as u32, id as u8), id);
        }
        checked.map.try_reserve(n).unwrap();
        use_up(&mut checked, &ledger, n as u64, &mut random, adversary);
    }
}

pub fn no_more_is_held_than_the_worst_chains_can_need() {
    for n in [1, 8, 9, 100, 104, 105] {
        let ledger = Ledger::new();
        let mut map: Hmap<Key, u64, _, _> = Hmap::with_hasher_in(Identity, &ledger);
        map.try_reserve(n).unwrap();
        let footprint = map.footprint();
        let bucket = footprint.buckets / map.chain_stats().chains;
        let worst = n.min((n - 1) / 8);
        let (header, array) = (16, map.state().bits);
        let (_, front, _) = Hmap::<Key, u64, Identity, &Ledger>::array_bytes(array).unwrap();
        assert!(
            footprint.spare <= front + worst * bucket + header,
            "{n}: {footprint:?}"
        );
        assert_eq!(ledger.live_bytes(), footprint.heap());
    }
}

pub fn what_is_not_used_stays_for_later() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    checked.map.try_reserve(20).unwrap();
    for id in 0..5 {
        checked.insert(Key::at(id, 0, 1), id);
        checked.insert(Key::at(id, 0, 1), id + 1);
        checked.remove(Key::at(id + 100, 0, 1));
    }
    assert_eq!(
        checked.map.reserved(),
        15,
        "overwriting and removing use nothing"
    );
    let calls = ledger.calls();
    checked.map.try_reserve(15).unwrap();
    checked.map.try_reserve(3).unwrap();
    assert_eq!((ledger.calls(), checked.map.reserved()), (calls, 15));
    checked.clear();
    use_up(
        &mut checked,
        &ledger,
        15,
        &mut Rng::with_seed(4),
        ADVERSARIES[0],
    );
}

pub fn cells_are_reserved_too() {
    let ledger = Ledger::new();
    let mut map: Hmap<Key, [u64; 40], _, _> = Hmap::with_hasher_in(Identity, &ledger);
    map.try_reserve(10).unwrap();
    assert_eq!(map.validate(), Ok(()));
    assert_eq!(map.footprint().cells, 10 * 320);
    ledger.refuse_all_after(0);
    for id in 0..10 {
        assert_eq!(
            map.insert_within_capacity(Key::at(id, 0, 1), [id; 40]),
            Ok(None)
        );
        assert_eq!(map.validate(), Ok(()));
        assert_eq!(map.allocation_size(), ledger.live_bytes());
    }
    assert!(
        map.insert_within_capacity(Key::at(10, 0, 1), [0; 40])
            .is_err()
    );
    ledger.grant_all();
    // Keys and values both in cells, and some left over when the map goes.
    let mut both = Hmap::with_hasher_in(hmap::DefaultHashBuilder::with_seed(1), &ledger);
    both.try_reserve(5).unwrap();
    both.insert([1_u64; 20], [1_u8; 200]).unwrap();
    assert_eq!(
        (both.get(&[1; 20]), both.validate()),
        (Some(&[1; 200]), Ok(()))
    );
    assert_eq!(both.reserved(), 4);
}

pub fn a_reservation_that_is_refused_changes_nothing() {
    let mut refusals = 0;
    let n = few_or(8, 30);
    for granted in 0.. {
        let ledger = Ledger::new();
        let mut map: Hmap<Key, [u64; 40], _, _> = Hmap::with_hasher_in(Identity, &ledger);
        map.try_reserve(3).unwrap();
        for id in 0..2 {
            map.insert(Key::spread(id), [id; 40]).unwrap();
        }
        ledger.refuse_all_after(granted);
        let reserved = map.try_reserve(n);
        assert_eq!(map.validate(), Ok(()));
        assert_eq!(map.allocation_size(), ledger.live_bytes());
        assert!((0..2).all(|id| map.get(&Key::spread(id)) == Some(&[id; 40])));
        match reserved {
            Ok(()) => break,
            Err(TryReserveError::AllocError { .. }) => {
                refusals += 1;
                assert!(map.reserved() <= 1);
                ledger.grant_all();
                map.try_reserve(n).unwrap();
                assert_eq!(map.validate(), Ok(()));
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(
        refusals > n * 2 / 3,
        "an array, a chunk, and cells: {refusals}"
    );
}

pub fn small_chunks_serve_where_a_large_one_is_refused() {
    let ledger = Ledger::new();
    let mut map: Hmap<Key, u64, _, _> = Hmap::with_hasher_in(Identity, &ledger);
    map.try_presize(100).unwrap();
    // The chunk for all of them is refused, two of half the size are not.
    ledger.refuse_one_after(0);
    map.try_reserve(100).unwrap();
    assert_eq!((ledger.refused(), map.validate()), (1, Ok(())));
    ledger.refuse_all_after(0);
    for id in 0..100 {
        map.insert(Key::at(id, 0, id as u8), id).unwrap();
    }
    assert_eq!(map.validate(), Ok(()));
}

pub fn presizing_keeps_what_is_reserved() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    for id in 0..20 {
        checked.insert(Key::spread(id), id);
    }
    checked.map.try_reserve(30).unwrap();
    checked.map.try_presize(few_or(100, 900)).unwrap();
    assert_eq!(checked.map.reserved(), 30);
    use_up(
        &mut checked,
        &ledger,
        30,
        &mut Rng::with_seed(6),
        ADVERSARIES[0],
    );
}

pub fn a_reservation_that_cannot_be_expressed_is_an_error() {
    let ledger = Ledger::new();
    let mut map: Hmap<Key, u64, _, _> = Hmap::with_hasher_in(Identity, &ledger);
    for n in [usize::MAX, usize::MAX / 2] {
        assert_eq!(
            map.try_reserve(n),
            Err(TryReserveError::CapacityOverflow),
            "{n}"
        );
    }
    assert_eq!((ledger.calls(), map.reserved()), (0, 0));
    map.try_reserve(0).unwrap();
    assert_eq!(ledger.calls(), 0);
}

pub fn eight_keys_in_the_callers_bucket_are_reserved_for_nothing() {
    let ledger = Ledger::new();
    let mut bucket = FirstBucket::new();
    let mut map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
    map.try_reserve(8).unwrap();
    for id in 0..8 {
        assert_eq!(map.insert_within_capacity(Key::spread(id), id), Ok(None));
    }
    assert_eq!(ledger.calls(), 0);
    assert_eq!(
        map.insert_within_capacity(Key::spread(8), 8),
        Err((Key::spread(8), 8))
    );
    assert_eq!(map.insert_within_capacity(Key::spread(7), 8), Ok(Some(7)));
}

pub fn shrinking_gives_back_what_was_reserved() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    for id in 0..20 {
        checked.insert(Key::spread(id), id);
    }
    let before = ledger.live_bytes();
    checked.map.try_reserve(200).unwrap();
    checked.map.shrink_to_fit().unwrap();
    assert_eq!(checked.map.reserved(), 0);
    assert_eq!(checked.map.capacity(), 26);
    assert!(ledger.live_bytes() <= before);
    checked.check_contents();
}

pub fn no_more_buckets_are_held_than_keys_are_reserved() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    for id in 0..45 {
        checked.insert(Key::spread(id), id);
    }
    checked.map.finish_growth();
    let (before, footprint) = (ledger.live_bytes(), checked.map.footprint());
    let bucket = footprint.buckets / checked.map.chain_stats().chains;
    checked.map.try_reserve(2).unwrap();
    let held = ledger.live_bytes() - before;
    assert!(held <= 16 + 2 * bucket, "{held} bytes");
}

pub fn a_reservation_that_is_refused_half_way_gives_back_the_chunks_it_had() {
    // Only single buckets are granted, and not as many as are needed.
    for granted in (few_or(1, 0)..12).step_by(few_or(5, 1)) {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        checked.map.try_presize(104).unwrap();
        let (bytes, bucket) = (ledger.live_bytes(), ledger.live_bytes() / 17);
        ledger.refuse_larger_than(16 + bucket);
        ledger.refuse_all_after(granted);
        let reserved = checked.map.try_reserve(104);
        // Twelve buckets at the worst, of which one is the array's spare.
        assert_eq!(reserved.is_ok(), granted >= 11, "{granted} granted");
        if reserved.is_err() {
            assert_eq!((checked.map.reserved(), ledger.live_bytes()), (0, bytes));
        }
        checked.check();
        ledger.grant_all();
        for id in 0..few_or(20, 104) {
            checked.insert(Key::at(id, 0, 1), id);
        }
    }
}

pub fn shrinking_to_the_same_array_gives_back_what_was_reserved_too() {
    // Of so many entries, so many keys: with and without buckets held for them.
    for (count, n) in [(20, 6), (3, 4)] {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        for id in 0..count {
            checked.insert(Key::spread(id), [id; 40]);
        }
        let (bytes, capacity) = (ledger.live_bytes(), checked.map.capacity());
        checked.map.try_reserve(n).unwrap();
        checked.check();
        assert!(ledger.live_bytes() > bytes && checked.map.capacity() == capacity);
        checked.map.shrink_to_fit().unwrap();
        assert_eq!((checked.map.reserved(), ledger.live_bytes()), (0, bytes));
        checked.check_contents();
    }
}

pub fn the_last_key_reserved_may_need_the_last_bucket() {
    // With one key more than full buckets hold the bound is exact: all keys are in one
    // chain, and the last one has a bucket to itself.
    for n in (9..few_or(26, 130)).step_by(8) {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        checked.map.try_reserve(n).unwrap();
        ledger.refuse_all_after(0);
        for id in 0..n as u64 {
            assert!(
                checked.try_insert(Key::at(id, 0, id as u8), id),
                "{id} of {n}"
            );
        }
        checked.check_contents();
    }
}

pub fn the_array_has_room_for_what_is_reserved() {
    let table: &[(u64, usize)] = few_or(
        &[(0, 9), (8, 1), (25, 3)],
        &[(0, 9), (8, 1), (50, 3), (100, 500)],
    );
    for &(count, n) in table {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        for id in 0..count {
            checked.insert(Key::spread(id), id);
        }
        checked.map.try_reserve(n).unwrap();
        let capacity = checked.map.capacity();
        assert!(capacity >= count as usize + n);
        for id in 0..n as u64 {
            checked.insert(Key::spread(1_000 + id), id);
        }
        assert_eq!(checked.map.capacity(), capacity);
    }
}

pub fn a_size_that_cannot_be_expressed_ends_no_growth() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    for id in 0..105 {
        checked.insert(Key::spread(id), id);
    }
    ledger.refuse_all_after(0);
    // The last of them can be counted everywhere, and is too large for 32 bits.
    for n in [usize::MAX, usize::MAX / 2, u32::MAX as usize / 4] {
        if cfg!(target_pointer_width = "32") || n > u32::MAX as usize {
            let reserved = checked.map.try_reserve(n);
            assert_eq!(reserved, Err(TryReserveError::CapacityOverflow));
            assert!(checked.map.is_growing(), "{n}");
        }
    }
    assert_eq!(ledger.refused(), 0);
    checked.check_contents();
}

pub fn each_key_reserved_may_need_a_bucket_of_its_own() {
    for n in (1..=13).step_by(few_or(6, 1)) {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        checked.map.try_presize(208).unwrap();
        // Thirteen chains of eight.
        for id in 0..104 {
            checked.insert(Key::at(id, (id / 8) as u32, id as u8), id);
        }
        checked.map.try_reserve(n).unwrap();
        ledger.refuse_all_after(0);
        for id in 0..n as u64 {
            let key = Key::at(1_000 + id, id as u32, 1);
            assert!(checked.try_insert(key, id), "{id} of {n}");
        }
    }
}

pub fn shrinking_that_is_refused_keeps_what_is_reserved() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    for id in 0..20 {
        checked.insert(Key::spread(id), id);
    }
    let reserved = few_or(40, 200);
    checked.map.try_reserve(reserved).unwrap();
    let bytes = ledger.live_bytes();
    ledger.refuse_all_after(0);
    assert!(checked.map.shrink_to_fit().is_err());
    assert_eq!(
        (checked.map.reserved(), ledger.live_bytes()),
        (reserved, bytes)
    );
    for id in 1_000..1_000 + reserved as u64 {
        assert!(checked.try_insert(Key::at(id, 0, id as u8), id));
    }
}

pub fn cells_that_are_refused_leave_those_of_before() {
    let ledger = Ledger::new();
    let mut map: Hmap<Key, [u64; 40], _, _> = Hmap::with_hasher_in(Identity, &ledger);
    map.try_presize(100).unwrap();
    map.try_reserve(20).unwrap();
    let cells = map.footprint().cells;
    // A chunk, and five cells of twenty.
    ledger.refuse_all_after(1 + 5);
    assert!(map.try_reserve(40).is_err());
    assert_eq!((map.reserved(), map.footprint().cells), (20, cells));
    assert_eq!(map.validate(), Ok(()));
}

#[cfg(not(target_os = "none"))]
pub fn a_reservation_ends_before_its_memory_is_given_back() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let mut panics = 0;
    for freed in 0.. {
        let ledger = Ledger::new();
        let mut map: Hmap<Key, u64, _, _> = Hmap::with_hasher_in(Identity, &ledger);
        for id in 0..20 {
            map.insert(Key::spread(id), id).unwrap();
        }
        map.try_reserve(100).unwrap();
        ledger.panic_after_freeing(freed);
        let shrunk = catch_unwind(AssertUnwindSafe(|| map.shrink_to_fit()));
        ledger.calm_down();
        // What is still reserved goes in, at the worst place.
        ledger.refuse_all_after(0);
        for id in 0..map.reserved() as u64 {
            map.insert(Key::at(1_000 + id, 0, id as u8), id).unwrap();
        }
        assert_eq!(map.validate(), Ok(()));
        drop(map);
        ledger.take_back();
        if shrunk.is_ok() {
            break;
        }
        panics += 1;
    }
    assert!(panics > 0);
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_while_a_refused_reservation_is_undone_loses_nothing() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let ledger = Ledger::new();
    let map = Hmap::try_with_capacity_and_hasher_in(104, Identity, &ledger).unwrap();
    let mut checked: Checked<'_, u64> = Checked::of(map, &ledger);
    let bucket = ledger.live_bytes() / 17;
    // Two chunks of two buckets, and no more. The first to be given back is the last that is.
    ledger.refuse_larger_than(2 * size_of::<usize>() + 2 * bucket);
    ledger.refuse_all_after(2);
    ledger.panic_after_freeing(0);
    let reserved = catch_unwind(AssertUnwindSafe(|| checked.map.try_reserve(104)));
    assert!(reserved.is_err());
    ledger.calm_down();
    ledger.grant_all();
    assert_eq!(ledger.live_blocks(), 1, "the array");
    checked.check();
    // Sixteen overflow buckets, half of which the moves of a compaction need.
    for chain in 0..8 {
        let key = |id| Key::at(u64::from(chain) * 100 + id, chain, 1);
        let entries = if chain < 7 { 24 } else { 17 };
        (0..entries).for_each(|id| checked.insert(key(id), id));
        (0..entries - 9).for_each(|id| checked.remove(key(id)));
    }
    checked.insert(Key::at(5_000, 8, 1), 0);
    assert!(checked.map.state().same_size);
    ledger.refuse_all_after(0);
    checked.map.finish_growth();
    checked.check_contents();
    assert_eq!(checked.map.footprint().old, 0, "nothing is left of it");
}
