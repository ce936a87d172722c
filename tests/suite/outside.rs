//! Memory made outside the lock and given back outside it: what is done with a
//! [`Reservation`] calls no allocator, in either direction, and each owner keeps what he has.

#![expect(
    clippy::result_large_err,
    reason = "an error is the pair, and large values are tried"
)]

use crate::support::keys::{Counted, Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::{few_or, looks_after};
use alloc::vec::Vec;
use core::cell::Cell;
use core::hash::{BuildHasher, Hash, Hasher};
use hmap::{
    Compact, Entry, EntryRef, Go, Hmap, HmapSet, Policy, Reservation, SameHeap, SeededBuildHasher,
    VacantEntry, hmap_set,
};

type Map<'l, V, P = Go> = Hmap<Key, V, Identity, &'l Ledger, P>;

/// Runs something that may call no allocator.
fn locked<R>(ledger: &Ledger, run: impl FnOnce() -> R) -> R {
    let before = (ledger.calls(), ledger.freed());
    let done = run();
    assert_eq!((ledger.calls(), ledger.freed()), before, "under the lock");
    done
}

/// A new key goes in with one reservation that is used again and again, and is filled without
/// the lock; every 11th of them comes a second time.
fn fill<V: Clone + PartialEq + core::fmt::Debug, P: Policy>(
    map: &mut Map<'_, V, P>,
    ledger: &Ledger,
    keys: impl Iterator<Item = Key>,
    value: &V,
) {
    let mut reservation = locked(ledger, || map.reservation(1));
    for key in keys {
        reservation.allocate().unwrap();
        assert!(reservation.is_complete() && reservation.missing() == 0);
        let (len, own) = (map.len(), value.clone());
        let old = locked(ledger, || map.insert_with(&mut reservation, key, own));
        assert!(old.unwrap().is_none());
        assert_eq!((map.len(), map.get(&key)), (len + 1, Some(value)));
        if key.id % 11 == 0 {
            let again = locked(ledger, || {
                map.insert_with(&mut reservation, key, value.clone())
            });
            assert_eq!(again.unwrap(), Some(value.clone()));
        }
        locked(ledger, || map.note_needs(1, &mut reservation));
        looks_after(key.id).then(|| map.validate().unwrap());
    }
    drop(reservation);
    assert_eq!(ledger.live_bytes(), map.footprint().heap());
}

/// From empty to many entries, and by removals back: with spread hashes, and with all in one
/// chain.
pub(super) fn there_and_back<V: Clone + PartialEq + core::fmt::Debug, P: Policy>(
    value: &V,
    many: u64,
) {
    for one_chain in [false, true] {
        let many = if one_chain { many / few_or(2, 8) } else { many };
        let key = |id| match one_chain {
            true => Key::at(id, 0, 0x80 + (id % 128) as u8),
            false => Key::spread(id),
        };
        let ledger = Ledger::new();
        let mut map: Map<'_, V, P> = Hmap::with_policy_in(Identity, &ledger);
        fill(&mut map, &ledger, (0..many).map(key), value);
        assert_eq!(map.len() as u64, many);

        let mut set_free = map.reservation(0);
        for id in 0..many / 2 {
            let removed = locked(&ledger, || map.remove_with(&mut set_free, &key(id)));
            assert_eq!(removed.as_ref(), Some(value));
            looks_after(id).then(|| map.validate().unwrap());
        }
        assert_eq!(map.validate(), Ok(()));
        let stays = |key: &Key| key.id % 2 == 0;
        locked(&ledger, || {
            assert!(map.delete_with(&mut set_free, &key(many / 2)));
            assert!(!map.delete_with(&mut set_free, &key(many / 2)));
            map.retain_with(&mut set_free, |key, _| stays(key));
        });
        assert!(map.keys().all(|key| stays(key) && key.id > many / 2));
        assert_eq!(map.validate(), Ok(()));
        let left = map.len();
        let drained = locked(&ledger, || {
            let drained = map.drain_with(&mut set_free).unwrap();
            assert_eq!(drained.len(), left);
            drained.take(left / 2).count()
        });
        assert_eq!((drained, map.len()), (left / 2, 0));
        assert_eq!(map.validate(), Ok(()));
        drop(set_free);
        assert_eq!(ledger.live_bytes(), map.footprint().heap());
    }
}

pub fn what_is_done_with_a_reservation_calls_no_allocator() {
    let many = few_or(24, 1500);
    there_and_back::<u64, Go>(&7, many);
    there_and_back::<[u64; 20], Go>(&[7; 20], many);
    there_and_back::<(), Go>(&(), many);
    there_and_back::<u8, Compact>(&7, many);
    there_and_back::<[u64; 20], Compact>(&[7; 20], many);
}

pub fn a_map_in_the_callers_bucket_grows_with_a_reservation() {
    let ledger = Ledger::new();
    let mut bucket = hmap::first_bucket!(Key, u64);
    let mut map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
    let mut reservation = map.reservation(1);
    for id in 0..100 {
        if id >= 8 {
            reservation.allocate().unwrap();
        }
        let inserted = locked(&ledger, || {
            let inserted = map.insert_with(&mut reservation, Key::spread(id), id);
            map.note_needs(1, &mut reservation);
            inserted
        });
        assert_eq!(inserted.unwrap(), None);
        looks_after(id).then(|| map.validate().unwrap());
        assert!(id > 7 || ledger.calls() == 0);
    }
}

pub fn many_new_keys_have_what_they_need_whatever_their_hashes() {
    let ledger = Ledger::new();
    for many in [1_u64, 2, 9, few_or(20, 300)] {
        let mut map: Map<'_, [u64; 20]> = Hmap::with_hasher_in(Identity, &ledger);
        let mut reservation = map.reservation(many as usize);
        reservation.allocate().unwrap();
        locked(&ledger, || {
            for id in 0..many {
                let inserted = map.insert_with(&mut reservation, Key::at(id, 3, 0x99), [id; 20]);
                assert!(inserted.unwrap().is_none());
            }
        });
        assert_eq!(map.validate(), Ok(()));
    }
    assert_eq!(ledger.live_blocks(), 0);
}

pub fn two_owners_keep_what_each_of_them_reserved() {
    let ledger = Ledger::new();
    let mut map: Map<'_, [u64; 20]> = Hmap::with_hasher_in(Identity, &ledger);
    let key = |id| Key::at(id, 0, 0x80);
    // A third one has reserved in the map itself.
    map.try_reserve(3).unwrap();
    let [mut ours, mut theirs] = [2, 2].map(|n| map.reservation(n));
    ours.allocate().unwrap();
    theirs.allocate().unwrap();
    ledger.refuse_all_after(0);
    locked(&ledger, || {
        for id in 0..2 {
            assert!(map.insert_with(&mut ours, key(id), [id; 20]).is_ok());
            assert_eq!(map.reserved(), 3);
        }
        assert!(map.insert_with(&mut ours, key(2), [2; 20]).is_err());
        assert_eq!(map.len(), 2);
        for id in 10..12 {
            assert!(map.insert_with(&mut theirs, key(id), [id; 20]).is_ok());
            assert_eq!(map.reserved(), 3);
        }
        for id in 20..23 {
            assert!(map.insert_within_capacity(key(id), [id; 20]).is_ok());
        }
        assert_eq!((map.len(), map.reserved()), (7, 0));
    });
    assert_eq!(map.validate(), Ok(()));
    for (key, value) in &map {
        assert_eq!(*value, [key.id; 20]);
    }
}

pub fn what_is_reserved_in_a_map_is_so_however_many_others_bring() {
    for reserved in 1..few_or(3, 12) {
        for others in (0..few_or(20, 60)).step_by(few_or(3, 1)) {
            let ledger = Ledger::new();
            let mut map: Map<'_, u64> = Hmap::with_hasher_in(Identity, &ledger);
            map.try_reserve(reserved as usize).unwrap();
            let mut brought = map.reservation(others as usize);
            brought.allocate().unwrap();
            ledger.refuse_all_after(0);
            locked(&ledger, || {
                for id in 0..others {
                    assert!(
                        map.insert_with(&mut brought, Key::at(id, id as u32 % 3, 0x80), id)
                            .is_ok()
                    );
                    looks_after(id).then(|| map.validate().unwrap());
                }
                for id in 100..100 + reserved {
                    assert!(map.insert_within_capacity(Key::at(id, 0, 0x80), id).is_ok());
                }
            });
            assert_eq!(map.validate(), Ok(()));
        }
    }
}

pub fn a_reservation_that_is_too_little_says_what_is_needed_now() {
    let ledger = Ledger::new();
    let mut map: Map<'_, u64> = Hmap::with_hasher_in(Identity, &ledger);
    map.insert(Key::spread(0), 0).unwrap();
    let mut reservation = map.reservation(1);
    reservation.allocate().unwrap();
    // The map has given its memory back since.
    map.clear();
    map.shrink_to_fit().unwrap();
    assert_eq!(map.allocation_size(), 0);
    let error = locked(&ledger, || {
        map.insert_with(&mut reservation, Key::spread(1), 1)
    });
    let (key, value) = error.unwrap_err().into_pair();
    assert_eq!((key, value, map.len()), (Key::spread(1), 1, 0));
    assert!(!reservation.is_complete() && reservation.missing() > 0);

    ledger.refuse_all_after(0);
    assert!(reservation.allocate().is_err());
    ledger.grant_all();
    reservation.allocate().unwrap();
    assert_eq!(reservation.missing(), 0);
    let inserted = locked(&ledger, || map.insert_with(&mut reservation, key, value));
    assert_eq!(inserted.unwrap(), None);
    // An empty one has nothing for a chain that is full.
    let full = |id| Key::at(id, 0, 0x80);
    for id in 0..8 {
        map.insert(full(id), id).unwrap();
    }
    let mut nothing = map.reservation(0);
    let refused = locked(&ledger, || map.insert_with(&mut nothing, full(9), 9));
    assert_eq!(refused.unwrap_err().into_pair(), (full(9), 9));
    nothing.allocate().unwrap();
    locked(&ledger, || map.insert_with(&mut nothing, full(9), 9)).unwrap();
    assert_eq!(map.validate(), Ok(()));
}

pub fn large_values_that_come_and_go_allocate_nothing() {
    let ledger = Ledger::new();
    let mut map: Hmap<u64, [u64; 144], Identity, &Ledger> = Hmap::with_hasher_in(Identity, &ledger);
    let mut reservation = map.reservation(1);
    reservation.allocate().unwrap();
    locked(&ledger, || {
        for round in 0..few_or(20, 1000) {
            let inserted = map.insert_with(&mut reservation, round, [round; 144]);
            assert!(inserted.unwrap().is_none());
            let removed = map.remove_with(&mut reservation, &round);
            assert_eq!(removed, Some([round; 144]));
        }
    });
    drop((map, reservation));
    assert_eq!(ledger.live_blocks(), 0);
}

pub fn a_growth_is_started_and_driven_in_memory_of_an_idle_task() {
    let ledger = Ledger::new();
    let mut map: Map<'_, u64> = Hmap::with_hasher_in(Identity, &ledger);
    assert!(map.growth_reservation().is_none());
    let mut id = 0;
    while map.growth_reservation().is_none() {
        map.insert(Key::spread(id), id).unwrap();
        id += 1;
        assert!(id < 1000 && !map.is_growing());
    }
    let mut growths = 0;
    while id < few_or(30, 3000) {
        if let Some(mut larger) = locked(&ledger, || map.growth_reservation()) {
            // A reservation that is not complete starts nothing.
            let capacity = map.capacity();
            assert!(!locked(&ledger, || map.grow_with(&mut larger)));
            assert_eq!(map.capacity(), capacity);
            larger.allocate().unwrap();
            assert!(locked(&ledger, || map.grow_with(&mut larger)));
            assert!(map.is_growing() && map.capacity() > capacity);
            assert!(!locked(&ledger, || map.grow_with(&mut larger)), "one runs");
            while locked(&ledger, || map.grow_step_with(&mut larger, 1)) {
                assert_eq!(map.validate(), Ok(()));
            }
            growths += 1;
        }
        let mut reservation = map.reservation(1);
        reservation.allocate().unwrap();
        locked(&ledger, || {
            map.insert_with(&mut reservation, Key::spread(id), id)
        })
        .unwrap();
        assert_eq!(map.validate(), Ok(()));
        id += 1;
    }
    assert!(growths >= few_or(2, 8), "{growths}");
    assert_eq!(ledger.live_bytes(), map.footprint().heap());
    assert!((0..id).all(|id| map.get(&Key::spread(id)) == Some(&id)));
}

pub fn a_forgotten_reservation_leaks_itself_and_nothing_else() {
    let ledger = Ledger::new();
    let mut map: Map<'_, [u64; 20]> = Hmap::with_hasher_in(Identity, &ledger);
    let mut reservation = map.reservation(3);
    reservation.allocate().unwrap();
    let held = reservation.held();
    map.insert_with(&mut reservation, Key::spread(1), [1; 20])
        .unwrap();
    let kept = ledger.live_bytes() - map.footprint().heap();
    assert!(kept < held && kept == reservation.held());
    core::mem::forget(reservation);
    assert_eq!(map.get(&Key::spread(1)), Some(&[1; 20]));
    drop(map);
    assert_eq!(ledger.live_bytes(), kept);
    assert!(ledger.take_back() > 0);
}

pub fn a_reservation_of_another_heap_is_exchanged_and_never_mixed() {
    let (ours, theirs) = (Ledger::new(), Ledger::new());
    let mut map: Map<'_, [u64; 20]> = Hmap::with_hasher_in(Identity, &ours);
    let other: Map<'_, [u64; 20]> = Hmap::with_hasher_in(Identity, &theirs);
    let mut reservation: Reservation<Key, [u64; 20], &Ledger> = other.reservation(1);
    reservation.allocate().unwrap();
    let pair = map.insert_with(&mut reservation, Key::spread(1), [1; 20]);
    let (key, value) = pair.unwrap_err().into_pair();
    assert!(!reservation.is_complete());
    assert!(map.drain_with(&mut reservation).is_none());
    // As `remove`, since there is nowhere to put what is set free.
    map.insert(key, value).unwrap();
    assert_eq!(map.remove_with(&mut reservation, &key), Some(value));
    map.insert(key, value).unwrap();
    assert!(map.delete_with(&mut reservation, &key));
    map.insert(key, value).unwrap();
    map.retain_with(&mut reservation, |_, _| false);
    map.clear_with(&mut reservation);
    assert!(!map.grow_with(&mut reservation) && !map.grow_step_with(&mut reservation, 1));

    reservation.allocate().unwrap();
    assert_eq!((theirs.live_blocks(), reservation.is_complete()), (0, true));
    locked(&ours, || map.insert_with(&mut reservation, key, value)).unwrap();
    // One without memory is anybody's.
    reservation.release();
    assert!(other.reservation(1).held() == 0);
    drop(map);
    drop(reservation);
    assert_eq!((ours.live_blocks(), theirs.live_blocks()), (0, 0));
    assert!((&&ours).is_same_heap(&&ours) && !(&&ours).is_same_heap(&&theirs));
}

/// The place of a key that is not there.
fn vacant<'m, 'l, V>(
    map: &'m mut Map<'l, V>,
    key: Key,
) -> VacantEntry<'m, Key, V, Identity, &'l Ledger> {
    match map.entry(key) {
        Entry::Vacant(place) => place,
        Entry::Occupied(_) => panic!("{key:?} is there"),
    }
}

pub fn a_vacant_place_is_filled_without_the_allocator() {
    let ledger = Ledger::new();
    let mut map: Map<'_, [u64; 20]> = Hmap::with_hasher_in(Identity, &ledger);
    let [one, two] = [1, 2].map(Key::spread);
    let refused = locked(&ledger, || {
        vacant(&mut map, one).insert_within_capacity([1; 20])
    });
    assert_eq!(refused, Err((one, [1; 20])));
    map.try_reserve(1).unwrap();
    locked(&ledger, || {
        let value = vacant(&mut map, one).insert_within_capacity([1; 20]);
        value.unwrap()[0] = 5;
    });
    assert_eq!(map.get(&one).unwrap()[..2], [5, 1]);

    let mut reservation = map.reservation(0);
    let refused = locked(&ledger, || {
        let value = vacant(&mut map, two).insert_with(&mut reservation, [2; 20]);
        value.unwrap_err().into_pair()
    });
    assert_eq!(refused, (two, [2; 20]));
    reservation.allocate().unwrap();
    locked(&ledger, || {
        let value = vacant(&mut map, two).insert_with(&mut reservation, [2; 20]);
        value.unwrap()[0] = 6;
    });
    assert_eq!(map.get(&two).unwrap()[..2], [6, 2]);
    assert_eq!((map.len(), map.validate()), (2, Ok(())));
}

/// Says how many seeds were drawn.
#[derive(Default)]
struct Seeds(Cell<usize>);

impl BuildHasher for Seeds {
    type Hasher = <Identity as BuildHasher>::Hasher;

    fn build_hasher(&self) -> Self::Hasher {
        Identity.build_hasher()
    }
}

impl SeededBuildHasher for Seeds {
    fn reseed(&mut self, _: u64) {
        self.0.set(self.0.get() + 1);
    }
}

pub fn a_place_in_an_empty_map_draws_a_seed_when_it_is_filled() {
    let ledger = Ledger::new();
    let mut map: Hmap<Key, u64, Seeds, &Ledger> =
        Hmap::with_seeded_hasher_in(Seeds::default(), &ledger);
    let key = Key::spread(3);
    for _ in 0..3 {
        assert!(matches!(map.entry(key), Entry::Vacant(_)));
        assert!(matches!(map.entry_ref(&key), EntryRef::Vacant(_)));
    }
    assert_eq!(map.hasher().0.get(), 0);
    *map.entry(key).or_insert(1).unwrap() += 1;
    assert_eq!((map.hasher().0.get(), map.get(&key)), (1, Some(&2)));
    *map.entry(Key::spread(4)).or_insert(1).unwrap() += 1;
    assert_eq!(map.hasher().0.get(), 1);
    // Emptied through a place, and filled again there.
    map.remove(&key);
    let Entry::Occupied(entry) = map.entry(Key::spread(4)) else {
        panic!("it is there");
    };
    entry.remove();
    assert_eq!(map.insert(key, 9).unwrap(), None);
    assert_eq!((map.hasher().0.get(), map.validate()), (2, Ok(())));
}

pub fn what_is_set_free_is_dropped_once_and_its_memory_is_the_reservations() {
    let (ledger, live) = (Ledger::new(), Cell::new(0));
    type Value<'a> = Counted<'a, [u64; 20]>;
    let mut map: Hmap<u64, Value<'_>, Identity, &Ledger> = Hmap::with_hasher_in(Identity, &ledger);
    for id in 0..40 {
        map.insert(id, Counted::new([id; 20], &live))
            .map_err(drop)
            .unwrap();
    }
    let mut set_free = map.reservation(0);
    locked(&ledger, || {
        assert!(map.delete_with(&mut set_free, &0));
        assert_eq!(live.get(), 39);
        map.retain_with(&mut set_free, |id, _| id % 2 == 0);
        assert_eq!((live.get(), map.len()), (19, 19));
        let two: Vec<_> = map.drain_with(&mut set_free).unwrap().take(2).collect();
        assert_eq!((two.len(), live.get(), map.len()), (2, 2, 0));
    });
    assert_eq!(live.get(), 0);
    assert_eq!(map.validate(), Ok(()));
    // Cells are held for the next inserts: 40 of them.
    let held = set_free.held();
    assert_eq!(held, 40 * size_of::<Value<'_>>());
    drop(set_free);
    assert_eq!(ledger.live_bytes(), map.footprint().heap());
}

pub fn every_allocation_of_a_reservation_is_refused_once() {
    for refused in 0.. {
        let ledger = Ledger::new();
        let mut map: Map<'_, [u64; 20]> = Hmap::with_hasher_in(Identity, &ledger);
        let key = |id| Key::at(id, 0, 0x80);
        for id in 0..8 {
            map.insert(key(id), [id; 20]).unwrap();
        }
        let mut reservation = map.reservation(3);
        ledger.refuse_one_after(refused);
        let first = reservation.allocate();
        ledger.grant_all();
        assert_eq!(map.validate(), Ok(()));
        reservation.allocate().unwrap();
        ledger.refuse_all_after(0);
        for id in 8..11 {
            locked(&ledger, || {
                map.insert_with(&mut reservation, key(id), [id; 20])
            })
            .unwrap();
            assert_eq!(map.validate(), Ok(()));
        }
        drop((map, reservation));
        assert_eq!(ledger.live_blocks(), 0);
        if first.is_ok() {
            assert!(refused > 6, "{refused}");
            break;
        }
    }
}

/// A value that has a cell, with the hash of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Wide([Key; 10]);

impl Wide {
    fn spread(id: u64) -> Self {
        Self([Key::spread(id); 10])
    }
}

impl Hash for Wide {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0[0].hash(state);
    }
}

/// Values for a set of some policy, which go in, and out in every way there is.
fn a_set_there_and_back<P: Policy>(many: u64) {
    let ledger = Ledger::new();
    let mut set: HmapSet<Wide, Identity, &Ledger, P> = HmapSet::with_policy_in(Identity, &ledger);
    let mut reservation: hmap_set::Reservation<Wide, &Ledger, P> =
        locked(&ledger, || set.reservation(1));
    for value in (0..many).map(Wide::spread) {
        if let Some(mut larger) = locked(&ledger, || set.growth_reservation()) {
            larger.allocate().unwrap();
            locked(&ledger, || {
                assert!(set.grow_with(&mut larger));
                while set.grow_step_with(&mut larger, 2) {}
                assert!(!set.as_hmap().is_growing());
            });
        }
        reservation.allocate().unwrap();
        locked(&ledger, || {
            assert!(set.insert_with(&mut reservation, value).unwrap());
            assert!(!set.insert_with(&mut reservation, value).unwrap());
            set.note_needs(1, &mut reservation);
        });
        assert_eq!(set.validate(), Ok(()));
    }
    assert_eq!(set.len() as u64, many);

    locked(&ledger, || {
        let value = Wide::spread(0);
        assert!(set.remove_with(&mut reservation, &value));
        assert!(!set.remove_with(&mut reservation, &value));
        assert_eq!(set.take_with(&mut reservation, &value), None);
        let value = Wide::spread(1);
        assert_eq!(set.take_with(&mut reservation, &value), Some(value));
        set.retain_with(&mut reservation, |value| value.0[0].id % 2 == 0);
        assert!(set.iter().all(|value| value.0[0].id % 2 == 0));
        let left = set.len();
        let drained = set.drain_with(&mut reservation).unwrap();
        assert_eq!((drained.len(), drained.take(2).count()), (left, 2));
        assert!(set.is_empty());
    });
    assert_eq!(set.validate(), Ok(()));
    set.insert(Wide::spread(2)).unwrap();
    locked(&ledger, || set.clear_with(&mut reservation));
    assert_eq!((set.len(), set.validate()), (0, Ok(())));
    drop(reservation);
    assert_eq!(ledger.live_bytes(), set.footprint().heap());
}

pub fn what_is_done_to_a_set_with_a_reservation_calls_no_allocator() {
    a_set_there_and_back::<Go>(few_or(24, 700));
    a_set_there_and_back::<Compact>(few_or(24, 700));
}

/// The place of a value that is not there.
fn vacant_in<'s, 'l>(
    set: &'s mut HmapSet<Key, Identity, &'l Ledger>,
    value: Key,
) -> hmap_set::VacantEntry<'s, Key, Identity, &'l Ledger> {
    match set.entry(value) {
        hmap_set::Entry::Vacant(place) => place,
        hmap_set::Entry::Occupied(_) => panic!("{value:?} is there"),
    }
}

pub fn a_vacant_place_of_a_set_is_filled_without_the_allocator() {
    let ledger = Ledger::new();
    let mut set: HmapSet<Key, Identity, &Ledger> = HmapSet::with_hasher_in(Identity, &ledger);
    let [one, two] = [1, 2].map(Key::spread);
    locked(&ledger, || {
        let refused = vacant_in(&mut set, one).insert_within_capacity();
        assert_eq!(refused.err(), Some(one));
    });
    set.try_reserve(1).unwrap();
    locked(&ledger, || {
        let place = vacant_in(&mut set, one).insert_within_capacity();
        assert_eq!(place.unwrap().get(), &one);
    });

    let mut reservation = set.reservation(0);
    reservation.allocate().unwrap();
    set.clear();
    set.shrink_to_fit().unwrap();
    locked(&ledger, || {
        let refused = vacant_in(&mut set, two).insert_with(&mut reservation);
        assert_eq!(refused.map(drop).unwrap_err().into_value(), two);
    });
    reservation.allocate().unwrap();
    locked(&ledger, || {
        let place = vacant_in(&mut set, two).insert_with(&mut reservation);
        assert_eq!(place.unwrap().get(), &two);
    });
    assert!(set.contains(&two) && !set.contains(&one));
    assert_eq!((set.len(), set.validate()), (1, Ok(())));
}
