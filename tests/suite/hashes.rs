//! What of a hash counts: its low bits, which name the bucket, and the top bits of the
//! machine word, which tell the keys of a chain apart; and `Mix`, which makes weak hashes
//! good in both.

use crate::support::few_or;
use crate::support::keys::{Identity, in_top_byte};
use core::cell::Cell;
use core::hash::{BuildHasher, Hash, Hasher};
use hmap::{ChainStats, Hmap, Mix, SeededBuildHasher};

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

/// Multiplies, and no more: no bit of the product depends on a higher one of the key.
#[derive(Clone, Copy, Default, Debug)]
struct Product(u64);

impl BuildHasher for Product {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        *self
    }
}

impl Hasher for Product {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        panic!("only keys that write one u64 have this hasher");
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = (self.0 ^ key).wrapping_mul(FACTOR as u64);
    }
}

impl SeededBuildHasher for Product {
    fn reseed(&mut self, seed: u64) {
        self.0 = seed;
    }
}

/// The chains of a map of addresses: multiples of 2^`shift`.
fn chains_of_addresses<S: BuildHasher>(shift: u32, count: u64, hasher: S) -> ChainStats {
    let mut map = Hmap::with_hasher(hasher);
    for number in 0..count {
        map.insert(number << shift, ()).unwrap();
    }
    map.finish_growth();
    assert!((0..count).all(|number| map.contains_key(&(number << shift))));
    map.chain_stats()
}

/// That they are bad under a hasher, and as of a good hash with `Mix` around it.
fn mixing_makes_good<S: BuildHasher + Copy>(hasher: S) {
    // 5.9 entries a bucket where all are in their place.
    let count = few_or(47, 3_000);
    for shift in [6, 12] {
        let before = chains_of_addresses(shift, count, hasher);
        // 2^6 apart the addresses are in every 64th chain.
        let chains = if shift == 6 {
            before.chains.div_ceil(64)
        } else {
            1
        };
        assert!(
            before.chains - before.empty <= chains,
            "{shift}: {before:?}"
        );
        assert!(
            before.longest * chains * 8 >= count as usize,
            "{shift}: {before:?}"
        );
        let after = chains_of_addresses(shift, count, Mix::new(hasher));
        assert!(after.longest <= 4, "{shift}: {after:?}");
        // One in 365 is expected to be empty.
        assert!(after.empty <= 1 + after.chains / 100, "{shift}: {after:?}");
    }
}

pub fn addresses_are_spread_by_mixing_where_a_hash_keeps_them() {
    mixing_makes_good(Identity);
}

pub fn addresses_are_spread_by_mixing_where_a_hash_multiplies_them() {
    mixing_makes_good(Product(0));
}

pub fn mixing_makes_every_byte_that_counts_good() {
    let count = few_or(64, 2_048);
    let most = |hashes: &dyn Fn(u64) -> u64, byte: u32| {
        let mut keys = [0; 256];
        for number in 0..count {
            keys[(hashes(number) >> byte) as usize % 256] += 1;
        }
        keys.into_iter().max().unwrap_or_default()
    };
    let mixed = Mix::new(Identity);
    for shift in [0, 6, 12] {
        let hash = |number: u64| mixed.hash_one(number << shift);
        // The low bits, and the top bits of a word of 32 and of 64 bits.
        for byte in [0, 24, 56] {
            // Eight of 2,048 are expected.
            let most = most(&hash, byte);
            assert!(most <= few_or(5, 24), "shift {shift}, byte {byte}: {most}");
        }
    }
    assert_eq!(most(&|number| number << 12, 0), count, "as it is");
}

pub fn mixing_passes_a_seed_on() {
    let mut seeded = Mix::new(Product(0));
    let before = seeded.hash_one(1_u64);
    seeded.reseed(in_top_byte(1));
    assert_eq!(seeded.inner().0, in_top_byte(1));
    assert_ne!(seeded.hash_one(1_u64), before);
    let map = Hmap::<u64, u64, _>::with_seeded_hasher_in(seeded, hmap::Global);
    let same: &Mix<Product> = map.hasher();
    assert_eq!(
        same.inner().0,
        in_top_byte(1),
        "none is drawn for an empty map"
    );
}

/// Tells in which way the last value was written.
#[derive(Clone, Copy, Default)]
struct Ways(u64);

macro_rules! ways {
    ($($write:ident: $type:ty = $way:literal),*) => {
        impl Hasher for Ways {
            $(fn $write(&mut self, _: $type) {
                self.0 = $way;
            })*

            fn finish(&self) -> u64 {
                self.0
            }
        }

        fn each_way(mut hasher: impl Hasher + Copy, mut each: impl FnMut(u64)) {
            $(hasher.$write(Default::default());
            each(hasher.finish());)*
        }
    };
}

ways!(
    write: &[u8] = 1, write_u8: u8 = 2, write_u16: u16 = 3, write_u32: u32 = 4,
    write_u64: u64 = 5, write_u128: u128 = 6, write_usize: usize = 7, write_i8: i8 = 8,
    write_i16: i16 = 9, write_i32: i32 = 10, write_i64: i64 = 11, write_i128: i128 = 12,
    write_isize: isize = 13
);

impl BuildHasher for Ways {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        *self
    }
}

pub fn mixing_forwards_what_is_written_as_it_is_written() {
    let mut expected = 1;
    each_way(Mix::new(Ways(0)).build_hasher(), |hash| {
        assert_eq!(hash, Mix::new(Ways(expected)).build_hasher().finish());
        expected += 1;
    });
    assert_eq!(expected, 14);
}
