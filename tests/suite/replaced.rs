//! An entry that is replaced by what a function makes of it: in its slot and its cells.

use crate::support::keys::{Identity, Key, in_top_byte};
use crate::support::ledger::Ledger;
use alloc::vec::Vec;
use hmap::HashMap;
use hmap::hash_map::Entry;
use hmap::hash_table::{self, HashTable};

/// Keys of one chain, of three buckets.
const CHAIN: u64 = 20;

fn chained(id: u64) -> Key {
    Key::at(id, 0, id as u8)
}

/// A map whose values have cells, and whose entries are all in one chain.
fn chain(ledger: &Ledger) -> HashMap<Key, [u64; 20], Identity, &Ledger> {
    let mut map = HashMap::with_capacity_and_hasher_in(52, Identity, ledger);
    for id in 0..CHAIN {
        map.insert(chained(id), [id; 20]);
    }
    map
}

fn order<V>(map: &HashMap<Key, V, Identity, &Ledger>) -> Vec<u64> {
    map.keys().map(|key| key.id).collect()
}

pub fn an_entry_replaced_stays_in_its_slot_and_its_cells() {
    let ledger = Ledger::new();
    let mut map = chain(&ledger);
    // With a gap before most of them.
    map.remove(&chained(2));
    let before = order(&map);
    for id in before.iter().copied() {
        let calls = (ledger.calls(), ledger.freed());
        let place = map.entry(chained(id)).and_replace_entry_with(|key, value| {
            assert_eq!((key.id, value), (id, [id; 20]));
            Some([id + 100; 20])
        });
        let Entry::Occupied(mut entry) = place else {
            panic!("{id} is there");
        };
        assert_eq!(entry.insert([id + 200; 20]), [id + 100; 20]);
        assert_eq!((ledger.calls(), ledger.freed()), calls);
        assert_eq!(map.as_hmap().validate(), Ok(()));
        assert_eq!(order(&map), before);
    }
    assert!(map.iter().all(|(key, value)| *value == [key.id + 200; 20]));
}

pub fn an_entry_replaced_by_nothing_is_removed_and_leaves_its_place() {
    for id in 0..CHAIN {
        let ledger = Ledger::new();
        let mut map = chain(&ledger);
        // Those behind it first, so that it is what the chain ends with.
        for last in id + 1..CHAIN {
            if id % 2 == 0 {
                map.remove(&chained(last));
            }
        }
        let (len, blocks) = (map.len(), ledger.live_blocks());
        let place = map
            .entry(chained(id))
            .and_replace_entry_with(|_, value| (value[0] != id).then_some(value));
        let Entry::Vacant(place) = place else {
            panic!("{id} is gone");
        };
        assert_eq!(
            (*place.key(), ledger.live_blocks()),
            (chained(id), blocks - 1)
        );
        let map = place.into_map();
        assert_eq!((map.as_hmap().validate(), map.len()), (Ok(()), len - 1));
        assert!(!map.contains_key(&chained(id)));
        let Entry::Vacant(place) = map.entry(chained(id)) else {
            panic!("{id} is gone");
        };
        place.insert([id; 20]);
        assert_eq!((map.as_hmap().validate(), map.len()), (Ok(()), len));
    }
}

pub fn replacing_uses_nothing_up_that_is_reserved() {
    let ledger = Ledger::new();
    let mut map = chain(&ledger);
    map.as_hmap_mut().try_reserve(5).unwrap();
    for id in 0..CHAIN {
        _ = map
            .entry(chained(id))
            .and_replace_entry_with(|_, value| Some(value));
        assert_eq!(map.as_hmap().reserved(), 5);
        assert_eq!(map.as_hmap().validate(), Ok(()));
    }
}

pub fn no_growth_begins_where_an_entry_is_replaced() {
    let ledger = Ledger::new();
    let mut map = HashMap::with_hasher_in(Identity, &ledger);
    for id in 0..30 {
        if map.len() >= usize::max(map.capacity(), 1) && !map.as_hmap().is_growth_deferred() {
            ledger.refuse_one_after(0);
        }
        map.insert(Key::spread(id), id);
    }
    ledger.grant_all();
    assert!(map.as_hmap().is_growth_deferred());
    for id in (0..30).cycle().take(90) {
        let calls = ledger.calls();
        _ = map
            .entry(Key::spread(id))
            .and_replace_entry_with(|_, value| Some(value + 1));
        assert_eq!(ledger.calls(), calls);
    }
    assert!(map.as_hmap().is_growth_deferred());
    assert!(map.iter().all(|(key, value)| *value == key.id + 3));
}

pub fn a_value_of_a_table_replaced_stays_in_its_slot_and_its_cell() {
    let ledger = Ledger::new();
    let mut table = HashTable::new_in(&ledger);
    let hash = |value: &[u64; 20]| in_top_byte(value[0] as u8);
    for id in 0..CHAIN {
        table.insert_unique(hash(&[id; 20]), [id; 20], hash);
    }
    let before: Vec<_> = table.iter().copied().collect();
    for value in &before {
        let calls = (ledger.calls(), ledger.freed());
        let Ok(entry) = table.find_entry(hash(value), |stored| stored == value) else {
            panic!("{value:?} is there");
        };
        let place = entry.replace_entry_with(Some);
        assert!(matches!(place, hash_table::Entry::Occupied(_)));
        assert_eq!((ledger.calls(), ledger.freed()), calls);
        assert!(table.iter().eq(&before));
    }
    for value in &before {
        let Ok(entry) = table.find_entry(hash(value), |stored| stored == value) else {
            panic!("{value:?} is there");
        };
        let hash_table::Entry::Vacant(place) = entry.replace_entry_with(|_| None) else {
            panic!("{value:?} is gone");
        };
        let len = place.insert(*value).into_table().len();
        assert_eq!(len as u64, CHAIN);
    }
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_while_an_entry_is_replaced_removes_that_one() {
    use crate::support::few_or;
    use crate::support::part::{Part, World, panic_on_purpose};
    use crate::support::scene::Map;
    use hmap::Hmap;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    for id in (0..CHAIN).step_by(few_or(7, 1)) {
        let (ledger, world) = (Ledger::new(), World::new());
        let mut map: Map<'_, &Ledger, 15, 15> = Hmap::with_hasher_in(Identity, &ledger);
        map.try_presize(52).unwrap();
        map.try_reserve(30).unwrap();
        for id in 0..CHAIN {
            let pair = (Part::new(chained(id), &world), Part::value(id, &world));
            map.insert(pair.0, pair.1).unwrap();
        }
        let mut map = HashMap::from(map);
        let replaced = catch_unwind(AssertUnwindSafe(|| {
            let sought = Part::new(chained(id), &world);
            let entry = map.entry(sought);
            _ = entry.and_replace_entry_with(|_, _| panic_on_purpose());
        }));
        assert!(replaced.is_err());
        assert_eq!(
            (map.len() as u64, map.as_hmap().reserved()),
            (CHAIN - 1, 10)
        );
        assert_eq!(map.as_hmap().validate(), Ok(()));
        assert_eq!(map.as_hmap().allocation_size(), ledger.live_bytes());
        assert_eq!(world.live() as u64, 2 * (CHAIN - 1));
        let left: Vec<_> = map.keys().map(|key| key.of.id).collect();
        assert!(left.into_iter().eq((0..CHAIN).filter(|left| *left != id)));
        drop(map);
        assert_eq!((world.live(), world.dropped_twice()), (0, 0));
    }
}
