//! A position in a walk that survives growth: a fraction of all hashes.
//!
//! An entry never leaves the family of buckets that share its low hash bits: a
//! doubling splits bucket n into n and n + 2^B, which have those of n in common. So
//! a walk takes the bucket numbers with their bits *reversed*, lowest bit first.
//! In that order the two halves of a bucket are neighbours, whatever B is: as
//! fractions,
//!
//! ```text
//! B = 1   [ 0               )[ 1               )
//! B = 2   [ 0      )[ 2      )[ 1      )[ 3      )
//! B = 3   [ 0 )[ 4 )[ 2 )[ 6 )[ 1 )[ 5 )[ 3 )[ 7 )
//!         0                  ▲ a position: all to the left of it was given
//! ```
//!
//! and a position is one number: how far the walk has come. (Redis' SCAN walks its tables
//! in this order.) A chain that waits to be split covers the interval of both its
//! halves and is given whole.
//!
//! The entries of a chain have places in its interval too, by more bits of their hashes, and
//! where these agree by their slots. So a walk can stop between any two of them, and go on in the
//! middle of a bucket that two have joined to.

use crate::numbers::hash::HashValue;
use crate::numbers::sizing::BucketBits;
use core::ops::Range;

/// How far a walk has come: 48 bits of a fraction and 14 of a slot's number; [`END`](Self::END)
/// at most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub(crate) struct Position(u64);

impl Position {
    pub(crate) const START: Self = Self(0);
    /// Where all of a map was given: places are below.
    pub(crate) const END: Self = Self(1 << Self::BITS);

    const BITS: u32 = 62;
    const SLOT_BITS: u32 = 14;
    const SLOTS: u64 = (1 << Self::SLOT_BITS) - 1;

    /// The position with this number, or the end if there is none.
    pub(crate) const fn new(number: u64) -> Self {
        if number < Self::END.0 {
            Self(number)
        } else {
            Self::END
        }
    }

    pub(crate) const fn get(self) -> u64 {
        self.0
    }

    pub(crate) const fn is_end(self) -> bool {
        self.0 >= Self::END.0
    }

    /// The number of the bucket, of 2^B, that begins here or in whose interval this is.
    pub(crate) const fn bucket(self, bits: BucketBits) -> usize {
        // Below the end, so it fits; the fraction's highest bit is the number's lowest.
        let fraction = (self.0 >> (Self::BITS - u32::BITS)) as u32;
        fraction.reverse_bits() as usize & bits.mask()
    }

    /// Where the interval begins of the bucket with this number, however many there are.
    pub(crate) const fn of_number(bucket: usize) -> Self {
        // Numbers of buckets fit a `u32`.
        let fraction = (bucket as u32).reverse_bits() as u64;
        Self(fraction << (Self::BITS - u32::BITS))
    }

    /// The interval of that bucket.
    pub(crate) const fn of_bucket(self, bits: BucketBits) -> Range<Self> {
        let width = Self::END.0 >> bits.get();
        let start = self.0 & !(width - 1);
        Self(start)..Self(start + width)
    }

    /// The end of the interval of that bucket.
    #[cfg(test)]
    const fn past_bucket(self, bits: BucketBits) -> Self {
        self.of_bucket(bits).end
    }

    /// The first place of entries that have this hash, in an interval that ends at `end`. A hash
    /// that is behind it, as after a mistake of a `Hash`, has its last place: so that no other
    /// entry is passed over.
    pub(crate) fn of_hash(hash: HashValue, end: Self) -> Self {
        let fraction = hash.low_bits_first() >> (u64::BITS - Self::BITS);
        Self(u64::min(fraction, end.0 - 1) & !Self::SLOTS)
    }

    /// The place of the entry that is in that slot of its chain, among those with its hash.
    pub(crate) fn at_slot(self, slot: usize) -> Self {
        // More slots than that would be keys that agree in 48 bits, and no map could hold them:
        // each insert searches all of them.
        let slot = u64::min(slot as u64, Self::SLOTS);
        Self(self.0 & !Self::SLOTS | slot)
    }

    /// Whether the hashes of entries at both places agree, so that only their slots differ.
    pub(crate) const fn is_twin_of(self, other: Self) -> bool {
        self.0 >> Self::SLOT_BITS == other.0 >> Self::SLOT_BITS
    }

    /// Behind the entry that is here.
    pub(crate) const fn past_slot(self) -> Self {
        Self(self.0 + 1)
    }

