//! hmap, which says it when memory is refused.
#![no_std]
#![no_main]

use code_size::{Bump, HASHER, Map};
use foldhash::fast::FixedState;
use hmap::Hmap;

code_size::program!(Ours);

struct Ours(Hmap<u64, u64, FixedState, &'static Bump>);

impl Map for Ours {
    fn new(heap: &'static Bump) -> Self {
        Self(Hmap::with_hasher_in(HASHER, heap))
    }

    fn insert(&mut self, key: u64, value: u64) -> bool {
        self.0.insert(key, value).is_ok()
    }

    fn get(&self, key: u64) -> Option<u64> {
        self.0.get(&key).copied()
    }

    fn remove(&mut self, key: u64) -> Option<u64> {
        self.0.remove(&key)
    }
}
