//! A clone is no larger than its original, and one that replaces another uses what is there.

use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use fastrand::Rng;
use hmap::introspection::OfArrays;
use hmap::{Compact, Go, HashMap, HashSet, HashTable, Hmap, Policy};

type Map<'l, V, P = Go> = Hmap<Key, V, Identity, &'l Ledger, P>;

fn filled<'l, V: Copy, P: Policy>(ledger: &'l Ledger, count: u64, value: V) -> Map<'l, V, P> {
    let mut map = Hmap::with_policy_in(Identity, ledger);
    for id in 0..count {
        map.insert(Key::spread(id), value).unwrap();
    }
    map
}

/// Clones into the same map again and again, and expects no call of the allocator.
fn again_and_again<V: Copy + PartialEq + core::fmt::Debug, P: Policy>(count: u64, value: V) {
    let ledger = Ledger::new();
    let mut source: Map<'_, V, P> = filled(&ledger, count, value);
    source.finish_growth();
    let mut copy = source.try_clone().unwrap();
    let slots = |map: &Map<'_, V, P>| {
        map.iter()
            .map(|(key, _)| *key)
            .collect::<alloc::vec::Vec<_>>()
    };
    for round in 0..few_or(2, 10) {
        // Other entries of the same number, so that the chains differ.
        let left = source.keys().next().copied().unwrap();
        source.remove(&left);
        source.insert(Key::spread(1_000 + round), value).unwrap();
        let calls = ledger.calls();
        let bytes = ledger.live_bytes();
        copy.try_clone_from(&source).unwrap();
        // Chains may be longer than before: a bucket, but nothing for the same again.
        assert!(ledger.calls() <= calls + 1);
        let (calls, freed) = (ledger.calls(), ledger.freed());
        copy.try_clone_from(&source).unwrap();
        assert_eq!(
            (ledger.calls(), ledger.freed()),
            (calls, freed),
            "{count} entries"
        );
        assert!(ledger.live_bytes() <= bytes + 2 * size_of::<(Key, V)>() * 8 + 64);
        assert_eq!((copy.validate(), &copy), (Ok(()), &source));
        assert_eq!(slots(&copy), slots(&source));
        assert_eq!(
            copy.allocation_size() + source.allocation_size(),
            ledger.live_bytes()
        );
    }
}

pub fn cloning_again_and_again_into_the_same_map_asks_for_nothing() {
    for count in few_or(&[1, 20][..], &[1, 2, 4, 8, 13, 52, 60, 300]) {
        again_and_again::<u64, Go>(*count, 7);
        again_and_again::<u64, Compact>(*count, 7);
        // In cells, which are used again too.
        again_and_again::<[u8; 200], Go>(*count, [7; 200]);
    }
}

pub fn the_faces_that_cannot_fail_clone_into_what_is_there() {
    let ledger = Ledger::new();
    let count = few_or(20, 300);
    let mut map = HashMap::with_hasher_in(Identity, &ledger);
    let mut set = HashSet::with_hasher_in(Identity, &ledger);
    let mut table = HashTable::new_in(&ledger);
    for id in 0..count {
        map.insert(Key::spread(id), id);
        set.insert(Key::spread(id));
        table.insert_unique(Key::spread(id).hash, id, |id| Key::spread(*id).hash);
    }
    map.as_hmap_mut().finish_growth();
    let full: HashMap<_, _, _, _> = map.clone();
    set.reserve(0);
    let (mut a, mut b, mut c) = (map.clone(), set.clone(), table.clone());
    for _ in 0..few_or(2, 10) {
        a.retain(|key, _| key.id % 3 == 0);
        b.retain(|key| key.id % 3 == 0);
        c.retain(|id| *id % 3 == 0);
        let calls = ledger.calls();
        a.clone_from(&map);
        assert_eq!(ledger.calls(), calls);
        b.clone_from(&set);
        c.clone_from(&table);
        assert!(a == full && b == set && c.len() == table.len());
        assert!((0..count).all(|id| c.find(Key::spread(id).hash, |have| *have == id).is_some()));
    }
}

