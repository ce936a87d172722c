//! The pairs of types that are measured, and where their entries come from.

use crate::maps::Lent;
use alloc::boxed::Box;
use board::heap::MapHeap;
use core::hash::Hash;
use hmap::{DefaultHashBuilder, Hmap, first_bucket};

/// A key and a value; entry `n` is the same for every map.
pub struct Pair<K, V> {
    pub name: &'static str,
    pub measured: Measured,
    pub entry: fn(usize) -> (K, V),
    /// So many entries have keys of their own.
    pub keys: usize,
    /// The bytes of a first bucket, and a map that was lent one.
    pub bucket: usize,
    pub lend: fn(DefaultHashBuilder, &'static MapHeap) -> Lent<K, V>,
}

/// How much of a pair is measured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measured {
    /// There are few keys: maps are filled, that is all.
    Filled,
    /// All of it, if all is asked for.
    AsAsked,
    All,
    /// And what takes long.
    AllAndLong,
}

/// Something to be done with each pair.
pub trait Visit {
    fn pair<K: Hash + Eq, V>(&mut self, pair: &Pair<K, V>);
}

/// A first bucket is made for concrete types only, hence a macro.
macro_rules! pairs {
    ($($name:literal $key:ty => $value:ty, $measured:ident, $keys:expr, $entry:expr;)*) => {
        pub fn each(visit: &mut impl Visit) {
            $(visit.pair(&Pair::<$key, $value> {
                name: $name,
                measured: Measured::$measured,
                entry: $entry,
                keys: $keys,
                bucket: size_of::<first_bucket!(type $key, $value)>(),
                lend: |hasher, heap| {
                    let bucket = Box::leak(Box::new(first_bucket!($key, $value)));
                    Hmap::with_first_bucket_and_hasher_in(bucket, hasher, heap)
                },
            });)*
        }
    };
}

pairs! {
    "u8 -> u8" u8 => u8, Filled, 1 << 8, |n| (n as u8, n as u8);
    "u16 -> u16" u16 => u16, Filled, 1 << 16, |n| (n as u16, n as u16);
    "u32 -> u8" u32 => u8, AsAsked, MANY, |n| (n as u32, n as u8);
    "u32 -> u32" u32 => u32, All, MANY, |n| (n as u32, n as u32);
    "u64 -> ()" u64 => (), AsAsked, MANY, |n| (n as u64, ());
    "u64 -> u8" u64 => u8, All, MANY, |n| (n as u64, n as u8);
    "u64 -> u32" u64 => u32, AsAsked, MANY, |n| (n as u64, n as u32);
    "u64 -> u64" u64 => u64, AllAndLong, MANY, |n| (n as u64, n as u64);
    "[u8; 16] -> u64" [u8; 16] => u64, AsAsked, MANY, |n| ((n as u128).to_le_bytes(), n as u64);
    "&str -> u64" &'static str => u64, AsAsked, text::COUNT, |n| (text::number(n), n as u64);
    "u64 -> [u8; 40]" u64 => [u8; 40], AsAsked, MANY, |n| (n as u64, [n as u8; 40]);
    "u64 -> [u8; 64]" u64 => [u8; 64], All, MANY, |n| (n as u64, [n as u8; 64]);
    "u64 -> [u8; 128]" u64 => [u8; 128], AsAsked, MANY, |n| (n as u64, [n as u8; 128]);
    "u64 -> [u8; 256]" u64 => [u8; 256], All, MANY, |n| (n as u64, [n as u8; 256]);
    "u64 -> [u8; 4096]" u64 => [u8; 4096], AsAsked, MANY, |n| (n as u64, [n as u8; 4096]);
}

/// More than there is room for.
const MANY: usize = usize::MAX;

/// A million strings that take 64 KiB: parts of one random text.
mod text {
    const LETTERS: usize = 1 << 16;
    const SHORTEST: usize = 8;
    const LENGTHS: usize = 16;
    pub const COUNT: usize = LETTERS * LENGTHS;

    static TEXT: [u8; LETTERS + SHORTEST + LENGTHS] = random();

    const fn random() -> [u8; LETTERS + SHORTEST + LENGTHS] {
        let mut text = [0; LETTERS + SHORTEST + LENGTHS];
        let (mut at, mut state) = (0, 1_u64);
        while at < text.len() {
            // Knuth's generator.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text[at] = b'0' + (state >> 59) as u8;
            at += 1;
        }
        text
    }

    pub fn number(n: usize) -> &'static str {
        let (start, length) = (n % LETTERS, SHORTEST + n / LETTERS % LENGTHS);
        core::str::from_utf8(&TEXT[start..start + length]).unwrap_or("")
    }
}
