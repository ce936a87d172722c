//! A map and a set of the crate's own, and the same again with hashbrown's interface: that adds
//! what is in these functions, and no code of the core.

use crate::memory::{HASHER, HEAP};
use core::hint::black_box;
use hmap::{Hmap, HmapSet};

/// What is called of a map and of a set.
macro_rules! calls {
    ($map:ident, $set:ident) => {
        let mut map = $map::with_hasher_in(HASHER, &HEAP);
        let map = black_box(&mut map);
        let (key, value) = black_box((1_u64, 2_u64));
        _ = black_box(map.insert(key, value));
        _ = black_box(map.get(&key));
        _ = black_box(map.entry(key).or_insert(value));
        _ = black_box(map.remove(&key));
        _ = black_box(map.try_reserve(9));
        map.retain(|key, value| *key < *value);
        map.iter().for_each(|entry| _ = black_box(entry));
        map.clear();

        let mut set = $set::with_hasher_in(HASHER, &HEAP);
        let set = black_box(&mut set);
        _ = black_box(set.insert(key));
        _ = black_box(set.contains(&key));
        _ = black_box(set.remove(&key));
        _ = black_box(set.try_reserve(9));
        set.retain(|key| *key < value);
        set.iter().for_each(|key| _ = black_box(key));
        set.clear();
    };
}

#[inline(never)]
pub fn own() {
    calls!(Hmap, HmapSet);
}

#[cfg(feature = "drop-in")]
#[inline(never)]
pub fn drop_in() {
    use hmap::{HashMap, HashSet};
    calls!(HashMap, HashSet);
}
