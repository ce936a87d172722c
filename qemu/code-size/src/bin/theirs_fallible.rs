//! hashbrown, which is asked for room first, as it has to be where memory may be refused.
#![no_std]
#![no_main]

use code_size::{Bump, HASHER, Map};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

code_size::program!(Theirs);

struct Theirs(HashMap<u64, u64, FixedState, &'static Bump>);

impl Map for Theirs {
    fn new(heap: &'static Bump) -> Self {
        Self(HashMap::with_hasher_in(HASHER, heap))
    }

    fn insert(&mut self, key: u64, value: u64) -> bool {
        let room = self.0.try_reserve(1).is_ok();
        if room {
            self.0.insert(key, value);
        }
        room
    }

    fn get(&self, key: u64) -> Option<u64> {
        self.0.get(&key).copied()
    }

    fn remove(&mut self, key: u64) -> Option<u64> {
        self.0.remove(&key)
    }
}
