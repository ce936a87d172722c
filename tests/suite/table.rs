//! `HashTable`: the caller hashes and compares.

use crate::support::few_or;
use crate::support::keys::in_top_byte;
use crate::support::ledger::Ledger;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;
use hmap::HashTable;
use hmap::hash_table::{Entry, IterHash, IterHashMut};

/// A value whose first half is its key.
type Pair = (u64, u64);

fn hash(key: u64) -> u64 {
    let spread = key.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // Crowded low bits, so that chains get long.
    (spread ^ spread >> 29) & !0x5
}

fn hash_of(pair: &Pair) -> u64 {
    hash(pair.0)
}

fn check(table: &HashTable<Pair, &Ledger>, oracle: &BTreeMap<u64, u64>, ledger: &Ledger) {
    assert_eq!(table.len(), oracle.len());
    assert_eq!(table.allocation_size(), ledger.live_bytes());
    for (key, value) in oracle {
        assert_eq!(
            table.find(hash(*key), |pair| pair.0 == *key),
            Some(&(*key, *value))
        );
    }
    let all: BTreeMap<_, _> = table.iter().copied().collect();
    assert_eq!(&all, oracle);
}

pub fn random_operations_on_a_table() {
    let ledger = Ledger::new();
    let mut table = HashTable::new_in(&ledger);
    let mut oracle = BTreeMap::new();
    let mut random = fastrand::Rng::with_seed(8);
    let steps = few_or(150, 6_000);
    for step in 0..steps {
        let key = random.u64(0..300);
        match random.u32(0..8) {
            0..=3 => match table.entry(hash(key), |pair| pair.0 == key, hash_of) {
                Entry::Occupied(mut entry) => {
                    assert_eq!(oracle.insert(key, step), Some(entry.get().1));
                    entry.get_mut().1 = step;
                }
                Entry::Vacant(place) => {
                    assert_eq!(place.insert((key, step)).get(), &(key, step));
                    assert_eq!(oracle.insert(key, step), None);
                }
            },
            4 | 5 => match table.find_entry(hash(key), |pair| pair.0 == key) {
                Ok(entry) => {
                    let calls = ledger.calls();
                    let (pair, place) = entry.remove();
                    assert_eq!(oracle.remove(&key), Some(pair.1));
                    assert_eq!(ledger.calls(), calls);
                    // Half of them go back, into the place found with them.
                    if step % 2 == 0 {
                        place.insert(pair);
                        oracle.insert(key, pair.1);
                    }
                }
                Err(absent) => {
                    assert_eq!(absent.into_table().len(), oracle.len());
                    assert!(!oracle.contains_key(&key));
                }
            },
            6 => {
                let found = table.find_mut(hash(key), |pair| pair.0 == key);
                assert_eq!(found.map(|pair| pair.1), oracle.get(&key).copied());
            }
            _ if step % 301 == 0 => {
                table.retain(|pair| pair.0 % 4 != 0);
                oracle.retain(|key, _| key % 4 != 0);
            }
            _ => {}
        }
        if step % few_or(100, 50) == 0 {
            check(&table, &oracle, &ledger);
        }
    }
    check(&table, &oracle, &ledger);
}

pub fn values_of_a_table_are_changed_in_place() {
    let ledger = Ledger::new();
    let mut table = HashTable::new_in(&ledger);
    for key in 0..few_or(60, 200) {
        table.insert_unique(hash(key), (key, 0), hash_of);
    }
    for pair in &mut table {
        pair.1 = pair.0 * 2;
    }
    assert!(table.iter().all(|pair| pair.1 == pair.0 * 2));
    let [a, b, none] = table.get_disjoint_mut([hash(1), hash(2), hash(999)], |number, pair| {
        pair.0 == [1, 2, 999][number]
    });
    core::mem::swap(&mut a.unwrap().1, &mut b.unwrap().1);
    assert!(none.is_none());
    assert_eq!(table.find(hash(1), |pair| pair.0 == 1), Some(&(1, 4)));
    let same = |number: usize, pair: &Pair| pair.0 == [1, 2][number];
    // SAFETY: The two values differ.
    let [a, b] = unsafe { table.get_disjoint_unchecked_mut([hash(1), hash(2)], same) };
    core::mem::swap(&mut a.unwrap().1, &mut b.unwrap().1);
    assert_eq!(table.find(hash(1), |pair| pair.0 == 1), Some(&(1, 2)));
    let copy = table.clone();
    assert!(copy.iter().eq(table.iter()));
}

