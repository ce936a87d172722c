//! What says that it does not call the allocator calls neither half of it: what is due to be
//! given back waits. A timer interrupt may have come while the heap was at work.

use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use hmap::hash_table::Entry as TableEntry;
use hmap::{Compact, Dense, Entry, Go, HashTable, Hmap, Paged, Policy};

type Map<'l, P> = Hmap<Key, u64, Identity, &'l Ledger, P>;

/// Calls of the allocator, of both kinds.
fn calls(ledger: &Ledger) -> (usize, usize) {
    (ledger.calls(), ledger.freed())
}

/// From every state of the growths up to so many entries does something again and again, so
/// often that a growth would come to its end, and expects no call of the allocator.
fn in_every_state<P: Policy>(mut act: impl FnMut(&mut Map<'_, P>, u64)) {
    let most = few_or(60, 230);
    for entries in (0..most).step_by(few_or(29, 1)) {
        let ledger = Ledger::new();
        let mut map: Map<'_, P> = Hmap::with_policy_in(Identity, &ledger);
        for id in 0..entries {
            // Some chains are long, so that there are chunks to be given back.
            let key = if id % 3 == 0 {
                crowded(id)
            } else {
                Key::spread(id)
            };
            map.insert(key, id).unwrap();
        }
        let before = calls(&ledger);
        ledger.refuse_all_after(0);
        for round in 0..few_or(8, 40) {
            act(&mut map, round);
            assert_eq!(calls(&ledger), before, "{entries} entries, round {round}");
        }
        assert_eq!(map.validate(), Ok(()));
        assert_eq!(map.allocation_size(), ledger.live_bytes());
        ledger.grant_all();
        // And what waits is given back by the next call that may.
        while map.is_growing() {
            map.remove(&Key::spread(9_999));
        }
        for id in 0..few_or(5, 30) {
            map.insert(Key::spread(5_000 + id), id).unwrap();
            map.remove(&Key::spread(5_000 + id));
        }
        assert!(
            map.is_growing() || map.footprint().old == 0,
            "{entries} entries"
        );
        assert_eq!(map.validate(), Ok(()));
    }
}

fn crowded(id: u64) -> Key {
    Key::at(id, id as u32 % 4, id as u8)
}

/// A key that is there if there are any.
fn present<P: Policy>(map: &Map<'_, P>, number: u64) -> Option<Key> {
    let len = map.len() as u64;
    let number = (len > 0).then(|| number * 7 % len)?;
    map.keys().nth(number as usize).copied()
}

fn insert_at_hand<P: Policy>(map: &mut Map<'_, P>, round: u64) {
    // Refused or not: spread, and into a long chain.
    _ = map.insert_within_capacity(Key::spread(1_000 + round), round);
    _ = map.insert_within_capacity(crowded(2_000 + round), round);
}

fn overwrite<P: Policy>(map: &mut Map<'_, P>, round: u64) {
    if let Some(key) = present(map, round) {
        assert!(map.insert(key, round).unwrap().is_some());
    }
}

fn look_up<P: Policy>(map: &mut Map<'_, P>, round: u64) {
    if let Some(key) = present(map, round) {
        assert!(map.contains_key(&key) && map.get_mut(&key).is_some());
        let Entry::Occupied(mut entry) = map.entry(key) else {
            panic!("{key:?} is there");
        };
        entry.insert(round);
        let changed = map.entry(key).and_modify(|value| *value += 1).or_insert(0);
        assert_eq!(*changed.unwrap(), round + 1);
    }
    // The place of a key that is not there, which is left empty.
    assert!(matches!(
        map.entry(Key::spread(9_000 + round)),
        Entry::Vacant(_)
    ));
    assert!(map.get(&Key::spread(9_000 + round)).is_none());
}

pub fn an_insert_within_capacity_calls_neither_half_of_the_allocator() {
    in_every_state::<Go>(insert_at_hand);
    in_every_state::<Compact>(insert_at_hand);
    in_every_state::<Dense>(insert_at_hand);
    in_every_state::<Paged>(insert_at_hand);
}

pub fn overwriting_calls_neither_half_of_the_allocator() {
    in_every_state::<Go>(overwrite);
    in_every_state::<Compact>(overwrite);
    in_every_state::<Dense>(overwrite);
    in_every_state::<Paged>(overwrite);
}

pub fn entries_and_look_ups_call_neither_half_of_the_allocator() {
    in_every_state::<Go>(look_up);
    in_every_state::<Compact>(look_up);
    in_every_state::<Dense>(look_up);
    in_every_state::<Paged>(look_up);
}

pub fn an_insert_under_a_reservation_calls_neither_half_of_the_allocator() {
    for entries in (0..few_or(60, 230)).step_by(few_or(29, 1)) {
        for crowd in [false, true] {
            let ledger = Ledger::new();
            let mut map: Map<'_, Go> = Hmap::with_policy_in(Identity, &ledger);
            for id in 0..entries {
                map.insert(
                    if id % 3 == 0 {
                        crowded(id)
                    } else {
                        Key::spread(id)
                    },
                    id,
                )
                .unwrap();
            }
            map.try_reserve(few_or(8, 40)).unwrap();
            let before = calls(&ledger);
            ledger.refuse_all_after(0);
            for id in 1_000..1_000 + map.reserved() as u64 {
                map.insert(if crowd { crowded(id) } else { Key::spread(id) }, id)
                    .unwrap();
                assert_eq!(calls(&ledger), before, "{entries} entries");
            }
            assert_eq!((map.reserved(), map.validate()), (0, Ok(())));
        }
    }
}

pub fn a_table_at_hand_calls_neither_half_of_the_allocator() {
    let hash_of = |value: &u64| Key::spread(*value).hash;
    for values in (0..few_or(60, 230)).step_by(few_or(29, 1)) {
        let ledger = Ledger::new();
        let mut table: HashTable<u64, _> = HashTable::new_in(&ledger);
        for value in 0..values {
            table.insert_unique(hash_of(&value), value, hash_of);
        }
        let before = calls(&ledger);
        ledger.refuse_all_after(0);
        for value in 0..few_or(12, 40) {
            let new = 1_000 + value;
            _ = table.try_insert_unique_within_capacity(hash_of(&new), new, hash_of);
            if value < values {
                let entry = table.entry(hash_of(&value), |stored| *stored == value, hash_of);
                assert!(matches!(entry, TableEntry::Occupied(_)));
            }
            assert_eq!(calls(&ledger), before, "{values} values");
        }
        ledger.grant_all();
    }
}
