//! The maps that are measured. A further one is an implementation of [`Map`] and a line
//! in [`each`].

use crate::pairs::Pair;
use board::heap::MapHeap;
use core::hash::Hash;
use hmap::{Compact, DefaultHashBuilder, Dense, Go, Hmap, Paged, Policy, WithBucket};

const HASHER: DefaultHashBuilder = DefaultHashBuilder::with_seed(0x5eed);

pub type Ours<K, V, P> = Hmap<K, V, DefaultHashBuilder, &'static MapHeap, P>;
pub type Theirs<K, V> = hashbrown::HashMap<K, V, DefaultHashBuilder, &'static MapHeap>;
/// With a first bucket of the caller's.
pub type Lent<K, V> = Hmap<K, V, DefaultHashBuilder, WithBucket<'static, &'static MapHeap>>;

/// Something to be done with each map.
pub trait Measure<K, V> {
    fn map<M: Map<K, V>>(&mut self);
}

/// Hands over every map that takes all of its memory from the heap.
pub fn each<K: Hash + Eq, V>(measure: &mut impl Measure<K, V>) {
    measure.map::<Ours<K, V, Go>>();
    measure.map::<Ours<K, V, Compact>>();
    measure.map::<Ours<K, V, Dense>>();
    measure.map::<Ours<K, V, Paged>>();
    measure.map::<Theirs<K, V>>();
}

/// A map, as the measurements need it. They forget it in the end and empty its heap.
pub trait Map<K, V>: Sized {
    const NAME: &'static str;

    fn new(pair: &Pair<K, V>, heap: &'static MapHeap) -> Self;
    /// With room for so many entries, or `None` if memory was refused.
    fn with_room(entries: usize, heap: &'static MapHeap) -> Option<Self>;
    /// False if memory was refused.
    fn insert(&mut self, key: K, value: V) -> bool;
    fn remove(&mut self, key: &K) -> bool;
    /// Gives back what the entries that are there do not need.
    fn shrink(&mut self) -> bool;

    /// Bytes of the caller's that the map was lent.
    fn bucket(_: &Pair<K, V>) -> usize {
        0
    }
}

/// How a map with this policy is called.
pub trait Named: Policy {
    const NAME: &'static str;
}

impl Named for Go {
    const NAME: &'static str = "hmap";
}

impl Named for Compact {
    const NAME: &'static str = "hmap Compact";
}

impl Named for Dense {
    const NAME: &'static str = "hmap Dense";
}

impl Named for Paged {
    const NAME: &'static str = "hmap Paged";
}

impl<K: Hash + Eq, V, P: Named> Map<K, V> for Ours<K, V, P> {
    const NAME: &'static str = P::NAME;

    fn new(_: &Pair<K, V>, heap: &'static MapHeap) -> Self {
        Hmap::with_policy_in(HASHER, heap)
    }

    fn with_room(entries: usize, heap: &'static MapHeap) -> Option<Self> {
        let mut map = Hmap::with_policy_in(HASHER, heap);
        map.try_presize(entries).is_ok().then_some(map)
    }

    fn insert(&mut self, key: K, value: V) -> bool {
        Hmap::insert(self, key, value).is_ok()
    }

    fn remove(&mut self, key: &K) -> bool {
        Hmap::remove(self, key).is_some()
    }

    fn shrink(&mut self) -> bool {
        self.shrink_to_fit().is_ok()
    }
}

impl<K: Hash + Eq, V> Map<K, V> for Lent<K, V> {
    const NAME: &'static str = "hmap, bucket lent";

    fn new(pair: &Pair<K, V>, heap: &'static MapHeap) -> Self {
        (pair.lend)(HASHER, heap)
    }

    /// There is no such constructor.
    fn with_room(_: usize, _: &'static MapHeap) -> Option<Self> {
        None
    }

    fn insert(&mut self, key: K, value: V) -> bool {
        Hmap::insert(self, key, value).is_ok()
    }

    fn remove(&mut self, key: &K) -> bool {
        Hmap::remove(self, key).is_some()
    }

    fn shrink(&mut self) -> bool {
        self.shrink_to_fit().is_ok()
    }

    fn bucket(pair: &Pair<K, V>) -> usize {
        pair.bucket
    }
}

impl<K: Hash + Eq, V> Map<K, V> for Theirs<K, V> {
    /// With the width of its groups, on which its bytes depend: 16 where there is SSE2.
    const NAME: &'static str = if cfg!(all(
        target_feature = "sse2",
        any(target_arch = "x86", target_arch = "x86_64")
    )) {
        "hashbrown/16"
    } else if cfg!(target_pointer_width = "64") {
        "hashbrown/8"
    } else {
        "hashbrown/4"
    };

    fn new(_: &Pair<K, V>, heap: &'static MapHeap) -> Self {
        hashbrown::HashMap::with_hasher_in(HASHER, heap)
    }

    fn with_room(entries: usize, heap: &'static MapHeap) -> Option<Self> {
        let mut map = hashbrown::HashMap::with_hasher_in(HASHER, heap);
        map.try_reserve(entries).is_ok().then_some(map)
    }

    /// The one way to insert that does not abort without memory.
    fn insert(&mut self, key: K, value: V) -> bool {
        let room = self.try_reserve(1).is_ok();
        if room {
            self.insert(key, value);
        }
        room
    }

    fn remove(&mut self, key: &K) -> bool {
        self.remove(key).is_some()
    }

    fn shrink(&mut self) -> bool {
        self.shrink_to_fit();
        true
    }
}
