//! What concerns a whole map: cloning, shrinking, draining, growth under control.

use crate::support::keys::{Counted, Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use crate::support::{few_or, looks_after};
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cell::Cell;
use core::hash::{Hash, Hasher};
use hmap::{
    Compact, Entry, EntryRef, Equivalent, FirstBucket, Go, Hmap, InsertWithKeyError, Policy,
    TryReserveError,
};

fn filled(count: u64, ledger: &Ledger) -> Checked<'_, u64> {
    let mut checked = Checked::new(ledger);
    for id in 0..count {
        checked.insert(Key::spread(id), id);
    }
    checked
}

/// Counts that leave a map empty, small, full, and in the middle of a growth.
const COUNTS: &[u64] = few_or(&[0, 1, 8, 9, 27], &[0, 1, 8, 9, 27, 104, 105, 215]);

pub fn a_clone_has_the_same_entries_in_the_same_slots() {
    for &count in COUNTS {
        let ledger = Ledger::new();
        let mut checked = filled(count, &ledger);
        for id in (0..count).step_by(7) {
            checked.remove(Key::spread(id));
        }
        let copy = checked.map.try_clone().unwrap();
        assert_eq!(copy.validate(), Ok(()));
        assert!(copy.iter().eq(checked.map.iter()), "order tells the slots");
        let (state, copied) = (checked.map.state(), copy.state());
        assert_eq!((copied.bits, copied.growing), (state.bits, state.growing));
        assert_eq!(
            (copied.noverflow, copied.nevacuate),
            (state.noverflow, state.nevacuate)
        );
        let heap = copy.allocation_size();
        drop(checked);
        assert_eq!(heap, ledger.live_bytes());
        // And it goes on as the original would.
        let mut copy = copy;
        let more = count + few_or(10, 50);
        for id in 0..more {
            copy.insert(Key::spread(id), id).unwrap();
            if looks_after(id) {
                assert_eq!(copy.validate(), Ok(()));
            }
        }
        assert_eq!((copy.len() as u64, copy.validate()), (more, Ok(())));
    }
}

pub fn a_clone_of_a_chain_has_the_chain() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    for id in 0..few_or(30, 60) {
        checked.insert(Key::at(id, 0, id as u8), id);
    }
    for id in 10..few_or(20, 35) {
        checked.remove(Key::at(id, 0, id as u8));
    }
    let mut copy = checked.map.try_clone().unwrap();
    assert_eq!(copy.validate(), Ok(()));
    assert_eq!(copy.chain_stats(), checked.map.chain_stats());
    // The first free slot of both is the same.
    copy.insert(Key::at(99, 0, 9), 99).unwrap();
    checked.map.insert(Key::at(99, 0, 9), 99).unwrap();
    assert!(copy.iter().eq(checked.map.iter()));
}

pub fn a_clone_that_is_refused_memory_leaves_nothing() {
    let counts: &[u64] = few_or(&[1, 9, 27], &[1, 9, 105, 215]);
    for &count in counts {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        for id in 0..count {
            checked.insert(Key::spread(id), [id; 20]);
        }
        let before = (ledger.live_blocks(), ledger.live_bytes());
        for granted in (0..).step_by(few_or(9, 1)) {
            ledger.refuse_all_after(granted);
            let copy = checked.map.try_clone();
            ledger.grant_all();
            if copy.is_ok() {
                assert!(granted > count as usize);
                break;
            }
            assert_eq!((ledger.live_blocks(), ledger.live_bytes()), before);
        }
        checked.check_contents();
    }
}

pub fn shrinking_moves_to_the_smallest_array_that_fits() {
    for &count in COUNTS {
        let ledger = Ledger::new();
        let mut checked = filled(count, &ledger);
        for id in 0..few_or(30, 2_000) {
            checked.map.insert(Key::spread(10_000 + id), 0).unwrap();
        }
        checked.map.retain(|key, _| key.id < 10_000);
        checked.map.shrink_to_fit().unwrap();
        checked.check_contents();
        let fit = [8, 13, 26, 52, 104, 208, 416]
            .into_iter()
            .find(|fit| *fit >= count as usize);
        let expected = if count == 0 { 0 } else { fit.unwrap() };
        assert_eq!(checked.map.capacity(), expected, "{count} entries");
        let bytes = ledger.live_bytes();
        checked.map.shrink_to_fit().unwrap();
        assert!(ledger.live_bytes() <= bytes);
        for id in 0..count + few_or(1, 30) {
            checked.insert(Key::spread(id), id);
        }
        checked.check_contents();
    }
}