pub fn a_clone_of_another_size_replaces_the_map_or_leaves_it() {
    let counts = few_or([0, 3, 9], [0, 9, 120]);
    for into in counts {
        for of in counts {
            let ledger = Ledger::new();
            let source: Map<'_, [u8; 200]> = filled(&ledger, of, [1; 200]);
            for granted in 0.. {
                let mut map: Map<'_, [u8; 200]> = filled(&ledger, into, [2; 200]);
                let bytes = ledger.live_bytes();
                ledger.refuse_all_after(granted);
                let cloned = map.try_clone_from(&source);
                ledger.grant_all();
                assert_eq!(map.validate(), Ok(()));
                assert_eq!(
                    map.allocation_size() + source.allocation_size(),
                    ledger.live_bytes()
                );
                if cloned.is_ok() {
                    assert_eq!(map, source);
                    break;
                }
                assert!(map.len() as u64 == into && map.values().all(|value| value[0] == 2));
                assert!(ledger.live_bytes() >= bytes);
                assert!(granted <= of as usize + 4, "{into}, {of}");
            }
        }
    }
}

pub fn a_clone_is_no_larger_than_its_original() {
    fn check<V: Copy + PartialEq, P: Policy + OfArrays>(random: &mut Rng, value: V) {
        let ledger = Ledger::new();
        let mut map: Map<'_, V, P> = Hmap::with_policy_in(Identity, &ledger);
        let crowds = [u32::MAX, 0x1f, 0x3, 0][random.usize(0..4)];
        for id in 0..random.u64(0..few_or(30, 300)) {
            if random.u32(0..12) == 0 {
                ledger.refuse_one_after(0);
            }
            _ = map.insert(Key::at(id, random.u32(..) & crowds, id as u8), value);
            if random.u32(0..3) == 0 {
                map.remove(&Key::at(id, 0, 0));
                let any = map.keys().next().copied();
                any.map(|key| map.remove(&key));
            }
            ledger.grant_all();
            if id % few_or(9, 3) == 0 {
                let copy = map.try_clone().unwrap();
                assert!(
                    copy.allocation_size() <= map.allocation_size(),
                    "{:?}",
                    map.state()
                );
                assert!(copy == map && copy.validate() == Ok(()));
            }
        }
    }
    let mut random = Rng::with_seed(12);
    for _ in 0..few_or(1, 60) {
        check::<u64, Go>(&mut random, 1);
        check::<u64, Compact>(&mut random, 1);
        check::<[u8; 200], Go>(&mut random, [1; 200]);
    }
}