pub fn values_of_one_hash_are_found_by_it() {
    let mut table = HashTable::new();
    // Ten hashes, ten values each, all of them different in the top bits.
    let of_group = |group: u64| in_top_byte(group as u8) | 0x77;
    for value in 0..100_u64 {
        table.insert_unique(of_group(value % 10), value, |value| of_group(value % 10));
    }
    for group in 0..10 {
        let mut found: Vec<_> = table.iter_hash(of_group(group)).copied().collect();
        found.retain(|value| value % 10 == group);
        found.sort_unstable();
        assert!(found.into_iter().eq((0..10).map(|n| n * 10 + group)));
    }
    assert_eq!(HashTable::<u64>::new().iter_hash(1).count(), 0);
}

pub fn values_of_one_hash_are_changed_in_every_state_of_a_growth() {
    let hash = |id: u64| (id % 10) << 56 | (id % 3);
    let ledger = Ledger::new();
    let mut table = HashTable::new_in(&ledger);
    for id in 0..few_or(60, 300) {
        table.insert_unique(hash(id), (id, 0), |value: &Pair| hash(value.0));
        // What is given for one hash is what is given to be read, once each.
        let read: Vec<_> = table.iter_hash(hash(id)).map(|value| value.0).collect();
        let given = table.iter_hash_mut(hash(id));
        assert_eq!(
            format!("{given:?}"),
            format!("{:?}", table.iter_hash(hash(id)))
        );
        let given = table.iter_hash_mut(hash(id)).map(|value| {
            // Few others are given, too.
            value.1 += u64::from(hash(value.0) == hash(id));
            value.0
        });
        assert!(given.eq(read.iter().copied()), "{id}");
    }
    // A value was given when it came, and with each that came after it and has its hash.
    let count = table.len() as u64;
    let times = |id: u64| (id..count).filter(|later| hash(*later) == hash(id)).count() as u64;
    assert!(table.iter().all(|value| value.1 == times(value.0)));
    assert_eq!(HashTable::<u64>::new().iter_hash_mut(1).count(), 0);
    assert_eq!(IterHashMut::<u64>::default().count(), 0);
    assert_eq!(IterHash::<u64>::default().count(), 0);
}

pub fn what_an_iterator_of_a_table_has_left_can_be_looked_at() {
    let mut table: HashTable<u64> = HashTable::new();
    for id in 0..20 {
        table.insert_unique(hash(id), id, |id| hash(*id));
    }
    let order: Vec<_> = table.iter().copied().collect();
    let mut iter = table.iter_mut();
    assert_eq!(iter.next().copied(), order.first().copied());
    assert!(iter.iter().eq(&order[1..]));
    assert_eq!(format!("{iter:?}"), format!("{:?}", &order[1..]));
    let mut iter = table.clone().into_iter();
    assert_eq!(iter.next(), order.first().copied());
    assert!(iter.iter().eq(&order[1..]));
    let mut iter = table.drain();
    assert_eq!(iter.next(), order.first().copied());
    assert!(iter.iter().eq(&order[1..]));
    assert_eq!(format!("{iter:?}"), format!("{:?}", &order[1..]));
}

pub fn a_table_is_emptied_in_every_way() {
    let ledger = Ledger::new();
    let count = few_or(53, 105);
    let fill = || {
        let mut table = HashTable::with_capacity_in(10, &ledger);
        for key in 0..count {
            table.insert_unique(hash(key), (key, key), hash_of);
        }
        table
    };
    let mut table = fill();
    assert_eq!(table.extract_if(|pair| pair.0 < 50).count(), 50);
    assert_eq!(
        (table.len(), table.drain().count(), table.len()),
        (count as usize - 50, count as usize - 50, 0)
    );
    table.shrink_to_fit(hash_of);
    assert_eq!((table.capacity(), ledger.live_bytes()), (0, 0));
    assert_eq!(fill().into_iter().count() as u64, count);
    let mut table = fill();
    table.clear();
    assert!(table.is_empty());
    table.reserve(few_or(100, 500), hash_of);
    assert!(table.capacity() >= few_or(100, 500));
    let calls = ledger.calls();
    for key in 0..8 {
        let inserted = table.try_insert_unique_within_capacity(hash(key), (key, 0), hash_of);
        assert_eq!(inserted, Ok(()));
    }
    assert_eq!(ledger.calls(), calls);
}