pub fn shrinking_that_is_refused_keeps_the_map_as_it_is() {
    let ledger = Ledger::new();
    let (count, least, capacity) = few_or((53, 20, 26), (300, 60, 104));
    let mut checked = filled(count, &ledger);
    checked.retain(|key, _| key.id % 10 == 0);
    checked.map.finish_growth();
    let before = (checked.map.capacity(), ledger.live_bytes());
    ledger.refuse_all_after(0);
    assert!(checked.map.shrink_to_fit().is_err());
    assert_eq!((checked.map.capacity(), ledger.live_bytes()), before);
    checked.check_contents();
    ledger.grant_all();
    checked.map.shrink_to(least).unwrap();
    assert_eq!(checked.map.capacity(), capacity);
    checked.check_contents();
}

pub fn shrinking_in_the_callers_bucket_keeps_it() {
    let ledger = Ledger::new();
    let mut bucket = FirstBucket::new();
    let map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
    let mut checked = Checked::of(map, &ledger);
    for id in 0..5 {
        checked.insert(Key::spread(id), id);
    }
    checked.map.shrink_to_fit().unwrap();
    assert_eq!(checked.map.capacity(), 8);
    checked.clear();
    checked.map.shrink_to_fit().unwrap();
    assert_eq!((checked.map.capacity(), ledger.calls()), (8, 0));
    checked.insert(Key::spread(1), 1);
}

pub fn an_empty_map_shrinks_to_the_callers_bucket() {
    for entries in [0, 5, 30] {
        let ledger = Ledger::new();
        let mut bucket = FirstBucket::new();
        let map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
        let mut checked = Checked::of(map, &ledger);
        for round in 0..3 {
            // Buckets behind the caller's: the array of two is refused.
            if round > 0 {
                ledger.refuse_one_after(0);
            }
            let count = if round == 0 { 8 } else { 9 };
            for id in 0..count {
                checked.insert(Key::spread(id), id);
            }
            match round {
                1 => checked.clear(),
                _ => checked.retain(|_, _| false),
            }
            checked.map.try_reserve(4 * round).unwrap();
            let calls = ledger.calls();
            checked.map.shrink_to(entries).unwrap();
            checked.check();
            assert_eq!((ledger.calls(), ledger.live_bytes()), (calls, 0));
            assert_eq!((checked.map.capacity(), checked.map.reserved()), (8, 0));
        }
        for id in 0..8 {
            let calls = ledger.calls();
            checked.insert(Key::spread(id), id);
            assert_eq!(ledger.calls(), calls);
        }
        checked.check_contents();
    }
}

pub fn a_cursor_sees_everything_once_when_the_map_shrinks() {
    let ledger = Ledger::new();
    let (entries, presize) = few_or((20, 200), (60, 1_000));
    for stop in (0..20).step_by(few_or(7, 1)) {
        let mut map = filled(entries, &ledger).map;
        map.try_presize(presize).unwrap();
        let (mut cursor, mut seen) = (hmap::Cursor::new(), Vec::new());
        for _ in 0..stop * few_or(2, 13) {
            seen.extend(
                cursor
                    .next(&map)
                    .into_iter()
                    .flatten()
                    .map(|(key, _)| key.id),
            );
        }
        map.shrink_to_fit().unwrap();
        while let Some(batch) = cursor.next(&map) {
            seen.extend(batch.map(|(key, _)| key.id));
        }
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..entries));
    }
}

pub fn a_drain_gives_everything_and_leaves_the_memory() {
    for &count in COUNTS {
        let ledger = Ledger::new();
        let mut checked = filled(count, &ledger);
        let capacity = checked.map.capacity();
        let mut drain = checked.map.drain();
        let mut ids = Vec::new();
        while let Some((key, value)) = drain.next() {
            assert_eq!(key.id, value);
            ids.push(value);
            assert_eq!(drain.len(), count as usize - ids.len());
        }
        drop(drain);
        ids.sort_unstable();
        assert!(ids.into_iter().eq(0..count));
        checked.oracle.clear();
        checked.check();
        assert_eq!(checked.map.capacity(), capacity);
        assert!(!checked.map.is_growing());
        for id in 0..count {
            checked.insert(Key::spread(id), id);
        }
        checked.check_contents();
    }
}