#[cfg(target_pointer_width = "64")]
pub fn a_compact_map_of_one_entry_is_cloned_into_two_slots() {
    let ledger = Ledger::new();
    let mut map: Hmap<u64, u64, _, _, Compact> =
        Hmap::with_policy_in(hmap::DefaultHashBuilder::with_seed(1), &ledger);
    map.insert(1, 2).unwrap();
    let copy = map.try_clone().unwrap();
    assert_eq!((copy.allocation_size(), copy.get(&1)), (48, Some(&2)));
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_while_a_map_is_cloned_into_leaves_it_whole() {
    use crate::support::part::{Event, Part, World};
    use std::panic::{AssertUnwindSafe, catch_unwind};

    const ENTRIES: u64 = few_or(3, 10);

    fn check<const V: usize>(event: Event) {
        let mut panics = 0;
        for after in 0.. {
            let (ledger, world) = (Ledger::new(), World::new());
            let mut source: Hmap<Part<'_, 0>, Part<'_, V>, _, _> =
                Hmap::with_hasher_in(Identity, &ledger);
            for id in 0..ENTRIES {
                let key = Part::new(Key::spread(id), &world);
                assert!(
                    source
                        .insert(key, Part::value(id, &world))
                        .unwrap()
                        .is_none()
                );
            }
            source.finish_growth();
            let mut copy = source.try_clone().unwrap();
            world.panic_at(event, after);
            let cloned = catch_unwind(AssertUnwindSafe(|| copy.try_clone_from(&source)));
            world.calm_down();
            assert_eq!(copy.validate(), Ok(()));
            assert_eq!(world.dropped_twice(), 0);
            assert_eq!(world.live(), 2 * (copy.len() + source.len()));
            assert_eq!(
                copy.allocation_size() + source.allocation_size(),
                ledger.live_bytes()
            );
            if cloned.is_ok() {
                assert_eq!(copy.len() as u64, ENTRIES);
                break;
            }
            assert_eq!(copy.len(), 0);
            panics += 1;
        }
        assert_eq!(panics, 2 * ENTRIES, "{event:?}");
    }
    for event in [Event::Clone, Event::Drop] {
        check::<0>(event);
        check::<15>(event);
    }
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_of_the_allocator_with_a_keys_cell_loses_no_values_cell() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let ledger = Ledger::new();
    let mut map: Hmap<[u64; 40], [u8; 200], _, _> =
        Hmap::with_hasher_in(hmap::DefaultHashBuilder::with_seed(1), &ledger);
    map.insert([1; 40], [1; 200]).unwrap();
    let blocks = ledger.live_blocks();
    ledger.panic_after_freeing(0);
    let removed = catch_unwind(AssertUnwindSafe(|| map.delete(&[1; 40])));
    ledger.calm_down();
    assert!(removed.is_err());
    assert_eq!((map.len(), map.validate()), (0, Ok(())));
    assert_eq!(
        ledger.live_blocks(),
        blocks - 2,
        "both cells are given back"
    );
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_the_first_clone_leaves_no_chain_half_made() {
    use crate::support::part::{Event, Part, World};
    use std::panic::{AssertUnwindSafe, catch_unwind};

    // The one entry that is left hangs behind a bucket of slots that were in use.
    let (ledger, world) = (Ledger::new(), World::new());
    let chained = |ids: core::ops::Range<u64>| {
        let mut map: Hmap<Part<'_, 0>, u64, _, _> = Hmap::with_hasher_in(Identity, &ledger);
        for id in ids {
            let key = Part::new(Key::at(id, 0, 9), &world);
            assert_eq!(map.insert(key, id).unwrap(), None);
        }
        map.finish_growth();
        map
    };
    let (mut source, mut copy) = (chained(0..13), chained(0..13));
    source.retain(|key, _| key.of.id == 12);
    world.panic_at(Event::Clone, 0);
    let cloned = catch_unwind(AssertUnwindSafe(|| copy.try_clone_from(&source)));
    world.calm_down();
    assert!(cloned.is_err());
    assert_eq!((copy.len(), copy.validate()), (0, Ok(())));
    // It grows as any other.
    for id in 100..few_or(112, 150) {
        let key = Part::new(Key::at(id, 0, 9), &world);
        assert_eq!(copy.insert(key, id).unwrap(), None);
        assert_eq!(copy.validate(), Ok(()));
    }
    copy.finish_growth();
    assert!(!copy.is_growing());
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_at_the_end_of_a_clone_leaves_no_reservation() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let ledger = Ledger::new();
    let mut copy: Map<'_, [u8; 200]> = filled(&ledger, 13, [0; 200]);
    let mut source: Map<'_, [u8; 200]> = filled(&ledger, 9, [1; 200]);
    source.remove(&Key::spread(8));
    copy.finish_growth();
    source.finish_growth();
    // Cells of five entries are left over, and given back.
    ledger.panic_after_freeing(0);
    let cloned = catch_unwind(AssertUnwindSafe(|| copy.try_clone_from(&source)));
    ledger.calm_down();
    assert!(cloned.is_err());
    assert_eq!(
        (copy.len(), copy.reserved(), copy.validate()),
        (0, 0, Ok(()))
    );
    assert_eq!(
        copy.allocation_size() + source.allocation_size(),
        ledger.live_bytes()
    );
}

pub fn a_clone_that_is_refused_a_call_is_no_larger_either() {
    // One chain, whose overflow buckets are all in one chunk, so that a clone in two would have
    // a header more.
    let ledger = Ledger::new();
    let mut map: Map<'_, u64> = Hmap::with_hasher_in(Identity, &ledger);
    map.try_reserve(40).unwrap();
    for id in 0..40 {
        map.insert(Key::at(id, 0, id as u8), id).unwrap();
    }
    map.finish_growth();
    let (bytes, mut refused) = (ledger.live_bytes(), 0);
    for calls in 0..4 {
        ledger.refuse_one_after(calls);
        match map.try_clone() {
            Ok(copy) => {
                assert_eq!((copy.validate(), &copy), (Ok(()), &map));
                assert!(copy.allocation_size() <= map.allocation_size());
            }
            Err(_) => refused += 1,
        }
        ledger.grant_all();
        assert_eq!(ledger.live_bytes(), bytes);
    }
    assert_eq!(refused, 2, "of the array and of the chunk");
}
