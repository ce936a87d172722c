//! What there is since 0.14.

use hashbrown::hash_table::Entry;
use hashbrown::{HashMap, HashSet, HashTable};

#[test]
fn a_table_is_given_hashes() {
    let hash = |name: &&str| name.len() as u64;
    let mut names = HashTable::new();
    names.insert_unique(4, "root", hash);
    assert_eq!(names.find(4, |name| *name == "root"), Some(&"root"));
    match names.entry(4, |name| *name == "root", hash) {
        Entry::Occupied(entry) => assert_eq!(entry.remove().0, "root"),
        Entry::Vacant(_) => panic!("it is there"),
    }
    assert!(names.is_empty());
}

#[test]
fn what_is_extracted_is_gone() {
    let mut timers: HashMap<u32, u32> = (0..10).map(|n| (n, n)).collect();
    assert_eq!(timers.extract_if(|_, at| *at < 3).count(), 3);
    assert_eq!(timers.len(), 7);
    let mut dead: HashSet<u32> = (0..10).collect();
    assert_eq!(dead.extract_if(|id| id % 2 == 0).count(), 5);
    assert_eq!(dead.len(), 5);
}
