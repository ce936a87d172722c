//! Keys whose hashes the test chooses, and a hasher that takes them as they are.

use core::cell::Cell;
use core::hash::{BuildHasher, Hash, Hasher};

/// A key with a hash of the test's choice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Key {
    pub id: u64,
    pub hash: u64,
}

/// What a tophash is in a hash: the top byte of a machine word.
pub const fn in_top_byte(top: u8) -> u64 {
    (top as u64) << (usize::BITS - 8)
}

impl Key {
    /// A key in bucket `bucket` of any array that has so many, of tophash `top`.
    pub fn at(id: u64, bucket: u32, top: u8) -> Self {
        Self {
            id,
            hash: in_top_byte(top) | u64::from(bucket),
        }
    }

    /// A key whose hash is spread evenly.
    pub fn spread(id: u64) -> Self {
        let hash = id.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self {
            id,
            hash: hash ^ hash >> 29,
        }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// Takes the one `u64` that is written to it for the hash.
#[derive(Clone, Copy, Default, Debug)]
pub struct Identity;

impl BuildHasher for Identity {
    type Hasher = IdentityHasher;

    fn build_hasher(&self) -> IdentityHasher {
        IdentityHasher(0)
    }
}

pub struct IdentityHasher(u64);

impl Hasher for IdentityHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        panic!("only keys that write one u64 have this hasher");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The same, and counts how often a key is hashed: once to insert it, and once to move
/// it while the map doubles.
#[derive(Default, Debug)]
pub struct Counting(pub Cell<usize>);

impl BuildHasher for Counting {
    type Hasher = IdentityHasher;

    fn build_hasher(&self) -> IdentityHasher {
        self.0.set(self.0.get() + 1);
        Identity.build_hasher()
    }
}

/// A value that counts how many of its kind live.
pub struct Counted<'a, T> {
    pub of: T,
    live: &'a Cell<isize>,
}

impl<'a, T> Counted<'a, T> {
    pub fn new(of: T, live: &'a Cell<isize>) -> Self {
        live.set(live.get() + 1);
        Self { of, live }
    }
}

impl<T> Drop for Counted<'_, T> {
    fn drop(&mut self) {
        self.live.set(self.live.get() - 1);
    }
}

impl<T: Hash> Hash for Counted<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.of.hash(state);
    }
}

impl<T: PartialEq> PartialEq for Counted<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.of == other.of
    }
}

impl<T: Eq> Eq for Counted<'_, T> {}
