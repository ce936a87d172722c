//! What of a hash counts: its low bits, which name the bucket, and the top byte of the
//! machine word, which tells the keys of a chain apart.

use crate::support::few_or;
use core::cell::Cell;
use core::hash::{BuildHasher, Hash, Hasher};
use hmap::Hmap;

/// A multiplicative hash as wide as a machine word: on 32 bits the upper half of what it
/// finishes with is 0.
#[derive(Clone, Copy, Default)]
struct WordHash;

struct WordHasher(usize);

/// Odd, and without a pattern in either of its halves.
const FACTOR: usize = 0x9e37_79b9_f135_7aea_u64.rotate_left(32) as usize | 1;

impl BuildHasher for WordHash {
    type Hasher = WordHasher;

    fn build_hasher(&self) -> WordHasher {
        WordHasher(0)
    }
}

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        // A product is best in its high bits, and the bucket is taken from the low ones.
        self.0.rotate_left(usize::BITS / 2 - 1) as u64
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0.rotate_left(5) ^ usize::from(*byte)).wrapping_mul(FACTOR);
        }
    }
}

/// A key that counts how often it is compared.
struct Asked<'c> {
    id: u32,
    compared: &'c Cell<usize>,
}

impl Hash for Asked<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.id.to_le_bytes());
    }
}

impl PartialEq for Asked<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.compared.set(self.compared.get() + 1);
        self.id == other.id
    }
}

impl Eq for Asked<'_> {}

pub fn a_miss_compares_few_keys_where_the_hash_fills_one_word() {
    let compared = Cell::new(0);
    let key = |id| Asked {
        id,
        compared: &compared,
    };
    let count = few_or(100, 3_000);
    let mut map = Hmap::with_hasher(WordHash);
    for id in 0..count {
        map.insert(key(id), ()).unwrap();
    }
    compared.set(0);
    for id in count..2 * count {
        assert!(!map.contains_key(&key(id)));
    }
    let compared = compared.get();
    // One in 128 of the six or so in a chain.
    assert!(
        5 * compared <= count as usize,
        "{compared} comparisons in {count} misses"
    );
}
