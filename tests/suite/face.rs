//! What a user writes: the methods of `Hmap` as their docs promise.

use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::{few_or, looks_after};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use core::cell::Cell;
use core::hash::{BuildHasher, Hasher};
use core::panic::{RefUnwindSafe, UnwindSafe};
use hmap::{
    Compact, DefaultHashBuilder, Global, Go, HashMap, HashSet, HashTable, Hmap, HmapSet,
    SeededBuildHasher, hash_map, hmap_set,
};

pub fn strings_are_looked_up_by_str() {
    let mut map: Hmap<String, usize> = Hmap::new();
    for word in ["hmap", "bmap", "tophash"] {
        map.insert(word.to_string(), word.len()).unwrap();
    }
    assert_eq!(map.get("bmap"), Some(&4));
    assert!(map.contains_key("hmap") && !map.contains_key("B"));
    *map.get_mut("hmap").unwrap() = 0;
    assert_eq!(map.get_key_value("hmap"), Some((&"hmap".to_string(), &0)));
    assert_eq!(map.remove_entry("hmap"), Some(("hmap".to_string(), 0)));
    assert_eq!((map.remove("hmap"), map.len()), (None, 2));
}

pub fn an_empty_map_answers_without_memory() {
    let ledger = Ledger::new();
    let mut map: Hmap<Key, u64, _, _> = Hmap::with_hasher_in(Identity, &ledger);
    assert!(map.is_empty() && map.get(&Key::spread(1)).is_none());
    assert!(map.get_mut(&Key::spread(1)).is_none() && map.remove(&Key::spread(1)).is_none());
    map.clear();
    map.retain(|_, _| false);
    assert_eq!(
        (map.iter_mut().count(), map.iter().next(), map.capacity()),
        (0, None, 0)
    );
    assert_eq!((map.validate(), map.into_iter().next()), (Ok(()), None));
    assert_eq!(ledger.calls(), 0);
}

pub fn maps_are_made_in_constants_and_statics() {
    const EMPTY: Hmap<u32, u32> = Hmap::new();
    const SEEDED: Hmap<u32, u32> = Hmap::with_hasher(DefaultHashBuilder::with_seed(3));
    static HELD: Hmap<u32, u32> = Hmap::new_in(Global);
    let (mut a, mut b) = (EMPTY, SEEDED);
    a.insert(1, 1).unwrap();
    b.insert(1, 2).unwrap();
    assert_eq!(
        (a.get(&1), b.get(&1), HELD.get(&1)),
        (Some(&1), Some(&2), None)
    );
}

pub fn iterators_know_how_much_is_left() {
    let mut map = Hmap::new();
    for n in 0..50 {
        map.insert(n, n).unwrap();
    }
    let mut iter = map.iter();
    for left in (0..50).rev() {
        assert!(iter.next().is_some());
        assert_eq!((iter.len(), iter.size_hint()), (left, (left, Some(left))));
    }
    assert!(iter.next().is_none() && iter.next().is_none());
    map.values_mut().for_each(|value| *value *= 2);
    for (key, value) in &mut map {
        *value += *key;
    }
    let mut values: Vec<_> = map.values().copied().collect();
    values.sort_unstable();
    assert_eq!(values, (0..50).map(|n| 3 * n).collect::<Vec<_>>());
    let mut keys: Vec<_> = map.into_keys().collect();
    keys.sort_unstable();
    assert_eq!(keys, (0..50).collect::<Vec<_>>());
}