    /// Behind all entries with the hash of the one that is here.
    pub(crate) const fn past_twins(self) -> Self {
        Self((self.0 | Self::SLOTS) + 1)
    }
}

/// The number of the bucket, of 2^B, whose interval comes behind that of this one; none behind the
/// last.
pub(crate) const fn following(bucket: usize, bits: BucketBits) -> Option<usize> {
    // One is added at the end where the highest bit is, and carried down.
    let others = usize::BITS - bits.get() as u32;
    let ones = match bucket.checked_shl(others) {
        Some(bucket) => bucket.leading_ones(),
        None => 0,
    };
    match bits.mask() >> ones {
        0 => None,
        carried => Some(bucket & carried | (carried + 1) >> 1),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::collections::BTreeSet;
    use std::vec::Vec;

    fn bits(b: u8) -> BucketBits {
        BucketBits::new(b).unwrap()
    }

    fn numbers(b: u8) -> Vec<usize> {
        let mut position = Position::START;
        let mut numbers = Vec::new();
        while !position.is_end() {
            numbers.push(position.bucket(bits(b)));
            position = position.past_bucket(bits(b));
        }
        numbers
    }

    #[test]
    fn buckets_come_in_reverse_binary_order_each_once() {
        assert_eq!(numbers(0), [0]);
        assert_eq!(numbers(1), [0, 1]);
        assert_eq!(numbers(3), [0, 4, 2, 6, 1, 5, 3, 7]);
        for b in 4..10 {
            let unique: BTreeSet<_> = numbers(b).into_iter().collect();
            assert_eq!(unique.len(), 1 << b);
        }
    }

    #[test]
    fn buckets_follow_each_other_in_that_order() {
        for b in 0..10 {
            let mut number = Some(0);
            for expected in numbers(b) {
                assert_eq!(number, Some(expected));
                let position = Position::of_number(expected);
                assert_eq!(position.bucket(bits(b)), expected);
                assert_eq!(position.of_bucket(bits(b)).start, position);
                number = following(expected, bits(b));
            }
            assert_eq!(number, None);
        }
    }

    #[test]
    fn a_position_means_the_same_after_a_doubling() {
        // What is left at any position under B is, split, what is left under B + 1.
        for done in 0..16 {
            let mut position = Position::START;
            for _ in 0..done {
                position = position.past_bucket(bits(4));
            }
            let left = |b: u8| {
                let mut left = BTreeSet::new();
                let mut position = position;
                while !position.is_end() {
                    left.insert(position.bucket(bits(b)));
                    position = position.past_bucket(bits(b));
                }
                left
            };
            let split: BTreeSet<_> = left(4).into_iter().flat_map(|n| [n, n + 16]).collect();
            assert_eq!(left(5), split);
        }
    }

    #[test]
    fn entries_have_their_places_in_the_interval_of_their_bucket() {
        let end = Position::START.past_bucket(bits(0));
        for low_bits in 0..64 {
            let hash = HashValue::new(0xabcd_0000 | low_bits);
            for slot in [0, 1, 12, usize::MAX] {
                let place = Position::of_hash(hash, end).at_slot(slot);
                assert!(place < place.past_slot() && place.past_slot() <= place.past_twins());
                assert!(place.past_twins() <= end);
                for b in 0..6 {
                    assert_eq!(place.bucket(bits(b)), hash.bucket(bits(b)));
                }
            }
            let places = [0, 1, 2].map(|slot| Position::of_hash(hash, end).at_slot(slot));
            assert_eq!(places[0].past_slot(), places[1]);
            assert_eq!(places[1].past_slot(), places[2]);
            assert!(places[0].is_twin_of(places[2]));
            assert!(!places[0].past_twins().is_twin_of(places[2]));
        }
    }

    #[test]
    fn an_entry_with_another_hash_than_its_own_comes_last() {
        let end = Position::START.past_bucket(bits(3));
        let place = Position::of_hash(HashValue::new(7), end).at_slot(5);
        assert!(place < end);
        assert!(place.past_bucket(bits(31)) == end);
    }

    #[test]
    fn the_largest_array_is_walked_to_its_end() {
        let last = Position::new(Position::END.get() - 1);
        assert_eq!(last.bucket(BucketBits::MAX), BucketBits::MAX.mask());
        assert!(last.past_bucket(BucketBits::MAX).is_end());
        assert!(last.past_bucket(BucketBits::ONE_BUCKET).is_end());
    }
}
