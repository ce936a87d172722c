//! What each version has, as kernels use it.

use hashbrown::hash_map::{self, Entry};
use hashbrown::{Equivalent, HashMap, HashSet, TryReserveError, hash_set};
use std::collections::BTreeSet;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A table of file descriptors, with iterators in its signatures.
struct Files {
    open: HashMap<usize, &'static str>,
    locked: HashSet<usize>,
}

impl Files {
    fn open(&self) -> hash_map::Iter<'_, usize, &'static str> {
        self.open.iter()
    }

    fn locked(&self) -> hash_set::Iter<'_, usize> {
        self.locked.iter()
    }
}

#[test]
fn iterators_have_names() {
    let files = Files {
        open: HashMap::from([(0, "stdin"), (1, "stdout")]),
        locked: HashSet::from([1]),
    };
    let names: BTreeSet<_> = files.open().map(|(_, name)| *name).collect();
    assert_eq!(names, BTreeSet::from(["stdin", "stdout"]));
    assert_eq!(files.locked().collect::<Vec<_>>(), [&1]);
}

#[test]
fn entries_are_taken_and_left() {
    let mut waiting: HashMap<u64, Vec<u32>> = HashMap::new();
    waiting.entry(0x1000).or_default().push(7);
    waiting.entry(0x1000).or_insert_with(|| vec![0]).push(8);
    match waiting.entry(0x1000) {
        Entry::Occupied(mut entry) => {
            assert_eq!(entry.get_mut().pop(), Some(8));
            assert_eq!(entry.remove_entry(), (0x1000, vec![7]));
        }
        Entry::Vacant(_) => panic!("it is there"),
    }
    let Entry::Vacant(entry) = waiting.entry(0x1000) else {
        panic!("it was removed");
    };
    assert_eq!(entry.insert(vec![9]), &[9]);
    waiting.entry(0x1000).and_modify(Vec::clear).or_default();
    assert!(waiting[&0x1000].is_empty());
}

/// The name of an extended attribute as the user gave it, to find one that is owned.
#[derive(Hash)]
struct Name<'a>(&'a str);

#[derive(Hash, PartialEq, Eq, Clone, Debug)]
struct OwnedName(String);

impl Equivalent<OwnedName> for Name<'_> {
    fn equivalent(&self, key: &OwnedName) -> bool {
        self.0 == key.0
    }
}

#[test]
fn a_key_is_found_by_what_is_equivalent() {
    let mut attributes = HashMap::new();
    attributes.insert(OwnedName("user.mime".into()), 1);
    assert_eq!(attributes.get(&Name("user.mime")), Some(&1));
    assert!(!attributes.contains_key(&Name("user.none")));
    assert_eq!(attributes.remove(&Name("user.mime")), Some(1));
}

/// Types have numbers that are hashes already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _bytes: &[u8]) {
        panic!("only numbers");
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[test]
fn a_hasher_of_ones_own_is_used() {
    let mut casts: HashMap<u64, u32, BuildHasherDefault<AsItIs>> = HashMap::default();
    casts.extend((0..1_000_u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15), n as u32)));
    assert_eq!(casts.len(), 1_000);
    assert_eq!(casts.get(&0x9e37_79b9_7f4a_7c15), Some(&1));
}

#[test]
fn memory_is_asked_for_first() {
    let mut pages: HashMap<u64, u64> = HashMap::with_capacity(10);
    let asked: Result<(), TryReserveError> = pages.try_reserve(100);
    assert!(asked.is_ok() && pages.capacity() >= 100);
    let refused = pages.try_reserve(usize::MAX);
    assert!(matches!(refused, Err(TryReserveError::CapacityOverflow)));
    pages.shrink_to_fit();
    assert_eq!(pages.capacity(), 0);
}

#[test]
fn a_map_is_walked_changed_and_emptied() {
    let mut processes: HashMap<u32, String> = (0..100).map(|n| (n, n.to_string())).collect();
    processes.retain(|id, _| id % 2 == 0);
    for name in processes.values_mut() {
        name.push('!');
    }
    for (_, name) in &mut processes {
        name.push('!');
    }
    assert_eq!(processes.keys().copied().sum::<u32>(), 2450);
    assert!(processes.values().all(|name| name.ends_with("!!")));
    let copy = processes.clone();
    assert_eq!(copy, processes);
    assert_eq!(processes.drain().count(), 50);
    assert!(processes.is_empty() && copy.len() == 50);
    let (ids, names): (Vec<u32>, Vec<String>) = copy.into_iter().unzip();
    assert_eq!((ids.len(), names.len()), (50, 50));
}

#[test]
fn sets_go_together() {
    let ours: HashSet<u32> = (0..10).collect();
    let theirs: HashSet<u32> = (5..15).collect();
    assert_eq!(ours.intersection(&theirs).count(), 5);
    assert_eq!(ours.union(&theirs).count(), 15);
    assert_eq!((&ours - &theirs).len(), 5);
    assert!(!ours.is_subset(&theirs) && !ours.is_disjoint(&theirs));
}

#[test]
fn a_key_is_made_only_if_it_is_new() {
    let mut users: HashMap<String, u32> = HashMap::new();
    *users.entry_ref("root").or_insert(0) += 1;
    *users.entry_ref("root").or_insert(0) += 1;
    assert_eq!(users["root"], 2);
    let taken = users.try_insert("root".into(), 3);
    assert_eq!(taken.map_err(|error| error.value), Err(3));
    let mut names: HashSet<OwnedName> = HashSet::new();
    let name = names.get_or_insert_with(&Name("user"), |name| OwnedName(name.0.into()));
    assert_eq!(name.0, "user");
}

#[test]
fn maps_and_sets_go_through_a_format() {
    let map: HashMap<String, u32> = HashMap::from([("one".into(), 1)]);
    let text = serde_json::to_string(&map).expect("a text");
    assert_eq!(text, r#"{"one":1}"#);
    let back: HashMap<String, u32> = serde_json::from_str(&text).expect("a map");
    assert_eq!(back, map);
    let set: HashSet<u32> = serde_json::from_str("[1, 1]").expect("a set");
    assert_eq!(set.len(), 1);
}