pub fn maps_and_iterators_can_be_shown() {
    let mut map = Hmap::new();
    map.insert("a", 1).unwrap();
    assert_eq!(format!("{map:?}"), r#"{"a": 1}"#);
    assert_eq!(format!("{:?}", map.iter()), r#"[("a", 1)]"#);
    assert_eq!(
        format!("{:?} {:?}", map.keys(), map.values()),
        r#"["a"] [1]"#
    );
    assert_eq!(format!("{:?}", map.iter_mut()), r#"[("a", 1)]"#);
    assert_eq!(format!("{:?}", map.into_iter()), r#"[("a", 1)]"#);
}

pub fn errors_say_what_happened() {
    let ledger = Ledger::new();
    ledger.refuse_all_after(0);
    let mut map = Hmap::with_hasher_in(DefaultHashBuilder::with_seed(0), &ledger);
    let error = map.insert(1_u64, 1_u64).unwrap_err();
    // 144, but on targets that align a `u64` to 4.
    let (bucket, ..) = Hmap::<u64, u64>::array_bytes(0).unwrap();
    let said = alloc::format!("no room for the entry: the allocator refused {bucket} bytes");
    assert_eq!(error.to_string(), said);
    let overflow = map.try_presize(usize::MAX).unwrap_err();
    assert_eq!(overflow.to_string(), "more entries than a map can have");
}

/// Counts in its hashes how often it was given a seed.
struct Reseeded(u64);

impl BuildHasher for Reseeded {
    type Hasher = SeedHasher;

    fn build_hasher(&self) -> SeedHasher {
        SeedHasher(self.0)
    }
}

impl SeededBuildHasher for Reseeded {
    fn reseed(&mut self, seed: u64) {
        assert_ne!(seed, self.0, "every seed is a new one");
        self.0 = seed;
    }
}

struct SeedHasher(u64);

impl Hasher for SeedHasher {
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(31) ^ u64::from(*byte);
        }
    }
}

pub fn a_seed_is_drawn_when_an_entry_goes_into_an_empty_map() {
    let mut map: Hmap<u32, u32, Reseeded> = Hmap::with_seeded_hasher_in(Reseeded(0), Global);
    assert_eq!(map.hasher().0, 0, "not before");
    map.insert(1, 1).unwrap();
    let first = map.hasher().0;
    assert_ne!(first, 0);
    map.insert(2, 2).unwrap();
    map.remove(&2);
    assert_eq!(map.hasher().0, first, "not while there are entries");
    map.remove(&1);
    map.insert(3, 3).unwrap();
    let second = map.hasher().0;
    assert_ne!(second, first);
    // Emptied in mid-growth: what is left of the old array holds no entry, so a
    // new seed does no harm.
    for n in 0..few_or(27, 53) {
        map.insert(n, n).unwrap();
    }
    assert!(map.is_growing());
    map.retain(|_, _| false);
    let count = few_or(54, 200);
    for n in 0..count {
        map.insert(n, n).unwrap();
        if looks_after(n.into()) {
            assert_eq!(map.validate(), Ok(()));
        }
    }
    assert_ne!(map.hasher().0, second);
    assert!((0..count).all(|n| map.get(&n) == Some(&n)));
}

pub fn a_seed_of_the_callers_is_kept() {
    let mut map = Hmap::with_hasher(Reseeded(7));
    for n in 0..20 {
        map.insert(n, n).unwrap();
    }
    map.clear();
    map.insert(1, 1).unwrap();
    assert_eq!(map.hasher().0, 7);
}

pub fn maps_with_the_default_hasher_have_seeds_of_their_own() {
    let order = || {
        let mut map = Hmap::new();
        for n in 0..100_u32 {
            map.insert(n, ()).unwrap();
        }
        map.into_keys().collect::<Vec<_>>()
    };
    assert_ne!(order(), order());
}

pub fn a_map_can_be_sent_and_shared() {
    fn sent<T: Send>(_: &T) {}
    fn shared<T: Sync>(_: &T) {}
    let mut map: Hmap<u32, String> = Hmap::new();
    sent(&map);
    shared(&map);
    sent(&map.iter());
    sent(&map.iter_mut());
    sent(&map.into_iter());
    // What is changed through an iterator is sent with it, and what is read is shared.
    let mut table: HashTable<Cell<u32>> = HashTable::new();
    sent(&table.iter_mut());
    let mut table: HashTable<String> = HashTable::new();
    shared(&table.iter_mut());
}

pub fn a_map_is_carried_out_of_a_panic_as_its_entries_are() {
    fn carried<T: UnwindSafe>() {}
    fn looked_at<T: UnwindSafe + RefUnwindSafe>() {}
    // A cell is carried out of a panic, but a reference to it is not.
    carried::<Hmap<Cell<u32>, Cell<u32>, (), Global, Go>>();
    carried::<Hmap<Cell<u32>, Cell<u32>, (), Global, Compact>>();
    carried::<HmapSet<Cell<u32>>>();
    carried::<HashMap<Cell<u32>, Cell<u32>>>();
    carried::<HashSet<Cell<u32>>>();
    carried::<HashTable<Cell<u32>>>();
    looked_at::<Hmap<u32, String>>();
    looked_at::<HmapSet<String>>();
    looked_at::<HashSet<String>>();
    looked_at::<HashTable<String>>();
}

pub fn references_of_any_lifetime_fit_a_map() {
    fn shorten<'a>(map: Hmap<&'static str, &'static str>, key: &'a str) -> Hmap<&'a str, &'a str> {
        let mut map: Hmap<&'a str, &'a str> = map;
        map.insert(key, key).unwrap();
        map
    }
    let mut map = Hmap::new();
    map.insert("static", "str").unwrap();
    let local = String::from("local");
    let map = shorten(map, &local);
    assert_eq!(map.get("local"), Some(&"local"));
    let _ = vec![map];
}

/// Compiles if types of `'a` can stand for those of a shorter lifetime.
macro_rules! stand_for_shorter {
    ($($type:ty),+ $(,)?) => {$({
        type Of<'a> = $type;
        fn shortened<'a>(of: Of<'static>) -> Of<'a> {
            of
        }
        let _ = shortened;
    })+};
}

pub fn references_of_any_lifetime_fit_what_holds_or_lends_them() {
    stand_for_shorter!(
        HashMap<&'a str, &'a str>,
        hash_map::Iter<'a, &'a str, &'a str>,
        hash_map::IntoIter<&'a str, &'a str>,
        hash_map::Drain<'a, &'static str, &'static str>,
        HmapSet<&'a str>,
        hmap_set::Iter<'a, &'a str>,
        hmap_set::IntoIter<&'a str>,
        hmap_set::Drain<'a, &'static str>,
        hmap_set::Intersection<'a, &'a str, DefaultHashBuilder>,
        hmap_set::Difference<'a, &'a str, DefaultHashBuilder>,
        hmap_set::SymmetricDifference<'a, &'a str, DefaultHashBuilder>,
        hmap_set::Union<'a, &'a str, DefaultHashBuilder>,
    );
}

pub fn one_entry_is_not_borrowed_twice() {
    let mut map = Hmap::new();
    for n in 0..40 {
        map.insert(n, n).unwrap();
    }
    let Some([Some(a), Some(b), None]) = map.get_disjoint_mut([&3, &30, &300]) else {
        panic!("two of the three are there");
    };
    core::mem::swap(a, b);
    assert_eq!((map.get(&3), map.get(&30)), (Some(&30), Some(&3)));
    assert!(map.get_disjoint_mut([&3, &3]).is_none());
    assert!(map.get_disjoint_mut([&3, &4, &3]).is_none());
    assert!(map.get_disjoint_mut([&4, &3, &3]).is_none());
    assert!(map.get_disjoint_mut([&3, &300, &300]).is_some());
}