pub fn a_table_grows_by_its_entries() {
    let ledger = Ledger::new();
    let mut table = HashTable::new_in(&ledger);
    let mut limits = [8, 13, 26, 52, 104, 208, 416, 832, 1664].into_iter();
    let mut limit = limits.next();
    for key in 0..few_or(105_u64, 833) {
        match table.entry(hash(key), |pair: &Pair| pair.0 == key, hash_of) {
            Entry::Vacant(place) => drop(place.insert((key, key))),
            Entry::Occupied(_) => panic!("{key} is there already"),
        }
        if limit < Some(table.len()) {
            limit = limits.next();
        }
        assert_eq!(Some(table.capacity()), limit, "{key}");
    }
}

pub fn a_refused_growth_of_a_table_is_made_up_for_with_its_hasher() {
    let ledger = Ledger::new();
    let mut table = HashTable::new_in(&ledger);
    let mut oracle = BTreeMap::new();
    let full = few_or(52, 104);
    for key in 0..full + full / 4 {
        if key == full {
            ledger.refuse_one_after(0);
        }
        match table.entry(hash(key), |pair: &Pair| pair.0 == key, hash_of) {
            Entry::Vacant(place) => drop(place.insert((key, key))),
            Entry::Occupied(_) => panic!("{key} is there already"),
        }
        oracle.insert(key, key);
        // Asked for again after eight keys, by the entry: only it can hash.
        let limit = if key < full + 9 { full } else { 2 * full } as usize;
        assert!(
            key < full || table.capacity() == limit.max(table.len()),
            "{key}"
        );
    }
    assert_eq!(ledger.refused(), 1);
    check(&table, &oracle, &ledger);
}

pub fn a_refused_growth_of_a_table_waits_for_new_values_only() {
    let ledger = Ledger::new();
    let mut table = HashTable::new_in(&ledger);
    for key in 0..105 {
        if key == 104 {
            ledger.refuse_one_after(0);
        }
        table.insert_unique(hash(key), (key, key), hash_of);
    }
    assert_eq!(ledger.refused(), 1);
    let calls = ledger.calls();
    for key in (0..105).cycle().take(300) {
        let place = table.entry(hash(key), |pair: &Pair| pair.0 == key, hash_of);
        assert!(matches!(place, Entry::Occupied(_)));
    }
    assert_eq!((ledger.calls(), table.capacity()), (calls, 105));
    // New values count, eight of them, and those alone begin the growth.
    for key in 105..114 {
        assert_eq!(table.capacity() as u64, key);
        table.insert_unique(hash(key), (key, key), hash_of);
        if key < 113 {
            let place = table.entry(hash(key), |pair: &Pair| pair.0 == key, hash_of);
            assert!(matches!(place, Entry::Occupied(_)));
        }
    }
    assert_eq!(table.capacity(), 208);
}

pub fn a_value_whose_slot_a_compaction_closes_takes_what_was_set_aside() {
    let ledger = Ledger::new();
    let mut table = HashTable::with_capacity_in(52, &ledger);
    // Eight chains of nine values each, of which one goes in the first, and eight do in each
    // of the others. A value is its chain and its number there.
    let hash_of = |(chain, _): &Pair| *chain;
    for chain in 0..8 {
        for number in 0..9 {
            table.insert_unique(chain, (chain, number), hash_of);
        }
        for number in 0..if chain == 0 { 1 } else { 8 } {
            let entry = table.find_entry(chain, |value| *value == (chain, number));
            entry.expect("it is there").remove();
        }
    }
    let calls = ledger.calls();
    table.insert_unique(0, (0, 9), hash_of);
    // The array, and a chunk for the moves: the value had a slot before, and takes that.
    assert_eq!(ledger.calls() - calls, 2);
    assert_eq!(table.iter_hash(0).count(), 9);
}
