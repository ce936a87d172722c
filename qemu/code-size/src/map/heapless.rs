//! heapless: 64 entries at most, in the map itself. It has no allocator, cannot grow, and
//! takes a hasher that has no seed.

use crate::memory::Bump;
use crate::types::{Key, Plain};
use heapless::index_map::FnvIndexMap;

pub struct Map<K, V>(FnvIndexMap<K, V, 64>);

impl<K: Key, V: Plain> Map<K, V> {
    pub const fn new(_: &'static Bump) -> Self {
        Self(FnvIndexMap::new())
    }

    pub fn insert(&mut self, key: K, value: V) -> bool {
        self.0.insert(key, value).is_ok()
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key)
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.0.swap_remove(key)
    }

    pub fn get_or_insert(&mut self, key: K, value: V) -> Option<&mut V> {
        self.0.entry(key).or_insert(value).ok()
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

    /// It has none: there is room or there is not.
    pub fn try_reserve(&mut self, entries: usize) -> bool {
        entries <= self.0.capacity() - self.0.len()
    }
}