pub fn a_drain_dropped_half_way_drops_the_rest_and_a_forgotten_one_keeps_it() {
    let ledger = Ledger::new();
    let live = Cell::new(0);
    for count in few_or([8, 27, 53], [8, 60, 105]) {
        let mut map = Hmap::with_hasher_in(Identity, &ledger);
        for id in 0..count {
            map.insert(Key::spread(id), Counted::new(id, &live))
                .unwrap();
        }
        let mut drain = map.drain();
        drop(drain.next());
        assert_eq!(live.get(), count as isize - 1);
        core::mem::forget(drain);
        assert_eq!((map.len() as u64, map.validate()), (count - 1, Ok(())));
        let mut drain = map.drain();
        drop(drain.next());
        drop(drain);
        assert_eq!((live.get(), map.len(), map.validate()), (0, 0, Ok(())));
    }
}

pub fn extract_if_takes_what_is_chosen_and_stops_where_it_is_dropped() {
    for &count in COUNTS {
        let ledger = Ledger::new();
        let mut checked = filled(count, &ledger);
        let taken: Vec<_> = checked.map.extract_if(|key, _| key.id % 3 == 0).collect();
        assert_eq!(taken.len() as u64, count.div_ceil(3));
        checked.oracle.retain(|key, _| key.id % 3 != 0);
        checked.check_contents();
        let first = checked
            .map
            .extract_if(|_, value| {
                *value += 1;
                true
            })
            .next();
        if let Some((key, value)) = first {
            assert_eq!(checked.oracle.remove(&key), Some(value - 1));
        }
        checked.check_contents();
    }
}

pub fn growth_is_driven_step_by_step_and_to_its_end() {
    let ledger = Ledger::new();
    let (count, least, most) = few_or((53, 1, 2), (417, 18, 21));
    let mut checked = filled(count, &ledger);
    assert!(checked.map.is_growing());
    let mut steps = 0;
    while checked.map.grow_step(3) {
        checked.check_contents();
        steps += 1;
    }
    // 64 chains, or 8, two moved by the insert that began.
    assert!(
        (least..=most).contains(&steps),
        "{steps} steps of three chains"
    );
    assert!(!checked.map.grow_step(1));
    drop(checked);
    let mut checked = filled(few_or(27, 833), &ledger);
    checked.map.finish_growth();
    assert!(!checked.map.is_growing());
    checked.check_contents();
    let (calls, blocks) = (ledger.calls(), ledger.live_blocks());
    checked.map.finish_growth();
    assert_eq!((ledger.calls(), ledger.live_blocks()), (calls, blocks));
}

pub fn extending_stops_at_the_pair_that_finds_no_room() {
    let ledger = Ledger::new();
    let mut map = Hmap::with_hasher_in(Identity, &ledger);
    ledger.refuse_all_after(1);
    // Of no known length: else the one call is for all of them.
    let mut entries = (0..20).map(|id| (Key::spread(id), id)).filter(|_| true);
    let error = map.try_extend(&mut entries).unwrap_err();
    assert_eq!(error.into_pair(), (Key::spread(8), 8));
    assert_eq!((map.len(), entries.next()), (8, Some((Key::spread(9), 9))));
    let map: Hmap<u32, u32> = Hmap::try_from_iter((0..20).map(|n| (n, n))).unwrap();
    assert_eq!(map.len(), 20);
}

pub fn an_entry_is_a_place_found_once() {
    let ledger = Ledger::new();
    let mut map = Hmap::with_hasher_in(Identity, &ledger);
    let count = few_or(30, 120);
    for round in 1..4 {
        for id in 0..count {
            match map.entry(Key::spread(id)) {
                Entry::Vacant(place) => {
                    assert_eq!((round, place.key().id), (1, id));
                    *place.insert(0).unwrap() += 1;
                }
                Entry::Occupied(mut entry) => {
                    assert_eq!((entry.key().id, *entry.get()), (id, round - 1));
                    *entry.get_mut() += 1;
                }
            }
            if looks_after(id) {
                assert_eq!(map.validate(), Ok(()));
            }
            // A place that takes an entry starts the growth that is due.
            let fit = [8, 13, 26, 52, 104, 208].into_iter();
            let fit = fit.filter(|fit| *fit >= map.len()).min();
            assert_eq!(Some(map.capacity()), fit);
        }
    }
    for id in (0..count).step_by(2) {
        let Entry::Occupied(entry) = map.entry(Key::spread(id)) else {
            panic!("{id} is there");
        };
        assert_eq!(entry.remove_entry(), (Key::spread(id), 3));
        if looks_after(id) {
            assert_eq!(map.validate(), Ok(()));
        }
    }
    assert_eq!((map.len() as u64, map.validate()), (count / 2, Ok(())));
    assert_eq!(*map.entry(Key::spread(0)).or_default().unwrap(), 0);
    assert_eq!(
        *map.entry(Key::spread(1))
            .and_modify(|value| *value += 1)
            .or_insert(9)
            .unwrap(),
        4
    );
    let Ok(mut entry) = map.entry(Key::spread(1)).insert_entry(7) else {
        panic!("nothing is refused");
    };
    assert_eq!(entry.insert(8), 7);
}

