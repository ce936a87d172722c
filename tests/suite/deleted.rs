//! Entries that are removed without being moved out: `delete`.

use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use alloc::vec::Vec;
use hmap::introspection::OfArrays;
use hmap::{Compact, Go, Hmap, Policy};

type Map<'l, V, P> = Hmap<Key, V, Identity, &'l Ledger, P>;

/// With a long chain, in a doubling that has just begun.
fn busy<P: Policy>(ledger: &Ledger) -> Map<'_, u64, P> {
    let mut map = Hmap::with_policy_in(Identity, ledger);
    for id in 1_000..1_020 {
        map.insert(Key::at(id, 3, id as u8), id).unwrap();
    }
    let mut ids = 0..;
    while map.len() < few_or(26, 200) || !map.is_growing() {
        let id = ids.next().unwrap();
        map.insert(Key::spread(id), id).unwrap();
    }
    map
}

fn order<P: Policy>(map: &Map<'_, u64, P>) -> Vec<(Key, u64)> {
    map.iter().map(|(key, value)| (*key, *value)).collect()
}

fn deleting_is_removing<P: Policy + OfArrays>() {
    let (of_removed, of_deleted) = (Ledger::new(), Ledger::new());
    let mut removed = busy::<P>(&of_removed);
    let mut deleted = busy::<P>(&of_deleted);
    for (number, (key, value)) in order(&removed).into_iter().enumerate() {
        assert_eq!(removed.remove(&key), Some(value));
        assert!(deleted.delete(&key), "{key:?} was there");
        assert!(!deleted.delete(&key), "{key:?} is gone");
        assert_eq!(removed.remove(&key), None);
        if number % few_or(20, 1) == 0 {
            assert_eq!(deleted.validate(), Ok(()));
            assert_eq!(deleted.state(), removed.state());
            assert_eq!(order(&deleted), order(&removed));
            assert_eq!(of_deleted.live_bytes(), of_removed.live_bytes());
        }
    }
    assert!(deleted.is_empty() && !deleted.delete(&Key::spread(1)));
}

pub fn deleting_leaves_the_map_as_removing_does() {
    deleting_is_removing::<Go>();
    deleting_is_removing::<Compact>();
}

pub fn deleting_gives_the_cells_back_at_once() {
    let ledger = Ledger::new();
    let mut map: Map<'_, [u64; 20], Go> = Hmap::with_policy_in(Identity, &ledger);
    for id in 0..8 {
        map.insert(Key::spread(id), [id; 20]).unwrap();
    }
    for id in 0..8 {
        let (bytes, calls) = (ledger.live_bytes(), ledger.calls());
        assert!(map.delete(&Key::spread(id)));
        assert_eq!(bytes - ledger.live_bytes(), size_of::<[u64; 20]>());
        assert_eq!(ledger.calls(), calls);
        assert_eq!(map.allocation_size(), ledger.live_bytes());
    }
}
