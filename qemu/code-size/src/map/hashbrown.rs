//! hashbrown as it is mostly used: but for `try_reserve` it aborts when memory is refused.

use crate::memory::{Bump, HASHER};
use crate::types::{Key, Plain};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

pub struct Map<K, V>(HashMap<K, V, FixedState, &'static Bump>);

impl<K: Key, V: Plain> Map<K, V> {
    pub const fn new(heap: &'static Bump) -> Self {
        Self(HashMap::with_hasher_in(HASHER, heap))
    }

    pub fn insert(&mut self, key: K, value: V) -> bool {
        self.0.insert(key, value);
        true
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key)
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.0.remove(key)
    }

    pub fn get_or_insert(&mut self, key: K, value: V) -> Option<&mut V> {
        Some(self.0.entry(key).or_insert(value))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter()
    }

    pub fn retain(&mut self, keep: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain(keep);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn try_reserve(&mut self, entries: usize) -> bool {
        self.0.try_reserve(entries).is_ok()
    }
}