pub fn a_vacant_place_gives_back_what_it_could_not_take() {
    let ledger = Ledger::new();
    let mut map = Hmap::with_hasher_in(Identity, &ledger);
    ledger.refuse_all_after(0);
    let error = map.entry(Key::spread(1)).or_insert(5).unwrap_err();
    assert!(matches!(error.reason(), TryReserveError::AllocError { .. }));
    assert_eq!(error.into_pair(), (Key::spread(1), 5));
    assert_eq!((map.len(), map.validate()), (0, Ok(())));
}

/// What is looked for, and counts how many keys were made of it.
struct Asked<'c> {
    id: u64,
    made: &'c Cell<u64>,
}

impl Hash for Asked<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Key::spread(self.id).hash(state);
    }
}

impl Equivalent<Key> for Asked<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.id == key.id
    }
}

impl From<&Asked<'_>> for Key {
    fn from(asked: &Asked<'_>) -> Self {
        asked.made.set(asked.made.get() + 1);
        Key::spread(asked.id)
    }
}

pub fn a_place_by_reference_makes_a_key_only_where_there_is_none() {
    places_by_reference::<Go>();
    places_by_reference::<Compact>();
}

fn places_by_reference<P: Policy>() {
    let ledger = Ledger::new();
    let mut map: Hmap<Key, u64, _, _, P> = Hmap::with_policy_in(Identity, &ledger);
    let made = Cell::new(0);
    let made = &made;
    let count = few_or(30, 120);
    for round in 0..3 {
        for id in 0..count {
            match map.entry_ref(&Asked { id, made }) {
                EntryRef::Vacant(place) => {
                    assert_eq!((round, place.key().id), (0, id));
                    *place.insert(0).unwrap() += 1;
                }
                EntryRef::Occupied(mut entry) => {
                    assert_eq!((entry.key().id, *entry.get()), (id, round));
                    *entry.get_mut() += 1;
                }
            }
            if looks_after(id) {
                assert_eq!(map.validate(), Ok(()));
            }
        }
    }
    assert_eq!((map.len() as u64, made.get()), (count, count));
    let id = count;
    let asked = Asked { id, made };
    assert_eq!(*map.entry_ref(&asked).or_default().unwrap(), 0);
    let place = map.entry_ref(&asked).and_modify(|value| *value += 4);
    assert_eq!(*place.or_insert(9).unwrap(), 4);
    let Ok(mut entry) = map.entry_ref(&asked).insert_entry(7) else {
        panic!("nothing is refused");
    };
    assert_eq!((entry.insert(8), made.get()), (7, count + 1));
    // With a key of the caller's no other is made.
    let asked = Asked { id: id + 1, made };
    let EntryRef::Vacant(place) = map.entry_ref(&asked) else {
        panic!("it is not there");
    };
    assert_eq!(
        place.insert_with_key(Key::spread(id + 1), 5).ok(),
        Some(&mut 5)
    );
    assert_eq!((map.get(&asked), made.get()), (Some(&5), count + 1));
    assert_eq!(map.validate(), Ok(()));
}

