//! `mem::forget` on everything that a map lends or becomes: at worst something leaks.

#![allow(
    clippy::forget_non_drop,
    reason = "whether what is forgotten would be dropped is what is looked at"
)]

use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::part::{Part, World};
use crate::support::scene::Map;
use crate::support::{few_or, looks_after};
use core::mem::forget;
use hmap::{Cursor, Entry, Hmap};

/// Counts of entries that leave a map in a bucket, in an array, in mid-growth.
const COUNTS: &[u64] = few_or(&[5, 27], &[5, 60, 105, 130]);

/// Lends a map in each state, looks at it afterwards, and expects that so many parts
/// and blocks are left when it is gone.
fn check(
    task: impl for<'w> Fn(Map<'w, &'w Ledger, 0, 15>, &'w World),
    parts: usize,
    blocks: usize,
) {
    for &count in COUNTS {
        let (ledger, world) = (Ledger::new(), World::new());
        let mut map = Hmap::with_hasher_in(Identity, &ledger);
        for id in 0..count {
            let pair = (Part::new(Key::spread(id), &world), Part::value(id, &world));
            map.insert(pair.0, pair.1).unwrap();
        }
        task(map, &world);
        assert_eq!(world.live(), parts, "{count} entries");
        assert_eq!(ledger.take_back(), blocks, "{count} entries");
        assert_eq!(world.dropped_twice(), 0);
    }
}

/// The map is whole, has so many entries, and goes on.
fn goes_on<const K: usize, const V: usize>(
    map: &mut Map<'_, &Ledger, K, V>,
    len: usize,
    world: &World,
) {
    assert_eq!((map.validate(), map.len()), (Ok(()), len));
    assert_eq!(world.live(), 2 * len);
    assert_eq!(map.iter().count(), len);
    map.retain(|key, _| key.of.id % 2 == 0);
    assert_eq!(map.validate(), Ok(()));
}

pub fn a_forgotten_drain_leaves_what_it_did_not_give() {
    check(
        |mut map, world| {
            let len = map.len();
            let mut drain = map.drain();
            drop((drain.next(), drain.next()));
            forget(drain);
            goes_on(&mut map, len - 2, world);
        },
        0,
        0,
    );
}

pub fn a_forgotten_extract_if_leaves_what_it_did_not_give() {
    check(
        |mut map, world| {
            let len = map.len();
            let mut extracted = map.extract_if(|_, _| true);
            drop((extracted.next(), extracted.next()));
            forget(extracted);
            goes_on(&mut map, len - 2, world);
        },
        0,
        0,
    );
}

pub fn forgotten_iterators_by_reference_are_nothing() {
    check(
        |mut map, world| {
            let len = map.len();
            let mut all = map.iter_mut();
            all.next().unwrap().1.set(7);
            forget(all);
            forget(map.values_mut());
            forget((map.iter(), map.keys(), map.values(), map.iter_from(1, 1)));
            goes_on(&mut map, len, world);
        },
        0,
        0,
    );
}

pub fn forgotten_batches_are_passed_over_by_the_cursor() {
    check(
        |mut map, world| {
            let len = map.len();
            let mut cursor = Cursor::new();
            let mut batch = cursor.next_mut(&mut map).unwrap();
            let given = usize::from(batch.next().is_some());
            forget(batch);
            forget(cursor.next(&map));
            let rest: usize = core::iter::from_fn(|| Some(cursor.next(&map)?.count())).sum();
            assert!(given + rest <= len);
            goes_on(&mut map, len, world);
        },
        0,
        0,
    );
}

pub fn a_forgotten_place_of_an_entry_changes_nothing() {
    check(
        |mut map, world| {
            let len = map.len();
            for id in 0..len as u64 {
                let key = Part::new(Key::spread(id), world);
                let Entry::Occupied(entry) = map.entry(key) else {
                    panic!("{id} is there");
                };
                forget(entry);
                if looks_after(id) {
                    assert_eq!(map.validate(), Ok(()));
                }
            }
            goes_on(&mut map, len, world);
        },
        0,
        0,
    );
}

pub fn a_forgotten_vacant_place_leaks_its_key() {
    check(
        |mut map, world| {
            let key = Part::new(Key::spread(9_999), world);
            let Entry::Vacant(entry) = map.entry(key) else {
                panic!("it is not there");
            };
            forget(entry);
            assert_eq!(map.validate(), Ok(()));
        },
        1,
        0,
    );
}

pub fn a_forgotten_refusal_leaks_its_pair() {
    check(
        |mut map, world| {
            let len = map.len();
            let ledger: &Ledger = map.allocator();
            ledger.refuse_all_after(0);
            let (key, value) = (Part::new(Key::spread(9_999), world), Part::value(1, world));
            forget(map.insert(key, value).unwrap_err());
            ledger.grant_all();
            assert_eq!((map.validate(), map.len()), (Ok(()), len));
        },
        2,
        0,
    );
}

pub fn a_forgotten_map_or_one_taken_apart_leaks_all_of_it() {
    for take in [0, 3] {
        let (ledger, world) = (Ledger::new(), World::new());
        let mut map: Map<'_, _, 0, 15> = Hmap::with_hasher_in(Identity, &ledger);
        for id in 0..8 {
            let key = Part::new(Key::spread(id), &world);
            map.insert(key, Part::value(id, &world)).unwrap();
        }
        let mut entries = map.into_iter();
        assert_eq!(entries.by_ref().take(take).count(), take);
        forget(entries);
        assert_eq!(world.live(), 2 * (8 - take));
        assert_eq!(ledger.take_back(), 1 + 8 - take, "a bucket, and cells");
    }
}
