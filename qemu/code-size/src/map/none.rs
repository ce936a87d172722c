//! A map that holds nothing, for the image that others are compared with: it takes and gives
//! what they do.

use crate::memory::Bump;
use crate::types::{Key, Plain};
use core::hint::black_box;
use core::marker::PhantomData;

pub struct Map<K, V> {
    _heap: &'static Bump,
    entries: PhantomData<(K, V)>,
}

impl<K: Key, V: Plain> Map<K, V> {
    pub const fn new(heap: &'static Bump) -> Self {
        Self {
            _heap: heap,
            entries: PhantomData,
        }
    }

    pub fn insert(&mut self, key: K, value: V) -> bool {
        black_box((self, key, value));
        black_box(false)
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        black_box((self, key));
        black_box(None)
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        black_box((self, key));
        black_box(None)
    }

    pub fn get_or_insert(&mut self, key: K, value: V) -> Option<&mut V> {
        black_box((self, key, value));
        black_box(None)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        black_box(self);
        None.into_iter()
    }

    pub fn retain(&mut self, _: impl FnMut(&K, &mut V) -> bool) {
        black_box(self);
    }

    pub fn clear(&mut self) {
        black_box(self);
    }

    pub fn try_reserve(&mut self, entries: usize) -> bool {
        black_box((self, entries));
        black_box(false)
    }
}

impl<K, V> Drop for Map<K, V> {
    fn drop(&mut self) {
        black_box(self);
    }
}