pub fn a_vacant_place_by_reference_gives_back_what_it_could_not_take() {
    let ledger = Ledger::new();
    let mut map = Hmap::with_hasher_in(Identity, &ledger);
    let made = Cell::new(0);
    let asked = Asked { id: 1, made: &made };
    // Another key is put nowhere, whether or not there is memory.
    for refuses in [false, true] {
        if refuses {
            ledger.refuse_all_after(0);
        }
        let EntryRef::Vacant(place) = map.entry_ref(&asked) else {
            panic!("the map is empty");
        };
        let error = place.insert_with_key(Key::spread(2), 5).unwrap_err();
        assert!(matches!(error, InsertWithKeyError::NotEqual { .. }));
        assert_eq!(
            error.to_string(),
            "the key is not equal to the one looked for"
        );
        assert_eq!(error.into_pair(), (Key::spread(2), 5));
        assert_eq!((map.len(), map.validate(), ledger.calls()), (0, Ok(()), 0));
    }
    let error = map.entry_ref(&asked).or_insert(5).unwrap_err();
    assert!(matches!(error.reason(), TryReserveError::AllocError { .. }));
    assert_eq!(error.into_pair(), (Key::spread(1), 5));
    let EntryRef::Vacant(place) = map.entry_ref(&asked) else {
        panic!("the map is empty");
    };
    let error = place.insert_with_key(Key::spread(1), 6).unwrap_err();
    assert!(matches!(error, InsertWithKeyError::NoRoom(_)));
    assert_eq!(error.into_pair(), (Key::spread(1), 6));
    assert_eq!((map.len(), map.validate(), made.get()), (0, Ok(()), 1));
}

pub fn growth_that_was_refused_is_said_to_wait() {
    let ledger = Ledger::new();
    let mut checked = filled(104, &ledger);
    assert!(!checked.map.is_growth_deferred());
    ledger.refuse_one_after(0);
    checked.insert(Key::spread(104), 104);
    assert!(checked.map.is_growth_deferred());
    for id in 105..114 {
        checked.insert(Key::spread(id), id);
    }
    assert!(checked.map.is_growing() && !checked.map.is_growth_deferred());
}

pub fn chains_stay_whole_when_a_map_shrinks() {
    let ledger = Ledger::new();
    for &chains in few_or::<&[u64]>(&[3], &[1, 3]) {
        let mut checked = Checked::new(&ledger);
        checked.map.try_presize(few_or(100, 1_000)).unwrap();
        for id in 0..50 {
            checked.insert(Key::at(id, (id % chains) as u32, id as u8), id);
        }
        checked.map.shrink_to_fit().unwrap();
        assert_eq!(checked.map.capacity(), 52);
        checked.check_contents();
        assert!(checked.map.state().noverflow >= 4);
    }
}

pub fn shrinking_ends_a_growth_also_where_the_array_stays() {
    let ledger = Ledger::new();
    let (count, capacity) = few_or((53, 104), (105, 208));
    let mut checked = filled(count, &ledger);
    assert!(checked.map.is_growing());
    checked.map.shrink_to_fit().unwrap();
    assert!(!checked.map.is_growing());
    assert_eq!(
        (checked.map.capacity(), checked.map.footprint().old),
        (capacity, 0)
    );
    checked.check_contents();
}

pub fn an_entry_is_removed_from_any_place_of_a_chain() {
    let ledger = Ledger::new();
    let key = |id| Key::at(id, 0, id as u8);
    // From the back, from the front, and every third.
    const COUNT: u64 = few_or(20, 40);
    let orders: [fn(u64) -> u64; 3] = [|n| COUNT - 1 - n, |n| n, |n| n * 3 % COUNT];
    for order in orders {
        let mut checked = Checked::new(&ledger);
        for id in 0..COUNT {
            checked.insert(key(id), id);
        }
        for id in (0..COUNT).map(order) {
            let Entry::Occupied(entry) = checked.map.entry(key(id)) else {
                panic!("{id} is there");
            };
            assert_eq!(entry.remove(), id);
            checked.oracle.remove(&key(id));
            checked.check();
        }
    }
}

#[cfg(not(target_os = "none"))]
pub fn a_map_is_whole_where_the_allocator_panics_as_it_takes_the_array_back() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    for freed in 0..3 {
        let ledger = Ledger::new();
        let mut map = Hmap::with_hasher_in(Identity, &ledger);
        for id in 0..40 {
            map.insert(Key::at(id, 0, id as u8), id).unwrap();
        }
        map.retain(|_, _| false);
        map.finish_growth();
        ledger.panic_after_freeing(freed);
        let shrunk = catch_unwind(AssertUnwindSafe(|| map.shrink_to_fit()));
        assert!(shrunk.is_err());
        ledger.calm_down();
        assert_eq!(
            (map.validate(), map.capacity(), map.allocation_size()),
            (Ok(()), 0, 0)
        );
        for id in 0..40 {
            map.insert(Key::spread(id), id).unwrap();
        }
        assert_eq!(map.validate(), Ok(()));
        drop(map);
        ledger.take_back();
    }
}
