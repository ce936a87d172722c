//! A map beside a naive one that does the same: every operation goes through
//! here, is compared, and is followed by `validate()` and a look at the books.

use super::keys::{Identity, Key};
use super::ledger::Ledger;
use super::looks_after;
use alloc::collections::BTreeMap;
use core::cell::Cell;
use core::fmt::Debug;
use hmap::{Allocator, Go, Hmap, Policy};

/// An hmap of chosen hashes in the ledger's memory, and its oracle.
pub struct Checked<'l, V, A: Allocator = &'l Ledger, P: Policy = Go> {
    pub map: Hmap<Key, V, Identity, A, P>,
    pub oracle: BTreeMap<Key, V>,
    ledger: &'l Ledger,
    checks: Cell<u64>,
}

impl<'l, V: Clone + PartialEq + Debug> Checked<'l, V> {
    pub fn new(ledger: &'l Ledger) -> Self {
        Self::of(Hmap::with_hasher_in(Identity, ledger), ledger)
    }
}

impl<'l, V: Clone + PartialEq + Debug, A: Allocator, P: Policy> Checked<'l, V, A, P> {
    /// Takes an empty map that has this ledger to itself.
    pub fn of(map: Hmap<Key, V, Identity, A, P>, ledger: &'l Ledger) -> Self {
        let checked = Self {
            map,
            oracle: BTreeMap::new(),
            ledger,
            checks: Cell::new(0),
        };
        checked.look();
        checked
    }

    /// The invariants, the number of entries, and the books.
    #[track_caller]
    pub fn check(&self) {
        let checks = self.checks.replace(self.checks.get() + 1);
        if looks_after(checks) {
            self.look();
        }
        assert_eq!(self.map.len(), self.oracle.len());
        assert!(self.map.capacity() >= self.map.len());
    }

    #[track_caller]
    fn look(&self) {
        assert_eq!(self.map.validate(), Ok(()));
        assert_eq!(self.map.allocation_size(), self.ledger.live_bytes());
        assert_eq!(self.map.footprint().heap(), self.ledger.live_bytes());
    }

    /// Runs one operation, and expects of it no more than a few calls of the
    /// allocator, whatever the size of the map.
    #[track_caller]
    fn bounded<R>(&mut self, operation: impl FnOnce(&mut Hmap<Key, V, Identity, A, P>) -> R) -> R {
        let (calls, freed) = (self.ledger.calls(), self.ledger.freed());
        let result = operation(&mut self.map);
        let (calls, freed) = (self.ledger.calls() - calls, self.ledger.freed() - freed);
        // An array and a chunk for the moves; a chunk or a single bucket; cells.
        assert!(calls <= 2 + 2 + 2, "{calls} calls of the allocator");
        // The old array, two chunks, cells; an array without its chunk.
        assert!(freed <= 4, "{freed} blocks given back");
        result
    }

    /// Each entry by look-up and by iteration; O(n), so not after every step of a
    /// long test.
    #[track_caller]
    pub fn check_contents(&self) {
        self.check();
        self.look();
        if cfg!(miri) {
            // `validate` has looked each of them up.
            let there = |(key, value)| self.oracle.get(key) == Some(value);
            assert!(self.map.iter().all(there));
            return;
        }
        for (key, value) in &self.oracle {
            assert_eq!(self.map.get_key_value(key), Some((key, value)));
        }
        let mut iterated = BTreeMap::new();
        for (key, value) in &self.map {
            assert!(
                iterated.insert(*key, value.clone()).is_none(),
                "{key:?} came twice"
            );
        }
        assert_eq!(iterated, self.oracle);
    }

    /// Inserts, and expects the oracle's result and no refusal.
    #[track_caller]
    pub fn insert(&mut self, key: Key, value: V) {
        let expected = self.oracle.insert(key, value.clone());
        let old = self.bounded(|map| map.insert(key, value));
        assert_eq!(old.expect("memory was not refused"), expected);
        self.check();
    }

    /// Inserts; if memory is refused expects the pair back and no change.
    #[track_caller]
    pub fn try_insert(&mut self, key: Key, value: V) -> bool {
        let inserted = match self.bounded(|map| map.insert(key, value.clone())) {
            Ok(old) => {
                assert_eq!(old, self.oracle.insert(key, value));
                true
            }
            Err(error) => {
                assert!(
                    !self.oracle.contains_key(&key),
                    "overwriting needs no memory"
                );
                assert_eq!(error.into_pair(), (key, value));
                false
            }
        };
        self.check();
        inserted
    }

    /// Inserts a new key that memory is reserved for.
    #[track_caller]
    pub fn insert_reserved(&mut self, key: Key, value: V, within: bool) {
        assert!(self.oracle.insert(key, value.clone()).is_none());
        let inserted = match within {
            true => self.map.insert_within_capacity(key, value).is_ok(),
            false => self.map.insert(key, value).is_ok(),
        };
        assert!(inserted, "it was promised to go in");
        self.check();
    }

    #[track_caller]
    pub fn remove(&mut self, key: Key) {
        let calls = self.ledger.calls();
        let removed = self.bounded(|map| map.remove(&key));
        assert_eq!(removed, self.oracle.remove(&key));
        assert_eq!(self.ledger.calls(), calls, "removal calls no allocator");
        self.check();
    }

    #[track_caller]
    pub fn get(&self, key: Key) {
        assert_eq!(self.map.get(&key), self.oracle.get(&key));
    }

    #[track_caller]
    pub fn clear(&mut self) {
        self.map.clear();
        self.oracle.clear();
        self.check();
    }

    #[track_caller]
    pub fn retain(&mut self, mut keep: impl FnMut(&Key, &mut V) -> bool) {
        self.map.retain(&mut keep);
        self.oracle.retain(&mut keep);
        self.check();
    }
}
